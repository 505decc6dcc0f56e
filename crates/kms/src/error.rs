//! The reasons why a call of Cloud KMS fails, and whether a further attempt may succeed.

use std::fmt;

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
    #[error("{service} answers with status {status}")]
    Busy {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
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
    #[error("{service} refuses these credentials (status {status})")]
    Denied {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// There is no such key ring, key or version.
    #[error("Cloud KMS knows no {0}")]
    NotFound(&'static str),
    /// The key of this name is not of the kind that anchors.
    #[error("the key of this name in Cloud KMS has another {0}")]
    OtherKind(&'static str),
    /// The signature was made by another key.
    #[error("the signature that Cloud KMS gave is not by the expected key")]
    OtherKey,
    /// The request is refused for another reason.
    #[error("{service} refuses the request (status {status})")]
    Refused {
        /// The service that was called.
        service: &'static str,
        /// The HTTP status.
        status: u16,
    },
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
