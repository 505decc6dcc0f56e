//! The keys of anchors: another key takes the place of one that is disabled or was stolen. No document, tree or root changes.

use crate::anchors::anchor::{self, Anchor, AnchorStatus};
use crate::database::sql::{self, bigint, exactly_one};
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::id::{AnchorId, TenantId};

impl WriteTx {
    /// Assigns an anchor that is not anchored yet, and its batches, to another key. Returns whether the anchor was as the caller read
    /// it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn reassign_anchor(
        &mut self,
        anchor: &Anchor,
        key_number: u64,
        verification_method: &str,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE anchors SET signing_key_number = $2, verification_method = $3, seen_in_block = NULL, attempts = 0, next_attempt_at = $4
             WHERE id = $1 AND status = 'signed' AND signing_key_number = $5",
        )
        .bind(anchor.id.as_str())
        .bind(bigint(key_number))
        .bind(verification_method)
        .bind(now_ms)
        .bind(bigint(anchor.signing_key_number))
        .execute(self.connection())
        .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        self.set_key_of_batches(&anchor.id, key_number, verification_method).await?;
        Ok(true)
    }

    /// Begins to sign an anchored anchor again with another key. One that waits for that key already is left as it is. Returns whether
    /// this changed anything.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn begin_reanchor(&mut self, id: &AnchorId, key_number: u64, now_ms: i64) -> Result<bool> {
        let done = sql::query(
            "UPDATE anchors SET reanchor_with = $2, attempts = 0, next_attempt_at = $3
             WHERE id = $1 AND status = 'anchored' AND (reanchor_with IS NULL OR reanchor_with <> $2)",
        )
        .bind(id.as_str())
        .bind(bigint(key_number))
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Records that an anchored anchor counts by the transaction of another key from now on.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it does not wait for this key.
    pub async fn mark_reanchored(
        &mut self,
        id: &AnchorId,
        key_number: u64,
        verification_method: &str,
        look_again_at: i64,
    ) -> Result<()> {
        let done = sql::query(
            "UPDATE anchors SET signing_key_number = $2, verification_method = $3, reanchor_with = NULL,
                 attempts = 0, next_attempt_at = $4
             WHERE id = $1 AND status = $5 AND reanchor_with = $2",
        )
        .bind(id.as_str())
        .bind(bigint(key_number))
        .bind(verification_method)
        .bind(look_again_at)
        .bind(AnchorStatus::Anchored.as_str())
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the anchor")?;
        self.set_key_of_batches(id, key_number, verification_method).await
    }

    /// Returns the anchored anchors that do not count, since the key that signed them is revoked and they are in a block of
    /// `since_ms` or a later one; and those that were to be signed again with it.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_anchors_lost_with(
        &mut self,
        tenant_id: &TenantId,
        key_number: u64,
        since_ms: i64,
    ) -> Result<Vec<Anchor>> {
        sql::query(format!(
            "SELECT {} FROM anchors WHERE tenant_id = $1 AND status = 'anchored' AND (reanchor_with = $2
                 OR (reanchor_with IS NULL AND signing_key_number = $2 AND NOT EXISTS (
                     SELECT 1 FROM anchor_transactions t WHERE t.anchor_id = anchors.id
                         AND t.block_time IS NOT NULL AND t.block_time * 1000 < $3)))
             ORDER BY id",
            anchor::COLUMNS
        ))
        .bind(tenant_id.as_str())
        .bind(bigint(key_number))
        .bind(since_ms)
        .fetch_all(self.connection())
        .await?
        .iter()
        .map(anchor::anchor)
        .collect()
    }

    async fn set_key_of_batches(
        &mut self,
        id: &AnchorId,
        key_number: u64,
        verification_method: &str,
    ) -> Result<()> {
        sql::query(
            "UPDATE batches SET signing_key_number = $2, verification_method = $3 WHERE anchor_id = $1",
        )
        .bind(id.as_str())
        .bind(bigint(key_number))
        .bind(verification_method)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
