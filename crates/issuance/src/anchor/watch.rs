//! Watch: an anchored anchor is looked at until its block is final. Until then a reorganization may take the anchor out of the chain.
//!
//! Invariant: nothing but the announced bytes is sent for it, and no further event is written. If an older attempt was
//! mined in its place, the proof names that one.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::anchors::{Anchor, AnchorStatus, NEVER};
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use super::account::Account;
use super::attempts::{outgoing_of, payload_of};
use super::owner::AnchorOwner;
use crate::chains::Chain;
use crate::outgoing::{Attempt, Outcome, block_position, watch};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Looks at one anchored anchor. Returns whether anything changed.
    pub(crate) async fn watch(&self, anchor: &Anchor) -> Result<bool, StepError> {
        let chain = self.chain_of(&anchor.scope, anchor.chain_id)?;
        let rows = self.store.list_anchor_transactions(&anchor.id).await?;
        let announced = rows.iter().find(|row| row.block.is_some());
        let counts = announced.and_then(|row| Some((row, row.block.as_ref()?)));
        let (announced, block) =
            counts.ok_or(StepError::Inconsistent("an anchored anchor without a block"))?;
        if !self.store.list_unannounced_batches(&anchor.id, 1).await?.is_empty() {
            // The process that began to announce them ended.
            self.announce(anchor, chain, &announced.hash, block).await?;
            return Ok(true);
        }
        if let Some(key_number) = anchor.reanchor_with {
            return self.reanchor(anchor, chain, &rows, key_number).await;
        }
        if chain.is_unmoved(&announced.hash, block.number, self.clock.now_ms()).await? {
            self.reschedule(anchor, chain.watch_ms).await?;
            return Ok(false);
        }
        let key = self.store.get_signing_key(&anchor.scope.tenant_id, anchor.signing_key_number).await?;
        // What another key signed for it does not count any more, wherever it is.
        let outgoing = outgoing_of(chain, &key, &rows);
        let outgoing = outgoing.ok_or(StepError::Inconsistent("an anchored anchor without a transaction"))?;
        let sent = outgoing.attempts.iter().find(|attempt| attempt.hash == announced.hash);
        let sent = sent.ok_or(StepError::Inconsistent("an anchor that another key than its own signed"))?;
        let owner = AnchorOwner { account: Account { pipeline: self, chain, key: &key }, anchor };
        match watch(&outgoing, &sent.hash, &payload_of(anchor), chain, &owner).await? {
            Outcome::Mined { attempt, inclusion } if attempt.hash == sent.hash => {
                self.record_block(anchor, chain, announced, &inclusion).await
            }
            Outcome::Mined { attempt, inclusion } => {
                self.announce_other(anchor, chain, announced, &attempt, &inclusion).await
            }
            Outcome::Progressed => Ok(true),
            Outcome::Waiting | Outcome::Shallow { .. } => {
                self.reschedule(anchor, chain.poll_ms).await?;
                Ok(false)
            }
            Outcome::NonceTaken(found) => {
                self.record_nonce_taken(anchor, &owner.account, sent.nonce, &found).await?;
                self.reschedule(anchor, chain.poll_ms).await?;
                Ok(false)
            }
        }
    }

    /// Records in which block the announced transaction is: in the same one or, after a reorganization, in another.
    async fn record_block(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        announced: &AnchorTransaction,
        inclusion: &IncludedTransaction,
    ) -> Result<bool, StepError> {
        let block = block_position(inclusion);
        let has_moved = announced.block.as_ref() != Some(&block);
        let is_final = chain.is_final(inclusion.block_number, self.clock.now_ms()).await?;
        let after_ms = if is_final { NEVER } else { chain.watch_ms };
        if is_final {
            chain.heads.forget(announced.hash.as_bytes()).await;
        }
        if !has_moved {
            self.reschedule(anchor, after_ms).await?;
            return Ok(false);
        }
        let mut tx = self.store.begin().await?;
        tx.hold_anchor(&anchor.id, AnchorStatus::Anchored).await?;
        tx.mark_confirmed(&announced.hash, &block).await?;
        let at = self.clock.now_ms().saturating_add(after_ms);
        tx.reschedule_anchor(&anchor.id, AnchorStatus::Anchored, at).await?;
        tx.commit().await?;
        kill::reached("watch.moved");
        tracing::info!(anchor.id = %anchor.id, block.number = block.number, "an anchor is in another block now");
        Ok(true)
    }

    /// Records that another attempt at the anchor is in the chain in place of the announced one, which can't be mined any more.
    async fn announce_other(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        announced: &AnchorTransaction,
        mined: &Attempt,
        inclusion: &IncludedTransaction,
    ) -> Result<bool, StepError> {
        let hash = mined.hash;
        let mut tx = self.store.begin().await?;
        tx.hold_anchor(&anchor.id, AnchorStatus::Anchored).await?;
        tx.unmark_confirmed(&announced.hash).await?;
        tx.mark_confirmed(&hash, &block_position(inclusion)).await?;
        let at = self.clock.now_ms().saturating_add(chain.poll_ms);
        tx.reschedule_anchor(&anchor.id, AnchorStatus::Anchored, at).await?;
        tx.commit().await?;
        kill::reached("watch.moved");
        tracing::warn!(anchor.id = %anchor.id, transaction.hash = %hash, "an older attempt carries the anchor now");
        Ok(true)
    }
}
