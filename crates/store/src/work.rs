//! The pipeline's queries: which batches are due, and the compare-and-set updates that move them on.
//!
//! Invariant: a batch's status changes here and nowhere else, each time from exactly the status it had.

use crate::batches::{self, Batch, BatchStatus};
use crate::error::Result;
use crate::id::BatchId;
use crate::row::{bigint, exactly_one};
use crate::store::{Store, WriteTx};

impl Store {
    /// At most `limit` batches in `status` that are due, the oldest first.
    pub async fn due_batches(&self, status: BatchStatus, now_ms: i64, limit: u32) -> Result<Vec<Batch>> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {} FROM batches WHERE status = $1 AND next_attempt_at <= $2 ORDER BY id LIMIT $3",
            batches::COLUMNS
        )))
        .bind(status.as_str())
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batches::batch)
        .collect()
    }

    /// When the next batch in `status` is due, in milliseconds since 1970.
    pub async fn next_due(&self, status: BatchStatus) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar(
            "SELECT next_attempt_at FROM batches WHERE status = $1 ORDER BY next_attempt_at LIMIT 1",
        )
        .bind(status.as_str())
        .fetch_optional(&self.pool)
        .await?)
    }
}

impl WriteTx {
    /// `pending` → `signed`.
    pub async fn mark_signed(&mut self, id: &BatchId, merkle_root: &str, now_ms: i64) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET status = 'signed', signed_at = $2, merkle_root = $3, attempts = 0, next_attempt_at = $2
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .bind(merkle_root)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// `signed` → `anchored`.
    pub async fn mark_anchored(&mut self, id: &BatchId, now_ms: i64) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET status = 'anchored', anchored_at = $2 WHERE id = $1 AND status = 'signed'",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// `pending` → `failed`.
    pub async fn mark_failed(
        &mut self,
        id: &BatchId,
        error_code: &str,
        error_message: &str,
        now_ms: i64,
    ) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET status = 'failed', failed_at = $2, error_code = $3, error_message = $4
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .bind(error_code)
        .bind(error_message)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Puts the batch's next attempt off until `next_attempt_at`; `failed` counts the attempt as one that failed.
    /// A batch that has left `status` meanwhile is left alone.
    pub async fn defer(
        &mut self,
        id: &BatchId,
        status: BatchStatus,
        next_attempt_at: i64,
        failed: bool,
    ) -> Result<()> {
        sqlx::query(
            "UPDATE batches SET attempts = attempts + $4, next_attempt_at = $3 WHERE id = $1 AND status = $2",
        )
        .bind(id.as_str())
        .bind(status.as_str())
        .bind(next_attempt_at)
        .bind(bigint(u64::from(failed)))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
