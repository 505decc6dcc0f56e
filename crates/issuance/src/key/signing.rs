//! Signatures by a key, wherever the key is: in the store, or in Cloud KMS.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use learncoin_chain::{Address, ChainKey, Signature, SignedTransaction, U256, UnsignedTransaction};
use learncoin_kms::{KeyRing, KeyVersion, Kms, KmsError, PublicKey};
use learncoin_store::host_keys::HostKey;
use learncoin_store::signing_keys::{KeyHome, SigningKey};

use crate::context::Issuance;
use crate::step::StepError;

/// After a call that nobody answered the next one is made this much later, in milliseconds: a Cloud KMS that is away must
/// not hold up, one time-out after the other, the batches whose keys are elsewhere.
const PAUSE_AFTER_OUTAGE_MS: i64 = 5_000;

/// Cloud KMS, as this deployment uses it.
#[derive(Clone)]
pub struct KeyService {
    /// Speaks to it.
    pub client: Arc<Kms>,
    /// Where new keys are made; `None`: in the store, and only those that are there already sign in Cloud KMS.
    pub ring: Option<KeyRing>,
    away_until: Arc<AtomicI64>,
}

impl KeyService {
    /// Puts the parts together.
    pub fn new(client: Kms, ring: Option<KeyRing>) -> Self {
        Self { client: Arc::new(client), ring, away_until: Arc::default() }
    }
}

impl Issuance {
    /// Signs a transaction with the tenant's key. A signature of Cloud KMS costs money, and no two are alike: whoever asks for
    /// one keeps it before anything else.
    ///
    /// # Errors
    /// Where the key's secret does not open, or Cloud KMS does not sign.
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
            KeyHome::Kms(version) => {
                let expected = point(&key.public_key_x, &key.public_key_y)?;
                self.sign_in_kms(version, &expected, transaction).await
            }
        }
    }

    /// Signs a transaction with a key of the host.
    ///
    /// # Errors
    /// As [`Issuance::sign_with`].
    pub(crate) async fn sign_as_host(
        &self,
        key: &HostKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        match &key.home {
            KeyHome::Local => sign_here(*self.store.host_secret(key.chain_id).await?, transaction),
            KeyHome::Kms(version) => {
                let expected = point(&key.public_key_x, &key.public_key_y)?;
                self.sign_in_kms(version, &expected, transaction).await
            }
        }
    }

    async fn sign_in_kms(
        &self,
        version: &str,
        expected: &PublicKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        let service =
            self.kms.as_ref().ok_or(StepError::SigningKey("it is in Cloud KMS, and none is configured"))?;
        let version: KeyVersion =
            version.parse().map_err(|_| StepError::Inconsistent("unreadable name of a key version"))?;
        let now = self.clock.now_ms();
        if now < service.away_until.load(Ordering::Relaxed) {
            return Err(StepError::SigningKey("Cloud KMS did not answer a moment ago"));
        }
        let signed = service.client.sign(&version, expected, &transaction.digest()).await;
        if signed.as_ref().is_err_and(KmsError::is_outage) {
            service.away_until.store(now.saturating_add(PAUSE_AFTER_OUTAGE_MS), Ordering::Relaxed);
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

fn point(x: &str, y: &str) -> Result<PublicKey, StepError> {
    let mut key = PublicKey { x: [0; 32], y: [0; 32] };
    let read = hex::decode_to_slice(x, &mut key.x).and_then(|()| hex::decode_to_slice(y, &mut key.y));
    read.map(|()| key).map_err(|_| StepError::Inconsistent("unreadable public key"))
}

/// The key's address, as the chain knows it.
pub(crate) fn key_address(key: &SigningKey) -> Result<Address, StepError> {
    key.address.parse().map_err(|_| StepError::Inconsistent("unreadable address of a signing key"))
}
