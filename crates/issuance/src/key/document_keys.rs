//! The life of a tenant's document keys: each tenant that issues has one in use, which signs its wallet forms and status lists.
//!
//! A key is made in Cloud KMS or here before the transaction that stores it. In Cloud KMS its name follows from its owner and its
//! number, so that the next run finds it, and none is made twice.

use std::sync::Arc;

use learncoin_credential::{Host, wallet_did};
use learncoin_kms::KmsError;
use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::id::TenantId;
use learncoin_store::keys::{DocumentKey, KeyHome, StatementContent, StatementKind};
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use crate::key::new::NewKeyError;
use crate::key::service::KeyService;
use crate::keyed_write::{WriteError, with_retries};

pub use crate::key::document_signer::{DocumentSigner, SignError};

/// The number of attempts to make a key whose number another process takes meanwhile.
const TRIES: u32 = 8;

/// The reason why an operation on a document key failed. Nothing was stored, unless the variant's description differs.
#[derive(Debug, thiserror::Error)]
pub enum DocumentKeyError {
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// The tenant has no such key.
    #[error("the tenant has no document key {0}")]
    NoKey(u64),
    /// No key could be made.
    #[error(transparent)]
    NewKey(#[from] NewKeyError),
    /// Other keys of the tenant are made at the same time.
    #[error("other document keys of the tenant are being made: try again")]
    Busy,
    /// The key is revoked here, which is stored, but it is not disabled in Cloud KMS.
    #[error(
        "the key is revoked here, but not disabled in Cloud KMS: {0}. Run this again, or disable it there"
    )]
    StillInKms(KmsError),
    /// The key is revoked here, which is stored. It is in Cloud KMS, which is not configured.
    #[error(
        "the key is revoked here; it is in Cloud KMS, of which the settings say nothing: disable it there"
    )]
    KmsUnknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DocumentKeyError {
    /// Returns whether Cloud KMS as a whole may be down, so that no other key can be made now either.
    fn is_outage(&self) -> bool {
        matches!(self, Self::NewKey(NewKeyError::Kms(error)) if error.is_outage())
    }
}

impl WriteError for DocumentKeyError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// A key that is not stored yet.
struct NewDocumentKey {
    number: u64,
    public_key: [u8; 32],
    home: KeyHome,
    /// The seed; `None` if the key is in Cloud KMS.
    seed: Option<Zeroizing<[u8; 32]>>,
}

/// Makes, rotates and revokes the document keys of tenants.
#[derive(Clone)]
pub struct DocumentKeys {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) host: Host,
    /// Cloud KMS, if it is configured.
    pub(crate) kms: Option<KeyService>,
}

impl DocumentKeys {
    /// Returns the document key that signs for the tenant, and makes it if there is none.
    ///
    /// # Errors
    /// See [`DocumentKeyError`].
    pub async fn ensure_document_key(&self, tenant_id: &TenantId) -> Result<DocumentKey, DocumentKeyError> {
        with_retries("the creation of a document key", || self.make(tenant_id, false)).await
    }

    /// Makes the tenant's document key as [`DocumentKeys::ensure_document_key`] does, and logs a failure: the worker of document keys
    /// makes it later.
    pub async fn prepare_document_key(&self, tenant_id: &TenantId) {
        if let Err(error) = self.ensure_document_key(tenant_id).await {
            tracing::warn!(tenant.id = %tenant_id, %error, "a tenant has no document key yet");
        }
    }

    /// Makes the document keys of at most `limit` tenants that have none, in the order of their ids, from the tenant after
    /// `after`. Returns the last tenant; `None` if no tenant was left, or Cloud KMS is away.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn prepare_missing_keys(
        &self,
        after: &str,
        limit: u32,
    ) -> Result<Option<TenantId>, StoreError> {
        let tenants = self.store.list_tenants_without_document_key(after, limit).await?;
        for tenant_id in &tenants {
            if self.kms.as_ref().is_some_and(|kms| kms.is_away(self.clock.now_ms())) {
                return Ok(None);
            }
            match self.ensure_document_key(tenant_id).await {
                Ok(_) => {}
                Err(DocumentKeyError::Store(error)) => return Err(error),
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant_id, %error, "a tenant has no document key yet");
                    if let Some(kms) = self.kms.as_ref().filter(|_| error.is_outage()) {
                        kms.record_outage(self.clock.now_ms());
                    }
                }
            }
        }
        Ok(tenants.last().cloned())
    }

    /// Makes the tenant's next document key, which signs from now on. What the key before signed still verifies.
    ///
    /// # Errors
    /// See [`DocumentKeyError`].
    pub async fn rotate_document_key(&self, tenant_id: &TenantId) -> Result<DocumentKey, DocumentKeyError> {
        with_retries("the rotation of a document key", || self.make(tenant_id, true)).await
    }

    /// Revokes a document key for good, here and in Cloud KMS: nothing that it signed is valid any more, and it signs nothing. If it
    /// was in use, another one is made, now or by the worker of document keys. A second call makes up for what the first one left.
    ///
    /// # Errors
    /// See [`DocumentKeyError`].
    pub async fn revoke_document_key(
        &self,
        tenant_id: &TenantId,
        number: u64,
    ) -> Result<DocumentKey, DocumentKeyError> {
        let revoke = || self.revoke_once(tenant_id, number);
        let key = with_retries("the revocation of a document key", revoke).await?;
        tracing::info!(tenant.id = %tenant_id, key.number = number, "a document key is revoked");
        kill::reached("document_key.revoked");
        let disabled = self.disable_in_kms(&key).await;
        self.prepare_document_key(tenant_id).await;
        disabled.map(|()| key)
    }

    /// Makes a key where none is in use; `anew`: also where one is, which is retired.
    async fn make(&self, tenant_id: &TenantId, anew: bool) -> Result<DocumentKey, DocumentKeyError> {
        for _ in 0..TRIES {
            let keys = self.store.list_document_keys(tenant_id).await?;
            if let Some(key) = in_use(&keys).filter(|_| !anew) {
                return Ok(key.clone());
            }
            if self.store.find_tenant(tenant_id).await?.is_none() {
                return Err(DocumentKeyError::NoTenant(tenant_id.clone()));
            }
            let new = self.new_key(tenant_id, next_number(&keys)).await?;
            kill::reached("document_key.made");
            let mut tx = self.store.begin_for(tenant_id).await?;
            let keys = tx.list_document_keys(tenant_id).await?;
            if let Some(key) = in_use(&keys).filter(|_| !anew) {
                return Ok(key.clone());
            }
            if next_number(&keys) != new.number {
                continue;
            }
            let now = self.clock.now_ms();
            if let Some(before) = in_use(&keys) {
                tx.retire_document_key(tenant_id, before.number, now).await?;
                let retired = DocumentKey { retired_at: Some(now), ..before.clone() };
                self.append_statement(&mut tx, &retired, StatementKind::Retired, now).await?;
            }
            let key = DocumentKey {
                tenant_id: tenant_id.clone(),
                number: new.number,
                public_key: new.public_key,
                home: new.home,
                created_at: now,
                retired_at: None,
                revoked_from: None,
            };
            tx.insert_document_key(&key, new.seed.as_deref(), &*self.entropy).await?;
            self.append_statement(&mut tx, &key, StatementKind::Created, now).await?;
            kill::reached("document_key.written");
            tx.commit().await?;
            kill::reached("document_key.committed");
            tracing::info!(tenant.id = %tenant_id, key.number = key.number, "the tenant has a new document key");
            return Ok(key);
        }
        Err(DocumentKeyError::Busy)
    }

    async fn revoke_once(&self, tenant_id: &TenantId, number: u64) -> Result<DocumentKey, DocumentKeyError> {
        let now = self.clock.now_ms();
        let mut tx = self.store.begin_for(tenant_id).await?;
        let is_news = tx.revoke_document_key(tenant_id, number, now).await?;
        let key = tx.list_document_keys(tenant_id).await?.into_iter().find(|key| key.number == number);
        let key = key.ok_or(DocumentKeyError::NoKey(number))?;
        if is_news {
            self.append_statement(&mut tx, &key, StatementKind::Revoked, now).await?;
        }
        tx.commit().await?;
        Ok(key)
    }

    async fn disable_in_kms(&self, key: &DocumentKey) -> Result<(), DocumentKeyError> {
        let KeyHome::Kms(version) = &key.home else { return Ok(()) };
        let service = self.kms.as_ref().ok_or(DocumentKeyError::KmsUnknown)?;
        let version = version.parse().map_err(|_| DocumentKeyError::KmsUnknown)?;
        service.client.disable(&version).await.map_err(DocumentKeyError::StillInKms)
    }

    /// Makes a key: in Cloud KMS if new keys are made there, else here. Nothing is stored.
    async fn new_key(&self, tenant_id: &TenantId, number: u64) -> Result<NewDocumentKey, NewKeyError> {
        let service = self.kms.as_ref().and_then(|service| Some((&service.client, service.ring.as_ref()?)));
        if let Some((client, ring)) = service {
            let name = format!("tenant-{}-document-key-{number}", tenant_id.ulid());
            let (version, public_key) = client.create_ed25519_key(ring, &name).await?;
            let home = KeyHome::Kms(version.as_str().to_owned());
            return Ok(NewDocumentKey { number, public_key, home, seed: None });
        }
        let seed = Zeroizing::new(random_bytes::<32>(&*self.entropy));
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| NewKeyError::NoEntropy)?;
        let public_key = pair.public_key().as_ref().try_into().map_err(|_| NewKeyError::NoEntropy)?;
        Ok(NewDocumentKey { number, public_key, home: KeyHome::Local, seed: Some(seed) })
    }

    async fn append_statement(
        &self,
        tx: &mut WriteTx,
        key: &DocumentKey,
        kind: StatementKind,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let key_id = wallet_did::multikey_id(&self.host, key.tenant_id.ulid(), &key.public_key);
        tx.append_statement(StatementContent::of_document_key(key, kind, key_id), now_ms).await?;
        Ok(())
    }
}

fn in_use(keys: &[DocumentKey]) -> Option<&DocumentKey> {
    keys.iter().find(|key| key.is_in_use())
}

fn next_number(keys: &[DocumentKey]) -> u64 {
    keys.last().map_or(1, |last| last.number.saturating_add(1))
}
