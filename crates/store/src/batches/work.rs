//! The pipeline's queries: which batches are due, and the compare-and-set updates that move them on.
//!
//! Invariant: a batch's status changes here and nowhere else, each time from exactly the status it had.

use crate::batches::batch::{self, Batch, BatchStatus};
use crate::database::row::{bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{BatchId, TenantId};
use crate::onchain::MerkleRoot;

impl Store {
    /// Returns at most `limit` batches in `status` that are due, the oldest first, without those that a node works on.
    pub async fn due_batches(&self, status: BatchStatus, now_ms: i64, limit: u32) -> Result<Vec<Batch>> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {} FROM batches WHERE status = $1 AND next_attempt_at <= $2 AND NOT EXISTS (
                 SELECT 1 FROM signing_keys WHERE signing_keys.tenant_id = batches.tenant_id
                     AND signing_keys.number = batches.signing_key_number AND signing_keys.leased_until > $2)
             ORDER BY id LIMIT $3",
            batch::COLUMNS
        )))
        .bind(status.as_str())
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }

    /// Returns when the next batch in `status` is due, in milliseconds since 1970, without those that a node works on.
    pub async fn next_due(&self, status: BatchStatus, now_ms: i64) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar(
            "SELECT next_attempt_at FROM batches WHERE status = $1 AND NOT EXISTS (
                 SELECT 1 FROM signing_keys WHERE signing_keys.tenant_id = batches.tenant_id
                     AND signing_keys.number = batches.signing_key_number AND signing_keys.leased_until > $2)
             ORDER BY next_attempt_at LIMIT 1",
        )
        .bind(status.as_str())
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await?)
    }
}

/// When a batch is due that needs nothing more.
pub const NEVER: i64 = i64::MAX;

/// The work of a signing key's batches, leased: no other node begins it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLease {
    /// Whose key it is.
    pub tenant_id: TenantId,
    /// The key's number.
    pub key_number: u64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

impl WriteTx {
    /// Leases the work of a key until `until_ms`, unless a node has it.
    pub async fn lease_key(
        &mut self,
        tenant_id: &TenantId,
        key_number: u64,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<KeyLease>> {
        let done = sqlx::query(
            "UPDATE signing_keys SET leased_until = $4
             WHERE tenant_id = $1 AND number = $2 AND (leased_until IS NULL OR leased_until <= $3)",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(key_number))
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        let lease = KeyLease { tenant_id: tenant_id.clone(), key_number, until: until_ms };
        Ok((done.rows_affected() == 1).then_some(lease))
    }

    /// Sets another end to a lease; `None` ends it. Returns whether it still held.
    pub async fn change_lease(&mut self, lease: &KeyLease, until_ms: Option<i64>) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE signing_keys SET leased_until = $4 WHERE tenant_id = $1 AND number = $2 AND leased_until = $3",
        )
        .bind(lease.tenant_id.as_str())
        .bind(bigint(lease.key_number))
        .bind(lease.until)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Moves the batch from `pending` to `signed`.
    pub async fn mark_signed(&mut self, id: &BatchId, merkle_root: &MerkleRoot, now_ms: i64) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET status = 'signed', signed_at = $2, merkle_root = $3, attempts = 0, next_attempt_at = $2
             WHERE id = $1 AND status = 'pending'",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .bind(merkle_root.to_string())
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Moves the batch from `signed` to `anchored`. It is due again at `look_again_at`: [`NEVER`] if its block is final.
    pub async fn mark_anchored(&mut self, id: &BatchId, now_ms: i64, look_again_at: i64) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET status = 'anchored', anchored_at = $2, attempts = 0, next_attempt_at = $3
             WHERE id = $1 AND status = 'signed'",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .bind(look_again_at)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Makes sure that the batch is in `status`, and stays so until this transaction ends.
    pub async fn hold_batch(&mut self, id: &BatchId, status: BatchStatus) -> Result<()> {
        let done = sqlx::query("UPDATE batches SET status = status WHERE id = $1 AND status = $2")
            .bind(id.as_str())
            .bind(status.as_str())
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Marks an anchored batch to be reanchored with another key. One that waits for that key already is left as it is.
    /// Returns whether this changed anything.
    pub async fn begin_reanchor(&mut self, id: &BatchId, key_number: u64, now_ms: i64) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE batches SET reanchor_with = $2, attempts = 0, next_attempt_at = $3
             WHERE id = $1 AND status = 'anchored' AND (reanchor_with IS NULL OR reanchor_with <> $2)",
        )
        .bind(id.as_str())
        .bind(bigint(key_number))
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Records that another key made the anchor that an anchored batch has from now on.
    pub async fn mark_reanchored(
        &mut self,
        id: &BatchId,
        key_number: u64,
        verification_method: &str,
        look_again_at: i64,
    ) -> Result<()> {
        let done = sqlx::query(
            "UPDATE batches SET signing_key_number = $2, verification_method = $3, reanchor_with = NULL,
                 attempts = 0, next_attempt_at = $4
             WHERE id = $1 AND status = 'anchored' AND reanchor_with = $2",
        )
        .bind(id.as_str())
        .bind(bigint(key_number))
        .bind(verification_method)
        .bind(look_again_at)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Moves the batch from `pending` to `failed`.
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

    /// Reschedules the batch to `next_attempt_at`; `failed` counts the attempt as one that failed.
    /// A batch that has left `status` meanwhile is left alone.
    pub async fn reschedule(
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
