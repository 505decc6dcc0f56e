//! Why Cloud KMS did not do what it was asked for, and whether asking again may help.

use std::fmt;

/// Why a call came to nothing. No text of it holds a token, a key or a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KmsError {
    /// Nobody answered.
    #[error("{service} can't be reached: {reason}")]
    Unreachable {
        /// Who was asked.
        service: &'static str,
        /// What the connection met.
        reason: String,
    },
    /// The answer took too long.
    #[error("{0} did not answer in time")]
    Timeout(&'static str),
    /// It has too much to do, or failed inside.
    #[error("{service} answers with status {status}")]
    Busy {
        /// Who was asked.
        service: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what was asked for: a checksum is wrong, or a member is missing.
    #[error("{service} answers what can't be used: {reason}")]
    Damaged {
        /// Who was asked.
        service: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key is still being made.
    #[error("Cloud KMS is still making the key")]
    Generating,
    /// The key version can't sign.
    #[error("the key version is {0} in Cloud KMS")]
    Unusable(VersionState),
    /// The credentials are refused, or lack a permission.
    #[error("{service} refuses these credentials (status {status})")]
    Denied {
        /// Who was asked.
        service: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// There is no such key ring, key or version.
    #[error("Cloud KMS knows no {0}")]
    NotFound(&'static str),
    /// The key of this name is of another kind than those that anchor.
    #[error("the key of this name in Cloud KMS has another {0}")]
    OtherKind(&'static str),
    /// The signature is another key's.
    #[error("the signature that Cloud KMS gave is not by the expected key")]
    OtherKey,
    /// The request is refused for another reason.
    #[error("{service} refuses the request (status {status})")]
    Refused {
        /// Who was asked.
        service: &'static str,
        /// The HTTP status.
        status: u16,
    },
}

impl KmsError {
    /// Whether it passes by itself. What does not is mended by an operator, at Cloud KMS or in the settings.
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

    /// Whether the one that was asked may be away as a whole, so that others who ask it would wait in vain too.
    pub fn is_outage(&self) -> bool {
        matches!(self, KmsError::Unreachable { .. } | KmsError::Timeout(_) | KmsError::Busy { .. })
    }
}

/// What a key version can be, beside at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// It signs.
    Enabled,
    /// It is being made.
    Generating,
    /// It does not sign until it is enabled again.
    Disabled,
    /// It is destroyed, or will be.
    Destroyed,
    /// A state of which this program knows nothing.
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

    /// Nothing where a version in this state signs.
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
