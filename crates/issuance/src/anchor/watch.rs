//! Watch: an anchored batch is looked at until its block is final. Until then a reorganization may take the anchor out of the
//! chain.
//!
//! Invariant: nothing but the bytes that were announced is sent for an anchored batch, and no event tells of it again. Only where
//! an older attempt of ours was mined in its place does the proof name that one.

use learncoin_chain::rpc::{IncludedTransaction, Inclusion};
use learncoin_store::batches::NEVER;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::kill;
use learncoin_store::transactions::{AnchorTransaction, BlockPosition};

use crate::anchor::drive::SENT;
use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::outgoing::broadcast::send;
use crate::outgoing::resolution::{Standing, hash_bytes, is_witnessed, standing};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Looks at one anchored batch. Answers whether anything changed.
    pub(crate) async fn watch(&self, batch: &Batch) -> Result<bool, StepError> {
        let chain = self.chain_of(batch)?;
        let mut attempts = self.store.list_anchor_transactions(&batch.id).await?;
        if let Some(key_number) = batch.reanchor_with {
            return self.reanchor(batch, chain, &attempts, key_number).await;
        }
        let announced = attempts
            .iter()
            .find(|attempt| attempt.block.is_some())
            .cloned()
            .ok_or(StepError::Inconsistent("an anchored batch without a block"))?;
        // What another key signed for it counts no more, wherever it is.
        attempts.retain(|attempt| attempt.address == announced.address);
        let inclusion = chain.client.inclusion(&hash_bytes(&announced)?).await?;
        if let Inclusion::Included(included) = inclusion {
            if !included.succeeded {
                return Err(StepError::Inconsistent("an announced anchor failed in the chain"));
            }
            return self.still_there(batch, chain, &announced, &included).await;
        }
        let alarm = Alarm::Reconfirming.raise();
        tracing::warn!(alarm, batch.id = %batch.id, "a reorganization took an anchor out of the chain");
        if let Standing::Included { attempt, included } = standing(chain, &attempts).await?
            && included.succeeded
            && included.confirmations >= chain.confirmations
            && is_witnessed(chain, &hash_bytes(attempt)?, &included).await
        {
            return self.stands_on_another(batch, chain, &announced, attempt, &included).await;
        }
        if inclusion == Inclusion::Unknown
            && let Err(error) = send(chain, &announced, SENT).await
        {
            tracing::warn!(batch.id = %batch.id, %error, "an anchor could not be sent again");
        }
        self.look_again(batch, chain.poll_ms).await?;
        Ok(false)
    }

    /// The anchor is in the chain: in the same block or, after a reorganization, in another.
    async fn still_there(
        &self,
        batch: &Batch,
        chain: &Chain,
        announced: &AnchorTransaction,
        included: &IncludedTransaction,
    ) -> Result<bool, StepError> {
        let block = position(included);
        let has_moved = announced.block.as_ref() != Some(&block);
        let is_final = chain.is_final(included.block_number).await?;
        let after_ms = if is_final { NEVER } else { chain.watch_ms };
        if !has_moved {
            self.look_again(batch, after_ms).await?;
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        tx.hold_batch(&batch.id, BatchStatus::Anchored).await?;
        tx.mark_confirmed(&announced.hash, &block).await?;
        let at = self.clock.now_ms().saturating_add(after_ms);
        tx.defer(&batch.id, BatchStatus::Anchored, at, false).await?;
        tx.commit().await?;
        kill::reached("watch.moved");
        tracing::info!(batch.id = %batch.id, block.number = block.number, "an anchor is in another block now");
        Ok(true)
    }

    /// Another attempt of the batch is in the chain in place of the one that was announced, which can't be mined any more.
    async fn stands_on_another(
        &self,
        batch: &Batch,
        chain: &Chain,
        announced: &AnchorTransaction,
        found: &AnchorTransaction,
        included: &IncludedTransaction,
    ) -> Result<bool, StepError> {
        let mut tx = self.store.begin().await?;
        tx.hold_batch(&batch.id, BatchStatus::Anchored).await?;
        tx.unmark_confirmed(&announced.hash).await?;
        tx.mark_confirmed(&found.hash, &position(included)).await?;
        let at = self.clock.now_ms().saturating_add(chain.poll_ms);
        tx.defer(&batch.id, BatchStatus::Anchored, at, false).await?;
        tx.commit().await?;
        kill::reached("watch.moved");
        tracing::warn!(batch.id = %batch.id, transaction.hash = found.hash, "an older attempt anchors the batch now");
        Ok(true)
    }
}

/// A transaction's block, as it is stored.
pub(crate) fn position(included: &IncludedTransaction) -> BlockPosition {
    BlockPosition {
        number: included.block_number,
        hash: hex::encode(included.block_hash),
        time: included.block_time,
    }
}
