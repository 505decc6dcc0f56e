//! Reanchor: a batch that was anchored with a stolen key is anchored with another one. Its documents, its tree and its root stay; its
//! proofs name the new key and the new transaction once that is deep enough, and the old ones until then.
//!
//! No event is written: the batch stays anchored, and what it was announced with was true.

use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::id::{BatchId, TenantId};
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use super::drive::AnchorOutcome;
use crate::chains::Chain;
use crate::key::failover::{find_failover_key, method_under_issuer, reassign};
use crate::key::life::KeyLifeError;
use crate::outgoing::block_position;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The batches that are concerned by [`Pipeline::reanchor_lost_batches`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reanchored {
    /// The batches that other keys anchor from now on.
    pub begun: Vec<BatchId>,
    /// The batches that no key of the tenant can take over.
    pub without_key: Vec<BatchId>,
}

impl Pipeline {
    /// Marks every batch of the tenant to be reanchored whose anchor does not count, since this key made it after it was stolen.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn reanchor_lost_batches(
        &self,
        tenant_id: &TenantId,
        key_number: u64,
    ) -> Result<Reanchored, KeyLifeError> {
        let mut reanchored = Reanchored { begun: Vec::new(), without_key: Vec::new() };
        let mut tx = self.store.begin_for(tenant_id).await?;
        let key = tx.find_signing_key(tenant_id, key_number).await?;
        let key = key.ok_or(KeyLifeError::NoKey(key_number))?;
        let since = key.revoked_from.ok_or(KeyLifeError::NotRevoked)?;
        for batch in tx.list_batches_lost_with(tenant_id, key_number, since).await? {
            match find_failover_key(&mut tx, &batch).await? {
                Some(failover_key) => {
                    tx.begin_reanchor(&batch.id, failover_key.key_number, self.clock.now_ms()).await?;
                    reanchored.begun.push(batch.id);
                }
                None => reanchored.without_key.push(batch.id),
            }
        }
        tx.commit().await?;
        self.wake.notify_one();
        tracing::info!(tenant.id = %tenant_id, key.number = key_number, batches = reanchored.begun.len(), "batches are to be anchored again");
        Ok(reanchored)
    }

    /// Does the next thing for a batch that is to be reanchored. Returns whether anything changed.
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
        let (mined, inclusion) = match self.drive_anchor(batch, chain, &key, attempts).await? {
            AnchorOutcome::Mined { attempt, inclusion } => (attempt, inclusion),
            AnchorOutcome::Progressed => return Ok(true),
            AnchorOutcome::Waiting => {
                self.reschedule(batch, chain.poll_ms).await?;
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
        tx.mark_confirmed(&mined.hash, &block_position(&inclusion)).await?;
        let next_look_at = self.clock.now_ms().saturating_add(chain.watch_ms);
        tx.mark_reanchored(&batch.id, key_number, &verification_method, next_look_at).await?;
        tx.commit().await?;
        kill::reached("reanchor.committed");
        tracing::info!(batch.id = %batch.id, key.number = key_number, "batch anchored again with another key");
        Ok(true)
    }
}
