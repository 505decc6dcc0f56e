//! Errors as a caller sees them: a code of the catalog, a message, and the request's id.
//!
//! A handler returns an [`ApiError`]. It becomes a body only at the boundary (`middleware::boundary`), which knows
//! the request's id, and logs what went wrong inside.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use learncoin_issuance::batch::accept::AcceptError;
use learncoin_issuance::keyed_write::KeyedWriteError;

macro_rules! catalog {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $status:ident;)*) => {
        /// Exactly the codes that the API may answer with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $name,)*
        }

        impl ErrorCode {
            /// Every code, in the order of the catalog.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];

            /// Returns the code as it is written in `error.code`.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// Returns the meaning in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$name => concat!($($doc),+),)* }
            }

            /// Returns the HTTP status of responses with this code.
            pub fn status(self) -> StatusCode {
                match self { $(ErrorCode::$name => StatusCode::$status,)* }
            }
        }
    };
}

catalog! {
    /// No `Authorization` header.
    ApiKeyMissing = "api_key_missing", UNAUTHORIZED;
    /// Another scheme, a wrong form, or an unknown key.
    ApiKeyInvalid = "api_key_invalid", UNAUTHORIZED;
    /// The key was revoked.
    ApiKeyRevoked = "api_key_revoked", UNAUTHORIZED;
    /// The source address is not on the key's allowlist.
    IpNotAllowed = "ip_not_allowed", UNAUTHORIZED;
    /// The object is in the tenant's other environment, or live credentials would carry what a test key changes.
    EnvironmentMismatch = "environment_mismatch", FORBIDDEN;
    /// The plan does not include this.
    TierRequired = "tier_required", FORBIDDEN;
    /// A change to another tenant's credential.
    CredentialNotOwned = "credential_not_owned", FORBIDDEN;
    /// The body is not JSON.
    InvalidJson = "invalid_json", BAD_REQUEST;
    /// A required field is absent.
    MissingRequiredField = "missing_required_field", BAD_REQUEST;
    /// A field is of the wrong form, or unknown.
    InvalidFieldFormat = "invalid_field_format", BAD_REQUEST;
    /// `recipient.id` is not `urn:uuid:` and a version 4 UUID.
    RecipientIdInvalid = "recipient_id_invalid", BAD_REQUEST;
    /// The achievement is larger than 65,536 bytes.
    AchievementTooLarge = "achievement_too_large", BAD_REQUEST;
    /// More than 500 credentials.
    BatchTooLarge = "batch_too_large", BAD_REQUEST;
    /// The framework of an alignment is not one of the four.
    AlignmentFrameworkUnknown = "alignment_framework_unknown", BAD_REQUEST;
    /// No such batch for this tenant.
    BatchNotFound = "batch_not_found", NOT_FOUND;
    /// No such credential for this tenant.
    CredentialNotFound = "credential_not_found", NOT_FOUND;
    /// No such webhook endpoint for this tenant.
    WebhookNotFound = "webhook_not_found", NOT_FOUND;
    /// Not the caller's own tenant.
    TenantNotFound = "tenant_not_found", NOT_FOUND;
    /// The idempotency key was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT;
    /// The credential is revoked already.
    CredentialAlreadyRevoked = "credential_already_revoked", CONFLICT;
    /// The credential is erased already.
    CredentialAlreadyErased = "credential_already_erased", CONFLICT;
    /// Too many requests in this minute.
    RateLimited = "rate_limited", TOO_MANY_REQUESTS;
    /// The month's credentials are used up.
    MonthlyQuotaExceeded = "monthly_quota_exceeded", UNPROCESSABLE_ENTITY;
    /// The tenant has no key that may sign.
    SigningKeyUnavailable = "signing_key_unavailable", UNPROCESSABLE_ENTITY;
    /// No chain is configured for the environment.
    AnchoringChainUnavailable = "anchoring_chain_unavailable", UNPROCESSABLE_ENTITY;
    /// Our fault.
    InternalError = "internal_error", INTERNAL_SERVER_ERROR;
    /// No such route.
    EndpointNotFound = "endpoint_not_found", NOT_FOUND;
    /// The route has no such method.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The body is larger than the route takes.
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The only error that a handler returns.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The code of the catalog.
    pub code: ErrorCode,
    /// The caller's mistake and the expected form. It names no internal cause.
    pub message: String,
    /// After how many seconds to try again, where that is known.
    pub retry_after: Option<NonZeroU32>,
    /// The internal cause, for the log only.
    cause: Option<Arc<str>>,
}

impl ApiError {
    /// Creates an error with its message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after: None, cause: None }
    }

    /// Creates an `internal_error`. `cause` goes to the log; the caller learns nothing but the request's id.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let message = "Something broke on our side. Retry with the same Idempotency-Key, and name the request_id to support.";
        Self { cause: Some(cause.to_string().into()), ..Self::new(ErrorCode::InternalError, message) }
    }

    /// Returns the error for a key that was revoked, before the request or during it.
    pub(crate) fn key_revoked() -> Self {
        Self::new(ErrorCode::ApiKeyRevoked, "This API key was revoked. Use another key of the tenant.")
    }

    /// Returns the internal cause, if this is an internal error.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

impl From<learncoin_store::Error> for ApiError {
    fn from(error: learncoin_store::Error) -> Self {
        ApiError::internal(error)
    }
}

impl From<KeyedWriteError> for ApiError {
    fn from(error: KeyedWriteError) -> Self {
        match error {
            KeyedWriteError::RightLost => ApiError::key_revoked(),
            KeyedWriteError::IdempotencyKeyReused => idempotency_key_reused(),
            KeyedWriteError::Store(error) => error.into(),
        }
    }
}

impl From<AcceptError> for ApiError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::RightLost => ApiError::key_revoked(),
            AcceptError::IdempotencyKeyReused => idempotency_key_reused(),
            AcceptError::QuotaExceeded { limit } => ApiError::new(
                ErrorCode::MonthlyQuotaExceeded,
                format!(
                    "The batch would pass the plan's {limit} credentials of this month (UTC) in this environment; \
                     nothing of it was counted."
                ),
            ),
            AcceptError::SigningKeyUnavailable => ApiError::new(
                ErrorCode::SigningKeyUnavailable,
                "The tenant has no active signing key in this environment.",
            ),
            AcceptError::KeyNotInOwnDid { did, key_number } => ApiError::new(
                ErrorCode::SigningKeyUnavailable,
                format!(
                    "The tenant's DID {did} did not list key {key_number} of this environment when it was last set. Add the \
                     key to its document, then set `did` again with PATCH /v1/tenants/me, or clear it with null."
                ),
            ),
            AcceptError::ChainUnavailable => ApiError::new(
                ErrorCode::AnchoringChainUnavailable,
                "This deployment has no chain for this environment.",
            ),
            AcceptError::Document { index, error } => ApiError::new(
                ErrorCode::InvalidFieldFormat,
                format!("credentials[{index}]: expected a credential that can be signed; {error}"),
            ),
            AcceptError::Tree(_) | AcceptError::Aborted => {
                ApiError::internal("the batch's tree could not be closed")
            }
            AcceptError::ReplacedRevoked => ApiError::new(
                ErrorCode::CredentialAlreadyRevoked,
                "The credential that was to be replaced is revoked already.",
            ),
            AcceptError::ReplacedErased => ApiError::new(
                ErrorCode::CredentialAlreadyErased,
                "The person of the credential that was to be replaced is erased.",
            ),
            AcceptError::PartIssued => ApiError::internal("a part of a spreadsheet was issued before"),
            AcceptError::Store(error) => error.into(),
        }
    }
}

/// Returns the error for an idempotency key that was sent with another request before.
pub(crate) fn idempotency_key_reused() -> ApiError {
    ApiError::new(
        ErrorCode::IdempotencyKeyReused,
        "This Idempotency-Key was used for another request. Change the key, or send the first body again.",
    )
}

impl IntoResponse for ApiError {
    /// Returns a bare status with the error attached. The boundary writes the body.
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_catalog_has_each_code_once() {
        let codes: HashSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), 29);
        assert_eq!(ErrorCode::ALL.len(), 29);
    }

    #[test]
    fn an_internal_error_keeps_its_cause_to_itself() {
        let error = ApiError::internal("disk on fire");
        assert_eq!(error.cause(), Some("disk on fire"));
        assert!(!error.message.contains("fire"));
    }
}
