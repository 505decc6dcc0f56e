//! The owner of a transaction of the host: it stores the attempts beside the transaction, and words what happens to them.

use learncoin_chain::rpc::Located;
use learncoin_chain::{SignedTransaction, UnsignedTransaction};
use learncoin_store::kill;
use learncoin_store::transactions::{HostStatus, HostTransaction};

use super::account::HostAccount;
use super::attempts::{attempts_of, found_row, row_of};
use crate::metrics::Alarm;
use crate::outgoing::{Attempt, Notice, Outgoing, Owner, Signer};
use crate::step::StepError;

/// A transaction of the host, with the account that sends it.
pub(super) struct HostOwner<'a> {
    pub(super) account: HostAccount<'a>,
    pub(super) transaction: &'a HostTransaction,
}

impl HostOwner<'_> {
    /// Reads the attempts at the transaction.
    pub(super) async fn outgoing(&self) -> Result<Outgoing, StepError> {
        let HostTransaction { chain_id, nonce, .. } = *self.transaction;
        let rows = self.account.pipeline.store.list_host_attempts(chain_id, nonce).await?;
        Ok(Outgoing { sender: self.account.address(), chain_id, nonce, attempts: attempts_of(&rows) })
    }

    /// Records that another transaction of the key used the nonce, so that the payload is to be sent under another one.
    pub(super) async fn record_nonce_taken(&self, found: &Located) -> Result<(), StepError> {
        let nonce = self.transaction.nonce;
        let unknown = self.account.unknown(nonce, found);
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::error!(
            alarm,
            chain.id = self.transaction.chain_id,
            nonce,
            transaction.hash = %unknown.hash,
            "another transaction of the host's key used the nonce of one of ours"
        );
        let mut tx = self.account.pipeline.store.begin().await?;
        tx.insert_unknown_transaction(&unknown).await?;
        tx.move_host_transaction(self.transaction, HostStatus::Lost, None).await?;
        Ok(tx.commit().await?)
    }
}

impl Signer for HostOwner<'_> {
    async fn sign(&self, transaction: UnsignedTransaction) -> Result<SignedTransaction, StepError> {
        self.account.sign(transaction).await
    }
}

impl Owner for HostOwner<'_> {
    const SENT: &'static str = "host.sent";

    fn now_ms(&self) -> i64 {
        self.account.pipeline.clock.now_ms()
    }

    fn may_sign(&self) -> bool {
        true
    }

    async fn store_replacement(&self, replacement: &Attempt) -> Result<(), StepError> {
        let mut tx = self.account.pipeline.store.begin().await?;
        tx.hold_host_transaction(self.transaction).await?;
        tx.insert_host_attempt(&row_of(self.account.chain, replacement)).await?;
        tx.commit().await?;
        kill::reached("host.stored");
        Ok(())
    }

    async fn mark_sent(&self, attempt: &Attempt) -> Result<(), StepError> {
        let mut tx = self.account.pipeline.store.begin().await?;
        tx.mark_host_attempt_sent(&attempt.hash, self.now_ms()).await?;
        tx.commit().await?;
        kill::reached("host.marked");
        Ok(())
    }

    async fn store_found(&self, nonce: u64, found: &Located) -> Result<(), StepError> {
        let row = found_row(self.account.chain, nonce, found, self.now_ms());
        tracing::warn!(
            chain.id = self.transaction.chain_id,
            nonce,
            transaction.hash = %row.hash,
            "another attempt at the host's transaction was found in the chain"
        );
        let mut tx = self.account.pipeline.store.begin().await?;
        tx.hold_host_transaction(self.transaction).await?;
        tx.insert_host_attempt(&row).await?;
        Ok(tx.commit().await?)
    }

    fn report(&self, notice: &Notice<'_>) {
        let HostTransaction { chain_id, nonce, .. } = *self.transaction;
        match notice {
            Notice::Replaced(fees) => {
                tracing::info!(chain.id = chain_id, nonce, max_fee = %fees.max_fee_per_gas, "a transaction of the host waits: it offers more now");
            }
            Notice::FeeCapReached { offered, cap } => {
                let alarm = Alarm::FeeCap.raise();
                tracing::error!(alarm, chain.id = chain_id, %offered, %cap, "a transaction of the host waits, and offering more would pass the cap on what it may cost");
            }
            Notice::Rebroadcast => {
                tracing::warn!(
                    chain.id = chain_id,
                    nonce,
                    "the chain does not know the host's transaction, sending it again"
                );
            }
            Notice::LeftChain => {
                let alarm = Alarm::Reconfirming.raise();
                tracing::warn!(
                    alarm,
                    chain.id = chain_id,
                    nonce,
                    "a reorganization took a transaction of the host out of the chain"
                );
            }
            Notice::RebroadcastFailed(error) => {
                tracing::warn!(chain.id = chain_id, nonce, %error, "a transaction of the host could not be sent again");
            }
        }
    }
}
