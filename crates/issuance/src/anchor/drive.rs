//! Anchor: a signed batch's transaction is driven until the chain has it deep enough.
//!
//! The sending, replacing and confirming of a transaction is in [`outgoing`](crate::outgoing). What is here is what follows for the batch:
//! it is confirmed, signed anew under another nonce, or given to another key.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::batches::Batch;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use super::account::Account;
use super::attempts::{outgoing_of, payload_of};
use super::owner::AnchorOwner;
use crate::chains::Chain;
use crate::key::failover::reassign;
use crate::metrics::{Alarm, Step};
use crate::outgoing::{Attempt, Outcome, Outgoing, Resolution, drive, resolve};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The outcome of a step for the transactions by which a key anchors a batch.
#[derive(Debug)]
pub(crate) enum AnchorOutcome {
    /// One is deep enough in the chain.
    Mined {
        /// The transaction.
        attempt: Attempt,
        /// Its block.
        inclusion: IncludedTransaction,
    },
    /// Something was sent or stored. There is more to do at once.
    Progressed,
    /// There is nothing to do until the chain moves on.
    Waiting,
}

impl Pipeline {
    /// Moves one signed batch on: sends its transaction, or checks whether it is confirmed. Returns which of the two it was, and
    /// whether anything changed.
    pub(crate) async fn anchor(&self, batch: &Batch) -> (Step, Result<bool, StepError>) {
        let rows = match self.store.list_anchor_transactions(&batch.id).await {
            Ok(rows) => rows,
            Err(error) => return (Step::Anchor, Err(error.into())),
        };
        let is_sent = rows.iter().any(|row| row.sent_at.is_some());
        let step = if is_sent { Step::Confirm } else { Step::Anchor };
        (step, self.anchor_by(batch, &rows).await)
    }

    async fn anchor_by(&self, batch: &Batch, rows: &[AnchorTransaction]) -> Result<bool, StepError> {
        let chain = self.chain_of(batch)?;
        let key = self.store.get_signing_key(&batch.scope.tenant_id, batch.signing_key_number).await?;
        if let Some(from) = key.revoked_from
            && !is_earlier(chain, outgoing_of(chain, &key, rows), from).await?
        {
            // It would be announced with a proof that does not verify.
            reassign(&self.store, batch, self.clock.now_ms()).await?;
            return Ok(true);
        }
        match self.drive_anchor(batch, chain, &key, rows).await? {
            AnchorOutcome::Mined { attempt, inclusion } => {
                self.confirm(batch, chain, &attempt, &inclusion).await?;
                Ok(true)
            }
            AnchorOutcome::Progressed => Ok(true),
            AnchorOutcome::Waiting => {
                self.reschedule(batch, chain.poll_ms).await?;
                Ok(false)
            }
        }
    }

    /// Does the next thing for the transactions by which `key` anchors the batch's root. `rows` may have those of other keys too.
    pub(crate) async fn drive_anchor(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        rows: &[AnchorTransaction],
    ) -> Result<AnchorOutcome, StepError> {
        let Some(outgoing) = outgoing_of(chain, key, rows) else {
            // Another key was to anchor it before.
            self.sign_with_failover_key(batch, chain, key).await?;
            return Ok(AnchorOutcome::Progressed);
        };
        if outgoing.newest()?.sent_at.is_none() {
            kill::reached("anchor.claimed");
        }
        let owner = AnchorOwner { account: Account { pipeline: self, chain, key }, batch };
        let lost_nonce = match drive(&outgoing, &payload_of(batch)?, chain, &owner).await? {
            Outcome::Mined { attempt, inclusion } if inclusion.succeeded => {
                return Ok(AnchorOutcome::Mined { attempt, inclusion });
            }
            Outcome::Progressed => return Ok(AnchorOutcome::Progressed),
            Outcome::Waiting => return Ok(AnchorOutcome::Waiting),
            Outcome::Mined { attempt, .. } => {
                let alarm = Alarm::AnchorFailed.raise();
                tracing::error!(alarm, batch.id = %batch.id, "an anchor transaction failed in the chain");
                attempt.nonce
            }
            Outcome::NonceTaken(found) => {
                self.record_nonce_taken(batch, &owner.account, outgoing.nonce, &found).await?;
                outgoing.nonce
            }
        };
        self.sign_after_lost_nonce(batch, chain, key, lost_nonce).await?;
        Ok(AnchorOutcome::Progressed)
    }

    /// Schedules the next look at a batch.
    pub(crate) async fn reschedule(&self, batch: &Batch, after_ms: i64) -> Result<(), StepError> {
        let at = self.clock.now_ms().saturating_add(after_ms);
        let mut tx = self.store.begin().await?;
        tx.reschedule(&batch.id, batch.status(), at, false).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the chain that the batch was accepted for.
    pub(crate) fn chain_of(&self, batch: &Batch) -> Result<&Chain, StepError> {
        self.chains
            .by_id(batch.scope.environment, batch.chain_id)
            .ok_or(StepError::NoChain { chain_id: batch.chain_id })
    }
}

/// Checks whether one of the transactions is in a block from before `time_ms`.
async fn is_earlier(chain: &Chain, outgoing: Option<Outgoing>, time_ms: i64) -> Result<bool, StepError> {
    let Some(outgoing) = outgoing else { return Ok(false) };
    let Resolution::Mined { inclusion, .. } = resolve(chain, &outgoing.attempts).await? else {
        return Ok(false);
    };
    Ok(u64::try_from(time_ms).is_ok_and(|time_ms| inclusion.block_time.saturating_mul(1_000) < time_ms))
}
