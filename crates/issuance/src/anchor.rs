//! Anchor: a signed batch's transaction is sent, again and again if need be, until a node has it.
//!
//! Sending is harmless to repeat: the bytes were stored first and never change.

use learncoin_chain::rpc::{Inclusion, SendOutcome};
use learncoin_store::anchor_transactions::AnchorTransaction;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::kill;

use crate::context::{Chain, Issuance};
use crate::step::StepError;

impl Issuance {
    /// Moves one signed batch on: sends its transaction, or looks whether it is confirmed. Answers whether
    /// anything changed.
    pub(crate) async fn anchor(&self, batch: &Batch) -> Result<bool, StepError> {
        let chain = self
            .chains
            .by_id(batch.scope.environment, batch.chain_id)
            .ok_or(StepError::NoChain { chain_id: batch.chain_id })?;
        let transactions = self.store.list_anchor_transactions(&batch.id).await?;
        let newest =
            transactions.last().ok_or(StepError::Inconsistent("a signed batch without a transaction"))?;
        if newest.sent_at.is_none() {
            self.send(chain, newest).await?;
            self.look_again(batch, chain).await?;
            return Ok(true);
        }
        match chain.client.inclusion(&hash_bytes(newest)?).await? {
            Inclusion::Unknown => {
                // The node forgot it, or a reorganization dropped it: the same bytes go out again.
                tracing::warn!(batch.id = %batch.id, "the chain does not know the anchor transaction, sending it again");
                self.send(chain, newest).await?;
            }
            Inclusion::Pending => {}
            Inclusion::Included(included) if !included.succeeded => {
                return Err(StepError::Inconsistent("the anchor transaction failed on the chain"));
            }
            Inclusion::Included(included) if included.confirmations >= chain.confirmations => {
                self.confirm(batch, chain, newest, &included).await?;
                return Ok(true);
            }
            Inclusion::Included(_) => {}
        }
        self.look_again(batch, chain).await?;
        Ok(false)
    }

    async fn send(&self, chain: &Chain, transaction: &AnchorTransaction) -> Result<(), StepError> {
        kill::reached("anchor.claimed");
        let raw =
            hex::decode(&transaction.raw).map_err(|_| StepError::Inconsistent("unreadable transaction"))?;
        let sent = chain.client.send_raw_transaction(&raw).await;
        kill::reached("anchor.sent");
        if sent != Ok(SendOutcome::Accepted) {
            // "Already known" and "nonce too low" may mean that it is there, and so may a connection that broke.
            // Nodes word it in many ways, so the hash is looked up instead.
            if chain.client.inclusion(&hash_bytes(transaction)?).await? == Inclusion::Unknown {
                return Err(match sent? {
                    SendOutcome::Refused { code, message } => StepError::Refused { code, message },
                    SendOutcome::Accepted => {
                        StepError::Inconsistent("a transaction that was accepted and refused")
                    }
                });
            }
        }
        let mut tx = self.store.begin().await?;
        tx.mark_sent(&transaction.hash, self.clock.now_ms()).await?;
        tx.commit().await?;
        kill::reached("anchor.marked");
        Ok(())
    }

    async fn look_again(&self, batch: &Batch, chain: &Chain) -> Result<(), StepError> {
        let mut tx = self.store.begin().await?;
        tx.defer(&batch.id, BatchStatus::Signed, self.clock.now_ms().saturating_add(chain.poll_ms), false)
            .await?;
        Ok(tx.commit().await?)
    }
}

fn hash_bytes(transaction: &AnchorTransaction) -> Result<[u8; 32], StepError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(&transaction.hash, &mut hash)
        .map_err(|_| StepError::Inconsistent("unreadable transaction hash"))?;
    Ok(hash)
}
