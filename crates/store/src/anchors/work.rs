//! The pipeline's queries about anchors: which are due, and the compare-and-set updates that move them on.
//!
//! Invariant: an anchor's status changes here and nowhere else, each time from exactly the status it had.

use crate::anchors::anchor::{self, Anchor, AnchorStatus};
use crate::batches::waiting_for::WaitingFor;
use crate::database::sql::{self, Record, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{AnchorId, TenantId};
use crate::keys::leases::free_key;

/// When something is due that needs nothing more.
pub const NEVER: i64 = i64::MAX;

/// Anchors of a key whose transactions are in no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InFlight {
    /// The number of them.
    pub count: u64,
    /// The number of batches of the largest one.
    pub largest: u64,
}

/// Reads the columns `in_flight` and `largest`.
pub(crate) fn in_flight(record: &Record<'_>) -> Result<InFlight> {
    Ok(InFlight { count: record.count("in_flight")?, largest: record.count("largest")? })
}

impl Store {
    /// Returns at most `limit` anchors in `status` that are due, those that wait longest first, without those of keys that a node
    /// works on.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn due_anchors(&self, status: AnchorStatus, now_ms: i64, limit: u32) -> Result<Vec<Anchor>> {
        let free_key = free_key("anchors", 2);
        sql::query(format!(
            "SELECT {} FROM anchors WHERE status = $1 AND next_attempt_at <= $2 AND {free_key}
             ORDER BY next_attempt_at, id LIMIT $3",
            anchor::COLUMNS
        ))
        .bind(status.as_str())
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(anchor::anchor)
        .collect()
    }

    /// Returns when the next anchor in `status` is due, in milliseconds since 1970, without those of keys that a node works on.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_due_anchor(&self, status: AnchorStatus, now_ms: i64) -> Result<Option<i64>> {
        let free_key = free_key("anchors", 2);
        sql::query_scalar(format!(
            "SELECT next_attempt_at FROM anchors WHERE status = $1 AND {free_key}
             ORDER BY next_attempt_at LIMIT 1"
        ))
        .bind(status.as_str())
        .bind(now_ms)
        .fetch_optional(&self.pool)
        .await
    }

    /// Returns when the next anchor is due that is to be signed again with another key, in milliseconds since 1970.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn next_due_reanchor(&self) -> Result<Option<i64>> {
        sql::query_scalar(
            "SELECT next_attempt_at FROM anchors WHERE reanchor_with IS NOT NULL AND next_attempt_at < $1
             ORDER BY next_attempt_at LIMIT 1",
        )
        .bind(NEVER)
        .fetch_optional(&self.pool)
        .await
    }

    /// Returns the anchors of a key whose transactions were in no block when they were last looked up.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn anchors_in_flight(&self, tenant_id: &TenantId, key_number: u64) -> Result<InFlight> {
        let row = sql::query(
            "SELECT COUNT(*) AS in_flight, COALESCE(MAX(batches_count), 0) AS largest FROM anchors
             WHERE tenant_id = $1 AND signing_key_number = $2 AND status = 'signed' AND seen_in_block IS NULL",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(key_number))
        .fetch_one(&self.pool)
        .await?;
        in_flight(&Record { table: "anchors", row: &row })
    }
}

impl WriteTx {
    /// Makes sure that the anchor has `status`, and keeps it until this transaction ends.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it has another one.
    pub async fn hold_anchor(&mut self, id: &AnchorId, status: AnchorStatus) -> Result<()> {
        let done = sql::query("UPDATE anchors SET status = status WHERE id = $1 AND status = $2")
            .bind(id.as_str())
            .bind(status.as_str())
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the anchor")
    }

    /// Moves a signed anchor to anchored. It is due again at `look_again_at`.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it is not signed any more.
    pub async fn mark_anchored(&mut self, id: &AnchorId, look_again_at: i64) -> Result<()> {
        let done = sql::query(
            "UPDATE anchors SET status = 'anchored', attempts = 0, next_attempt_at = $2 WHERE id = $1 AND status = 'signed'",
        )
        .bind(id.as_str())
        .bind(look_again_at)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the anchor")
    }

    /// Records in which block the transaction of a signed anchor was seen, and schedules the next look; `None` if it is in none.
    /// An anchor that is not signed any more is left as it is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn record_seen_in_block(
        &mut self,
        id: &AnchorId,
        block_number: Option<u64>,
        next_attempt_at: i64,
    ) -> Result<()> {
        sql::query(
            "UPDATE anchors SET seen_in_block = $2, next_attempt_at = $3, waiting_for = NULL WHERE id = $1 AND status = 'signed'",
        )
        .bind(id.as_str())
        .bind(block_number.map(bigint))
        .bind(next_attempt_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Schedules the next look at an anchor. One that has left `status` is left as it is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reschedule_anchor(
        &mut self,
        id: &AnchorId,
        status: AnchorStatus,
        next_attempt_at: i64,
    ) -> Result<()> {
        sql::query(
            "UPDATE anchors SET next_attempt_at = $3, waiting_for = NULL WHERE id = $1 AND status = $2",
        )
        .bind(id.as_str())
        .bind(status.as_str())
        .bind(next_attempt_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Schedules the next look at an anchor whose step failed, for want of `waiting_for` if that is known. One that has left
    /// `status` is left as it is.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reschedule_failed_anchor(
        &mut self,
        id: &AnchorId,
        status: AnchorStatus,
        next_attempt_at: i64,
        waiting_for: Option<WaitingFor>,
    ) -> Result<()> {
        sql::query(
            "UPDATE anchors SET attempts = attempts + 1, next_attempt_at = $3, waiting_for = $4 WHERE id = $1 AND status = $2",
        )
        .bind(id.as_str())
        .bind(status.as_str())
        .bind(next_attempt_at)
        .bind(waiting_for.map(WaitingFor::as_str))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
