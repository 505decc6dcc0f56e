//! Anchor: the transaction of a signed anchor is driven until the chain has it deep enough.
//!
//! A transaction is sent, replaced and confirmed by [`outgoing`](crate::outgoing). This file does what follows for the anchor: its
//! batches are announced, it is signed anew under another nonce, or given to another key.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::anchors::Anchor;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::scope::TenantScope;
use learncoin_store::transactions::AnchorTransaction;

use super::account::Account;
use super::attempts::{outgoing_of, payload_of};
use super::owner::AnchorOwner;
use crate::chains::Chain;
use crate::key::failover::reassign_anchor;
use crate::metrics::{Alarm, Step};
use crate::outgoing::{Attempt, Outcome, Outgoing, Resolution, drive, resolve};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The result of a step for the transactions by which a key sends an anchor.
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
    Waiting {
        /// The height at which a transaction was seen that is not deep enough; `None` if none is in a block.
        seen_in_block: Option<u64>,
    },
}

impl Pipeline {
    /// Moves a signed anchor on: sends its transaction, or checks whether it is confirmed. Returns which of the two it was, and
    /// whether anything changed.
    pub(crate) async fn anchor(&self, anchor: &Anchor) -> (Step, Result<bool, StepError>) {
        let rows = match self.store.list_anchor_transactions(&anchor.id).await {
            Ok(rows) => rows,
            Err(error) => return (Step::Anchor, Err(error.into())),
        };
        let is_sent = rows.iter().any(|row| row.sent_at.is_some());
        let step = if is_sent { Step::Confirm } else { Step::Anchor };
        (step, self.anchor_by(anchor, &rows).await)
    }

    async fn anchor_by(&self, anchor: &Anchor, rows: &[AnchorTransaction]) -> Result<bool, StepError> {
        let chain = self.chain_of(&anchor.scope, anchor.chain_id)?;
        let key = self.store.get_signing_key(&anchor.scope.tenant_id, anchor.signing_key_number).await?;
        if let Some(from) = key.revoked_from
            && !is_earlier(chain, outgoing_of(chain, &key, rows), from).await?
        {
            // Its batches would be announced with proofs that do not verify.
            reassign_anchor(&self.store, anchor, self.clock.now_ms()).await?;
            return Ok(true);
        }
        match self.drive_anchor(anchor, chain, &key, rows).await? {
            AnchorOutcome::Mined { attempt, inclusion } => {
                self.confirm(anchor, chain, &attempt, &inclusion).await?;
                Ok(true)
            }
            AnchorOutcome::Progressed => Ok(true),
            AnchorOutcome::Waiting { seen_in_block } => {
                let at = chain.next_look(self.clock.now_ms()).await;
                let mut tx = self.store.begin().await?;
                tx.record_seen_in_block(&anchor.id, seen_in_block, at).await?;
                tx.commit().await?;
                Ok(false)
            }
        }
    }

    /// Does the next thing for the transactions by which `key` sends the anchor's root. `rows` may have those of other keys too.
    pub(crate) async fn drive_anchor(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        key: &SigningKey,
        rows: &[AnchorTransaction],
    ) -> Result<AnchorOutcome, StepError> {
        let Some(outgoing) = outgoing_of(chain, key, rows) else {
            // Another key was to sign it before.
            self.sign_with_failover_key(anchor, chain, key).await?;
            return Ok(AnchorOutcome::Progressed);
        };
        if outgoing.newest()?.sent_at.is_none() {
            kill::reached("anchor.claimed");
        }
        let owner = AnchorOwner { account: Account { pipeline: self, chain, key }, anchor };
        let lost_nonce = match drive(&outgoing, &payload_of(anchor), chain, &owner).await? {
            Outcome::Mined { attempt, inclusion } if inclusion.succeeded => {
                return Ok(AnchorOutcome::Mined { attempt, inclusion });
            }
            Outcome::Progressed => return Ok(AnchorOutcome::Progressed),
            Outcome::Waiting => return Ok(AnchorOutcome::Waiting { seen_in_block: None }),
            Outcome::Shallow { block_number } => {
                return Ok(AnchorOutcome::Waiting { seen_in_block: Some(block_number) });
            }
            Outcome::Mined { attempt, .. } => {
                let alarm = Alarm::AnchorFailed.raise();
                tracing::error!(alarm, anchor.id = %anchor.id, "an anchor transaction failed in the chain");
                attempt.nonce
            }
            Outcome::NonceTaken(found) => {
                self.record_nonce_taken(anchor, &owner.account, outgoing.nonce, &found).await?;
                outgoing.nonce
            }
        };
        self.sign_after_lost_nonce(anchor, chain, key, lost_nonce).await?;
        Ok(AnchorOutcome::Progressed)
    }

    /// Schedules the next look at an anchor.
    pub(crate) async fn reschedule(&self, anchor: &Anchor, after_ms: i64) -> Result<(), StepError> {
        let at = self.clock.now_ms().saturating_add(after_ms);
        let mut tx = self.store.begin().await?;
        tx.reschedule_anchor(&anchor.id, anchor.status, at).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the chain that batches were accepted for.
    pub(crate) fn chain_of(&self, scope: &TenantScope, chain_id: u64) -> Result<&Chain, StepError> {
        self.chains.by_id(scope.environment, chain_id).ok_or(StepError::NoChain { chain_id })
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
