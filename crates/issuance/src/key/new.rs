//! New keys: made in Cloud KMS or here, and only then stored. No call leaves within a transaction.
//!
//! A key in Cloud KMS is named after its owner and its number, so that whoever was killed after it was made finds it again.

use learncoin_chain::ChainKey;
use learncoin_credential::PublicKey;
use learncoin_kms::{KmsError, ProtectionLevel};
use learncoin_store::host_keys::HostKey;
use learncoin_store::id::TenantId;
use learncoin_store::key_statements::{Said, StatementKind};
use learncoin_store::scope::TenantScope;
use learncoin_store::signing_keys::{KeyHome, SigningKey};
use learncoin_store::{Error as StoreError, WriteTx, kill};
use zeroize::Zeroizing;

use crate::context::Issuance;
use crate::credential::host_documents::begins_at;

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub enum NewKeyError {
    /// The system's randomness gave no usable key.
    #[error("no signing key could be made")]
    NoEntropy,
    /// What Cloud KMS made is no point of the curve.
    #[error("the new key in Cloud KMS can't be used")]
    Point,
    /// Cloud KMS made none.
    #[error(transparent)]
    Kms(#[from] KmsError),
}

/// A key that is nowhere noted yet.
pub(crate) struct NewKey {
    public_key: PublicKey,
    home: KeyHome,
    /// `None` where it is in Cloud KMS.
    secret: Option<Zeroizing<[u8; 32]>>,
}

impl NewKey {
    /// The coordinates, in hex.
    fn coordinates(&self) -> (String, String) {
        (hex::encode(self.public_key.x()), hex::encode(self.public_key.y()))
    }
}

/// A new key for a tenant, and the number it was made for.
pub(crate) struct Numbered {
    pub(crate) number: u64,
    pub(crate) key: NewKey,
}

impl Issuance {
    async fn new_key(&self, kms_name: &str) -> Result<NewKey, NewKeyError> {
        let service = self.kms.as_ref().and_then(|service| Some((&service.client, service.ring.as_ref()?)));
        let Some((client, ring)) = service else {
            let key = ChainKey::generate(&mut |bytes| self.entropy.fill(bytes))
                .map_err(|_| NewKeyError::NoEntropy)?;
            let (x, y) = key.public_key_xy();
            let public_key = PublicKey::new(x, y).map_err(|_| NewKeyError::NoEntropy)?;
            return Ok(NewKey { public_key, home: KeyHome::Local, secret: Some(key.secret_bytes()) });
        };
        let (version, point) = client.create_key(ring, kms_name, ProtectionLevel::Hsm).await?;
        let public_key = PublicKey::new(point.x, point.y).map_err(|_| NewKeyError::Point)?;
        Ok(NewKey { public_key, home: KeyHome::Kms(version.as_str().to_owned()), secret: None })
    }

    /// A key for the tenant's next number. Nothing is stored.
    pub(crate) async fn new_tenant_key(&self, id: &TenantId, number: u64) -> Result<Numbered, NewKeyError> {
        let key = self.new_key(&format!("tenant-{}-key-{number}", id.ulid())).await?;
        kill::reached("key.made");
        Ok(Numbered { number, key })
    }

    /// Stores a new key, and says so. Answers `None`, and stores nothing, where its number was taken meanwhile.
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
        let (public_key_x, public_key_y) = new.key.coordinates();
        let key = SigningKey {
            tenant_id: scope.tenant_id.clone(),
            number: new.number,
            environment: scope.environment,
            chain_id,
            address: new.key.public_key.address().to_string(),
            public_key_x,
            public_key_y,
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
        self.say(tx, &key, StatementKind::Created).await?;
        Ok(Some(key))
    }

    /// Says what the key is from now on.
    pub(crate) async fn say(
        &self,
        tx: &mut WriteTx,
        key: &SigningKey,
        kind: StatementKind,
    ) -> Result<(), StoreError> {
        let key_id = self.host.verification_method(key.tenant_id.ulid(), key.number);
        tx.state(Said::of(key, kind, key_id, begins_at(key.created_at)), self.clock.now_ms()).await?;
        Ok(())
    }

    /// Makes sure that something is said about every key, since those of a deployment that is older than statements had none,
    /// and that the host has its keys. To be called when a server starts.
    ///
    /// # Errors
    /// Where a key can't be made now, or the store fails. What was done stays done.
    pub async fn prepare_keys(&self) -> Result<(), PrepareError> {
        for key in self.store.list_unstated_keys().await? {
            let mut tx = self.store.begin_for(&key.tenant_id).await?;
            // Another node may have been faster.
            if !tx.is_stated(&key.address).await? {
                self.say(&mut tx, &key, StatementKind::Created).await?;
                tx.commit().await?;
            }
        }
        self.ensure_host_keys().await
    }

    /// Makes the key of the host for each chain that has none. To be called about once a minute: Cloud KMS may have been away
    /// when the server started.
    ///
    /// # Errors
    /// Where a key can't be made now, or the store fails.
    pub async fn ensure_host_keys(&self) -> Result<(), PrepareError> {
        for chain_id in self.chains.ids() {
            if self.store.find_host_key(chain_id).await?.is_none() {
                self.make_host_key(chain_id).await?;
            }
        }
        Ok(())
    }

    /// What the host's key for this chain is called in statements.
    pub fn host_key_id(&self, chain_id: u64) -> String {
        format!("{}#host-key-{chain_id}", self.host.did())
    }

    async fn make_host_key(&self, chain_id: u64) -> Result<(), PrepareError> {
        // Deployments that share a key ring are told apart by their master keys, of which this is a keyed hash.
        let fingerprint = self.store.sealer().fingerprint();
        let deployment = fingerprint.get(..16).unwrap_or(&fingerprint);
        let new = self.new_key(&format!("host-{deployment}-chain-{chain_id}")).await?;
        let (public_key_x, public_key_y) = new.coordinates();
        let key = HostKey {
            chain_id,
            address: new.public_key.address().to_string(),
            public_key_x,
            public_key_y,
            home: new.home,
            next_nonce: 0,
            created_at: self.clock.now_ms(),
        };
        let mut tx = self.store.begin().await?;
        if tx.insert_host_key(&key, new.secret.as_deref(), &*self.entropy).await? {
            let said = Said::of_host(&key, self.host_key_id(chain_id), begins_at(key.created_at));
            tx.state(said, self.clock.now_ms()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// Why keys are not prepared yet.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// No key was made for the host.
    #[error("the host's key: {0}")]
    NewKey(#[from] NewKeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
