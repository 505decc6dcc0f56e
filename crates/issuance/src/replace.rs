//! Replace: a transaction that waits too long is followed by one with the same nonce and root that offers more. Each is stored
//! before it is sent, and whichever is mined anchors the batch.

use learncoin_chain::{ANCHOR_GAS_LIMIT, Address, AnchorTransaction, ReadTransaction};
use learncoin_store::anchor_transactions::AnchorTransaction as StoredTransaction;
use learncoin_store::batches::Batch;
use learncoin_store::kill;
use learncoin_store::signing_keys::SigningKey;

use crate::context::{Chain, Issuance};
use crate::keys::key_address;
use crate::metrics::Alarm;
use crate::standing::raw_bytes;
use crate::step::StepError;

impl Issuance {
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
        let read = ReadTransaction::read(&raw_bytes(newest)?)
            .ok_or(StepError::Inconsistent("unreadable transaction"))?;
        let root = read.root.ok_or(StepError::Inconsistent("an anchor transaction without a root"))?;
        let (raised, cap) = (read.fees.raised(), chain.fee_cap());
        if raised.within(cap) != raised {
            let alarm = Alarm::FeeCap.raise();
            tracing::error!(
                alarm,
                batch.id = %batch.id,
                offered = %read.fees.max_fee_per_gas,
                %cap,
                "an anchor waits, and offering more would pass the cap on what it may cost"
            );
            return Ok(false);
        }
        let fees = raised.max(chain.client.market().await?.offer().within(cap));
        let address = key_address(key)?;
        let transaction = AnchorTransaction {
            chain_id: chain.chain_id,
            nonce: newest.nonce,
            root,
            fees,
            gas_limit: ANCHOR_GAS_LIMIT,
        };
        let signed = self.sign_with(key, transaction.unsigned(&address)).await?;
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

    /// Makes sure that a sender owns what its transaction may cost.
    ///
    /// # Errors
    /// [`StepError::Funds`] where it does not.
    pub(crate) async fn can_pay(&self, chain: &Chain, sender: &Address, raw: &[u8]) -> Result<(), StepError> {
        let read = ReadTransaction::read(raw).ok_or(StepError::Inconsistent("unreadable transaction"))?;
        let needed = read.fees.max_cost(ANCHOR_GAS_LIMIT).saturating_add(chain.client.data_fee(raw).await?);
        let balance = chain.client.balance(sender).await?;
        if balance >= needed {
            return Ok(());
        }
        let alarm = Alarm::NoFunds.raise();
        tracing::error!(alarm, address = %sender, %balance, %needed, "a signing key can't pay for its anchor");
        Err(StepError::Funds { address: sender.to_string(), balance, needed })
    }
}
