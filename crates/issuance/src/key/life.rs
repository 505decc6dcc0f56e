//! The life of a tenant's signing keys: rotation, disabling, revocation, expiry.

use std::sync::Arc;

use learncoin_credential::Host;
use learncoin_kms::KmsError;
use learncoin_store::clock::Clock;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{KeyHome, SigningKey, StatementKind};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};

use crate::chains::Chains;
use crate::key::failover::fail_over;
use crate::key::new::{KeyFactory, NewKeyError};
use crate::key::service::KeyService;
use crate::key::statements::append_statement;
use crate::keyed_write::{WriteError, with_retries};

/// A key expires this long after its last transaction, in milliseconds: a reorganization may still move that into another
/// block. The key signs nothing meanwhile, since it has no batches.
pub const EXPIRES_LATER_MS: i64 = 60 * 60 * 1000;
/// The number of attempts to make a key whose number another process takes meanwhile.
const TRIES: u32 = 8;

/// The reason why an operation on a key failed. Nothing was stored, unless the variant's description differs.
#[derive(Debug, thiserror::Error)]
pub enum KeyLifeError {
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// The tenant has no such key.
    #[error("the tenant has no signing key {0}")]
    NoKey(u64),
    /// The tenant has no key in this environment that could be rotated.
    #[error("the tenant has no signing key in this environment: its first API key makes one")]
    NothingToRotate,
    /// The environment has no chain.
    #[error("no chain is configured for this environment")]
    NoChain,
    /// The time of the theft lies in the future.
    #[error("the moment of the theft lies in the future")]
    InTheFuture,
    /// The key was revoked from an earlier moment on.
    #[error("the key is revoked from an earlier moment on, which can't be taken back")]
    RevokedEarlier,
    /// The key is not revoked, so that its anchors count.
    #[error("the key is not revoked: what it anchored counts")]
    NotRevoked,
    /// No key could be made.
    #[error(transparent)]
    NewKey(#[from] NewKeyError),
    /// Other keys of the tenant are made at the same time.
    #[error("other keys of the tenant are being made: try again")]
    Busy,
    /// The key is disabled here, which is stored, but not in Cloud KMS.
    #[error("the key is disabled here, but not in Cloud KMS: {0}. Run this again, or disable it there")]
    StillInKms(KmsError),
    /// The key is disabled here, which is stored. It is in Cloud KMS, which is not configured.
    #[error(
        "the key is disabled here; it is in Cloud KMS, of which the settings say nothing: disable it there"
    )]
    KmsUnknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for KeyLifeError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// The result of a rotation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotatedKey {
    /// The new key.
    pub key: SigningKey,
    /// The tenant's own DID if its document has to list the new key first; the key before signs until it does.
    pub waits_for_did: Option<String>,
    /// The number of batches that waited for a disabled key and that the new key signs instead.
    pub taken_over: u64,
}

/// Rotates, disables, revokes and expires the signing keys of tenants.
#[derive(Clone)]
pub struct Keys {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: Host,
    pub(crate) chains: Chains,
    pub(crate) factory: KeyFactory,
    /// Cloud KMS, if it is configured.
    pub(crate) kms: Option<KeyService>,
}

impl Keys {
    /// Makes the tenant's next key for this environment. New batches are signed with it; batches that were accepted before
    /// are signed with the key before, unless that is disabled.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn rotate_signing_key(&self, scope: &TenantScope) -> Result<RotatedKey, KeyLifeError> {
        with_retries("the rotation of a signing key", || self.rotate_once(scope)).await
    }

    async fn rotate_once(&self, scope: &TenantScope) -> Result<RotatedKey, KeyLifeError> {
        let tenant_id = &scope.tenant_id;
        let chain = self.chains.of(scope.environment).ok_or(KeyLifeError::NoChain)?;
        for _ in 0..TRIES {
            let number = self.store.next_key_number(tenant_id).await?;
            let number = number.ok_or_else(|| KeyLifeError::NoTenant(tenant_id.clone()))?;
            let keys = self.store.list_signing_keys_of(tenant_id, &[chain.chain_id]).await?;
            if !keys.iter().any(|key| key.environment == scope.environment) {
                return Err(KeyLifeError::NothingToRotate);
            }
            let new = self.factory.new_tenant_key(tenant_id, number).await?;
            let mut tx = self.store.begin_for(tenant_id).await?;
            let stored = self.factory.store_tenant_key(&mut tx, scope, chain.chain_id, &new).await?;
            let Some(key) = stored else { continue };
            let own_did = own_did_in_effect(&mut tx, tenant_id).await?;
            tx.retire_superseded(tenant_id, own_did.as_deref(), self.clock.now_ms()).await?;
            let taken_over = fail_over(&mut tx, tenant_id, self.clock.now_ms()).await?;
            kill::reached("key.written");
            tx.commit().await?;
            kill::reached("key.committed");
            tracing::info!(tenant.id = %tenant_id, key.number = key.number, "the tenant has a new signing key");
            return Ok(RotatedKey { key, waits_for_did: own_did, taken_over });
        }
        Err(KeyLifeError::Busy)
    }

    /// Disables a key here and in Cloud KMS: it signs nothing from now on. What it signed before stays valid.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn disable_signing_key(
        &self,
        tenant_id: &TenantId,
        number: u64,
    ) -> Result<SigningKey, KeyLifeError> {
        let key = with_retries("the disabling of a signing key", async || {
            let mut tx = self.store.begin_for(tenant_id).await?;
            find(&mut tx, tenant_id, number).await?;
            tx.disable_signing_key(tenant_id, number, self.clock.now_ms()).await?;
            let key = find(&mut tx, tenant_id, number).await?;
            tx.commit().await?;
            Ok::<_, KeyLifeError>(key)
        })
        .await?;
        tracing::info!(tenant.id = %tenant_id, key.number = number, "a signing key is disabled");
        self.disable_in_kms(&key).await?;
        Ok(key)
    }

    /// Revokes a key that was or may have been stolen at `since_ms`: its transactions from then on do not count, and it signs
    /// nothing any more.
    ///
    /// # Errors
    /// See [`KeyLifeError`].
    pub async fn revoke_signing_key(
        &self,
        tenant_id: &TenantId,
        number: u64,
        since_ms: i64,
    ) -> Result<SigningKey, KeyLifeError> {
        let revoke = || self.revoke_once(tenant_id, number, since_ms);
        let key = with_retries("the revocation of a signing key", revoke).await?;
        tracing::info!(tenant.id = %tenant_id, key.number = number, "a signing key is revoked");
        self.disable_in_kms(&key).await?;
        Ok(key)
    }

    async fn revoke_once(
        &self,
        tenant_id: &TenantId,
        number: u64,
        since_ms: i64,
    ) -> Result<SigningKey, KeyLifeError> {
        let now = self.clock.now_ms();
        if since_ms > now {
            return Err(KeyLifeError::InTheFuture);
        }
        let mut tx = self.store.begin_for(tenant_id).await?;
        let before = find(&mut tx, tenant_id, number).await?;
        if before.revoked_from.is_some_and(|from| from < since_ms) {
            return Err(KeyLifeError::RevokedEarlier);
        }
        let is_news = tx.revoke_signing_key(tenant_id, number, since_ms).await?;
        tx.disable_signing_key(tenant_id, number, now).await?;
        let key = find(&mut tx, tenant_id, number).await?;
        if is_news {
            append_statement(&mut tx, &self.host, &key, StatementKind::Revoked, now).await?;
        }
        tx.commit().await?;
        Ok(key)
    }

    async fn disable_in_kms(&self, key: &SigningKey) -> Result<(), KeyLifeError> {
        kill::reached("key.disabled");
        let KeyHome::Kms(version) = &key.home else { return Ok(()) };
        let service = self.kms.as_ref().ok_or(KeyLifeError::KmsUnknown)?;
        let version = version.parse().map_err(|_| KeyLifeError::KmsUnknown)?;
        service.client.disable(&version).await.map_err(KeyLifeError::StillInKms)
    }

    /// Expires the retired keys for which no batch waits any more, in the profiles and by a statement. Returns their number. A
    /// server calls this about once a minute.
    ///
    /// # Errors
    /// If the store fails; the next call does what this one left.
    pub async fn end_retired_keys(&self) -> Result<u64, StoreError> {
        let mut ended = 0;
        for key in self.store.list_ended_keys().await? {
            let last_block = self.store.last_block_of(&key).await?;
            let now = self.clock.now_ms();
            let at = last_block.map_or(now, |block| block.max(now)).saturating_add(EXPIRES_LATER_MS);
            let mut tx = self.store.begin_for(&key.tenant_id).await?;
            if tx.expire_signing_key(&key.tenant_id, key.number, at).await? {
                let key = SigningKey { expires_at: Some(at), ..key };
                append_statement(&mut tx, &self.host, &key, StatementKind::Retired, self.clock.now_ms())
                    .await?;
                tx.commit().await?;
                ended += 1;
                tracing::info!(tenant.id = %key.tenant_id, key.number, "a retired signing key expires");
            }
        }
        Ok(ended)
    }
}

/// Returns the DID of the tenant's own that its new credentials are issued under, if there is one.
async fn own_did_in_effect(tx: &mut WriteTx, tenant_id: &TenantId) -> Result<Option<String>, KeyLifeError> {
    let tenant = tx.find_tenant(tenant_id).await?;
    let tenant = tenant.ok_or_else(|| KeyLifeError::NoTenant(tenant_id.clone()))?;
    let branding = tx.get_branding(tenant_id).await?;
    Ok(branding.own_did_on(tenant.plan).map(str::to_owned))
}

async fn find(tx: &mut WriteTx, tenant_id: &TenantId, number: u64) -> Result<SigningKey, KeyLifeError> {
    tx.find_signing_key(tenant_id, number).await?.ok_or(KeyLifeError::NoKey(number))
}
