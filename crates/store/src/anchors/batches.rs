//! The batches of an anchor: put under its root when it is signed, announced when it is anchored.

use learncoin_credential::merkle::MerklePath;

use crate::anchors::anchor::Anchor;
use crate::anchors::work::NEVER;
use crate::batches::batch::{self, Batch};
use crate::database::sql::{self, bigint, exactly};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{AnchorId, BatchId};

/// A batch in an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchoredBatch {
    /// The batch.
    pub id: BatchId,
    /// The path from the batch's root to the anchor's.
    pub path: MerklePath,
}

impl Store {
    /// Returns at most `limit` batches of an anchor that are signed and not announced as anchored, the oldest first.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn list_unannounced_batches(&self, anchor_id: &AnchorId, limit: u32) -> Result<Vec<Batch>> {
        sql::query(format!(
            "SELECT {} FROM batches WHERE anchor_id = $1 AND status = 'signed' ORDER BY id LIMIT $2",
            batch::COLUMNS
        ))
        .bind(anchor_id.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }
}

impl WriteTx {
    /// Moves pending batches of the anchor's key to signed, under the anchor's root.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if one is not pending any more, or waits for another key.
    pub async fn mark_batches_signed(&mut self, anchor: &Anchor, batches: &[AnchoredBatch]) -> Result<()> {
        for rows in batches.chunks(ROWS_PER_STATEMENT) {
            // Both databases name the columns of a VALUES list column1, column2, …
            let sql = format!(
                "UPDATE batches SET status = 'signed', signed_at = CAST($1 AS BIGINT), anchor_id = CAST($2 AS TEXT),
                     anchor_steps = v.column2, attempts = 0, next_attempt_at = CAST($3 AS BIGINT)
                 FROM ({}) AS v
                 WHERE batches.id = v.column1 AND batches.status = 'pending' AND batches.signing_key_number = CAST($4 AS BIGINT)",
                values::rows(5, rows.len(), 2),
            );
            let mut query = sql::query(sql)
                .bind(anchor.signed_at)
                .bind(anchor.id.as_str())
                .bind(NEVER)
                .bind(bigint(anchor.signing_key_number));
            for row in rows {
                query = query.bind(row.id.as_str()).bind(row.path.to_bytes());
            }
            let done = query.execute(self.connection()).await?;
            exactly(done.rows_affected(), rows.len(), "a batch of the anchor")?;
        }
        Ok(())
    }

    /// Moves signed batches of an anchor to anchored.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if one is not signed any more.
    pub async fn mark_batches_anchored(
        &mut self,
        anchor_id: &AnchorId,
        ids: &[&BatchId],
        now_ms: i64,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE batches SET status = 'anchored', anchored_at = $2
             WHERE anchor_id = $1 AND status = 'signed' AND id IN ({})",
            values::list(3, ids.len()),
        );
        let mut query = sql::query(sql).bind(anchor_id.as_str()).bind(now_ms);
        for id in ids {
            query = query.bind(id.as_str());
        }
        let done = query.execute(self.connection()).await?;
        exactly(done.rows_affected(), ids.len(), "a batch of the anchor")
    }
}
