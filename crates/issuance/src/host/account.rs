//! The account of the host's key on a chain: it signs, and its nonces are compared with the chain. What it sent and this database does
//! not know, as after a restore, is recorded for what it is, so that neither a statement is anchored twice nor a key topped up twice.

use learncoin_chain::rpc::{Inclusion, Located};
use learncoin_chain::{Address, ReadTransaction, SignedTransaction, UnsignedTransaction};
use learncoin_store::keys::HostKey;
use learncoin_store::kill;
use learncoin_store::onchain::{StatementHash, TxHash};
use learncoin_store::transactions::{
    HostPurpose, HostStatus, HostTransaction, MinedAttempt, UnknownTransaction,
};

use super::attempts::{WEI_PER_GWEI, found_row};
use crate::chains::{Chain, chain_address};
use crate::metrics::Alarm;
use crate::outgoing::{
    NonceRecorder, ReconciledAccounts, Signer, block_position, read, reconcile, unknown_transaction,
};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The host's key on its chain.
pub(super) struct HostAccount<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) chain: &'a Chain,
    pub(super) key: &'a HostKey,
}

impl HostAccount<'_> {
    /// Returns the key's address, as the chain knows it.
    pub(super) fn address(&self) -> Address {
        chain_address(&self.key.address)
    }

    /// Returns the key once everything that it sent is known. Its `next_nonce` is free then.
    ///
    /// # Errors
    /// [`StepError::ChainAhead`] while an unknown transaction of it waits at the nodes, or is not deep enough.
    pub(super) async fn reconciled_key(&self, reconciled: &ReconciledAccounts) -> Result<HostKey, StepError> {
        let next_nonce =
            reconcile(self.chain, &self.address(), self.key.next_nonce, reconciled, self).await?;
        Ok(HostKey { next_nonce, ..self.key.clone() })
    }

    /// Returns the record of a transaction that used a nonce of the key.
    pub(super) fn unknown(&self, nonce: u64, found: &Located) -> UnknownTransaction {
        unknown_transaction(self.chain, &self.key.address, nonce, found, self.pipeline.clock.now_ms())
    }

    /// Returns what a transaction is for, as far as its bytes and this database show.
    async fn purpose_of(&self, read: &ReadTransaction) -> Result<Option<HostPurpose>, StepError> {
        let store = &self.pipeline.store;
        if let Some(root) = read.root {
            let statement = store.find_statement(&StatementHash::new(root)).await?;
            return Ok(statement.map(|statement| HostPurpose::Statement {
                sequence: statement.sequence,
                hash: statement.hash,
            }));
        }
        let receiver = read.receiver.filter(|_| read.wei > 0 && read.wei.is_multiple_of(WEI_PER_GWEI));
        let Some(receiver) = receiver.and_then(|receiver| receiver.to_string().parse().ok()) else {
            return Ok(None);
        };
        let key = store.find_signing_key_at(self.chain.chain_id, &receiver).await?;
        let gwei = u64::try_from(read.wei / WEI_PER_GWEI).ok();
        Ok(key.zip(gwei).map(|(key, gwei)| HostPurpose::TopUp { receiver: key.address, gwei }))
    }
}

impl Signer for HostAccount<'_> {
    async fn sign(&self, transaction: UnsignedTransaction) -> Result<SignedTransaction, StepError> {
        let signed = self.pipeline.signer.sign_as_host(self.key, transaction).await?;
        kill::reached("host.signed");
        Ok(signed)
    }
}

impl NonceRecorder for HostAccount<'_> {
    async fn record_unknown(&self, nonce: u64, found: &Located) -> Result<(), StepError> {
        let key = HostKey { next_nonce: nonce, ..self.key.clone() };
        let chain_id = self.chain.chain_id;
        let now = self.pipeline.clock.now_ms();
        let purpose = self.purpose_of(&read(&found.raw)?).await?;
        let inclusion = self.chain.client.inclusion(&found.hash).await?;
        let hash = TxHash::new(found.hash);
        let (Some(purpose), Inclusion::Included(inclusion)) = (purpose, inclusion) else {
            let alarm = Alarm::UnknownTransaction.raise();
            tracing::warn!(
                alarm,
                chain.id = chain_id,
                nonce,
                transaction.hash = %hash,
                "the host's key sent a transaction that this database does not know"
            );
            let mut tx = self.pipeline.store.begin().await?;
            tx.insert_unknown_transaction(&self.unknown(nonce, found)).await?;
            tx.advance_host_nonce(&key, nonce).await?;
            return Ok(tx.commit().await?);
        };
        tracing::warn!(
            chain.id = chain_id,
            nonce,
            ?purpose,
            "a transaction of the host was found in the chain"
        );
        let new = HostTransaction {
            chain_id,
            nonce,
            purpose,
            status: HostStatus::Confirmed,
            // It was sent at some time before; a day's cap counts it from its block on.
            created_at: i64::try_from(inclusion.block_time.saturating_mul(1_000)).unwrap_or(now),
            mined: Some(MinedAttempt { hash, block: block_position(&inclusion) }),
        };
        let mut tx = self.pipeline.store.begin().await?;
        tx.insert_host_transaction(&key, &new, &found_row(self.chain, nonce, found, now)).await?;
        Ok(tx.commit().await?)
    }
}
