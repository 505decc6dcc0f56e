//! Take over: another key of the tenant does what a key was to do that is disabled or revoked.
//!
//! Which key anchors a batch is no part of its documents, so that its tree and its root stay.

use learncoin_credential::Host;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::id::TenantId;
use learncoin_store::{Error as StoreError, WriteTx, kill};

use crate::context::Issuance;
use crate::step::StepError;

/// A key that can take a batch over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailoverKey {
    /// Its number.
    pub(crate) key_number: u64,
    /// Its DID URL, under the DID that the batch's documents name as their issuer.
    verification_method: String,
}

impl Issuance {
    /// Has the tenant's newest keys sign what waits for keys that are disabled. Answers how many batches there were.
    pub(crate) async fn fail_over(&self, tx: &mut WriteTx, tenant_id: &TenantId) -> Result<u64, StoreError> {
        let mut taken = 0;
        for batch in tx.list_batches_without_key(tenant_id).await? {
            taken += u64::from(self.reassign_in(tx, &batch).await?);
        }
        Ok(taken)
    }

    /// Gives a signed batch to another key of the tenant: nothing that the key before signs for it will count.
    ///
    /// # Errors
    /// [`StepError::SigningKey`] where the tenant has no other.
    pub(crate) async fn reassign(&self, batch: &Batch) -> Result<(), StepError> {
        let mut tx = self.store.begin_for(&batch.scope.tenant_id).await?;
        if !self.reassign_in(&mut tx, batch).await? {
            return Err(StepError::SigningKey(
                "it is disabled, and the tenant has no other that could take over",
            ));
        }
        tx.commit().await?;
        kill::reached("key_failover.committed");
        tracing::warn!(batch.id = %batch.id, "another key of the tenant is to anchor the batch");
        Ok(())
    }

    /// Answers whether there is a key, and the batch still had its status.
    async fn reassign_in(&self, tx: &mut WriteTx, batch: &Batch) -> Result<bool, StoreError> {
        let Some(failover_key) = self.failover_key(tx, batch).await? else { return Ok(false) };
        let FailoverKey { key_number, verification_method } = failover_key;
        let now = self.clock.now_ms();
        match batch.status() {
            BatchStatus::Pending | BatchStatus::Signed => {
                tx.reassign(batch, key_number, &verification_method, now).await
            }
            // What it is announced with stands until another anchor does.
            BatchStatus::Anchored => tx.begin_reanchor(&batch.id, key_number, now).await,
            BatchStatus::Failed => Ok(false),
        }
    }

    /// The tenant's newest key that can anchor the batch. Where its documents name a DID of the tenant's own, that is one
    /// which the DID's document lists.
    pub(crate) async fn failover_key(
        &self,
        tx: &mut WriteTx,
        batch: &Batch,
    ) -> Result<Option<FailoverKey>, StoreError> {
        for key in tx.list_active_signing_keys(&batch.scope, batch.chain_id).await? {
            if let Some(verification_method) = self.method_under_issuer(tx, batch, key.number).await? {
                return Ok(Some(FailoverKey { key_number: key.number, verification_method }));
            }
        }
        Ok(None)
    }

    /// The DID URL of a key under the DID that the batch's documents name as their issuer; `None` where that is the tenant's
    /// own, and its document does not list the key.
    pub(crate) async fn method_under_issuer(
        &self,
        tx: &mut WriteTx,
        batch: &Batch,
        key_number: u64,
    ) -> Result<Option<String>, StoreError> {
        let tenant_id = &batch.scope.tenant_id;
        let host = Host::parse(&batch.public_url).map_err(|_| StoreError::Inconsistent {
            table: "batches",
            id: batch.id.to_string(),
            column: "public_url",
        })?;
        let hosted = |number| host.verification_method(tenant_id.ulid(), number);
        if batch.verification_method == hosted(batch.signing_key_number) {
            return Ok(Some(hosted(key_number)));
        }
        let own_did = batch.verification_method.split('#').next().unwrap_or_default();
        tx.find_own_did_method(tenant_id, own_did, key_number).await
    }
}
