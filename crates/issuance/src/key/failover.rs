//! Key failover: another key of the tenant signs what a disabled or revoked key was to sign.
//!
//! The key is no part of a document, so trees and roots stay.

use learncoin_credential::Host;
use learncoin_store::anchors::{Anchor, AnchorStatus};
use learncoin_store::batches::Batch;
use learncoin_store::id::TenantId;
use learncoin_store::scope::TenantScope;
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};

use crate::step::StepError;

/// A key that can sign in place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailoverKey {
    /// Its number.
    pub(crate) key_number: u64,
    /// Its DID URL, under the DID that the documents name as their issuer.
    verification_method: String,
}

/// The use of a key by a batch, or by the batches of an anchor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeyUse<'a> {
    scope: &'a TenantScope,
    chain_id: u64,
    public_url: &'a str,
    key_number: u64,
    verification_method: &'a str,
    /// The table and id of the row.
    row: (&'static str, &'a str),
}

impl<'a> From<&'a Batch> for KeyUse<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self {
            scope: &batch.scope,
            chain_id: batch.chain_id,
            public_url: &batch.public_url,
            key_number: batch.signing_key_number,
            verification_method: &batch.verification_method,
            row: ("batches", batch.id.as_str()),
        }
    }
}

impl<'a> From<&'a Anchor> for KeyUse<'a> {
    fn from(anchor: &'a Anchor) -> Self {
        Self {
            scope: &anchor.scope,
            chain_id: anchor.chain_id,
            public_url: &anchor.public_url,
            key_number: anchor.signing_key_number,
            verification_method: &anchor.verification_method,
            row: ("anchors", anchor.id.as_str()),
        }
    }
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
        let Some(key) = find_failover_key(tx, KeyUse::from(&batch)).await? else { continue };
        let FailoverKey { key_number, verification_method } = key;
        reassigned += u64::from(tx.reassign_batch(&batch, key_number, &verification_method, now_ms).await?);
    }
    Ok(reassigned)
}

/// Reassigns an anchor to another key of the tenant: nothing that the key before signs for it will count.
///
/// # Errors
/// [`StepError::SigningKey`] if the tenant has no other key.
pub(crate) async fn reassign_anchor(store: &Store, anchor: &Anchor, now_ms: i64) -> Result<(), StepError> {
    let mut tx = store.begin_for(&anchor.scope.tenant_id).await?;
    let key = find_failover_key(&mut tx, KeyUse::from(anchor)).await?;
    let is_reassigned = match (key, anchor.status) {
        (None, _) => false,
        (Some(key), AnchorStatus::Signed) => {
            tx.reassign_anchor(anchor, key.key_number, &key.verification_method, now_ms).await?
        }
        // The proofs of its batches name the old transaction until another one is deep enough.
        (Some(key), AnchorStatus::Anchored) => tx.begin_reanchor(&anchor.id, key.key_number, now_ms).await?,
    };
    if !is_reassigned {
        return Err(StepError::SigningKey(
            "it is disabled, and the tenant has no other that could take over",
        ));
    }
    tx.commit().await?;
    kill::reached("key_failover.committed");
    tracing::warn!(anchor.id = %anchor.id, "another key of the tenant is to sign the anchor");
    Ok(())
}

/// Finds the tenant's newest key that can sign in place of the one in use. If the documents name a DID of the tenant's own, only
/// keys that the DID's document lists can.
///
/// # Errors
/// If the store fails.
pub(crate) async fn find_failover_key(
    tx: &mut WriteTx,
    used: KeyUse<'_>,
) -> Result<Option<FailoverKey>, StoreError> {
    for key in tx.list_active_signing_keys(used.scope, used.chain_id).await? {
        if let Some(verification_method) = method_under_issuer(tx, used, key.number).await? {
            return Ok(Some(FailoverKey { key_number: key.number, verification_method }));
        }
    }
    Ok(None)
}

/// Returns the DID URL of a key under the DID that the documents name as their issuer; `None` if that is the tenant's own DID, and
/// its document does not list the key.
///
/// # Errors
/// If the store fails.
pub(crate) async fn method_under_issuer(
    tx: &mut WriteTx,
    used: KeyUse<'_>,
    key_number: u64,
) -> Result<Option<String>, StoreError> {
    let tenant_id = &used.scope.tenant_id;
    let (table, id) = used.row;
    let host = Host::parse(used.public_url).map_err(|_| StoreError::Inconsistent {
        table,
        id: id.to_owned(),
        column: "public_url",
    })?;
    let hosted = |number| host.verification_method(tenant_id.ulid(), number);
    if used.verification_method == hosted(used.key_number) {
        return Ok(Some(hosted(key_number)));
    }
    let own_did = used.verification_method.split('#').next().unwrap_or_default();
    tx.find_own_did_method(tenant_id, own_did, key_number).await
}
