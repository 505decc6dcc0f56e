//! A credential's redacted document, as it is stored.
//!
//! The part that documents of a tenant share is a row of its own, which the SHA-256 of its text addresses within the tenant: a thousand
//! requests for one achievement store it once. A credential's row has what is its own.

use std::collections::BTreeMap;

use learncoin_credential::Hash;
use learncoin_credential::document::{Document, DocumentError, OwnPart, SharedPart, SharedPartError};
use learncoin_credential::json::{self, JsonError};

use crate::database::sql::{self, Record};
use crate::database::store::WriteTx;
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{CredentialId, TenantId};

/// A shared part of documents, and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressedPart {
    hash: Hash,
    content: String,
    achievement: String,
}

impl AddressedPart {
    /// Writes and hashes a shared part.
    pub fn new(part: &SharedPart) -> Self {
        let content = part.to_text();
        Self { hash: address(&content), content, achievement: part.achievement_name().to_owned() }
    }

    /// Returns the name of the achievement.
    pub(super) fn achievement(&self) -> &str {
        &self.achievement
    }

    /// Returns its address within its tenant.
    pub(crate) fn hash(&self) -> &Hash {
        &self.hash
    }
}

/// Returns the address of a shared part with this text.
pub(crate) fn address(content: &str) -> Hash {
    Hash::sha256(content.as_bytes())
}

/// The redacted document of a credential as its row holds it, unsigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredDocument {
    /// The whole of it as JSON, as release 0.1.0 stored it.
    Whole(String),
    /// In two parts. Its id and the recipient's pseudonym are in other columns of the row.
    Parts {
        /// The text of the part that it shares with others.
        shared: String,
        /// The part that was drawn for it alone.
        own: OwnPart,
    },
}

/// The error for a stored document that can't be read: it is damaged.
#[derive(Debug, thiserror::Error)]
pub enum StoredDocumentError {
    /// It is not JSON.
    #[error("the stored document is not JSON")]
    Json(#[from] JsonError),
    /// It is not a document of the credential format.
    #[error("the stored document is not of the credential format: {0}")]
    Document(#[from] DocumentError),
    /// Its parts do not belong together, or one is damaged.
    #[error("the stored document can't be put together: {0}")]
    Parts(#[from] SharedPartError),
}

impl StoredDocument {
    /// Reads either form from a row of the table of credentials, with the content of its shared part as `document_shared`.
    pub(super) fn read(record: &Record<'_>) -> Result<Self> {
        let Some(own) = record.maybe_bytes("document_own")? else {
            return Ok(Self::Whole(record.text("document")?));
        };
        let own = OwnPart::from_bytes(&own).ok_or_else(|| record.unreadable("document_own"))?;
        Ok(Self::Parts { shared: record.text("document_shared")?, own })
    }

    /// Returns the document of the credential with this id.
    pub(super) fn document(
        &self,
        id: &CredentialId,
        recipient_id: &str,
    ) -> std::result::Result<Document, StoredDocumentError> {
        match self {
            Self::Whole(text) => Ok(Document::from_json(&json::parse(text.as_bytes())?)?),
            Self::Parts { shared, own } => {
                Ok(SharedPart::read(shared)?.document(id.as_str(), recipient_id, own)?)
            }
        }
    }
}

impl WriteTx {
    /// Adds the shared parts that the tenant does not have yet.
    pub(super) async fn insert_document_parts(
        &mut self,
        tenant_id: &TenantId,
        parts: impl Iterator<Item = &AddressedPart>,
    ) -> Result<()> {
        const HEAD: &str = "INSERT INTO document_parts (tenant_id, hash, content)";
        // In one order, so that no two transactions wait for each other.
        let parts: BTreeMap<&Hash, &str> = parts.map(|part| (&part.hash, part.content.as_str())).collect();
        let parts: Vec<(&Hash, &str)> = parts.into_iter().collect();
        for rows in parts.chunks(ROWS_PER_STATEMENT) {
            let sql = format!("{} ON CONFLICT DO NOTHING", values::insert(HEAD, rows.len(), 3));
            let mut query = sql::query(sql);
            for (hash, content) in rows {
                query = query.bind(tenant_id.as_str()).bind(hash.as_bytes().as_slice()).bind(*content);
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}
