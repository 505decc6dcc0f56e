//! Responses whose bodies the pipeline writes, because it keeps them under the idempotency key in the same transaction.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::*;

/// A credential that was revoked.
#[derive(ToSchema, Serialize)]
pub(crate) struct RevokedCredential {
    #[schema(value_type = CredentialId)]
    id: String,
    #[schema(value_type = True, inline)]
    revoked: bool,
    #[schema(value_type = IsoDateTime)]
    revoked_at: String,
    /// As it was given. Empty once the credential is erased, before or after: its `reason_code` alone is kept.
    reason: String,
    #[schema(value_type = ReasonCode, inline)]
    reason_code: String,
    /// The credential that takes its place, if the revocation named one. Absent once the credential is erased. An addition to the
    /// published API.
    #[schema(value_type = CredentialId, required = false)]
    replaced_by: Option<String>,
}

/// A credential whose recipient was erased.
#[derive(ToSchema, Serialize)]
pub(crate) struct ErasedCredential {
    #[schema(value_type = CredentialId)]
    id: String,
    #[schema(value_type = True, inline)]
    erased: bool,
    #[schema(value_type = IsoDateTime)]
    erased_at: String,
    /// Whether the redacted document, as it is served from now on, passes the cryptographic checks; before anchoring,
    /// whether it will be anchored.
    #[schema(value_type = StatusAfterErasure, inline)]
    verification_status_after_erasure: String,
}
