//! Key failover: another key of the tenant anchors what a disabled or revoked key was to anchor.
//!
//! The key that anchors a batch is no part of its documents, so its tree and its root stay.

use learncoin_credential::Host;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::id::TenantId;
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};

use crate::step::StepError;

/// A key that can anchor a batch in place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailoverKey {
    /// Its number.
    pub(crate) key_number: u64,
    /// Its DID URL, under the DID that the batch's documents name as their issuer.
    verification_method: String,
}

/// Reassigns the batches that wait for disabled keys of the tenant to its newest keys. Returns the number of batches.
///
/// # Errors
/// If the store fails.
pub(crate) async fn fail_over(
    tx: &mut WriteTx,
    tenant_id: &TenantId,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut reassigned = 0;
    for batch in tx.list_batches_without_key(tenant_id).await? {
        reassigned += u64::from(reassign_in(tx, &batch, now_ms).await?);
    }
    Ok(reassigned)
}

/// Reassigns a batch to another key of the tenant: nothing that the key before signs for it will count.
///
/// # Errors
/// [`StepError::SigningKey`] if the tenant has no other key.
pub(crate) async fn reassign(store: &Store, batch: &Batch, now_ms: i64) -> Result<(), StepError> {
    let mut tx = store.begin_for(&batch.scope.tenant_id).await?;
    if !reassign_in(&mut tx, batch, now_ms).await? {
        return Err(StepError::SigningKey(
            "it is disabled, and the tenant has no other that could take over",
        ));
    }
    tx.commit().await?;
    kill::reached("key_failover.committed");
    tracing::warn!(batch.id = %batch.id, "another key of the tenant is to anchor the batch");
    Ok(())
}

/// Reassigns a batch. Returns whether there is a key, and the batch still had its status.
async fn reassign_in(tx: &mut WriteTx, batch: &Batch, now_ms: i64) -> Result<bool, StoreError> {
    let Some(failover_key) = find_failover_key(tx, batch).await? else { return Ok(false) };
    let FailoverKey { key_number, verification_method } = failover_key;
    match batch.status() {
        BatchStatus::Pending | BatchStatus::Signed => {
            tx.reassign(batch, key_number, &verification_method, now_ms).await
        }
        // Its proofs name the old anchor until another one is deep enough.
        BatchStatus::Anchored => tx.begin_reanchor(&batch.id, key_number, now_ms).await,
        BatchStatus::Failed => Ok(false),
    }
}

/// Finds the tenant's newest key that can anchor the batch. If the batch's documents name a DID of the tenant's own, only keys
/// that the DID's document lists can.
///
/// # Errors
/// If the store fails.
pub(crate) async fn find_failover_key(
    tx: &mut WriteTx,
    batch: &Batch,
) -> Result<Option<FailoverKey>, StoreError> {
    for key in tx.list_active_signing_keys(&batch.scope, batch.chain_id).await? {
        if let Some(verification_method) = method_under_issuer(tx, batch, key.number).await? {
            return Ok(Some(FailoverKey { key_number: key.number, verification_method }));
        }
    }
    Ok(None)
}

/// Returns the DID URL of a key under the DID that the batch's documents name as their issuer; `None` if that is the tenant's
/// own DID, and its document does not list the key.
///
/// # Errors
/// If the store fails.
pub(crate) async fn method_under_issuer(
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
