//! What verification in the visitor's browser says.

use serde::Deserialize;

/// What verification in the visitor's browser says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyWords {
    /// The button that begins it.
    pub button: String,
}
