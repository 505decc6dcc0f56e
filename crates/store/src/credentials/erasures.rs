//! What is known of the erasures of this database: nothing of any person.

use crate::database::row::Record;
use crate::database::store::Store;
use crate::error::Result;
use crate::id::CredentialId;

/// An erasure, as its credential's row remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredErasure {
    /// Whose person was erased.
    pub id: CredentialId,
    /// When, in milliseconds since 1970.
    pub erased_at: i64,
    /// Who asked for it.
    pub requester: String,
    /// When the request was verified, as the caller wrote it.
    pub verified_at: String,
}

impl Store {
    /// Every erasure of every tenant, the oldest first.
    ///
    /// # Errors
    /// Where the database fails, or a row can't be read.
    pub async fn list_erasures(&self) -> Result<Vec<StoredErasure>> {
        let rows = sqlx::query(
            "SELECT id, erased_at, erasure_requester, erasure_verified_at FROM credentials
             WHERE erased_at IS NOT NULL ORDER BY erased_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        let erasure = |row| {
            let record = Record { table: "credentials", row };
            Ok(StoredErasure {
                id: record.parsed("id")?,
                erased_at: record.int("erased_at")?,
                requester: record.text("erasure_requester")?,
                verified_at: record.text("erasure_verified_at")?,
            })
        };
        rows.iter().map(erasure).collect()
    }
}
