//! The formats in which a credential is offered, by their names in OpenID4VCI.

use std::fmt;
use std::str::FromStr;

/// The format of an offered credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferedFormat {
    /// JSON-LD with a Data Integrity proof.
    DataIntegrity,
    /// A JSON Web Token.
    Jwt,
}

/// Neither `ldp_vc` nor `jwt_vc_json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `ldp_vc` or `jwt_vc_json`")]
pub struct OfferedFormatError;

impl OfferedFormat {
    /// Every format.
    pub const ALL: [OfferedFormat; 2] = [OfferedFormat::DataIntegrity, OfferedFormat::Jwt];

    /// Returns the name in OpenID4VCI.
    pub fn as_str(self) -> &'static str {
        match self {
            OfferedFormat::DataIntegrity => "ldp_vc",
            OfferedFormat::Jwt => "jwt_vc_json",
        }
    }
}

impl fmt::Display for OfferedFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for OfferedFormat {
    type Err = OfferedFormatError;

    fn from_str(text: &str) -> Result<Self, OfferedFormatError> {
        OfferedFormat::ALL.into_iter().find(|format| format.as_str() == text).ok_or(OfferedFormatError)
    }
}
