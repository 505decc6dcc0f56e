//! Drive: a transaction of the host that is under way is sent, sent again, replaced by one that offers more, and confirmed.

use learncoin_chain::rpc::{BlockTag, IncludedTransaction};
use learncoin_store::keys::HostKey;
use learncoin_store::kill;
use learncoin_store::scope::Environment;
use learncoin_store::transactions::{HostAttempt, HostStatus, HostTransaction, MinedAttempt};

use super::sign::host_address;
use super::{LOOK_AGAIN_MS, Memory};
use crate::anchor::watch::position;
use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::outgoing::broadcast::{can_pay, first_offer, raised_offer, read, send};
use crate::outgoing::resolution::{Standing, hash_bytes, is_witnessed, raw_bytes, standing};
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The kill point behind sending.
pub(super) const SENT: &str = "host.sent";

impl Pipeline {
    /// Does the next thing for the transaction that is under way, or begins one. Answers after how long there is more, in
    /// milliseconds.
    pub(super) async fn host_transact(
        &self,
        environment: Environment,
        chain: &Chain,
        key: HostKey,
        memory: &mut Memory,
    ) -> Result<i64, StepError> {
        if let Some(open) = self.store.open_host_transaction(chain.chain_id).await? {
            let has_moved = self.drive(chain, &key, &open).await?;
            return Ok(if has_moved { 0 } else { chain.poll_ms });
        }
        let key = self.reconciled_host(chain, key, memory).await?;
        let Some(purpose) = self.next_purpose(environment, chain, &key, memory).await? else {
            return Ok(LOOK_AGAIN_MS);
        };
        let fees = first_offer(chain).await?;
        let attempt = self.host_attempt(chain, &key, key.next_nonce, &purpose, fees).await?;
        let new = HostTransaction {
            chain_id: chain.chain_id,
            nonce: key.next_nonce,
            purpose,
            status: HostStatus::Open,
            created_at: attempt.created_at,
            stands: None,
        };
        if self.store_host_transaction(&key, &new, &attempt).await? {
            kill::reached("host.stored");
            tracing::info!(chain.id = chain.chain_id, nonce = new.nonce, purpose = ?new.purpose, "the host signed a transaction");
        }
        Ok(0)
    }

    /// Does the next thing for a transaction that is under way. Answers whether anything changed.
    async fn drive(&self, chain: &Chain, key: &HostKey, open: &HostTransaction) -> Result<bool, StepError> {
        let attempts = self.store.list_host_attempts(chain.chain_id, open.nonce).await?;
        let newest = attempts.last().ok_or(StepError::Inconsistent("a transaction without bytes"))?;
        if newest.sent_at.is_none() {
            return self.send_host_attempt(chain, key, open, newest).await;
        }
        match standing(chain, &attempts).await? {
            Standing::Included { attempt, included } => {
                if included.confirmations < chain.confirmations
                    || !is_witnessed(chain, &hash_bytes(attempt)?, &included).await
                {
                    return Ok(false);
                }
                self.confirm_host(chain, open, attempt, &included).await?;
                Ok(true)
            }
            Standing::Open { newest_is_known } => {
                let sent = chain.client.transaction_count(&host_address(key)?, BlockTag::Latest).await?;
                if sent > open.nonce {
                    return self.host_nonce_is_used(chain, key, open, &attempts).await;
                }
                let waited = self.clock.now_ms().saturating_sub(newest.created_at);
                if waited >= chain.replace_after_ms && self.replace_host(chain, key, open, newest).await? {
                    return Ok(true);
                }
                if !newest_is_known {
                    tracing::warn!(
                        chain.id = chain.chain_id,
                        nonce = open.nonce,
                        "the chain does not know the host's transaction, sending it again"
                    );
                    send(chain, newest, SENT).await?;
                }
                Ok(false)
            }
        }
    }

    /// Sends an attempt that no node took yet.
    async fn send_host_attempt(
        &self,
        chain: &Chain,
        key: &HostKey,
        open: &HostTransaction,
        newest: &HostAttempt,
    ) -> Result<bool, StepError> {
        if let Err(refusal) = send(chain, newest, SENT).await {
            let StepError::Refused { .. } = refusal else { return Err(refusal) };
            let sender = host_address(key)?;
            let sent = chain.client.transaction_count(&sender, BlockTag::Latest).await?;
            if sent <= open.nonce {
                can_pay(chain, &sender, &raw_bytes(newest)?).await?;
                // Another one with this nonce waits at the nodes: an older attempt, or one of before a restore.
                let waited = self.clock.now_ms().saturating_sub(newest.created_at);
                return match waited >= chain.replace_after_ms
                    && self.replace_host(chain, key, open, newest).await?
                {
                    true => Ok(true),
                    false => Err(refusal),
                };
            }
            // Its nonce is used. It counts as sent, so that the next look finds out by what.
        }
        let mut tx = self.store.begin().await?;
        tx.mark_host_attempt_sent(&newest.hash, self.clock.now_ms()).await?;
        tx.commit().await?;
        kill::reached("host.marked");
        Ok(true)
    }

    /// Signs and stores one that offers more. Answers whether it did: not where that would pass the cap.
    async fn replace_host(
        &self,
        chain: &Chain,
        key: &HostKey,
        open: &HostTransaction,
        newest: &HostAttempt,
    ) -> Result<bool, StepError> {
        let offered = read(&raw_bytes(newest)?)?.fees;
        let Some(fees) = raised_offer(chain, offered).await? else {
            let alarm = Alarm::FeeCap.raise();
            tracing::error!(
                alarm,
                chain.id = chain.chain_id,
                offered = %offered.max_fee_per_gas,
                cap = %chain.fee_cap(),
                "a transaction of the host waits, and offering more would pass the cap on what it may cost"
            );
            return Ok(false);
        };
        let attempt = self.host_attempt(chain, key, open.nonce, &open.purpose, fees).await?;
        let mut tx = self.store.begin().await?;
        tx.hold_host_transaction(open).await?;
        tx.insert_host_attempt(&attempt).await?;
        tx.commit().await?;
        kill::reached("host.stored");
        Ok(true)
    }

    /// One of its attempts is deep enough. One that failed there did nothing, and used the nonce up.
    async fn confirm_host(
        &self,
        chain: &Chain,
        open: &HostTransaction,
        attempt: &HostAttempt,
        included: &IncludedTransaction,
    ) -> Result<(), StepError> {
        kill::reached("host.seen");
        let is_final = chain.is_final(included.block_number).await?;
        let stands = MinedAttempt { hash: attempt.hash.clone(), block: position(included) };
        let (status, stands) = match (included.succeeded, is_final) {
            (false, _) => (HostStatus::Lost, None),
            (true, false) => (HostStatus::Confirmed, Some(&stands)),
            (true, true) => (HostStatus::Final, Some(&stands)),
        };
        let mut tx = self.store.begin().await?;
        tx.move_host_transaction(open, status, stands).await?;
        tx.commit().await?;
        kill::reached("host.confirmed");
        tracing::info!(chain.id = chain.chain_id, nonce = open.nonce, %status, purpose = ?open.purpose, "a transaction of the host is in the chain");
        Ok(())
    }
}
