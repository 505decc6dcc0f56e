//! The pipeline's queries about pending batches: which keys they wait for, and how they end if nothing signs them.
//!
//! Invariant: a batch's status changes here and in [`anchors`](crate::anchors) and nowhere else, each time from exactly the status it had.

use crate::anchors::work::{InFlight, in_flight};
use crate::batches::batch::{self, Batch};
use crate::batches::waiting_for::WaitingFor;
use crate::database::sql::{self, Record, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{BatchId, TenantId};
use crate::keys::leases::free_key;
use crate::onchain::MerkleRoot;

/// A signing key that pending batches wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingKey {
    /// The tenant that the key belongs to.
    pub tenant_id: TenantId,
    /// The key's number.
    pub key_number: u64,
    /// When signing may be tried next, in milliseconds since 1970.
    pub due_at: i64,
    /// When the oldest of the batches was accepted, in milliseconds since 1970.
    pub oldest_at: i64,
    /// The number of the batches.
    pub pending: u64,
    /// The anchors of the key whose transactions were in no block when they were last looked up.
    pub in_flight: InFlight,
}

impl Store {
    /// Returns the keys that pending batches wait for, without those that a node works on.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_waiting_keys(&self, now_ms: i64) -> Result<Vec<WaitingKey>> {
        let free_key = free_key("w", 1);
        let rows = sql::query(format!(
            "SELECT w.tenant_id AS tenant_id, w.signing_key_number AS signing_key_number, w.due_at AS due_at, w.oldest_at AS oldest_at,
                 w.pending AS pending,
                 (SELECT COUNT(*) FROM anchors WHERE anchors.tenant_id = w.tenant_id
                      AND anchors.signing_key_number = w.signing_key_number AND anchors.status = 'signed'
                      AND anchors.seen_in_block IS NULL) AS in_flight,
                 (SELECT COALESCE(MAX(batches_count), 0) FROM anchors WHERE anchors.tenant_id = w.tenant_id
                      AND anchors.signing_key_number = w.signing_key_number AND anchors.status = 'signed'
                      AND anchors.seen_in_block IS NULL) AS largest
             FROM (SELECT tenant_id, signing_key_number, MAX(next_attempt_at) AS due_at, MIN(created_at) AS oldest_at,
                       COUNT(*) AS pending
                   FROM batches WHERE status = 'pending' GROUP BY tenant_id, signing_key_number) AS w
             WHERE {free_key}"
        ))
        .bind(now_ms)
        .fetch_all(&self.pool)
        .await?;
        let key = |row| {
            let record = Record { table: "batches", row };
            Ok(WaitingKey {
                tenant_id: record.parsed("tenant_id")?,
                key_number: record.count("signing_key_number")?,
                due_at: record.int("due_at")?,
                oldest_at: record.int("oldest_at")?,
                pending: record.count("pending")?,
                in_flight: in_flight(&record)?,
            })
        };
        rows.iter().map(key).collect()
    }

    /// Returns at most `limit` pending batches that wait for a key, the oldest first.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_pending_batches(
        &self,
        tenant_id: &TenantId,
        key_number: u64,
        limit: u32,
    ) -> Result<Vec<Batch>> {
        sql::query(format!(
            "SELECT {} FROM batches WHERE status = 'pending' AND tenant_id = $1 AND signing_key_number = $2 ORDER BY id LIMIT $3",
            batch::COLUMNS
        ))
        .bind(tenant_id.as_str())
        .bind(bigint(key_number))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }
}

impl WriteTx {
    /// Records the tree of a pending batch that an earlier release accepted.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if the batch is not pending any more, or has a tree.
    pub async fn close_tree(&mut self, id: &BatchId, tree_root: &MerkleRoot) -> Result<()> {
        let done = sql::query(
            "UPDATE batches SET tree_root = $2 WHERE id = $1 AND status = 'pending' AND tree_root IS NULL",
        )
        .bind(id.as_str())
        .bind(tree_root.to_string())
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the batch")
    }

    /// Moves a pending batch to failed.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it is not pending any more.
    pub async fn mark_failed(
        &mut self,
        id: &BatchId,
        error_code: &str,
        error_message: &str,
        now_ms: i64,
    ) -> Result<()> {
        let done = sql::query(
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

    /// Schedules the next attempt at signing batches, after one that failed. Batches that are not pending any more are left as they
    /// are.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reschedule_pending(
        &mut self,
        ids: &[&BatchId],
        next_attempt_at: i64,
        waiting_for: Option<WaitingFor>,
    ) -> Result<()> {
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "UPDATE batches SET attempts = attempts + 1, next_attempt_at = $1, waiting_for = $2
                 WHERE status = 'pending' AND id IN ({})",
                values::list(3, ids.len()),
            );
            let mut query = sql::query(sql).bind(next_attempt_at).bind(waiting_for.map(WaitingFor::as_str));
            for id in ids {
                query = query.bind(id.as_str());
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}
