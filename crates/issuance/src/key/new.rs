//! New keys are made in Cloud KMS or here, and stored after that. No call is made within a transaction.
//!
//! A key in Cloud KMS is named after its owner and its number, so that a process that was killed after the key was made finds
//! it when it runs again.

use std::sync::Arc;

use learncoin_chain::ChainKey;
use learncoin_credential::Host;
use learncoin_kms::{KmsError, ProtectionLevel};
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::TenantId;
use learncoin_store::keys::{KeyHome, SigningKey, StatementKind};
use learncoin_store::onchain::{AccountAddress, PublicKeyCoordinates};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Error as StoreError, WriteTx, kill};
use zeroize::Zeroizing;

use crate::key::service::KeyService;
use crate::key::statements::append_statement;

/// The reason why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum NewKeyError {
    /// The system's randomness gave no usable key.
    #[error("no signing key could be made")]
    NoEntropy,
    /// The public key that Cloud KMS returned is no point of the curve.
    #[error("the new key in Cloud KMS can't be used")]
    Point,
    /// Cloud KMS made no key.
    #[error(transparent)]
    Kms(#[from] KmsError),
}

/// A key that is not stored yet.
pub(crate) struct NewKey {
    pub(crate) address: AccountAddress,
    pub(crate) public_key: PublicKeyCoordinates,
    pub(crate) home: KeyHome,
    /// The secret; `None` if the key is in Cloud KMS.
    pub(crate) secret: Option<Zeroizing<[u8; 32]>>,
}

impl NewKey {
    /// Creates a new key from the coordinates of its public key; `None` if they are no point of the curve.
    fn from_coordinates(
        (x, y): ([u8; 32], [u8; 32]),
        home: KeyHome,
        secret: Option<Zeroizing<[u8; 32]>>,
    ) -> Option<Self> {
        let point = learncoin_credential::PublicKey::new(x, y).ok()?;
        let address = point.address().to_string().parse().ok()?;
        Some(Self { address, public_key: PublicKeyCoordinates::new(x, y), home, secret })
    }
}

/// A new key for a tenant, and the number it was made for.
pub(crate) struct Numbered {
    pub(crate) number: u64,
    pub(crate) key: NewKey,
}

/// Makes keys, and stores those of tenants.
#[derive(Clone)]
pub(crate) struct KeyFactory {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) host: Host,
    /// Cloud KMS, if it is configured.
    pub(crate) kms: Option<KeyService>,
}

impl KeyFactory {
    /// Makes a key: in Cloud KMS under this name if new keys are made there, else here.
    ///
    /// # Errors
    /// See [`NewKeyError`].
    pub(crate) async fn new_key(&self, kms_name: &str) -> Result<NewKey, NewKeyError> {
        let service = self.kms.as_ref().and_then(|service| Some((&service.client, service.ring.as_ref()?)));
        let Some((client, ring)) = service else {
            let key = ChainKey::generate(&mut |bytes| self.entropy.fill(bytes))
                .map_err(|_| NewKeyError::NoEntropy)?;
            let secret = Some(key.secret_bytes());
            return NewKey::from_coordinates(key.public_key_xy(), KeyHome::Local, secret)
                .ok_or(NewKeyError::NoEntropy);
        };
        let (version, point) = client.create_key(ring, kms_name, ProtectionLevel::Hsm).await?;
        let home = KeyHome::Kms(version.as_str().to_owned());
        NewKey::from_coordinates((point.x, point.y), home, None).ok_or(NewKeyError::Point)
    }

    /// Makes a key for the tenant's next number. Nothing is stored.
    ///
    /// # Errors
    /// See [`NewKeyError`].
    pub(crate) async fn new_tenant_key(&self, id: &TenantId, number: u64) -> Result<Numbered, NewKeyError> {
        let key = self.new_key(&format!("tenant-{}-key-{number}", id.ulid())).await?;
        kill::reached("key.made");
        Ok(Numbered { number, key })
    }

    /// Stores a new key with its statement. Returns `None`, and stores nothing, if its number was taken meanwhile.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn store_tenant_key(
        &self,
        tx: &mut WriteTx,
        scope: &TenantScope,
        chain_id: u64,
        new: &Numbered,
    ) -> Result<Option<SigningKey>, StoreError> {
        if tx.claim_key_number(&scope.tenant_id).await? != new.number {
            return Ok(None);
        }
        let key = SigningKey {
            tenant_id: scope.tenant_id.clone(),
            number: new.number,
            environment: scope.environment,
            chain_id,
            address: new.key.address.clone(),
            public_key: new.key.public_key,
            next_nonce: 0,
            home: new.key.home.clone(),
            created_at: self.clock.now_ms(),
            retired_at: None,
            disabled_at: None,
            expires_at: None,
            revoked_from: None,
        };
        match (&new.key.home, &new.key.secret) {
            (KeyHome::Kms(version), _) => tx.insert_kms_key(&key, version).await?,
            (KeyHome::Local, Some(secret)) => tx.insert_signing_key(&key, secret, &*self.entropy).await?,
            (KeyHome::Local, None) => return Err(StoreError::Unsealed),
        }
        append_statement(tx, &self.host, &key, StatementKind::Created, self.clock.now_ms()).await?;
        Ok(Some(key))
    }
}
