//! Adopt: transactions of our keys that are in the chain and that this database does not know of.
//!
//! They are there after a database was restored from a backup: what was anchored since then was anchored by rows that are gone. Or
//! somebody else has the key. Each is found by its nonce. One that carries a batch's root *is* that batch's anchor, and nothing is
//! sent for it again; any other has used its nonce up, and the next anchor goes under the next one.
//!
//! Invariant: a nonce is passed over only for a transaction that was seen, with its sender's signature, deep in the chain: neither a
//! node that lies nor one that is behind makes a gap.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use learncoin_chain::Address;
use learncoin_chain::rpc::{BlockTag, Located};
use learncoin_store::batches::Batch;
use learncoin_store::id::TenantId;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;
use learncoin_store::transactions::UnknownTransaction;

use crate::anchor::drive::Advance;
use crate::chains::Chain;
use crate::key::failover::reassign;
use crate::key::signing::key_address;
use crate::metrics::Alarm;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The keys whose nonces were held against the chain since the process began. A database is restored while none runs.
#[derive(Debug, Default)]
pub(crate) struct Reconciled(Mutex<BTreeSet<(TenantId, u64)>>);

impl Reconciled {
    fn has(&self, key: &SigningKey) -> bool {
        self.lock().contains(&(key.tenant_id.clone(), key.number))
    }

    fn add(&self, key: &SigningKey) {
        self.lock().insert((key.tenant_id.clone(), key.number));
    }

    fn remove(&self, key: &SigningKey) {
        self.lock().remove(&(key.tenant_id.clone(), key.number));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<(TenantId, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pipeline {
    /// The key as it is once all that it sent is known here. Its `next_nonce` is free.
    ///
    /// # Errors
    /// [`StepError::ChainAhead`] while transactions of it wait at the nodes, or are not deep enough yet, that this database does not
    /// know of.
    pub(crate) async fn reconciled(&self, chain: &Chain, key: SigningKey) -> Result<SigningKey, StepError> {
        if self.reconciled.has(&key) {
            return Ok(key);
        }
        let address = key_address(&key)?;
        let mut key = key;
        while let Some(found) = next_unknown(chain, &address, key.next_nonce).await? {
            key = self.note_stray(chain, key, &found).await?;
        }
        self.reconciled.add(&key);
        Ok(key)
    }

    /// Notes a transaction that used the key's next nonce.
    async fn note_stray(
        &self,
        chain: &Chain,
        key: SigningKey,
        found: &Located,
    ) -> Result<SigningKey, StepError> {
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::warn!(
            alarm,
            tenant.id = %key.tenant_id,
            key.number,
            nonce = key.next_nonce,
            transaction.hash = hex::encode(found.hash),
            "the key sent a transaction that this database does not know of"
        );
        let mut tx = self.store.begin().await?;
        tx.insert_unknown_transaction(&unknown_transaction(
            chain,
            &key.address,
            key.next_nonce,
            found,
            self.clock.now_ms(),
        ))
        .await?;
        tx.advance_nonce(&key, key.next_nonce).await?;
        tx.commit().await?;
        Ok(SigningKey { next_nonce: key.next_nonce.saturating_add(1), ..key })
    }

    /// A transaction of the batch is in no block, and its nonce is used: by which one?
    pub(crate) async fn nonce_is_used(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        attempts: &[AnchorTransaction],
        newest: &AnchorTransaction,
    ) -> Result<Advance<'static>, StepError> {
        let Some(found) = chain.client.locate(&key_address(key)?, newest.nonce).await? else {
            // The node that counted is ahead of the one that was looked at, or lies.
            return Ok(Advance::Waiting);
        };
        let hash = hex::encode(found.hash);
        if attempts.iter().any(|attempt| attempt.hash == hash) {
            // It was mined between the two questions.
            return Ok(Advance::Waiting);
        }
        let root = batch.merkle_root().ok_or(StepError::Inconsistent("a signed batch without a root"))?;
        if found.root.map(hex::encode).as_deref() == Some(root) {
            let found = unknown_transaction(chain, &key.address, newest.nonce, &found, self.clock.now_ms());
            return self.adopt(batch, key, &found).await;
        }
        if !is_deep(chain, &found).await? {
            return Ok(Advance::Waiting);
        }
        let unknown_transaction =
            unknown_transaction(chain, &key.address, newest.nonce, &found, self.clock.now_ms());
        let mut tx = self.store.begin().await?;
        tx.insert_unknown_transaction(&unknown_transaction).await?;
        tx.commit().await?;
        let alarm = Alarm::UnknownTransaction.raise();
        tracing::error!(
            alarm,
            batch.id = %batch.id,
            nonce = newest.nonce,
            transaction.hash = hash,
            "another transaction of the key used the nonce of an anchor"
        );
        self.nonce_is_lost(batch, chain, key, newest.nonce).await
    }

    /// Takes a transaction that was found in the chain for the batch's own.
    async fn adopt(
        &self,
        batch: &Batch,
        key: &SigningKey,
        found: &UnknownTransaction,
    ) -> Result<Advance<'static>, StepError> {
        tracing::warn!(batch.id = %batch.id, transaction.hash = found.hash, "the batch is anchored by a transaction that was found in the chain");
        let mut tx = self.store.begin().await?;
        tx.hold_batch(&batch.id, batch.status()).await?;
        tx.insert_anchor_transaction(&adopted(batch, key, found, self.clock.now_ms())).await?;
        tx.commit().await?;
        Ok(Advance::Moved)
    }

    /// The nonce of the batch's transactions is used by something that does not anchor it: a new one is signed, under a free nonce.
    pub(crate) async fn nonce_is_lost(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
        nonce: u64,
    ) -> Result<Advance<'static>, StepError> {
        if key.disabled_at.is_some() {
            reassign(&self.store, batch, self.clock.now_ms()).await?;
            return Ok(Advance::Moved);
        }
        self.reconciled.remove(key);
        let key = self.store.get_signing_key(&key.tenant_id, key.number).await?;
        let key = self.reconciled(chain, key).await?;
        if nonce >= key.next_nonce {
            return Err(StepError::Inconsistent("a nonce that was used is still to come"));
        }
        self.adopt_or_sign_anew(batch, chain, &key).await
    }

    /// The first transaction by which `key` anchors a batch that another key was to anchor.
    pub(crate) async fn sign_with_failover_key(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
    ) -> Result<(), StepError> {
        if key.disabled_at.is_some() {
            return reassign(&self.store, batch, self.clock.now_ms()).await;
        }
        let key = self.reconciled(chain, key.clone()).await?;
        self.adopt_or_sign_anew(batch, chain, &key).await?;
        kill::reached("again.signed");
        Ok(())
    }

    /// `key` anchors the batch by a transaction that was found in the chain or, where there is none, by a new one.
    async fn adopt_or_sign_anew(
        &self,
        batch: &Batch,
        chain: &Chain,
        key: &SigningKey,
    ) -> Result<Advance<'static>, StepError> {
        let root = batch.merkle_root().ok_or(StepError::Inconsistent("a signed batch without a root"))?;
        match self.store.find_unknown_transaction(chain.chain_id, &key.address, root).await? {
            Some(found) => self.adopt(batch, key, &found).await,
            None => {
                self.sign_anew(batch, chain, key).await?;
                Ok(Advance::Moved)
            }
        }
    }
}

/// A unknown_transaction transaction as the batch's own.
pub(crate) fn adopted(
    batch: &Batch,
    key: &SigningKey,
    found: &UnknownTransaction,
    now_ms: i64,
) -> AnchorTransaction {
    AnchorTransaction {
        hash: found.hash.clone(),
        batch_id: batch.id.clone(),
        chain_id: found.chain_id,
        address: key.address.clone(),
        nonce: found.nonce,
        raw: found.raw.clone(),
        created_at: now_ms,
        sent_at: Some(now_ms),
        block: None,
    }
}

/// The transaction that an address sent under the nonce `known`, the first one that this database does not know of; `None` where it
/// sent nothing more.
///
/// # Errors
/// [`StepError::ChainAhead`] while what it sent waits at the nodes, is not found, or is not deep enough yet.
pub(crate) async fn next_unknown(
    chain: &Chain,
    address: &Address,
    known: u64,
) -> Result<Option<Located>, StepError> {
    let mined = chain.client.transaction_count(address, BlockTag::Latest).await?;
    if known < mined {
        let ahead = StepError::ChainAhead { sent: mined, known };
        let Some(found) = chain.client.locate(address, known).await? else { return Err(ahead) };
        return if is_deep(chain, &found).await? { Ok(Some(found)) } else { Err(ahead) };
    }
    let sent = chain.client.transaction_count(address, BlockTag::Pending).await?;
    if sent > known { Err(StepError::ChainAhead { sent, known }) } else { Ok(None) }
}

/// A transaction that used a nonce of ours, as it is noted.
pub(crate) fn unknown_transaction(
    chain: &Chain,
    address: &str,
    nonce: u64,
    found: &Located,
    now_ms: i64,
) -> UnknownTransaction {
    UnknownTransaction {
        chain_id: chain.chain_id,
        address: address.to_owned(),
        nonce,
        hash: hex::encode(found.hash),
        raw: hex::encode(&found.raw),
        root: found.root.map(hex::encode),
        seen_at: now_ms,
    }
}

/// Whether a transaction that was found is deep enough in the chain to be believed.
pub(crate) async fn is_deep(chain: &Chain, found: &Located) -> Result<bool, StepError> {
    let head = chain.client.block_number().await?;
    Ok(head >= found.block_number.saturating_add(chain.confirmations).saturating_sub(1))
}
