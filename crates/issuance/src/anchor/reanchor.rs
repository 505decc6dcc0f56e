//! Reanchor: an anchor that was signed with a stolen key is signed with another one. The documents, trees and roots of its batches stay;
//! their proofs name the new key and the new transaction once that is deep enough, and the old ones until then.
//!
//! No event is written: the batches stay anchored, and what they were announced with was true.

use learncoin_store::anchors::{Anchor, AnchorStatus};
use learncoin_store::id::TenantId;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction;

use super::drive::AnchorOutcome;
use crate::chains::Chain;
use crate::key::failover::{KeyUse, find_failover_key, method_under_issuer, reassign_anchor};
use crate::key::life::KeyLifeError;
use crate::outgoing::block_position;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The result of [`Pipeline::reanchor_lost`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reanchored {
    /// The anchors that other keys sign from now on.
    pub begun: Vec<Anchor>,
    /// The anchors that no key of the tenant can take over.
    pub without_key: Vec<Anchor>,
}

impl Pipeline {
    /// Begins to sign every anchor of the tenant again that does not count, since this key signed it after it was stolen.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn reanchor_lost(
        &self,
        tenant_id: &TenantId,
        key_number: u64,
    ) -> Result<Reanchored, KeyLifeError> {
        let mut reanchored = Reanchored { begun: Vec::new(), without_key: Vec::new() };
        let mut tx = self.store.begin_for(tenant_id).await?;
        let key = tx.find_signing_key(tenant_id, key_number).await?;
        let key = key.ok_or(KeyLifeError::NoKey(key_number))?;
        let since = key.revoked_from.ok_or(KeyLifeError::NotRevoked)?;
        for anchor in tx.list_anchors_lost_with(tenant_id, key_number, since).await? {
            match find_failover_key(&mut tx, KeyUse::from(&anchor)).await? {
                Some(failover_key) => {
                    tx.begin_reanchor(&anchor.id, failover_key.key_number, self.clock.now_ms()).await?;
                    reanchored.begun.push(anchor);
                }
                None => reanchored.without_key.push(anchor),
            }
        }
        tx.commit().await?;
        self.wake.notify_one();
        tracing::info!(tenant.id = %tenant_id, key.number = key_number, anchors = reanchored.begun.len(), "anchors are to be signed again");
        Ok(reanchored)
    }

    /// Does the next thing for an anchor that is to be signed again. Returns whether anything changed.
    pub(crate) async fn reanchor(
        &self,
        anchor: &Anchor,
        chain: &Chain,
        attempts: &[AnchorTransaction],
        key_number: u64,
    ) -> Result<bool, StepError> {
        let key = self.store.get_signing_key(&anchor.scope.tenant_id, key_number).await?;
        if key.revoked_from.is_some() {
            reassign_anchor(&self.store, anchor, self.clock.now_ms()).await?;
            return Ok(true);
        }
        let (mined, inclusion) = match self.drive_anchor(anchor, chain, &key, attempts).await? {
            AnchorOutcome::Mined { attempt, inclusion } => (attempt, inclusion),
            AnchorOutcome::Progressed => return Ok(true),
            AnchorOutcome::Waiting { .. } => {
                self.reschedule(anchor, chain.poll_ms).await?;
                return Ok(false);
            }
        };
        let mut tx = self.store.begin().await?;
        let verification_method = method_under_issuer(&mut tx, KeyUse::from(anchor), key.number).await?;
        let verification_method = verification_method
            .ok_or(StepError::SigningKey("the document of the tenant's own DID does not list it"))?;
        tx.hold_anchor(&anchor.id, AnchorStatus::Anchored).await?;
        for old in attempts.iter().filter(|attempt| attempt.block.is_some()) {
            tx.unmark_confirmed(&old.hash).await?;
        }
        tx.mark_confirmed(&mined.hash, &block_position(&inclusion)).await?;
        let next_look_at = self.clock.now_ms().saturating_add(chain.watch_ms);
        tx.mark_reanchored(&anchor.id, key_number, &verification_method, next_look_at).await?;
        tx.commit().await?;
        kill::reached("reanchor.committed");
        tracing::info!(anchor.id = %anchor.id, key.number = key_number, "anchor signed again with another key");
        Ok(true)
    }
}
