//! What certificates, badges and cards say.

use serde::Deserialize;

/// What certificates, badges and cards say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileWords {
    /// The title of a certificate.
    pub certificate: String,
}
