//! Recovery: a batch is anchored by a transaction that is in the chain and that this database does not know, or by a new one.
//!
//! Such transactions are there after a database was restored from a backup: what was anchored since then was anchored by rows that
//! are gone. Or the key was stolen. One that carries a batch's root *is* that batch's anchor, and nothing is sent for it a second
//! time; any other has used its nonce up, and the next anchor goes under the next one.

use learncoin_chain::rpc::Located;
use learncoin_store::anchors::Anchor;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;

use super::account::Account;
use super::attempts::recovered;
use crate::chains::{Chain, chain_address};
use crate::key::failover::reassign_anchor;
use crate::metrics::Alarm;
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Records that another transaction of the key used the nonce of the anchor.
    pub(crate) async fn record_nonce_taken(
        &self,
        anchor: &Anchor,
        account: &Account<'_>,
        nonce: u64,
        found: &Located,
    ) -> Result<(), StepError> {
        let unknown = account.unknown(nonce, found);
        let mut tx = self.store.begin().await?;
        tx.insert_unknown_transaction(&unknown).await?;
        tx.commit().await?;
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::error!(
            alarm,
            anchor.id = %anchor.id,
            nonce,
            transaction.hash = %unknown.hash,
            "another transaction of the key used the nonce of an anchor"
        );
        Ok(())
    }

    /// Signs the anchor anew under a free nonce, since `lost_nonce` is used by something that does not carry its root.
    pub(crate) async fn sign_after_lost_nonce(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        key: &SigningKey,
        lost_nonce: u64,
    ) -> Result<(), StepError> {
        if key.disabled_at.is_some() {
            return reassign_anchor(&self.store, anchor, self.clock.now_ms()).await;
        }
        self.reconciled.forget(chain, &chain_address(&key.address));
        let key = self.store.get_signing_key(&key.tenant_id, key.number).await?;
        let key = Account { pipeline: self, chain, key: &key }.reconciled_key().await?;
        if lost_nonce >= key.next_nonce {
            return Err(StepError::Inconsistent("a nonce that was used is still to come"));
        }
        self.recover_or_sign(anchor, chain, &key).await
    }

    /// Signs the first transaction by which `key` sends an anchor that another key was to sign.
    pub(crate) async fn sign_with_failover_key(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        key: &SigningKey,
    ) -> Result<(), StepError> {
        if key.disabled_at.is_some() {
            return reassign_anchor(&self.store, anchor, self.clock.now_ms()).await;
        }
        let key = Account { pipeline: self, chain, key }.reconciled_key().await?;
        self.recover_or_sign(anchor, chain, &key).await?;
        kill::reached("reanchor.signed");
        Ok(())
    }

    /// Stores the transaction by which a reconciled key sends the anchor: one that was found in the chain, or a new one.
    async fn recover_or_sign(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        key: &SigningKey,
    ) -> Result<(), StepError> {
        let found = self.store.find_unknown_transaction(chain.chain_id, &key.address, &anchor.root).await?;
        let Some(found) = found else {
            let transaction = Account { pipeline: self, chain, key }.sign_anchor(anchor).await?;
            let mut tx = self.store.begin().await?;
            tx.hold_anchor(&anchor.id, anchor.status).await?;
            tx.advance_nonce(key, transaction.nonce).await?;
            tx.insert_anchor_transaction(&transaction).await?;
            return Ok(tx.commit().await?);
        };
        tracing::warn!(anchor.id = %anchor.id, transaction.hash = %found.hash, "the anchor is carried by a transaction that was found in the chain");
        let mut tx = self.store.begin().await?;
        tx.hold_anchor(&anchor.id, anchor.status).await?;
        tx.insert_anchor_transaction(&recovered(anchor, key, &found, self.clock.now_ms())).await?;
        Ok(tx.commit().await?)
    }
}
