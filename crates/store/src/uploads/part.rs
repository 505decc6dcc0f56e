//! The parts of an upload: batches of 500 rows.

use crate::batches::BatchStatus;
use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{BatchId, CredentialId, UploadId};
use crate::mails::MailStatus;
use crate::scope::TenantScope;

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPartKey {
    /// The upload.
    pub upload_id: UploadId,
    /// The number of the part, from 0.
    pub number: u32,
}

/// A part, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadBatch {
    /// The number of the part, from 0.
    pub number: u32,
    /// Its batch, and the batch's status, once it was accepted.
    pub batch: Option<(BatchId, BatchStatus)>,
}

/// A credential of an upload, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedCredential {
    /// The credential.
    pub id: CredentialId,
    /// Whether it was revoked.
    pub is_revoked: bool,
    /// Whether its person was erased.
    pub is_erased: bool,
    /// The status of its mail, if there is one.
    pub mail: Option<MailStatus>,
}

/// The progress of an upload, in numbers of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UploadProgress {
    /// Those whose batches are accepted.
    pub accepted: u64,
    /// Those among them whose batches are anchored.
    pub anchored: u64,
    /// Those among them whose batches have failed.
    pub failed: u64,
}

impl Store {
    /// Returns the parts of an upload, in their order.
    pub async fn list_upload_parts(&self, id: &UploadId) -> Result<Vec<UploadBatch>> {
        let rows = sql::query(
            "SELECT p.number, p.batch_id, b.status FROM upload_parts p LEFT JOIN batches b ON b.id = p.batch_id
             WHERE p.upload_id = $1 ORDER BY p.number",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "upload_parts", row };
                let batch = match record.maybe_parsed::<BatchId>("batch_id")? {
                    Some(batch_id) => Some((batch_id, record.parsed("status")?)),
                    None => None,
                };
                Ok(UploadBatch { number: u32::try_from(record.int("number")?).unwrap_or(u32::MAX), batch })
            })
            .collect()
    }

    /// Returns the credentials of a batch of the scope in the order of the request, with their mails.
    pub async fn list_uploaded_credentials(
        &self,
        scope: &TenantScope,
        batch_id: &BatchId,
    ) -> Result<Vec<UploadedCredential>> {
        let rows = sql::query(
            "SELECT c.id, c.revoked_at, c.erased_at, m.status AS mail_status
             FROM credentials c LEFT JOIN mails m ON m.credential_id = c.id
             WHERE c.batch_id = $1 AND c.tenant_id = $2 AND c.environment = $3 ORDER BY c.position",
        )
        .bind(batch_id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let record = Record { table: "credentials", row };
                Ok(UploadedCredential {
                    id: record.parsed("id")?,
                    is_revoked: record.maybe_int("revoked_at")?.is_some(),
                    is_erased: record.maybe_int("erased_at")?.is_some(),
                    mail: record.maybe_parsed("mail_status")?,
                })
            })
            .collect()
    }

    /// Returns the progress of an upload.
    pub async fn upload_progress(&self, id: &UploadId) -> Result<UploadProgress> {
        let rows = sql::query(
            "SELECT b.status, CAST(SUM(b.credentials_count) AS BIGINT) AS credentials
             FROM upload_parts p JOIN batches b ON b.id = p.batch_id WHERE p.upload_id = $1 GROUP BY b.status",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut progress = UploadProgress::default();
        for row in &rows {
            let record = Record { table: "batches", row };
            let credentials = u64::try_from(record.int("credentials")?).unwrap_or(0);
            progress.accepted = progress.accepted.saturating_add(credentials);
            match record.parsed("status")? {
                BatchStatus::Anchored => progress.anchored = credentials,
                BatchStatus::Failed => progress.failed = credentials,
                _ => {}
            }
        }
        Ok(progress)
    }
}

impl WriteTx {
    /// Records the batch of a part. Returns whether the part had none: it is issued once.
    pub async fn set_upload_part_batch(&mut self, part: &UploadPartKey, batch_id: &BatchId) -> Result<bool> {
        let done = sql::query(
            "UPDATE upload_parts SET batch_id = $3 WHERE upload_id = $1 AND number = $2 AND batch_id IS NULL",
        )
        .bind(part.upload_id.as_str())
        .bind(i64::from(part.number))
        .bind(batch_id.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
