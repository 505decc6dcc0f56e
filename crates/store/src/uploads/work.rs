//! The work on uploads: those that are due, and the results.

use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::UploadId;
use crate::uploads::status::UploadProblem;
use crate::uploads::upload::{COLUMNS, Upload, upload};

impl Store {
    /// Returns the uploads whose batches are to be accepted or watched, the oldest first, at most `limit` after one of them.
    pub async fn list_uploads_at_work(&self, after: Option<&UploadId>, limit: u32) -> Result<Vec<Upload>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM uploads WHERE status IN ('issuing', 'issued') AND id > $1 ORDER BY id LIMIT $2"
        );
        let rows = sql::query(sql)
            .bind(after.map_or("", UploadId::as_str))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(upload).collect()
    }

    /// Returns whether all batches of an upload are accepted, and anchored or failed.
    pub async fn is_upload_settled(&self, id: &UploadId) -> Result<bool> {
        let row = sql::query(
            "SELECT COUNT(*) AS parts FROM upload_parts p LEFT JOIN batches b ON b.id = p.batch_id
             WHERE p.upload_id = $1 AND (b.status IS NULL OR b.status NOT IN ('anchored', 'failed'))",
        )
        .bind(id.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(Record { table: "upload_parts", row: &row }.int("parts")? == 0)
    }

    /// Returns the uploads that have stopped or ended and whose members have had no mail about it yet, the oldest first.
    pub async fn list_uploads_to_notify(&self, limit: u32) -> Result<Vec<Upload>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM uploads WHERE status IN ('stopped', 'ended') AND notified_at IS NULL AND id > '' ORDER BY id LIMIT $1"
        );
        let rows = sql::query(sql).bind(i64::from(limit)).fetch_all(&self.pool).await?;
        rows.iter().map(upload).collect()
    }
}

impl WriteTx {
    /// Records that all batches of an upload are accepted.
    pub async fn mark_upload_issued(&mut self, id: &UploadId) -> Result<()> {
        sql::query("UPDATE uploads SET status = 'issued' WHERE id = $1 AND status = 'issuing'")
            .bind(id.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Records that an upload stopped, and why.
    pub async fn stop_upload(&mut self, id: &UploadId, problem: UploadProblem) -> Result<()> {
        sql::query(
            "UPDATE uploads SET status = 'stopped', problem = $2 WHERE id = $1 AND status = 'issuing'",
        )
        .bind(id.as_str())
        .bind(problem.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Records that all batches of an upload are anchored or have failed.
    pub async fn end_upload(&mut self, id: &UploadId, now_ms: i64) -> Result<()> {
        sql::query("UPDATE uploads SET status = 'ended', ended_at = $2 WHERE id = $1 AND status = 'issued'")
            .bind(id.as_str())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Records that an upload's member is mailed about its stop or end. Returns whether this is the one time.
    pub async fn mark_upload_notified(&mut self, id: &UploadId, now_ms: i64) -> Result<bool> {
        let done = sql::query(
            "UPDATE uploads SET notified_at = $2 WHERE id = $1 AND status IN ('stopped', 'ended') AND notified_at IS NULL",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes the drafts that were made before a time, and what is kept of other uploads that were made before another one.
    pub async fn purge_uploads(
        &mut self,
        drafts_before_ms: i64,
        files_before_ms: i64,
        now_ms: i64,
    ) -> Result<()> {
        sql::query(
            "DELETE FROM upload_files WHERE upload_id IN (SELECT id FROM uploads WHERE status = 'draft' AND created_at < $1)",
        )
        .bind(drafts_before_ms)
        .execute(self.connection())
        .await?;
        sql::query("DELETE FROM uploads WHERE status = 'draft' AND created_at < $1")
            .bind(drafts_before_ms)
            .execute(self.connection())
            .await?;
        sql::query(
            "DELETE FROM upload_files WHERE upload_id IN (
                SELECT id FROM uploads
                WHERE status IN ('stopped', 'ended') AND file_deleted_at IS NULL AND created_at < $1)",
        )
        .bind(files_before_ms)
        .execute(self.connection())
        .await?;
        sql::query(
            "UPDATE uploads SET file_deleted_at = $2
             WHERE status IN ('stopped', 'ended') AND file_deleted_at IS NULL AND created_at < $1",
        )
        .bind(files_before_ms)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
