//! Credentials: the redacted document in clear, the person sealed beside it.

use std::sync::Arc;

use learncoin_credential::Hash;
use learncoin_credential::document::{Document, OwnPart};
use learncoin_credential::merkle::MerklePath;
use serde::{Deserialize, Serialize};

use crate::clock::Entropy;
use crate::credentials::achievement_images::ImageUrl;
use crate::credentials::document::{AddressedPart, StoredDocument, StoredDocumentError};
use crate::credentials::reasons::RevocationCode;
use crate::database::sql::{self, Insertion, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::{Error, Result};
use crate::id::{BatchId, CredentialId, TenantId};
use crate::scope::TenantScope;
use crate::seal::{DataKey, OwnKeyPlaces, Sealer};

/// One piece of evidence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// Its URI.
    pub id: String,
    /// Its description.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub narrative: Option<String>,
}

/// The personal data, which erasure destroys. No `Debug`: it must not reach a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// The recipient's name.
    pub name: String,
    /// The recipient's address, if mail was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub email: Option<String>,
    /// The evidence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub evidence: Vec<EvidenceRecord>,
    /// 32 random bytes, drawn for this credential alone.
    pub blind: Hash,
}

/// A credential that is about to be stored.
pub struct NewCredential {
    /// Its id.
    pub id: CredentialId,
    /// The recipient's pseudonym.
    pub recipient_id: String,
    /// The part of the redacted document that it shares with others.
    pub shared: Arc<AddressedPart>,
    /// The part of the redacted document that is its own.
    pub own: OwnPart,
    /// The personal data, which is sealed.
    pub personal: Personal,
    /// Its node in its batch's tree.
    pub node: IssuedNode,
    /// The picture of its achievement, if its request named one.
    pub image: Option<ImageUrl>,
}

/// A credential that is about to be stored, with the person sealed.
pub struct SealedCredential {
    id: CredentialId,
    recipient_id: String,
    shared: Arc<AddressedPart>,
    own: OwnPart,
    person_sealed: Vec<u8>,
    node: IssuedNode,
    image: Option<ImageUrl>,
}

impl SealedCredential {
    /// Returns its id.
    pub fn id(&self) -> &CredentialId {
        &self.id
    }
}

impl NewCredential {
    /// Seals the person of a credential of this tenant under a new key. That is done before a transaction, for whose end others wait.
    ///
    /// # Errors
    /// If the person can't be sealed.
    pub fn seal(
        self,
        sealer: &Sealer,
        entropy: &dyn Entropy,
        tenant_id: &TenantId,
    ) -> Result<SealedCredential> {
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&self.personal).map_err(|_| Error::Unsealed)?);
        let (key_place, place) = (key_place(self.id.as_str()), personal_place(&self.id));
        let places = OwnKeyPlaces { tenant_id, key: &key_place, value: &place };
        Ok(SealedCredential {
            person_sealed: sealer.seal_under_own_key(entropy, &places, &plain)?,
            id: self.id,
            recipient_id: self.recipient_id,
            shared: self.shared,
            own: self.own,
            node: self.node,
            image: self.image,
        })
    }
}

/// The full half of a credential's node, and the path from the node to the root of its batch's tree. Written when its batch is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedNode {
    /// The full half: SHA-256 over the full leaf and the blind.
    pub node_full: Hash,
    /// The path from the node to the root.
    pub tree_path: MerklePath,
}

impl IssuedNode {
    /// Returns the bytes that are stored: the half, and the path.
    fn to_bytes(&self) -> Vec<u8> {
        [self.node_full.as_bytes().as_slice(), &self.tree_path.to_bytes()].concat()
    }

    /// Parses the bytes that are stored. Returns `None` for anything else.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (node_full, tree_path) = bytes.split_first_chunk::<32>()?;
        Some(Self { node_full: Hash::new(*node_full), tree_path: MerklePath::from_bytes(tree_path).ok()? })
    }
}

/// Why and since when a credential is revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// When, in milliseconds since 1970.
    pub revoked_at: i64,
    /// The reason's code.
    pub code: RevocationCode,
    /// The reason in words; gone after erasure.
    pub reason: Option<String>,
    /// The credential that takes its place, if the revocation named one; gone after erasure.
    pub replaced_by: Option<CredentialId>,
}

/// A credential.
#[derive(Clone)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Its batch.
    pub batch_id: BatchId,
    /// Its position there, from 0.
    pub position: u64,
    /// Whose it is.
    pub scope: TenantScope,
    /// The recipient's pseudonym.
    pub recipient_id: String,
    /// The redacted document, which [`Credential::redacted`] returns.
    pub document: StoredDocument,
    /// The person; `None` after erasure.
    pub personal: Option<Personal>,
    /// Its node in its batch's tree. `None` only for one that an earlier release accepted and has not signed.
    pub node: Option<IssuedNode>,
    /// The full half of its node, as far as `node` has it or the person is erased.
    pub node_full: Option<Hash>,
    /// The address of the picture of its achievement, if its request named one; gone after erasure.
    pub image: Option<Hash>,
    /// Its revocation.
    pub revocation: Option<Revocation>,
    /// When it was erased, in milliseconds since 1970.
    pub erased_at: Option<i64>,
}

impl Credential {
    /// Returns the redacted document.
    ///
    /// # Errors
    /// If what is stored is damaged.
    pub fn redacted(&self) -> std::result::Result<Document, StoredDocumentError> {
        self.document.document(&self.id, &self.recipient_id)
    }
}

/// A credential in the list of its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialSummary {
    /// Its id.
    pub id: CredentialId,
    /// Its batch.
    pub batch_id: BatchId,
    /// The recipient's pseudonym.
    pub recipient_id: String,
}

pub(super) const COLUMNS: &str = "id, batch_id, position, tenant_id, environment, recipient_id, person_sealed, personal_sealed, data_key_sealed, tree_place, \
     node_full, tree_path, revoked_at, revocation_code, revocation_reason, replaced_by, erased_at, document, document_own, achievement_image, \
     (SELECT p.content FROM document_parts p WHERE p.tenant_id = credentials.tenant_id AND p.hash = credentials.document_hash) \
     AS document_shared";

fn personal_place(id: &CredentialId) -> String {
    format!("credentials/{id}/personal")
}

pub(crate) fn key_place(id: &str) -> String {
    format!("credentials/{id}/data_key")
}

pub(crate) fn revocation(record: &Record<'_>) -> Result<Option<Revocation>> {
    match (record.maybe_int("revoked_at")?, record.maybe_parsed("revocation_code")?) {
        (Some(revoked_at), Some(code)) => Ok(Some(Revocation {
            revoked_at,
            code,
            reason: record.maybe_text("revocation_reason")?,
            replaced_by: record.maybe_parsed("replaced_by")?,
        })),
        _ => Ok(None),
    }
}

/// Returns the person, unless erased: sealed under a key of the credential, and that for the tenant which the row names. An earlier
/// release stored both in two texts.
pub(crate) fn personal(record: &Record<'_>, id: &CredentialId, sealer: &Sealer) -> Result<Option<Personal>> {
    let tenant_id = record.parsed("tenant_id")?;
    let (key_place, place) = (key_place(id.as_str()), personal_place(id));
    let plain = if let Some(sealed) = record.maybe_bytes("person_sealed")? {
        let places = OwnKeyPlaces { tenant_id: &tenant_id, key: &key_place, value: &place };
        sealer.open_under_own_key(&places, &sealed)?
    } else if let (Some(key), Some(sealed)) =
        (record.maybe_text("data_key_sealed")?, record.maybe_text("personal_sealed")?)
    {
        DataKey::open(sealer, &tenant_id, &key_place, &key)?.unseal(&place, &sealed)?
    } else {
        return Ok(None);
    };
    Ok(Some(serde_json::from_slice(&plain).map_err(|_| Error::Unsealed)?))
}

/// Returns the place in the tree, and its half of the node. An earlier release stored them in two texts, and the half alone of one
/// that was erased before its batch was signed.
fn place(record: &Record<'_>) -> Result<(Option<IssuedNode>, Option<Hash>)> {
    if let Some(place) = record.maybe_bytes("tree_place")? {
        let node = IssuedNode::from_bytes(&place).ok_or_else(|| record.unreadable("tree_place"))?;
        let node_full = node.node_full;
        return Ok((Some(node), Some(node_full)));
    }
    let node_full = record.maybe_parsed("node_full")?;
    let tree_path = record.maybe_parsed("tree_path")?;
    let node = node_full.zip(tree_path).map(|(node_full, tree_path)| IssuedNode { node_full, tree_path });
    Ok((node, node_full))
}

fn image(record: &Record<'_>) -> Result<Option<Hash>> {
    let Some(bytes) = record.maybe_bytes("achievement_image")? else { return Ok(None) };
    let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| record.unreadable("achievement_image"))?;
    Ok(Some(Hash::new(bytes)))
}

pub(super) fn credential(row: &Row, sealer: &Sealer) -> Result<Credential> {
    let record = Record { table: "credentials", row };
    let id: CredentialId = record.parsed("id")?;
    let personal = personal(&record, &id, sealer)?;
    let (node, node_full) = place(&record)?;
    let revocation = revocation(&record)?;
    Ok(Credential {
        batch_id: record.parsed("batch_id")?,
        position: record.count("position")?,
        scope: record.scope()?,
        recipient_id: record.text("recipient_id")?,
        document: StoredDocument::read(&record)?,
        personal,
        node,
        node_full,
        image: image(&record)?,
        revocation,
        erased_at: record.maybe_int("erased_at")?,
        id,
    })
}

pub(crate) fn summary(row: &Row) -> Result<CredentialSummary> {
    let record = Record { table: "credentials", row };
    Ok(CredentialSummary {
        id: record.parsed("id")?,
        batch_id: record.parsed("batch_id")?,
        recipient_id: record.text("recipient_id")?,
    })
}

impl Store {
    /// Returns the credential with this id, of any tenant: the id is the capability to see it.
    pub async fn credential_by_id(&self, id: &CredentialId) -> Result<Option<Credential>> {
        sql::query(format!("SELECT {COLUMNS} FROM credentials WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(|row| credential(row, &self.sealer))
            .transpose()
    }

    /// Returns every credential of a batch, in the order of the request, the persons unsealed. For signing.
    pub async fn credentials_of_batch(&self, batch_id: &BatchId) -> Result<Vec<Credential>> {
        sql::query(format!("SELECT {COLUMNS} FROM credentials WHERE batch_id = $1 ORDER BY position"))
            .bind(batch_id.as_str())
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| credential(row, &self.sealer))
            .collect()
    }

    /// Returns the credentials of these batches of the scope, in the order of batch and request.
    pub async fn list_credentials(
        &self,
        scope: &TenantScope,
        batches: &[&BatchId],
    ) -> Result<Vec<CredentialSummary>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT id, batch_id, recipient_id FROM credentials
             WHERE batch_id IN ({}) AND tenant_id = $1 AND environment = $2 ORDER BY batch_id, position",
            values::list(3, batches.len()),
        );
        let mut query = sql::query(sql).bind(scope.tenant_id.as_str()).bind(scope.environment.as_str());
        for id in batches {
            query = query.bind(id.as_str());
        }
        let rows = query.fetch_all(&self.pool).await?;
        rows.iter().map(summary).collect()
    }
}

impl WriteTx {
    /// Adds the credentials of a batch in the order given, each person sealed under a key of its own.
    pub async fn insert_credentials(
        &mut self,
        scope: &TenantScope,
        batch_id: &BatchId,
        sealed: &[SealedCredential],
    ) -> Result<()> {
        const HEAD: &str = "INSERT INTO credentials (id, batch_id, position, tenant_id, environment, recipient_id, document, \
                            document_hash, document_own, person_sealed, tree_place, achievement_image)";
        self.insert_document_parts(&scope.tenant_id, sealed.iter().map(|one| &*one.shared)).await?;
        self.insert_achievements(scope, batch_id, sealed.iter().map(|one| one.shared.achievement())).await?;
        self.request_images(&scope.tenant_id, sealed.iter().filter_map(|one| one.image.as_ref())).await?;
        let mut rows = Insertion::new(HEAD, 12);
        for (position, one) in (0..).zip(sealed) {
            rows = rows
                .bind(one.id.as_str())
                .bind(batch_id.as_str())
                .bind(bigint(position))
                .bind(scope.tenant_id.as_str())
                .bind(scope.environment.as_str())
                .bind(&one.recipient_id)
                // The whole document, which has the place of its parts in rows of earlier releases.
                .bind("")
                .bind(one.shared.hash().as_bytes().as_slice())
                .bind(one.own.to_bytes())
                .bind(one.person_sealed.as_slice())
                .bind(one.node.to_bytes())
                .bind(one.image.as_ref().map(|image| image.hash().as_bytes().to_vec()));
        }
        Ok(self.connection().insert(rows).await?)
    }

    /// Writes the places of a signed batch's credentials in its tree. `erased` selects which of them these are:
    /// those that were erased when they were read, or those that were not.
    ///
    /// # Errors
    /// [`Error::Conflict`] if one was erased since: the batch must be built anew.
    pub async fn place_credentials(
        &mut self,
        nodes: &[(&CredentialId, IssuedNode)],
        erased: bool,
    ) -> Result<()> {
        let condition = if erased { "IS NOT NULL" } else { "IS NULL" };
        for rows in nodes.chunks(ROWS_PER_STATEMENT) {
            // Both databases name the columns of a VALUES list column1, column2, …
            let sql = format!(
                "UPDATE credentials SET tree_place = v.column2, node_full = NULL, tree_path = NULL FROM ({}) AS v
                 WHERE credentials.id = v.column1 AND credentials.erased_at {condition}",
                values::rows(1, rows.len(), 2),
            );
            let mut query = sql::query(sql);
            for (id, node) in rows {
                query = query.bind(id.as_str()).bind(node.to_bytes());
            }
            let done = query.execute(self.connection()).await?;
            if usize::try_from(done.rows_affected()) != Ok(rows.len()) {
                return Err(Error::Conflict { what: "a credential of the batch" });
            }
        }
        Ok(())
    }
}
