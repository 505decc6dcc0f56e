//! Change: a revocation or an erasure as the API or the console requests it. Both may happen at any status, in either order, each once.

use std::sync::Arc;

use learncoin_store::batches::Scoped;
use learncoin_store::clock::Clock;
use learncoin_store::credentials::{
    Erasure, ErasureRecord, IssuedCredential, Requester, Revocation, RevocationCode,
};
use learncoin_store::id::CredentialId;
use learncoin_store::requests::{Answer, IdempotencyClaim};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Error as StoreError, Store, kill};

use crate::credential::erase::{EraseError, Eraser};
use crate::credential::erasure_log::{ErasureLog, ErasureLogError};
use crate::credential::journal::JournalError;
use crate::credential::render::RenderError;
use crate::credential::revoke::{RevokeError, Revoker};
use crate::credential::verifiability::Verifiability;
use crate::keyed_write::{
    Actor, KeyedResponse, KeyedTransaction, KeyedWrite, KeyedWriteError, WriteError, with_retries,
};

/// The HTTP status of the response to a change.
pub const CHANGED: u16 = 200;

/// A change of a credential.
#[derive(Debug, Clone)]
pub enum Change {
    /// A revocation, for good.
    Revoke {
        /// The reason's code.
        code: RevocationCode,
        /// The reason in words, shown publicly.
        reason: String,
        /// The credential that takes its place.
        replaced_by: Option<CredentialId>,
    },
    /// An erasure of the person.
    Erase {
        /// The requester.
        requester: Requester,
        /// The time at which the request was verified, as the caller wrote it: RFC 3339 in UTC with `Z`.
        verified_at: String,
    },
}

/// A request to change a credential.
pub struct ChangeRequest<'a> {
    /// The tenant and environment of the caller.
    pub scope: &'a TenantScope,
    /// The caller, whose right is read again within the transaction.
    pub actor: Actor<'a>,
    /// The credential.
    pub id: &'a CredentialId,
    /// The change.
    pub change: Change,
    /// The claim on an idempotency key, if the request has one.
    pub claim: Option<&'a IdempotencyClaim>,
}

/// The reason why a credential was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The caller lost the right to it since the request began: the key was revoked, or the member's role taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// No credential has this id.
    #[error("no such credential")]
    Absent,
    /// The credential is another tenant's.
    #[error("another tenant's credential")]
    Foreign,
    /// The credential is in the tenant's other environment.
    #[error("a credential of the other environment")]
    OtherEnvironment,
    /// It is revoked already.
    #[error("revoked already")]
    AlreadyRevoked,
    /// The credential that was to take its place is not one of the same tenant and environment that is not revoked.
    #[error("no credential that may take its place")]
    ReplacedBy,
    /// It is erased already.
    #[error("erased already")]
    AlreadyErased,
    /// The stored credential is damaged.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The erasure was committed, but the journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeyedWriteError> for ChangeError {
    fn from(error: KeyedWriteError) -> Self {
        match error {
            KeyedWriteError::RightLost => Self::RightLost,
            KeyedWriteError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            KeyedWriteError::Store(error) => Self::Store(error),
        }
    }
}

impl From<RevokeError> for ChangeError {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::AlreadyRevoked => Self::AlreadyRevoked,
            RevokeError::ReplacedBy => Self::ReplacedBy,
            RevokeError::Store(error) => Self::Store(error),
        }
    }
}

impl From<EraseError> for ChangeError {
    fn from(error: EraseError) -> Self {
        match error {
            EraseError::AlreadyErased => Self::AlreadyErased,
            EraseError::Render(error) => Self::Render(error),
            EraseError::Store(error) => Self::Store(error),
        }
    }
}

impl From<ErasureLogError> for ChangeError {
    fn from(error: ErasureLogError) -> Self {
        match error {
            ErasureLogError::Journal(error) => Self::Journal(error),
            ErasureLogError::Store(error) => Self::Store(error),
        }
    }
}

impl WriteError for ChangeError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Revokes and erases credentials as callers request it.
#[derive(Clone)]
pub struct CredentialChanges {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) revoker: Revoker,
    pub(crate) eraser: Eraser,
    pub(crate) verifiability: Verifiability,
    pub(crate) log: ErasureLog,
}

impl CredentialChanges {
    /// Revokes or erases a credential, once.
    ///
    /// Change, event and kept response are one transaction. After an erasure the freed pages are zeroed; if a long reader is
    /// in the way, that is done in the second after it has ended ([`learncoin_store::Store::scrub_if_due`]). The response is
    /// returned once the erasure is in the journal ([`crate::credential::erasure_log`]), whichever attempt made it.
    ///
    /// # Errors
    /// See [`ChangeError`].
    #[tracing::instrument(level = "info", skip_all, fields(environment = %request.scope.environment))]
    pub async fn change(&self, request: ChangeRequest<'_>) -> Result<KeyedResponse, ChangeError> {
        let outcome = with_retries("the change of a credential", || self.change_once(&request)).await;
        if matches!(request.change, Change::Erase { .. })
            && matches!(outcome, Ok(_) | Err(ChangeError::AlreadyErased))
        {
            self.log.journal_missing_erasures().await?;
        }
        outcome
    }

    async fn change_once(&self, request: &ChangeRequest<'_>) -> Result<KeyedResponse, ChangeError> {
        kill::reached("change.begun");
        let issued = self.own_credential(request.scope, request.id).await?;
        let verifiable = match request.change {
            Change::Erase { .. } => self.verifiability.stays_verifiable(&issued).await?,
            Change::Revoke { .. } => true,
        };
        let credential = issued.credential;
        let write = KeyedWrite { scope: request.scope, actor: request.actor, claim: request.claim };
        let (mut tx, now) = match write.begin(&self.store, &*self.clock).await? {
            KeyedTransaction::New { tx, now } => (tx, now),
            KeyedTransaction::Kept { status, body } => return Ok(KeyedResponse::Kept { status, body }),
        };
        kill::reached("change.key_claimed");
        let body = match &request.change {
            Change::Revoke { code, reason, replaced_by } => {
                let (reason, replaced_by) = (Some(reason.clone()), replaced_by.clone());
                let revocation = Revocation { revoked_at: now, code: *code, reason, replaced_by };
                self.revoker.revoke(&mut tx, &credential, &revocation).await?
            }
            Change::Erase { requester, verified_at } => {
                let record = ErasureRecord { erased_at: now, requester: *requester, verified_at };
                self.eraser.erase(&mut tx, &credential, verifiable, &record).await?
            }
        }
        .to_string();
        let subject = Some(credential.id.as_str());
        let response = Answer { status: CHANGED, body: &body, secret: None, subject_id: subject };
        write.keep_response(&mut tx, &response, now).await?;
        kill::reached("change.written");
        tx.commit().await?;
        kill::reached("change.committed");
        if let Change::Erase { requester, verified_at } = &request.change {
            let (id, verified_at) = (credential.id.clone(), verified_at.clone());
            self.log
                .journal_erasure(Erasure { id, erased_at: now, requester: *requester, verified_at })
                .await;
            kill::reached("change.journaled");
            self.eraser.scrub().await?;
            kill::reached("change.scrubbed");
        }
        Ok(KeyedResponse::New { body, subject_id: credential.id.to_string() })
    }

    async fn own_credential(
        &self,
        scope: &TenantScope,
        id: &CredentialId,
    ) -> Result<IssuedCredential, ChangeError> {
        match self.store.find_issued_credential(scope, id).await? {
            Scoped::Own(issued) => Ok(issued),
            Scoped::OtherEnvironment => Err(ChangeError::OtherEnvironment),
            Scoped::Foreign => Err(ChangeError::Foreign),
            Scoped::Absent => Err(ChangeError::Absent),
        }
    }
}
