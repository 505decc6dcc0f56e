//! Again: a batch that was anchored with a key which was stolen is anchored with another one. Its documents, its tree and its root
//! stay; its proofs name the new key and the new transaction once that is deep enough, and the old ones until then.
//!
//! No event tells of it: the batch stays anchored, and what it was announced with was true.

use learncoin_credential::Host;
use learncoin_store::anchor_transactions::AnchorTransaction;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::kill;
use learncoin_store::signing_keys::SigningKey;

use crate::anchor::Advance;
use crate::context::{Chain, Issuance};
use crate::step::StepError;
use crate::watch::position;

impl Issuance {
    /// Does the next thing for a batch that is to be anchored again. Answers whether anything changed.
    pub(crate) async fn anchor_again(
        &self,
        batch: &Batch,
        chain: &Chain,
        attempts: &[AnchorTransaction],
        key_number: u64,
    ) -> Result<bool, StepError> {
        let key = self.store.get_signing_key(&batch.scope.tenant_id, key_number).await?;
        let with_key: Vec<_> =
            attempts.iter().filter(|attempt| attempt.address == key.address).cloned().collect();
        if with_key.is_empty() {
            let key = self.reconciled(chain, key).await?;
            self.sign_anew(batch, chain, &key).await?;
            kill::reached("again.signed");
            return Ok(true);
        }
        let (found, included) = match self.advance(batch, chain, &key, &with_key).await? {
            Advance::Deep { attempt, included } => (attempt, included),
            Advance::Moved => return Ok(true),
            Advance::Waiting => {
                self.look_again(batch, chain.poll_ms).await?;
                return Ok(false);
            }
        };
        let verification_method = self.verification_method_with(batch, &key).await?;
        let mut tx = self.store.begin().await?;
        tx.hold_batch(&batch.id, BatchStatus::Anchored).await?;
        for old in attempts.iter().filter(|attempt| attempt.block.is_some()) {
            tx.unmark_confirmed(&old.hash).await?;
        }
        tx.mark_confirmed(&found.hash, &position(&included)).await?;
        let look_again_at = self.clock.now_ms().saturating_add(chain.watch_ms);
        tx.mark_anchored_again(&batch.id, key_number, &verification_method, look_again_at).await?;
        tx.commit().await?;
        kill::reached("again.committed");
        tracing::info!(batch.id = %batch.id, key.number = key_number, "batch anchored again with another key");
        Ok(true)
    }

    /// The DID URL of a key under the DID that the batch's documents name as their issuer.
    async fn verification_method_with(&self, batch: &Batch, key: &SigningKey) -> Result<String, StepError> {
        let tenant_id = &batch.scope.tenant_id;
        let host = Host::parse(&batch.public_url)
            .map_err(|_| StepError::Inconsistent("unreadable public URL of a batch"))?;
        let hosted = |number| host.verification_method(tenant_id.ulid(), number);
        if batch.verification_method == hosted(batch.signing_key_number) {
            return Ok(hosted(key.number));
        }
        let own_did = batch.verification_method.split('#').next().unwrap_or_default();
        let mut tx = self.store.begin().await?;
        let method = tx.find_own_did_method(tenant_id, own_did, key.number).await?;
        method.ok_or(StepError::SigningKey("the document of the tenant's own DID does not list it"))
    }
}
