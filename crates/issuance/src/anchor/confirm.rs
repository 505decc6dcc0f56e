//! Confirm: the transaction is deep enough, so the batches of the anchor are anchored and their proofs can be rendered.
//!
//! They are announced in transactions of bounded size. The first one decides: from then on the anchor is anchored, and what is left of
//! its batches follows, whatever process is there and wherever the chain goes. A batch that is not announced yet is served as signed.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::anchors::{Anchor, AnchorStatus, NEVER};
use learncoin_store::batches::Batch;
use learncoin_store::events::{AnnouncedTransaction, EventData, EventType};
use learncoin_store::id::BatchId;
use learncoin_store::kill;
use learncoin_store::onchain::TxHash;
use learncoin_store::transactions::BlockPosition;

use crate::chains::Chain;
use crate::metrics;
use crate::outgoing::{Attempt, block_position};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The most batches that one transaction announces.
const BATCHES_PER_COMMIT: u8 = 100;
/// The number of credentials after which a transaction takes no further batch.
const CREDENTIALS_PER_COMMIT: u64 = 2_000;

/// The transaction by which an anchor counts.
struct Counting<'a> {
    hash: &'a TxHash,
    block: &'a BlockPosition,
}

impl Pipeline {
    /// Moves a signed anchor, whose transaction is deep enough in the chain, to anchored, and its batches with it.
    pub(crate) async fn confirm(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        attempt: &Attempt,
        inclusion: &IncludedTransaction,
    ) -> Result<(), StepError> {
        kill::reached("confirm.seen");
        self.announce(anchor, chain, &attempt.hash, &block_position(inclusion)).await
    }

    /// Announces the batches of an anchor that are not announced yet.
    pub(crate) async fn announce(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        hash: &TxHash,
        block: &BlockPosition,
    ) -> Result<(), StepError> {
        let counting = Counting { hash, block };
        let is_final = chain.is_final(block.number, self.clock.now_ms()).await?;
        let mut status = anchor.status;
        loop {
            let waiting = self.store.list_unannounced_batches(&anchor.id, BATCHES_PER_COMMIT.into()).await?;
            let part = within_a_commit(&waiting);
            let is_last = part.len() == waiting.len() && waiting.len() < usize::from(BATCHES_PER_COMMIT);
            let next_look_after = match (is_last, is_final) {
                (false, _) => 0,
                (true, false) => chain.watch_ms,
                (true, true) => NEVER,
            };
            self.announce_part(anchor, status, part, chain, &counting, next_look_after).await?;
            if is_last {
                kill::reached("confirm.committed");
                tracing::info!(anchor.id = %anchor.id, block.number = block.number, "anchor confirmed");
                return Ok(());
            }
            kill::reached("confirm.part_committed");
            status = AnchorStatus::Anchored;
        }
    }

    /// Announces some batches of an anchor, which has `status`, in one transaction.
    async fn announce_part(
        &self,
        anchor: &Anchor,
        status: AnchorStatus,
        batches: &[Batch],
        chain: &Chain,
        counting: &Counting<'_>,
        next_look_after: i64,
    ) -> Result<(), StepError> {
        let ids: Vec<&BatchId> = batches.iter().map(|batch| &batch.id).collect();
        let to_mail = match self.options.mails {
            true => self.store.credentials_to_mail(&ids).await?,
            false => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        let now = self.clock.now_ms();
        let next_look_at = now.saturating_add(next_look_after);
        match status {
            AnchorStatus::Signed => {
                tx.mark_confirmed(counting.hash, counting.block).await?;
                tx.mark_anchored(&anchor.id, next_look_at).await?;
            }
            AnchorStatus::Anchored => {
                tx.hold_anchor(&anchor.id, status).await?;
                tx.reschedule_anchor(&anchor.id, status, next_look_at).await?;
            }
        }
        if !ids.is_empty() {
            tx.mark_batches_anchored(&anchor.id, &ids, now).await?;
        }
        let transaction = AnnouncedTransaction {
            hash: *counting.hash,
            block_number: counting.block.number,
            explorer: chain.explorer.clone(),
        };
        let data = EventData::OfAnchoredBatch(&transaction);
        let events: Vec<(&str, EventData<'_>)> = ids.iter().map(|id| (id.as_str(), data)).collect();
        tx.insert_events(&anchor.scope, EventType::BatchAnchored, &events, &*self.clock, &*self.entropy)
            .await?;
        tx.insert_mails(&to_mail, now, &*self.entropy).await?;
        tx.commit().await?;
        for batch in batches {
            metrics::anchored(batch.scope.environment, now.saturating_sub(batch.created_at));
            tracing::info!(batch.id = %batch.id, anchor.id = %anchor.id, "batch anchored");
        }
        Ok(())
    }
}

/// Returns the first batches that one transaction announces: at least one, if there is one.
fn within_a_commit(batches: &[Batch]) -> &[Batch] {
    let mut credentials: u64 = 0;
    let count = batches
        .iter()
        .take_while(|batch| {
            let is_free = credentials < CREDENTIALS_PER_COMMIT;
            credentials = credentials.saturating_add(batch.credentials_count);
            is_free
        })
        .count();
    batches.get(..count).unwrap_or(batches)
}
