//! Replace: a transaction that waits too long is followed by one with the same nonce and root that offers more. Each is stored
//! before it is sent, and whichever is mined anchors the batch.

use learncoin_chain::{ANCHOR_GAS_LIMIT, AnchorTransaction};
use learncoin_store::batches::Batch;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction as StoredTransaction;

use crate::chains::Chain;
use crate::key::signing::key_address;
use crate::metrics::Alarm;
use crate::outgoing::broadcast::{raised_offer, read};
use crate::outgoing::resolution::raw_bytes;
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Signs and stores a transaction that offers more than `newest`. Answers whether it did: it does not where the cap on what an
    /// anchor may cost is reached, or the key must not sign any more.
    pub(crate) async fn replace(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        newest: &StoredTransaction,
    ) -> Result<bool, StepError> {
        if key.disabled_at.is_some() {
            return Ok(false);
        }
        let read = read(&raw_bytes(newest)?)?;
        let root = read.root.ok_or(StepError::Inconsistent("an anchor transaction without a root"))?;
        let Some(fees) = raised_offer(chain, read.fees).await? else {
            let alarm = Alarm::FeeCap.raise();
            tracing::error!(
                alarm,
                batch.id = %batch.id,
                offered = %read.fees.max_fee_per_gas,
                cap = %chain.fee_cap(),
                "an anchor waits, and offering more would pass the cap on what it may cost"
            );
            return Ok(false);
        };
        let address = key_address(key)?;
        let transaction = AnchorTransaction {
            chain_id: chain.chain_id,
            nonce: newest.nonce,
            root,
            fees,
            gas_limit: ANCHOR_GAS_LIMIT,
        };
        let signed = self.signer.sign_with(key, transaction.unsigned(&address)).await?;
        kill::reached("anchor.raised");
        let mut tx = self.store.begin().await?;
        // Once a batch is announced as anchored, nothing but what was announced is sent.
        tx.hold_batch(&batch.id, batch.status()).await?;
        tx.insert_anchor_transaction(&StoredTransaction {
            hash: hex::encode(signed.hash),
            raw: hex::encode(&signed.raw),
            created_at: self.clock.now_ms(),
            sent_at: None,
            block: None,
            ..newest.clone()
        })
        .await?;
        tx.commit().await?;
        kill::reached("anchor.replaced");
        tracing::info!(batch.id = %batch.id, max_fee = %fees.max_fee_per_gas, "an anchor waits: it offers more now");
        Ok(true)
    }
}
