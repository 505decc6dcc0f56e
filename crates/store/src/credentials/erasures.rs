//! The erasures of this database, without any personal data.

use crate::credentials::reasons::Requester;
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::Result;
use crate::id::CredentialId;

/// An erasure, as its credential's row and the journal hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The credential.
    pub id: CredentialId,
    /// When, in milliseconds since 1970.
    pub erased_at: i64,
    /// The requester.
    pub requester: Requester,
    /// When the request was verified, as the caller wrote it.
    pub verified_at: String,
}

impl Store {
    /// Returns every erasure of every tenant, the oldest first.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_erasures(&self) -> Result<Vec<Erasure>> {
        let rows = sql::query(
            "SELECT id, erased_at, erasure_requester, erasure_verified_at FROM credentials
             WHERE erased_at IS NOT NULL ORDER BY erased_at, id",
        )
        .fetch_all(&self.pool)
        .await?;
        let erasure = |row| {
            let record = Record { table: "credentials", row };
            Ok(Erasure {
                id: record.parsed("id")?,
                erased_at: record.int("erased_at")?,
                requester: record.parsed("erasure_requester")?,
                verified_at: record.text("erasure_verified_at")?,
            })
        };
        rows.iter().map(erasure).collect()
    }
}
