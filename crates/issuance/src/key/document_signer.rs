//! The one place where a document key signs, wherever the key is: in the store, or in Cloud KMS.

use std::sync::Arc;

use learncoin_kms::{KeyVersion, KmsError};
use learncoin_store::clock::Clock;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{DocumentKey, KeyHome};
use learncoin_store::{Error as StoreError, Store};
use ring::signature::Ed25519KeyPair;

use crate::key::service::KeyService;

/// The reason why a document key did not sign.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key is revoked: it signs nothing any more.
    #[error("the document key is revoked")]
    Revoked,
    /// The stored seed is not that of the public key.
    #[error("the document key does not fit its public key")]
    OtherKey,
    /// The key is in Cloud KMS, and none is configured.
    #[error("the document key is in Cloud KMS, and none is configured")]
    KmsUnknown,
    /// Cloud KMS did not answer a moment ago, so it was not asked.
    #[error("Cloud KMS did not answer a moment ago")]
    KmsAway,
    /// Cloud KMS did not sign.
    #[error(transparent)]
    Kms(#[from] KmsError),
    /// The store failed, or the seed does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Signs documents with the document keys of tenants.
#[derive(Clone)]
pub struct DocumentSigner {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    /// Cloud KMS, if it is configured.
    pub(crate) kms: Option<KeyService>,
}

impl DocumentSigner {
    /// Returns the document key that signs for the tenant; `None` if none was made yet.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn document_key_in_use(&self, tenant_id: &TenantId) -> Result<Option<DocumentKey>, StoreError> {
        self.store.document_key_in_use(tenant_id).await
    }

    /// Signs a message (Ed25519, RFC 8032). A retired key still signs, so that a rotation disturbs nothing that is under way; a
    /// revoked one never does.
    ///
    /// # Errors
    /// See [`SignError`].
    pub async fn sign(&self, key: &DocumentKey, message: &[u8]) -> Result<[u8; 64], SignError> {
        match &key.home {
            KeyHome::Local => self.sign_here(key, message).await,
            KeyHome::Kms(version) => self.sign_in_kms(key, version, message).await,
        }
    }

    async fn sign_here(&self, key: &DocumentKey, message: &[u8]) -> Result<[u8; 64], SignError> {
        let seed = self.store.document_secret(&key.tenant_id, key.number).await?;
        let seed = seed.ok_or(SignError::Revoked)?;
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed.as_slice(), &key.public_key)
            .map_err(|_| SignError::OtherKey)?;
        pair.sign(message).as_ref().try_into().map_err(|_| SignError::OtherKey)
    }

    async fn sign_in_kms(
        &self,
        key: &DocumentKey,
        version: &str,
        message: &[u8],
    ) -> Result<[u8; 64], SignError> {
        let service = self.kms.as_ref().ok_or(SignError::KmsUnknown)?;
        let version: KeyVersion = version.parse().map_err(|_| SignError::KmsUnknown)?;
        // A revocation stores first, and disables in Cloud KMS after that.
        let stored = self.store.find_document_key(&key.tenant_id, key.number).await?;
        if stored.is_none_or(|stored| stored.revoked_from.is_some()) {
            return Err(SignError::Revoked);
        }
        let now = self.clock.now_ms();
        if service.is_away(now) {
            return Err(SignError::KmsAway);
        }
        let signed = service.client.sign_message(&version, &key.public_key, message).await;
        if signed.as_ref().is_err_and(KmsError::is_outage) {
            service.record_outage(now);
        }
        Ok(signed?)
    }
}
