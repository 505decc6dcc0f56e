//! The owner of an anchor: it stores the attempts beside the anchor, and words what happens to them.

use learncoin_chain::rpc::Located;
use learncoin_chain::{SignedTransaction, UnsignedTransaction};
use learncoin_store::anchors::Anchor;
use learncoin_store::kill;

use super::account::Account;
use super::attempts::{recovered, stored};
use crate::metrics::Alarm;
use crate::outgoing::{Attempt, Notice, Owner, Signer};
use crate::step::StepError;

/// An anchor that a key signs.
pub(crate) struct AnchorOwner<'a> {
    pub(crate) account: Account<'a>,
    pub(crate) anchor: &'a Anchor,
}

impl Signer for AnchorOwner<'_> {
    async fn sign(&self, transaction: UnsignedTransaction) -> Result<SignedTransaction, StepError> {
        self.account.sign(transaction).await
    }
}

impl Owner for AnchorOwner<'_> {
    const SENT: &'static str = "anchor.sent";

    fn now_ms(&self) -> i64 {
        self.account.pipeline.clock.now_ms()
    }

    fn may_sign(&self) -> bool {
        self.account.key.disabled_at.is_none()
    }

    async fn store_replacement(&self, replacement: &Attempt) -> Result<(), StepError> {
        kill::reached("anchor.raised");
        let Account { pipeline, key, .. } = &self.account;
        let mut tx = pipeline.store.begin().await?;
        // Once an anchor is announced, nothing but what was announced is sent.
        tx.hold_anchor(&self.anchor.id, self.anchor.status).await?;
        tx.insert_anchor_transaction(&stored(self.anchor, key, replacement)).await?;
        tx.commit().await?;
        kill::reached("anchor.replaced");
        Ok(())
    }

    async fn mark_sent(&self, attempt: &Attempt) -> Result<(), StepError> {
        let Account { pipeline, chain, .. } = &self.account;
        let now = self.now_ms();
        let mut tx = pipeline.store.begin().await?;
        tx.mark_sent(&attempt.hash, now).await?;
        let next_look_at = chain.next_look(now).await;
        tx.reschedule_anchor(&self.anchor.id, self.anchor.status, next_look_at).await?;
        tx.commit().await?;
        kill::reached("anchor.marked");
        Ok(())
    }

    async fn store_found(&self, nonce: u64, found: &Located) -> Result<(), StepError> {
        let Account { pipeline, key, .. } = &self.account;
        let found = self.account.unknown(nonce, found);
        tracing::warn!(anchor.id = %self.anchor.id, transaction.hash = %found.hash, "the anchor is carried by a transaction that was found in the chain");
        let mut tx = pipeline.store.begin().await?;
        tx.hold_anchor(&self.anchor.id, self.anchor.status).await?;
        tx.insert_anchor_transaction(&recovered(self.anchor, key, &found, self.now_ms())).await?;
        Ok(tx.commit().await?)
    }

    fn report(&self, notice: &Notice<'_>) {
        let id = &self.anchor.id;
        match notice {
            Notice::Replaced(fees) => {
                tracing::info!(anchor.id = %id, max_fee = %fees.max_fee_per_gas, "an anchor waits: it offers more now");
            }
            Notice::FeeCapReached { offered, cap } => {
                let alarm = Alarm::FeeCap.raise();
                tracing::error!(alarm, anchor.id = %id, %offered, %cap, "an anchor waits, and offering more would pass the cap on what it may cost");
            }
            Notice::Rebroadcast => {
                tracing::warn!(anchor.id = %id, "the chain does not know the anchor transaction, sending it again");
            }
            Notice::LeftChain => {
                let alarm = Alarm::Reconfirming.raise();
                tracing::warn!(alarm, anchor.id = %id, "a reorganization took an anchor out of the chain");
            }
            Notice::RebroadcastFailed(error) => {
                tracing::warn!(anchor.id = %id, %error, "an anchor could not be sent again");
            }
        }
    }
}
