//! Anchor: a signed batch's transaction is sent, again and again if need be, until the chain has it deep enough.
//!
//! Sending is harmless to repeat: the bytes were stored first and never change. A transaction that waits too long is replaced
//! by one that offers more (`replace`), under the same nonce; one whose nonce somebody else used is made anew (`adopt`).

use learncoin_chain::rpc::{BlockTag, IncludedTransaction};
use learncoin_store::batches::Batch;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use crate::chains::Chain;
use crate::key::failover::reassign;
use crate::key::signing::key_address;
use crate::metrics::{Alarm, Step};
use crate::outgoing::broadcast::{can_pay, send};
use crate::outgoing::resolution::{Standing, hash_bytes, is_witnessed, raw_bytes, standing};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The kill point behind sending.
pub(crate) const SENT: &str = "anchor.sent";

/// What became of the transactions that are to anchor a root.
#[derive(Debug)]
pub(crate) enum Advance<'a> {
    /// One is deep enough in the chain.
    Deep {
        /// Which.
        attempt: &'a AnchorTransaction,
        /// Where.
        included: IncludedTransaction,
    },
    /// Something was sent or stored: there is more to do at once.
    Moved,
    /// The chain takes its time.
    Waiting,
}

impl Pipeline {
    /// Moves one signed batch on: sends its transaction, or looks whether it is confirmed. Answers which of the two it
    /// was, and whether anything changed.
    pub(crate) async fn anchor(&self, batch: &Batch) -> (Step, Result<bool, StepError>) {
        let attempts = match self.store.list_anchor_transactions(&batch.id).await {
            Ok(attempts) => attempts,
            Err(error) => return (Step::Anchor, Err(error.into())),
        };
        let is_sent = attempts.iter().any(|attempt| attempt.sent_at.is_some());
        let step = if is_sent { Step::Confirm } else { Step::Anchor };
        (step, self.anchor_by(batch, attempts).await)
    }

    async fn anchor_by(
        &self,
        batch: &Batch,
        mut attempts: Vec<AnchorTransaction>,
    ) -> Result<bool, StepError> {
        let chain = self.chain_of(batch)?;
        let key = self.store.get_signing_key(&batch.scope.tenant_id, batch.signing_key_number).await?;
        attempts.retain(|attempt| attempt.address == key.address);
        if let Some(from) = key.revoked_from
            && !is_earlier(chain, &attempts, from).await?
        {
            // It would be announced with a proof that does not verify.
            reassign(&self.store, batch, self.clock.now_ms()).await?;
            return Ok(true);
        }
        match self.advance(batch, chain, &key, &attempts).await? {
            Advance::Deep { attempt, included } => {
                self.confirm(batch, chain, attempt, &included).await?;
                Ok(true)
            }
            Advance::Moved => Ok(true),
            Advance::Waiting => {
                self.look_again(batch, chain.poll_ms).await?;
                Ok(false)
            }
        }
    }

    /// Does the next thing for the transactions by which `key` anchors the batch's root.
    pub(crate) async fn advance<'a>(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        attempts: &'a [AnchorTransaction],
    ) -> Result<Advance<'a>, StepError> {
        let Some(newest) = attempts.last() else {
            // Another key was to anchor it before.
            self.sign_with_failover_key(batch, chain, key).await?;
            return Ok(Advance::Moved);
        };
        if newest.sent_at.is_none() {
            return self.send_first(batch, chain, key, newest).await;
        }
        match standing(chain, attempts).await? {
            Standing::Included { attempt, included } if !included.succeeded => {
                let alarm = Alarm::AnchorFailed.raise();
                tracing::error!(alarm, batch.id = %batch.id, "an anchor transaction failed in the chain");
                self.nonce_is_lost(batch, chain, key, attempt.nonce).await
            }
            Standing::Included { attempt, included } => {
                let is_deep = included.confirmations >= chain.confirmations
                    && is_witnessed(chain, &hash_bytes(attempt)?, &included).await;
                Ok(match is_deep {
                    true => Advance::Deep { attempt, included },
                    false => Advance::Waiting,
                })
            }
            Standing::Open { newest_is_known } => {
                self.nudge(batch, chain, key, attempts, newest, newest_is_known).await
            }
        }
    }

    /// What can be done for a transaction that is in no block.
    async fn nudge(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        attempts: &[AnchorTransaction],
        newest: &AnchorTransaction,
        newest_is_known: bool,
    ) -> Result<Advance<'static>, StepError> {
        let sent = chain.client.transaction_count(&key_address(key)?, BlockTag::Latest).await?;
        if sent > newest.nonce {
            return self.nonce_is_used(batch, chain, key, attempts, newest).await;
        }
        // One behind another of the same sender waits for that one: it alone is to be hurried.
        let is_next = sent == newest.nonce;
        let waited = self.clock.now_ms().saturating_sub(newest.created_at);
        if is_next && waited >= chain.replace_after_ms && self.replace(batch, chain, key, newest).await? {
            return Ok(Advance::Moved);
        }
        if !newest_is_known {
            // The nodes forgot it, or a reorganization dropped it: the same bytes go out again.
            tracing::warn!(batch.id = %batch.id, "the chain does not know the anchor transaction, sending it again");
            send(chain, newest, SENT).await?;
        }
        Ok(Advance::Waiting)
    }

    /// Sends a transaction that no node took yet.
    async fn send_first(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        newest: &AnchorTransaction,
    ) -> Result<Advance<'static>, StepError> {
        kill::reached("anchor.claimed");
        if let Err(refusal) = send(chain, newest, SENT).await {
            let StepError::Refused { .. } = refusal else { return Err(refusal) };
            let sender = key_address(key)?;
            let sent = chain.client.transaction_count(&sender, BlockTag::Latest).await?;
            if sent <= newest.nonce {
                let waited = self.clock.now_ms().saturating_sub(newest.created_at);
                let is_stuck = sent == newest.nonce && waited >= chain.replace_after_ms;
                can_pay(chain, &sender, &raw_bytes(newest)?).await?;
                // Another transaction with this nonce waits at the nodes: an older attempt, or one of before a restore.
                return match is_stuck && self.replace(batch, chain, key, newest).await? {
                    true => Ok(Advance::Moved),
                    false => Err(refusal),
                };
            }
            // Its nonce is used. It counts as sent, so that the next look finds out by what.
        }
        let mut tx = self.store.begin().await?;
        tx.mark_sent(&newest.hash, self.clock.now_ms()).await?;
        tx.defer(&batch.id, batch.status(), self.clock.now_ms().saturating_add(chain.poll_ms), false).await?;
        tx.commit().await?;
        kill::reached("anchor.marked");
        Ok(Advance::Moved)
    }

    /// Puts the next look at a batch off.
    pub(crate) async fn look_again(&self, batch: &Batch, after_ms: i64) -> Result<(), StepError> {
        let at = self.clock.now_ms().saturating_add(after_ms);
        let mut tx = self.store.begin().await?;
        tx.defer(&batch.id, batch.status(), at, false).await?;
        Ok(tx.commit().await?)
    }

    /// The chain that the batch was accepted for.
    pub(crate) fn chain_of(&self, batch: &Batch) -> Result<&Chain, StepError> {
        self.chains
            .by_id(batch.scope.environment, batch.chain_id)
            .ok_or(StepError::NoChain { chain_id: batch.chain_id })
    }
}

/// Whether one of the transactions is in a block from before `time_ms`.
async fn is_earlier(chain: &Chain, attempts: &[AnchorTransaction], time_ms: i64) -> Result<bool, StepError> {
    let Standing::Included { included, .. } = standing(chain, attempts).await? else { return Ok(false) };
    Ok(u64::try_from(time_ms).is_ok_and(|time_ms| included.block_time.saturating_mul(1_000) < time_ms))
}
