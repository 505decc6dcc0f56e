//! The codes that go with a revocation and with an erasure.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The text is none of the names in the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one of the names in the API")]
pub struct ReasonError;

/// Reads and writes a type by its names in the API.
macro_rules! by_name {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = ReasonError;

            fn from_str(text: &str) -> Result<Self, ReasonError> {
                Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(ReasonError)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

by_name!(RevocationCode);
by_name!(Requester);

/// The reason for a revocation, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationCode {
    /// A corrected one was issued.
    Reissued,
    /// The issuer erred.
    IssuerError,
    /// The recipient asked for it.
    RecipientRequest,
    /// Anything else.
    Other,
}

impl RevocationCode {
    /// All codes.
    pub const ALL: [Self; 4] = [Self::Reissued, Self::IssuerError, Self::RecipientRequest, Self::Other];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reissued => "reissued",
            Self::IssuerError => "issuer_error",
            Self::RecipientRequest => "recipient_request",
            Self::Other => "other",
        }
    }
}

/// The requester of an erasure, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester {
    /// The recipient.
    Recipient,
    /// A data protection officer.
    Dpo,
    /// An authority that supervises data protection.
    SupervisoryAuthority,
}

impl Requester {
    /// All requesters.
    pub const ALL: [Self; 3] = [Self::Recipient, Self::Dpo, Self::SupervisoryAuthority];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Dpo => "dpo",
            Self::SupervisoryAuthority => "supervisory_authority",
        }
    }
}
