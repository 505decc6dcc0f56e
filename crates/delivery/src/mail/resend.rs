//! A mail that is sent on request: once more, or although none was queued.

use learncoin_store::batches::BatchState;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::CredentialId;
use learncoin_store::mails::{Mail, MailToken};
use learncoin_store::{Error as StoreError, Store};

/// Why no mail was queued.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// No credential has this id.
    #[error("no credential has the id {0}")]
    Absent(CredentialId),
    /// The recipient's data was erased.
    #[error("{0} was erased: there is no recipient to send a mail to")]
    Erased(CredentialId),
    /// The credential no longer holds.
    #[error("{0} is revoked: no mail is sent about it")]
    Revoked(CredentialId),
    /// The issuer gave no address.
    #[error("{0} was issued without an e-mail address")]
    NoAddress(CredentialId),
    /// The credential is not anchored yet.
    #[error("{0} is not anchored: its mail is queued when it is")]
    NotAnchored(CredentialId),
    /// It waits already, or is being sent.
    #[error("the mail about {0} is under way already")]
    UnderWay(CredentialId),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ResendError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Queues the mail about a credential, whatever the outcome of the previous one, and even if the tenant's mails are off.
///
/// # Errors
/// See [`ResendError`]; nothing was queued then.
pub async fn resend(
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    id: &CredentialId,
) -> Result<Mail, ResendError> {
    let mut tx = store.begin().await?;
    let credential = store.credential_by_id(id).await?.ok_or_else(|| ResendError::Absent(id.clone()))?;
    if credential.erased_at.is_some() {
        return Err(ResendError::Erased(id.clone()));
    }
    if credential.revocation.is_some() {
        return Err(ResendError::Revoked(id.clone()));
    }
    if credential.personal.and_then(|person| person.email).is_none() {
        return Err(ResendError::NoAddress(id.clone()));
    }
    match store.batch_by_id(&credential.batch_id).await?.map(|batch| batch.state) {
        Some(BatchState::Anchored { .. }) => {}
        _ => return Err(ResendError::NotAnchored(id.clone())),
    }
    let token = MailToken::generate(entropy);
    match tx.queue_mail(id, &credential.scope, &token, clock.now_ms()).await {
        Err(StoreError::Conflict { .. }) => return Err(ResendError::UnderWay(id.clone())),
        queued => queued?,
    }
    let mail = tx.find_mail(id).await?;
    tx.commit().await?;
    mail.ok_or_else(|| ResendError::Absent(id.clone()))
}
