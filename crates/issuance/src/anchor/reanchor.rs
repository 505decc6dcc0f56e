//! Reanchored: a batch that was anchored with a key which was stolen is anchored with another one. Its documents, its tree and its root
//! stay; its proofs name the new key and the new transaction once that is deep enough, and the old ones until then.
//!
//! No event tells of it: the batch stays anchored, and what it was announced with was true.

use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::id::{BatchId, TenantId};
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use crate::anchor::drive::Advance;
use crate::anchor::watch::position;
use crate::chains::Chain;
use crate::key::failover::{find_failover_key, method_under_issuer, reassign};
use crate::key::life::KeyLifeError;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// What was begun by [`Pipeline::reanchor_lost_batches`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reanchored {
    /// The batches that other keys anchor again from now on.
    pub begun: Vec<BatchId>,
    /// The batches that no key of the tenant can take over.
    pub without_key: Vec<BatchId>,
}

impl Pipeline {
    /// Has every batch of the tenant anchored again whose anchor does not count, since this key made it after it was stolen.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn reanchor_lost_batches(
        &self,
        tenant_id: &TenantId,
        key_number: u64,
    ) -> Result<Reanchored, KeyLifeError> {
        let mut again = Reanchored { begun: Vec::new(), without_key: Vec::new() };
        let mut tx = self.store.begin_for(tenant_id).await?;
        let key = tx.find_signing_key(tenant_id, key_number).await?;
        let key = key.ok_or(KeyLifeError::NoKey(key_number))?;
        let since = key.revoked_from.ok_or(KeyLifeError::NotRevoked)?;
        for batch in tx.list_batches_lost_with(tenant_id, key_number, since).await? {
            match find_failover_key(&mut tx, &batch).await? {
                Some(failover_key) => {
                    tx.begin_reanchor(&batch.id, failover_key.key_number, self.clock.now_ms()).await?;
                    again.begun.push(batch.id);
                }
                None => again.without_key.push(batch.id),
            }
        }
        tx.commit().await?;
        self.wake.notify_one();
        tracing::info!(tenant.id = %tenant_id, key.number = key_number, batches = again.begun.len(), "batches are to be anchored again");
        Ok(again)
    }

    /// Does the next thing for a batch that is to be anchored again. Answers whether anything changed.
    pub(crate) async fn reanchor(
        &self,
        batch: &Batch,
        chain: &Chain,
        attempts: &[AnchorTransaction],
        key_number: u64,
    ) -> Result<bool, StepError> {
        let key = self.store.get_signing_key(&batch.scope.tenant_id, key_number).await?;
        if key.revoked_from.is_some() {
            reassign(&self.store, batch, self.clock.now_ms()).await?;
            return Ok(true);
        }
        let with_key: Vec<_> =
            attempts.iter().filter(|attempt| attempt.address == key.address).cloned().collect();
        let (found, included) = match self.advance(batch, chain, &key, &with_key).await? {
            Advance::Deep { attempt, included } => (attempt, included),
            Advance::Moved => return Ok(true),
            Advance::Waiting => {
                self.look_again(batch, chain.poll_ms).await?;
                return Ok(false);
            }
        };
        let mut tx = self.store.begin().await?;
        let verification_method = method_under_issuer(&mut tx, batch, key.number).await?;
        let verification_method = verification_method
            .ok_or(StepError::SigningKey("the document of the tenant's own DID does not list it"))?;
        tx.hold_batch(&batch.id, BatchStatus::Anchored).await?;
        for old in attempts.iter().filter(|attempt| attempt.block.is_some()) {
            tx.unmark_confirmed(&old.hash).await?;
        }
        tx.mark_confirmed(&found.hash, &position(&included)).await?;
        let look_again_at = self.clock.now_ms().saturating_add(chain.watch_ms);
        tx.mark_reanchored(&batch.id, key_number, &verification_method, look_again_at).await?;
        tx.commit().await?;
        kill::reached("reanchor.committed");
        tracing::info!(batch.id = %batch.id, key.number = key_number, "batch anchored again with another key");
        Ok(true)
    }
}
