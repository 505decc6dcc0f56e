//! The credential that an address names, and the errors if it names none or one without a document.

use std::num::NonZeroU32;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{IssuedCredential, RenderError};
use learncoin_store::batches::BatchState;
use learncoin_store::id::CredentialId;

use crate::error::{ApiError, ErrorCode};

/// The id in the path; any path that holds none is like an id that names nothing.
pub(crate) type IdInPath = Result<Path<String>, PathRejection>;

/// After how many seconds a pending credential is worth another look.
const RETRY_AFTER: Option<NonZeroU32> = NonZeroU32::new(5);
/// The pause before a tenant's first document key is looked for again, in seconds: a worker makes missing keys once a minute.
pub(crate) const KEY_EXPECTED_AFTER: Option<NonZeroU32> = NonZeroU32::new(60);

/// Returns the error for an id that names no credential.
pub(crate) fn unknown() -> ApiError {
    ApiError::new(ErrorCode::CredentialNotFound, "There is no such credential.")
}

/// Returns the error for a credential that has no signed document.
pub(crate) fn unsigned(state: &BatchState) -> ApiError {
    let (message, retry_after) = match state {
        BatchState::Failed { .. } => {
            ("This credential was not issued: its batch failed. It has no signed document.", None)
        }
        BatchState::Pending | BatchState::Signed { .. } => {
            ("This credential is not anchored yet. Its signed document exists once it is.", RETRY_AFTER)
        }
        // The anchored form of an anchored one is always there.
        BatchState::Anchored { .. } => {
            ("The issuer has no key for wallet forms yet. One is made within minutes.", KEY_EXPECTED_AFTER)
        }
    };
    let mut error = ApiError::new(ErrorCode::CredentialNotFound, message);
    error.retry_after = retry_after;
    error
}

/// Finds the credential whose id is in the path.
pub(crate) async fn find(issuance: &Issuance, id: IdInPath) -> Result<Option<IssuedCredential>, RenderError> {
    match id {
        Ok(Path(id)) => find_by_id(issuance, &id).await,
        Err(_) => Ok(None),
    }
}

/// Finds the credential with this id. A text that is no id is like one that names nothing.
pub(crate) async fn find_by_id(
    issuance: &Issuance,
    id: &str,
) -> Result<Option<IssuedCredential>, RenderError> {
    let Ok(id) = id.parse::<CredentialId>() else { return Ok(None) };
    Ok(issuance.store.issued_credential_by_id(&id).await?)
}
