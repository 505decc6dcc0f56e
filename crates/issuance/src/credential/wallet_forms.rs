//! Wallet forms and status lists: made and signed when they are asked for, from what is stored. Neither is ever stored.

use std::sync::Arc;

use jiff::Timestamp;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::wallet::{
    DocumentSignature, HashedEmail, LIST_LENGTH, ProofOptions, SignatureInput, SignedStatusList,
    SignedWalletDocument, StatusEntry, StatusList, StatusPlaces, WalletDocument,
};
use learncoin_credential::wallet_did::multikey_id;
use learncoin_credential::{DocumentForm, Hash, Host};
use learncoin_store::Store;
use learncoin_store::batches::BatchState;
use learncoin_store::clock::Clock;
use learncoin_store::credentials::{IssuedCredential, StoredDocumentError};
use learncoin_store::id::TenantId;
use learncoin_store::keys::DocumentKey;

use crate::credential::render::Render as _;
use crate::key::document_signer::{DocumentSigner, SignError};
use crate::key::recent_signatures::RecentSignatures;
use crate::time::timestamp;

/// The time by which a list's validity begins before it is made: a checker's clock may be slow.
const BACKDATED_MS: i64 = 5 * 60 * 1_000;
/// The time for which a list is valid. A checker that can't reach the host for longer can't know what was revoked meanwhile.
const VALID_MS: i64 = 24 * 60 * 60 * 1_000;
/// The time for which a checker may keep a list.
pub const LIST_TTL_S: u32 = 240;

/// The start of the bytes whose hash is the salt of a recipient's address.
const SALT_LABEL: &[u8] = b"learncoin wallet e-mail";
/// The length of a salt, in hexadecimal digits: 128 bits.
const SALT_CHARS: usize = 32;

/// The reason why there is no wallet form or status list.
#[derive(Debug, thiserror::Error)]
pub enum WalletFormError {
    /// The stored document can't be read.
    #[error(transparent)]
    Document(#[from] StoredDocumentError),
    /// Another stored value can't be read.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
    /// The tenant's key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
    /// The process is ending.
    #[error("the list was not made to its end")]
    Aborted,
}

/// A wallet form that is not signed yet, and the key that is to sign it.
#[derive(Debug, Clone)]
pub struct UnsignedWalletForm {
    /// The document.
    pub document: WalletDocument,
    /// The key.
    pub key: DocumentKey,
    /// The time of the signature, in whole seconds.
    pub created: String,
}

/// Makes and signs wallet forms and status lists.
#[derive(Clone)]
pub struct WalletForms {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: Host,
    pub(crate) signer: DocumentSigner,
    pub(crate) recent: RecentSignatures,
}

impl WalletForms {
    /// Returns the wallet form of a credential; `None` until it is anchored, or while its tenant has no document key.
    ///
    /// # Errors
    /// See [`WalletFormError`].
    pub async fn wallet_form(
        &self,
        issued: &IssuedCredential,
        form: DocumentForm,
    ) -> Result<Option<SignedWalletDocument>, WalletFormError> {
        match self.unsigned(issued, form).await? {
            Some(unsigned) => self.sign(unsigned).await.map(Some),
            None => Ok(None),
        }
    }

    /// Returns the wallet form of a credential before its signature, which its holder's DID may still be written into; `None` as for
    /// [`wallet_form`](Self::wallet_form).
    ///
    /// # Errors
    /// See [`WalletFormError`].
    pub async fn unsigned(
        &self,
        issued: &IssuedCredential,
        form: DocumentForm,
    ) -> Result<Option<UnsignedWalletForm>, WalletFormError> {
        let BatchState::Anchored { anchored_at, .. } = issued.batch.state else { return Ok(None) };
        let tenant_id = &issued.credential.scope.tenant_id;
        let Some(key) = self.signer.document_key_in_use(tenant_id).await? else { return Ok(None) };
        let document = match form {
            DocumentForm::Full => issued.document()?,
            DocumentForm::Redacted => issued.credential.redacted()?,
        };
        let chain = AnchorChain::from_chain_id(issued.batch.chain_id)
            .ok_or(WalletFormError::Unreadable("chain id"))?;
        let number = issued.batch.first_status_number.saturating_add(issued.credential.position);
        let (list, index) = StatusPlaces::new(&self.store.sealer().status_key(tenant_id)).place(number);
        let status = StatusEntry::new(self.list_url(tenant_id, list), index);
        let mut document = WalletDocument::new(document, &self.host, tenant_id.ulid(), status, chain);
        if document.subject.name.is_some() {
            document.email = self.hashed_email(tenant_id, issued).await?;
        }
        // No key signed before it was made.
        let created = whole_seconds(anchored_at.max(key.created_at));
        Ok(Some(UnsignedWalletForm { document, key, created }))
    }

    /// Signs a wallet form.
    ///
    /// # Errors
    /// See [`WalletFormError`].
    pub async fn sign(&self, unsigned: UnsignedWalletForm) -> Result<SignedWalletDocument, WalletFormError> {
        let UnsignedWalletForm { document, key, created } = unsigned;
        let options = self.options(&key, created);
        let input = (SignatureInput::of_document(&document, &options).0, key.public_key);
        let signature = match self.recent.find(&input) {
            Some(signature) => signature,
            None => {
                let signature = self.signer.sign(&key, &input.0).await?;
                self.recent.keep(input, signature);
                signature
            }
        };
        let signature = DocumentSignature(signature);
        Ok(SignedWalletDocument { document, options, signature })
    }

    /// Returns a tenant's list of revoked credentials with this number, as it is now; `None` if there is none, or while the tenant has
    /// no document key.
    ///
    /// # Errors
    /// See [`WalletFormError`].
    pub async fn status_list(
        &self,
        tenant_id: &TenantId,
        list: u64,
    ) -> Result<Option<SignedStatusList>, WalletFormError> {
        let length = u64::from(LIST_LENGTH);
        let Some(next) = self.store.next_status_number(tenant_id).await? else { return Ok(None) };
        if list > next.checked_div(length).unwrap_or_default() {
            return Ok(None);
        }
        let Some(key) = self.signer.document_key_in_use(tenant_id).await? else { return Ok(None) };
        // Read before the clock: what is revoked after that is in no list of this time.
        let now = self.clock.now_ms();
        let first = list.saturating_mul(length);
        let revoked = self.store.list_revoked_numbers(tenant_id, first..first.saturating_add(length)).await?;
        let secret = self.store.sealer().status_key(tenant_id);
        let names = (self.list_url(tenant_id, list), self.host.tenant_wallet_did(tenant_id.ulid()));
        let dates =
            (whole_seconds(now.saturating_sub(BACKDATED_MS)), whole_seconds(now.saturating_add(VALID_MS)));
        let options = self.options(&key, whole_seconds(now.saturating_sub(BACKDATED_MS).max(key.created_at)));
        let make = move || {
            let indexes = StatusPlaces::new(&secret).indexes(list, revoked);
            let list = StatusList::new(names, dates, u64::from(LIST_TTL_S).saturating_mul(1_000), indexes);
            let input = list.signature_input(&options);
            (list, options, input)
        };
        let made = tokio::task::spawn_blocking(make).await;
        let (list, options, input) = made.map_err(|_| WalletFormError::Aborted)?;
        let signature = DocumentSignature(self.signer.sign(&key, &input.0).await?);
        Ok(Some(SignedStatusList { list, options, signature }))
    }

    /// Returns the recipient's address, hashed, if the tenant wants that and there is one. The salt follows from the credential's blind,
    /// so that it is the same at each reading and gone with the person.
    async fn hashed_email(
        &self,
        tenant_id: &TenantId,
        issued: &IssuedCredential,
    ) -> Result<Option<HashedEmail>, WalletFormError> {
        let Some(personal) = &issued.credential.personal else { return Ok(None) };
        let Some(address) = &personal.email else { return Ok(None) };
        if !self.store.has_wallet_email(tenant_id).await? {
            return Ok(None);
        }
        let mut salt = Hash::sha256(&[SALT_LABEL, personal.blind.as_bytes().as_slice()].concat()).to_string();
        salt.truncate(SALT_CHARS);
        Ok(Some(HashedEmail::new(address, salt)))
    }

    fn list_url(&self, tenant_id: &TenantId, list: u64) -> String {
        format!("{}{list}", self.host.status_lists_url(tenant_id.ulid()))
    }

    fn options(&self, key: &DocumentKey, created: String) -> ProofOptions {
        let verification_method = multikey_id(&self.host, key.tenant_id.ulid(), &key.public_key);
        ProofOptions { created, verification_method }
    }
}

/// Formats a time in whole seconds with `Z`, which every cryptosuite library writes as it reads it.
fn whole_seconds(milliseconds: i64) -> String {
    let time: Timestamp = timestamp(milliseconds.div_euclid(1_000).saturating_mul(1_000));
    time.to_string()
}
