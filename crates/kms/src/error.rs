//! The reasons why a call of Cloud KMS fails, and whether a further attempt may succeed.

use std::fmt;

use learncoin_http_client::printable_reason;
use serde_json::Value;

/// Why a call failed. No text of it contains a token, a key or a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KmsError {
    /// There is no connection, or it broke.
    #[error("{service} can't be reached: {reason}")]
    Unreachable {
        /// The service that was called.
        service: &'static str,
        /// The cause.
        reason: String,
    },
    /// The response took too long.
    #[error("{0} did not answer in time")]
    Timeout(&'static str),
    /// The service is overloaded, or had an internal error.
    #[error("{service} answers with status {status}{reason}")]
    Busy {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's own reason.
        reason: ServiceReason,
    },
    /// The response is not what was asked for: a checksum is wrong, or a member is missing.
    #[error("{service} answers what can't be used: {reason}")]
    Damaged {
        /// The service that was called.
        service: &'static str,
        /// The fault in the response.
        reason: &'static str,
    },
    /// The key is still being generated.
    #[error("Cloud KMS is still making the key")]
    Generating,
    /// The key version can't sign.
    #[error("the key version is {0} in Cloud KMS")]
    Unusable(VersionState),
    /// The credentials are refused, or lack a permission.
    #[error("{service} refuses these credentials (status {status}{reason})")]
    Denied {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's own reason.
        reason: ServiceReason,
    },
    /// There is no such key ring, key or version.
    #[error("Cloud KMS knows no {0}")]
    NotFound(&'static str),
    /// The key of this name is not of the kind that is needed.
    #[error("the key of this name in Cloud KMS has another {0}")]
    OtherKind(&'static str),
    /// The signature was made by another key.
    #[error("the signature that Cloud KMS gave is not by the expected key")]
    OtherKey,
    /// The request is refused for another reason.
    #[error("{service} refuses the request (status {status}{reason})")]
    Refused {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
        /// The service's own reason.
        reason: ServiceReason,
    },
}

/// The reason that a service gave for an error status, bounded and harmless to print. With it, a missing permission, an API
/// that is off and a project that does not exist are distinguished.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceReason(String);

impl ServiceReason {
    /// Reads the reason in a response: that of Google's APIs (`error.status`, the `reason` of its `ErrorInfo`,
    /// `error.message`), or that of OAuth 2.0 (`error`, `error_description`).
    pub(crate) fn read(body: &Value) -> Self {
        let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str);
        let details = body.pointer("/error/details").and_then(Value::as_array);
        let info = details.into_iter().flatten().find_map(|detail| detail.get("reason")?.as_str());
        let parts =
            [text("/error/status"), info, text("/error/message"), text("/error"), text("/error_description")];
        let words: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        Self(printable_reason(&words.join(": ")))
    }
}

impl fmt::Display for ServiceReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_empty() {
            true => Ok(()),
            false => write!(f, ": {}", self.0),
        }
    }
}

impl KmsError {
    /// Returns whether a later attempt may succeed by itself. Otherwise an operator must act, at Cloud KMS or in the
    /// settings.
    pub fn passes(&self) -> bool {
        match self {
            KmsError::Unreachable { .. }
            | KmsError::Timeout(_)
            | KmsError::Busy { .. }
            | KmsError::Damaged { .. }
            | KmsError::Generating => true,
            KmsError::Unusable(_)
            | KmsError::Denied { .. }
            | KmsError::NotFound(_)
            | KmsError::OtherKind(_)
            | KmsError::OtherKey
            | KmsError::Refused { .. } => false,
        }
    }

    /// Returns whether the whole service may be down, so that other calls would fail too.
    pub fn is_outage(&self) -> bool {
        matches!(self, KmsError::Unreachable { .. } | KmsError::Timeout(_) | KmsError::Busy { .. })
    }
}

/// The state of a key version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// It signs.
    Enabled,
    /// It is being generated.
    Generating,
    /// It does not sign until it is enabled again.
    Disabled,
    /// It is destroyed, or will be.
    Destroyed,
    /// A state that this program does not know.
    Other,
}

impl VersionState {
    pub(crate) fn read(name: &str) -> Self {
        match name {
            "ENABLED" => VersionState::Enabled,
            "PENDING_GENERATION" => VersionState::Generating,
            "DISABLED" => VersionState::Disabled,
            "DESTROYED" | "DESTROY_SCHEDULED" | "PENDING_EXTERNAL_DESTRUCTION" => VersionState::Destroyed,
            _ => VersionState::Other,
        }
    }

    /// Checks that a version in this state can sign.
    pub(crate) fn usable(self) -> Result<(), KmsError> {
        match self {
            VersionState::Enabled => Ok(()),
            VersionState::Generating => Err(KmsError::Generating),
            VersionState::Disabled | VersionState::Destroyed | VersionState::Other => {
                Err(KmsError::Unusable(self))
            }
        }
    }
}

impl fmt::Display for VersionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VersionState::Enabled => "enabled",
            VersionState::Generating => "being made",
            VersionState::Disabled => "disabled",
            VersionState::Destroyed => "destroyed",
            VersionState::Other => "in an unknown state",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_services_own_reason_is_read_bounded_and_harmless() {
        for (body, expected) in [
            (
                json!({ "error": { "code": 403, "message": "Permission 'cloudkms.cryptoKeyVersions.useToSign' denied",
                    "status": "PERMISSION_DENIED" } }),
                ": PERMISSION_DENIED: Permission 'cloudkms.cryptoKeyVersions.useToSign' denied",
            ),
            (
                json!({ "error": { "code": 403, "message": "Cloud KMS has not been used in project 1 before or it is disabled.",
                    "status": "PERMISSION_DENIED", "details": [{ "@type": "help" }, { "reason": "SERVICE_DISABLED" }] } }),
                ": PERMISSION_DENIED: SERVICE_DISABLED: Cloud KMS has not been used in project 1 before or it is disabled.",
            ),
            (
                json!({ "error": "invalid_grant", "error_description": "Invalid JWT\r\n\u{1b}[2J" }),
                ": invalid_grant: Invalid JWT \\u{1b}[2J",
            ),
            (json!(null), ""),
            (json!({ "error": {} }), ""),
            (json!({ "error": { "message": 5, "details": "x" } }), ""),
        ] {
            assert_eq!(ServiceReason::read(&body).to_string(), expected, "{body}");
        }
        let long = json!({ "error": { "message": "x".repeat(10_000) } });
        assert!(ServiceReason::read(&long).to_string().len() <= 302);
    }
}
