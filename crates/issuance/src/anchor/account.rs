//! The account of a tenant's signing key: it signs anchors, and its nonces are compared with the chain.

use learncoin_chain::rpc::Located;
use learncoin_chain::{SignedTransaction, UnsignedTransaction};
use learncoin_store::anchors::Anchor;
use learncoin_store::keys::SigningKey;
use learncoin_store::onchain::TxHash;
use learncoin_store::transactions::{AnchorTransaction, UnknownTransaction};

use super::attempts::{payload_of, stored};
use crate::chains::{Chain, chain_address};
use crate::metrics::Alarm;
use crate::outgoing::{Attempt, NonceRecorder, Signer, reconcile, sign_first, unknown_transaction};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// A signing key on its chain.
pub(crate) struct Account<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) chain: &'a Chain,
    pub(crate) key: &'a SigningKey,
}

impl Account<'_> {
    /// Returns the key once everything that it sent is known. Its `next_nonce` is free then.
    ///
    /// # Errors
    /// [`StepError::ChainAhead`] while an unknown transaction of it waits at the nodes, or is not deep enough.
    pub(crate) async fn reconciled_key(&self) -> Result<SigningKey, StepError> {
        let (chain, key) = (self.chain, self.key);
        let reconciled = &self.pipeline.reconciled;
        let next_nonce =
            reconcile(chain, &chain_address(&key.address), key.next_nonce, reconciled, self).await?;
        Ok(SigningKey { next_nonce, ..key.clone() })
    }

    /// Signs a transaction that carries the root, under the key's next nonce. Nothing is stored.
    pub(crate) async fn sign_anchor(&self, anchor: &Anchor) -> Result<AnchorTransaction, StepError> {
        let nonce = self.key.next_nonce;
        let payload = payload_of(anchor);
        let signed = sign_first(
            self.chain,
            &chain_address(&self.key.address),
            nonce,
            &payload,
            self,
            self.pipeline.clock.now_ms(),
        )
        .await?;
        let attempt = Attempt::signed(signed, nonce, self.pipeline.clock.now_ms());
        Ok(stored(anchor, self.key, &attempt))
    }

    /// Returns the record of a transaction that used a nonce of the key.
    pub(crate) fn unknown(&self, nonce: u64, found: &Located) -> UnknownTransaction {
        unknown_transaction(self.chain, &self.key.address, nonce, found, self.pipeline.clock.now_ms())
    }
}

impl Signer for Account<'_> {
    async fn sign(&self, transaction: UnsignedTransaction) -> Result<SignedTransaction, StepError> {
        self.pipeline.signer.sign_with(self.key, transaction).await
    }
}

impl NonceRecorder for Account<'_> {
    async fn record_unknown(&self, nonce: u64, found: &Located) -> Result<(), StepError> {
        let key = SigningKey { next_nonce: nonce, ..self.key.clone() };
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::warn!(
            alarm,
            tenant.id = %key.tenant_id,
            key.number,
            nonce,
            transaction.hash = %TxHash::new(found.hash),
            "the key sent a transaction that this database does not know"
        );
        let mut tx = self.pipeline.store.begin().await?;
        tx.insert_unknown_transaction(&self.unknown(nonce, found)).await?;
        tx.advance_nonce(&key, nonce).await?;
        Ok(tx.commit().await?)
    }
}
