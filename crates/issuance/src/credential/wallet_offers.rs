//! Offers to wallets (OpenID4VCI, pre-authorized code): made, redeemed once for a token, and the token used once for the credential.
//!
//! - Invariant: a row holds hashes of secrets and no secret. The code follows from the reference that the holder was given.
//! - Invariant: each step is one compare-and-set. Of any number of attempts at once one succeeds.
//! - Invariant: what is refused uses up nothing but attempts at a transaction code.

use std::sync::Arc;

use learncoin_store::batches::BatchState;
use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::credentials::IssuedCredential;
use learncoin_store::deadlines::CLOCK_SKEW_MS;
use learncoin_store::id::TenantId;
use learncoin_store::members::{Token, TokenHash};
use learncoin_store::wallets::{
    CodeLife, OfferedCredential, OfferedFormat, Redemption, WalletOffer, WalletToken,
};
use learncoin_store::{Error as StoreError, Store};

use crate::keyed_write::{WriteError, with_retries};

/// The time within which a code is redeemed, in milliseconds.
pub const CODE_MS: i64 = 10 * 60 * 1000;
/// The time within which a token is used, in milliseconds.
pub const TOKEN_MS: i64 = 5 * 60 * 1000;
/// The time within which a nonce is used, in milliseconds.
pub const NONCE_MS: i64 = 5 * 60 * 1000;
/// The number of digits of a transaction code.
pub const TX_CODE_DIGITS: usize = 6;
/// The number of attempts at a transaction code. One of a million is right.
pub const MOST_ATTEMPTS: u32 = 5;
/// The number of codes of a credential that wait to be redeemed. Older ones give way.
pub const MOST_WAITING: u32 = 5;
/// The number of offers that a client makes within [`CODE_MS`]: a lecture hall behind one address.
pub const MOST_BY_CLIENT: i64 = 300;

/// The purpose for which a code is derived from its reference.
const CODE: &str = "pre-authorized code";

/// The reason why a credential is not offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOffered {
    /// It is not anchored yet.
    #[error("the credential is not anchored yet")]
    Waiting,
    /// Its batch failed.
    #[error("the credential was not issued")]
    Failed,
    /// It was revoked.
    #[error("the credential was revoked")]
    Revoked,
}

/// The reason why no offer was made.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// The credential is not offered.
    #[error(transparent)]
    NotOffered(#[from] NotOffered),
    /// The client made too many.
    #[error("too many offers by this client")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The reason why a code was not redeemed.
#[derive(Debug, thiserror::Error)]
pub enum RedeemError {
    /// There is no such code: it never was, is too old, was redeemed, or had too many attempts.
    #[error("the code is unknown, used or too old")]
    NoCode,
    /// The transaction code is another one.
    #[error("the transaction code is another one")]
    WrongTxCode,
    /// A transaction code is asked for, and none was given.
    #[error("a transaction code is needed")]
    TxCodeMissing,
    /// A transaction code was given, and none is asked for.
    #[error("no transaction code is needed")]
    TxCodeUnasked,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The reason why a token was not used. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum UseError {
    /// The credential was given for it before.
    #[error("the token was used")]
    Used,
    /// The nonce of the proof was used before.
    #[error("the nonce was used")]
    NonceUsed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! store_errors {
    ($($error:ident),*) => {$(
        impl WriteError for $error {
            fn store_error(&self) -> Option<&StoreError> {
                match self {
                    Self::Store(error) => Some(error),
                    _ => None,
                }
            }
        }
    )*};
}
store_errors!(OfferError, RedeemError, UseError);

/// An offer that was just made. Its secrets are shown once.
pub struct NewOffer {
    /// The secret by which it is looked up.
    pub reference: Token,
    /// The transaction code, if one was asked for.
    pub tx_code: Option<String>,
    /// When its code ends, in milliseconds since 1970.
    pub ends_at: i64,
}

/// An offer as its holder looks it up.
pub struct FoundOffer {
    /// The code.
    pub code: String,
    /// The format of the credential.
    pub format: OfferedFormat,
    /// Whether a transaction code is asked for.
    pub has_tx_code: bool,
}

/// Makes and redeems offers.
#[derive(Clone)]
pub struct WalletOffers {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

/// Checks that a credential is offered: it is anchored and was not revoked. An expired one is, and so is one whose person was erased,
/// without the person.
///
/// # Errors
/// See [`NotOffered`].
pub fn check_offered(issued: &IssuedCredential) -> Result<(), NotOffered> {
    match issued.batch.state {
        BatchState::Pending | BatchState::Signed { .. } => Err(NotOffered::Waiting),
        BatchState::Failed { .. } => Err(NotOffered::Failed),
        BatchState::Anchored { .. } if issued.credential.revocation.is_some() => Err(NotOffered::Revoked),
        BatchState::Anchored { .. } => Ok(()),
    }
}

impl WalletOffers {
    /// Makes an offer of a credential. `client` is what its clients are counted by: an address or a network.
    ///
    /// # Errors
    /// See [`OfferError`].
    pub async fn create(
        &self,
        issued: &IssuedCredential,
        format: OfferedFormat,
        has_tx_code: bool,
        client: &str,
    ) -> Result<NewOffer, OfferError> {
        check_offered(issued)?;
        let subject = self.store.sealer().member_mac(&format!("offered to a wallet at {client}"));
        with_retries("an offer to a wallet", || self.insert(issued, format, has_tx_code, &subject)).await
    }

    async fn insert(
        &self,
        issued: &IssuedCredential,
        format: OfferedFormat,
        has_tx_code: bool,
        subject: &str,
    ) -> Result<NewOffer, OfferError> {
        let reference = Token::generate(&*self.entropy);
        let code = code_of(&reference);
        let tx_code = has_tx_code.then(|| self.draw_tx_code());
        let now = self.clock.now_ms();
        let offer = WalletOffer {
            code_hash: code.hash(),
            tx_code_hash: tx_code.as_deref().map(|tx_code| code.hash_with(tx_code)),
            offered: OfferedCredential {
                credential_id: issued.credential.id.clone(),
                tenant_id: issued.credential.scope.tenant_id.clone(),
                format,
            },
            created_at: now,
        };
        let mut tx = self.store.begin().await?;
        let count = tx.count_sign_in_request(subject, CODE_MS, now).await?;
        if count > MOST_BY_CLIENT {
            tx.commit().await?;
            return Err(OfferError::TooMany);
        }
        tx.insert_wallet_offer(&offer, MOST_WAITING).await?;
        tx.commit().await?;
        Ok(NewOffer { reference, tx_code, ends_at: now.saturating_add(CODE_MS) })
    }

    fn draw_tx_code(&self) -> String {
        let number = u64::from_be_bytes(random_bytes::<8>(&*self.entropy)) % 1_000_000;
        format!("{number:0TX_CODE_DIGITS$}")
    }

    /// Returns the offer of a tenant by its reference, while its code can be redeemed. It uses up nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn find(
        &self,
        tenant_id: &TenantId,
        reference: &str,
    ) -> Result<Option<FoundOffer>, StoreError> {
        let Some(reference) = Token::parse(reference) else { return Ok(None) };
        let code = code_of(&reference);
        let found = self.store.find_wallet_offer(&code.hash(), self.life()).await?;
        Ok(found.filter(|offer| offer.offered.tenant_id == *tenant_id).map(|offer| FoundOffer {
            code: code.expose().to_owned(),
            format: offer.offered.format,
            has_tx_code: offer.tx_code_hash.is_some(),
        }))
    }

    /// Redeems a code of the tenant for a token.
    ///
    /// # Errors
    /// See [`RedeemError`].
    pub async fn redeem(
        &self,
        tenant_id: &TenantId,
        code: &str,
        tx_code: Option<&str>,
    ) -> Result<Token, RedeemError> {
        let code = Token::parse(code).ok_or(RedeemError::NoCode)?;
        let found = self.store.find_wallet_offer(&code.hash(), self.life()).await?;
        let found = found.filter(|offer| offer.offered.tenant_id == *tenant_id).ok_or(RedeemError::NoCode)?;
        match (&found.tx_code_hash, tx_code) {
            (Some(_), None) => return Err(RedeemError::TxCodeMissing),
            (None, Some(_)) => return Err(RedeemError::TxCodeUnasked),
            (Some(_), Some(_)) | (None, None) => {}
        }
        let tx_code_hash = tx_code.map(|tx_code| code.hash_with(tx_code));
        let hashes = (&code.hash(), tx_code_hash.as_ref());
        with_retries("the redemption of a code", || self.attempt(tenant_id, hashes)).await
    }

    async fn attempt(
        &self,
        tenant_id: &TenantId,
        hashes: (&TokenHash, Option<&TokenHash>),
    ) -> Result<Token, RedeemError> {
        let token = Token::generate(&*self.entropy);
        let mut tx = self.store.begin().await?;
        let redemption = tx.redeem_wallet_code(hashes, tenant_id, &token.hash(), self.life()).await?;
        // A wrong attempt counts.
        tx.commit().await?;
        match redemption {
            Redemption::Redeemed => Ok(token),
            Redemption::WrongTxCode => Err(RedeemError::WrongTxCode),
            Redemption::NoCode => Err(RedeemError::NoCode),
        }
    }

    /// Returns what a token of the tenant is good for, while it can be used.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn find_token(
        &self,
        tenant_id: &TenantId,
        token: &str,
    ) -> Result<Option<(TokenHash, OfferedCredential)>, StoreError> {
        let Some(hash) = Token::parse(token).map(|token| token.hash()) else { return Ok(None) };
        let found = self.store.find_wallet_token(&hash).await?;
        let now = self.clock.now_ms();
        let is_good = |token: &WalletToken| {
            let age = now.saturating_sub(token.redeemed_at);
            token.offered.tenant_id == *tenant_id
                && token.issued_at.is_none()
                && (-CLOCK_SKEW_MS..TOKEN_MS).contains(&age)
        };
        Ok(found.filter(is_good).map(|token| (hash, token.offered)))
    }

    /// Uses a token, with the nonce of the proof that came with the request. To be called when all else is done: what is given for the
    /// token must be given once.
    ///
    /// # Errors
    /// See [`UseError`].
    pub async fn use_token(&self, token: &TokenHash, nonce: Option<&TokenHash>) -> Result<(), UseError> {
        with_retries("the use of a token", || self.use_up(token, nonce)).await
    }

    async fn use_up(&self, token: &TokenHash, nonce: Option<&TokenHash>) -> Result<(), UseError> {
        let now = self.clock.now_ms();
        let mut tx = self.store.begin().await?;
        if !tx.use_wallet_token(token, now).await? {
            return Err(UseError::Used);
        }
        if let Some(nonce) = nonce
            && !tx.use_wallet_nonce(nonce, now).await?
        {
            return Err(UseError::NonceUsed);
        }
        Ok(tx.commit().await?)
    }

    fn life(&self) -> CodeLife {
        CodeLife { now_ms: self.clock.now_ms(), lifetime_ms: CODE_MS, most_attempts: MOST_ATTEMPTS }
    }
}

/// Returns the code of an offer with this reference.
fn code_of(reference: &Token) -> Token {
    reference.derive_token(CODE)
}
