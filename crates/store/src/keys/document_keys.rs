//! Document keys: the Ed25519 keys with which tenants sign wallet forms and status lists.
//!
//! - Invariant: a tenant has one key in use at most, which the database itself ensures.
//! - Invariant: each end is set once. A key in use that ends is never in use again.

use std::fmt;

use zeroize::Zeroizing;

use crate::clock::Entropy;
use crate::database::sql::{self, Executor, Record, Row, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::keys::signing_keys::KeyHome;
use crate::onchain::decode_32;

/// A document key without its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentKey {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Its number among the tenant's document keys: the `N` of `#ed-N`.
    pub number: u64,
    /// Its Ed25519 public key.
    pub public_key: [u8; 32],
    /// The place of its secret.
    pub home: KeyHome,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// Since when it signs nothing new.
    pub retired_at: Option<i64>,
    /// Since when nothing that it signed counts.
    pub revoked_from: Option<i64>,
}

impl DocumentKey {
    /// Returns whether it signs what is made from now on.
    pub fn is_in_use(&self) -> bool {
        self.retired_at.is_none() && self.revoked_from.is_none()
    }
}

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentKey")
            .field("tenant_id", &self.tenant_id)
            .field("number", &self.number)
            .field("public_key", &hex::encode(self.public_key))
            .field("home", &self.home)
            .field("created_at", &self.created_at)
            .field("retired_at", &self.retired_at)
            .field("revoked_from", &self.revoked_from)
            .finish()
    }
}

const COLUMNS: &str = "tenant_id, number, public_key, kms_version, created_at, retired_at, revoked_from";
/// The condition of the one key that signs.
const IN_USE: &str = "retired_at IS NULL AND revoked_from IS NULL";

pub(crate) fn document_key(row: &Row) -> Result<DocumentKey> {
    let record = Record { table: "document_keys", row };
    let public_key = record.text("public_key")?;
    Ok(DocumentKey {
        tenant_id: record.parsed("tenant_id")?,
        number: record.count("number")?,
        public_key: decode_32(&public_key).ok_or_else(|| record.unreadable("public_key"))?,
        home: KeyHome::of(record.maybe_text("kms_version")?),
        created_at: record.int("created_at")?,
        retired_at: record.maybe_int("retired_at")?,
        revoked_from: record.maybe_int("revoked_from")?,
    })
}

fn place(tenant_id: &TenantId, number: u64) -> String {
    format!("document_keys/{tenant_id}/{number}/secret")
}

async fn list_of(executor: impl Executor, tenant_id: &TenantId) -> Result<Vec<DocumentKey>> {
    sql::query(format!("SELECT {COLUMNS} FROM document_keys WHERE tenant_id = $1 ORDER BY number"))
        .bind(tenant_id.as_str())
        .fetch_all(executor)
        .await?
        .iter()
        .map(document_key)
        .collect()
}

impl Store {
    /// Returns every document key that the tenant ever had, the oldest first.
    pub async fn list_document_keys(&self, tenant_id: &TenantId) -> Result<Vec<DocumentKey>> {
        list_of(&self.pool, tenant_id).await
    }

    /// Returns the document key that signs for the tenant; `None` if it has none.
    pub async fn document_key_in_use(&self, tenant_id: &TenantId) -> Result<Option<DocumentKey>> {
        let sql = format!("SELECT {COLUMNS} FROM document_keys WHERE tenant_id = $1 AND {IN_USE}");
        let row = sql::query(sql).bind(tenant_id.as_str()).fetch_optional(&self.pool).await?;
        row.as_ref().map(document_key).transpose()
    }

    /// Returns the tenant's document key with this number.
    pub async fn find_document_key(&self, tenant_id: &TenantId, number: u64) -> Result<Option<DocumentKey>> {
        let sql = format!("SELECT {COLUMNS} FROM document_keys WHERE tenant_id = $1 AND number = $2");
        let row =
            sql::query(sql).bind(tenant_id.as_str()).bind(bigint(number)).fetch_optional(&self.pool).await?;
        row.as_ref().map(document_key).transpose()
    }

    /// Returns the key's seed, unsealed; `None` if the key is revoked or there is none. It lives only as long as one signature
    /// takes.
    pub async fn document_secret(
        &self,
        tenant_id: &TenantId,
        number: u64,
    ) -> Result<Option<Zeroizing<[u8; 32]>>> {
        let sealed: Option<String> = sql::query_scalar(
            "SELECT secret_sealed FROM document_keys WHERE tenant_id = $1 AND number = $2 AND revoked_from IS NULL",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(number))
        .fetch_optional(&self.pool)
        .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let secret = self.sealer.open(&place(tenant_id, number), &sealed)?;
        Ok(Some(Zeroizing::new(secret.as_slice().try_into().map_err(|_| Error::Unsealed)?)))
    }

    /// Returns at most `limit` tenants that have a signing key and no document key in use, in the order of their ids, from the one
    /// after `after`; an empty text: from the first one.
    pub async fn list_tenants_without_document_key(&self, after: &str, limit: u32) -> Result<Vec<TenantId>> {
        let sql = format!(
            "SELECT id FROM tenants WHERE id > $1
                 AND EXISTS (SELECT 1 FROM signing_keys s WHERE s.tenant_id = tenants.id)
                 AND NOT EXISTS (SELECT 1 FROM document_keys d WHERE d.tenant_id = tenants.id AND {IN_USE})
             ORDER BY id LIMIT $2"
        );
        sql::query(sql)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(|row| Record { table: "tenants", row }.parsed("id"))
            .collect()
    }

    /// Returns the rows of every document key, in the order of tenant and number.
    pub(crate) async fn document_key_rows(&self) -> Result<Vec<Row>> {
        let sql = format!("SELECT {COLUMNS} FROM document_keys ORDER BY tenant_id, number");
        sql::query(sql).fetch_all(&self.pool).await
    }
}

impl WriteTx {
    /// Returns every document key that the tenant ever had, as this transaction sees them, the oldest first.
    pub async fn list_document_keys(&mut self, tenant_id: &TenantId) -> Result<Vec<DocumentKey>> {
        list_of(self.connection(), tenant_id).await
    }

    /// Adds a document key, its seed sealed under the master key where it is kept here. The key in use must have been retired.
    pub async fn insert_document_key(
        &mut self,
        key: &DocumentKey,
        seed: Option<&[u8; 32]>,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        let sealed = match (&key.home, seed) {
            (KeyHome::Local, Some(seed)) => {
                self.sealer.seal(entropy, &place(&key.tenant_id, key.number), seed)?
            }
            (KeyHome::Local, None) => return Err(Error::Unsealed),
            (KeyHome::Kms(_), _) => String::new(),
        };
        sql::query(
            "INSERT INTO document_keys (tenant_id, number, public_key, secret_sealed, kms_version, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.tenant_id.as_str())
        .bind(bigint(key.number))
        .bind(hex::encode(key.public_key))
        .bind(sealed)
        .bind(key.home.kms_version())
        .bind(key.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Retires the key in use, so that it signs nothing new.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the key is not in use.
    pub async fn retire_document_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
        now_ms: i64,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE document_keys SET retired_at = $3 WHERE tenant_id = $1 AND number = $2 AND {IN_USE}"
        );
        let done = sql::query(sql)
            .bind(tenant_id.as_str())
            .bind(bigint(number))
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the document key")
    }

    /// Revokes a key, so that nothing that it signed counts. Returns whether that changed anything: the time of a revocation
    /// stays.
    pub async fn revoke_document_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE document_keys SET revoked_from = $3, retired_at = COALESCE(retired_at, $3)
             WHERE tenant_id = $1 AND number = $2 AND revoked_from IS NULL",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(number))
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
