//! Signatures by a key, wherever the key is: in the store, or in Cloud KMS.

use std::sync::Arc;

use learncoin_chain::{ChainKey, Signature, SignedTransaction, U256, UnsignedTransaction};
use learncoin_kms::{KeyVersion, KmsError, KmsPublicKey};
use learncoin_store::Store;
use learncoin_store::clock::Clock;
use learncoin_store::keys::{HostKey, KeyHome, SigningKey};
use learncoin_store::onchain;

use crate::key::service::KeyService;
use crate::step::StepError;

/// Signs transactions with the keys of tenants and of the host.
#[derive(Clone)]
pub(crate) struct KeySigner {
    /// The database, which holds the secrets of the keys that are not in Cloud KMS.
    pub(crate) store: Store,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Cloud KMS, if it is configured.
    pub(crate) kms: Option<KeyService>,
}

impl KeySigner {
    /// Signs a transaction with the tenant's key. A signature of Cloud KMS costs money, and no two are alike: the caller stores
    /// it before anything else.
    ///
    /// # Errors
    /// If the key is disabled, its secret does not open, or Cloud KMS does not sign.
    pub(crate) async fn sign_with(
        &self,
        key: &SigningKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        if key.disabled_at.is_some() {
            return Err(StepError::SigningKey("it is disabled"));
        }
        match &key.home {
            KeyHome::Local => {
                let secret = self.store.signing_secret(&key.tenant_id, key.number).await?;
                sign_here(*secret, transaction)
            }
            KeyHome::Kms(version) => self.sign_in_kms(version, &point(&key.public_key), transaction).await,
        }
    }

    /// Signs a transaction with a key of the host.
    ///
    /// # Errors
    /// If the key's secret does not open, or Cloud KMS does not sign.
    pub(crate) async fn sign_as_host(
        &self,
        key: &HostKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        match &key.home {
            KeyHome::Local => sign_here(*self.store.host_secret(key.chain_id).await?, transaction),
            KeyHome::Kms(version) => self.sign_in_kms(version, &point(&key.public_key), transaction).await,
        }
    }

    async fn sign_in_kms(
        &self,
        version: &str,
        expected: &KmsPublicKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        let service =
            self.kms.as_ref().ok_or(StepError::SigningKey("it is in Cloud KMS, and none is configured"))?;
        let version: KeyVersion =
            version.parse().map_err(|_| StepError::Inconsistent("unreadable name of a key version"))?;
        let now = self.clock.now_ms();
        if service.is_away(now) {
            return Err(StepError::SigningKey("Cloud KMS did not answer a moment ago"));
        }
        let signed = service.client.sign(&version, expected, &transaction.digest()).await;
        if signed.as_ref().is_err_and(KmsError::is_outage) {
            service.record_outage(now);
        }
        let signature = signed?;
        let (r, s) = (U256::from_be_bytes(signature.r), U256::from_be_bytes(signature.s));
        Ok(transaction.with_signature(Signature::new(r, s, signature.y_is_odd)))
    }
}

fn sign_here(secret: [u8; 32], transaction: UnsignedTransaction) -> Result<SignedTransaction, StepError> {
    let signer =
        ChainKey::from_secret_bytes(secret).map_err(|_| StepError::SigningKey("it does not open"))?;
    transaction.sign(&signer).map_err(|_| StepError::SigningKey("it does not sign"))
}

fn point(stored: &onchain::PublicKeyCoordinates) -> KmsPublicKey {
    KmsPublicKey { x: *stored.x(), y: *stored.y() }
}
