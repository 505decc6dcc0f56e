//! Adopt: what the host's key sent and this database does not know of, as after a restore. What can be told by its bytes is taken
//! over, so that neither a statement is anchored twice nor a key topped up twice; anything else has used its nonce up.

use learncoin_chain::ReadTransaction;
use learncoin_chain::rpc::{Inclusion, Located};
use learncoin_store::keys::HostKey;
use learncoin_store::transactions::{HostAttempt, HostPurpose, HostStatus, HostTransaction, MinedAttempt};

use super::Memory;
use super::sign::{WEI_PER_GWEI, does, host_address};
use crate::anchor::recovery::{is_deep, next_unknown, unknown_transaction};
use crate::anchor::watch::position;
use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::outgoing::broadcast::read;
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// The key as it is once all that it sent is known here. Its `next_nonce` is free.
    ///
    /// # Errors
    /// [`StepError::ChainAhead`] while what it sent waits at the nodes, or is not deep enough yet.
    pub(super) async fn reconciled_host(
        &self,
        chain: &Chain,
        mut key: HostKey,
        memory: &mut Memory,
    ) -> Result<HostKey, StepError> {
        if memory.is_reconciled {
            return Ok(key);
        }
        let address = host_address(&key)?;
        while let Some(found) = next_unknown(chain, &address, key.next_nonce).await? {
            self.note_found(chain, &key, &found).await?;
            key.next_nonce = key.next_nonce.saturating_add(1);
        }
        memory.is_reconciled = true;
        Ok(key)
    }

    /// Notes a transaction that used the key's next nonce.
    async fn note_found(&self, chain: &Chain, key: &HostKey, found: &Located) -> Result<(), StepError> {
        let nonce = key.next_nonce;
        let now = self.clock.now_ms();
        let purpose = self.purpose_of(chain, &read(&found.raw)?).await?;
        let included = chain.client.inclusion(&found.hash).await?;
        let (Some(purpose), Inclusion::Included(included)) = (purpose, included) else {
            let alarm = Alarm::UnknownTransaction.raise();
            tracing::warn!(
                alarm,
                chain.id = chain.chain_id,
                nonce,
                transaction.hash = hex::encode(found.hash),
                "the host's key sent a transaction that this database does not know of"
            );
            let mut tx = self.store.begin().await?;
            tx.insert_unknown_transaction(&unknown_transaction(chain, &key.address, nonce, found, now))
                .await?;
            tx.advance_host_nonce(key, nonce).await?;
            return Ok(tx.commit().await?);
        };
        tracing::warn!(
            chain.id = chain.chain_id,
            nonce,
            ?purpose,
            "a transaction of the host was found in the chain"
        );
        let attempt = self.found_attempt(chain, nonce, found);
        let stands = MinedAttempt { hash: attempt.hash.clone(), block: position(&included) };
        let new = HostTransaction {
            chain_id: chain.chain_id,
            nonce,
            purpose,
            status: HostStatus::Confirmed,
            // It was sent at some time before; a day's cap counts it from its block on.
            created_at: i64::try_from(included.block_time.saturating_mul(1_000)).unwrap_or(now),
            stands: Some(stands),
        };
        let mut tx = self.store.begin().await?;
        tx.insert_host_transaction(key, &new, &attempt).await?;
        Ok(tx.commit().await?)
    }

    /// What a transaction is for, as far as that can be told by its bytes and this database.
    async fn purpose_of(
        &self,
        chain: &Chain,
        read: &ReadTransaction,
    ) -> Result<Option<HostPurpose>, StepError> {
        if let Some(root) = read.root {
            let statement = self.store.find_statement(&hex::encode(root)).await?;
            return Ok(statement.map(|statement| HostPurpose::Statement {
                sequence: statement.sequence,
                hash: statement.hash,
            }));
        }
        let Some(receiver) = read.receiver.filter(|_| read.wei > 0 && read.wei.is_multiple_of(WEI_PER_GWEI))
        else {
            return Ok(None);
        };
        let key = self.store.find_signing_key_at(chain.chain_id, &receiver.to_string()).await?;
        let gwei = u64::try_from(read.wei / WEI_PER_GWEI).ok();
        Ok(key.zip(gwei).map(|(key, gwei)| HostPurpose::TopUp { receiver: key.address, gwei }))
    }

    /// None of a transaction's attempts is in a block, and its nonce is used: by which one? Answers whether anything changed.
    pub(super) async fn host_nonce_is_used(
        &self,
        chain: &Chain,
        key: &HostKey,
        ours: &HostTransaction,
        attempts: &[HostAttempt],
    ) -> Result<bool, StepError> {
        let Some(found) = chain.client.locate(&host_address(key)?, ours.nonce).await? else {
            // The node that counted is ahead of the one that was looked at, or lies.
            return Ok(false);
        };
        let hash = hex::encode(found.hash);
        if attempts.iter().any(|attempt| attempt.hash == hash) {
            // It was mined between the two questions.
            return Ok(false);
        }
        if does(&ours.purpose, &read(&found.raw)?)? {
            tracing::warn!(
                chain.id = chain.chain_id,
                nonce = ours.nonce,
                transaction.hash = hash,
                "another attempt at the host's transaction was found in the chain"
            );
            let mut tx = self.store.begin().await?;
            tx.hold_host_transaction(ours).await?;
            tx.insert_host_attempt(&self.found_attempt(chain, ours.nonce, &found)).await?;
            tx.commit().await?;
            return Ok(true);
        }
        if !is_deep(chain, &found).await? {
            return Ok(false);
        }
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::error!(
            alarm,
            chain.id = chain.chain_id,
            nonce = ours.nonce,
            transaction.hash = hash,
            "another transaction of the host's key used the nonce of one of ours"
        );
        let mut tx = self.store.begin().await?;
        tx.insert_unknown_transaction(&unknown_transaction(
            chain,
            &key.address,
            ours.nonce,
            &found,
            self.clock.now_ms(),
        ))
        .await?;
        tx.move_host_transaction(ours, HostStatus::Lost, None).await?;
        tx.commit().await?;
        Ok(true)
    }

    fn found_attempt(&self, chain: &Chain, nonce: u64, found: &Located) -> HostAttempt {
        let now = self.clock.now_ms();
        HostAttempt {
            hash: hex::encode(found.hash),
            chain_id: chain.chain_id,
            nonce,
            raw: hex::encode(&found.raw),
            created_at: now,
            sent_at: Some(now),
        }
    }
}
