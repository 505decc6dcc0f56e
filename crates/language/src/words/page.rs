//! What the credential's page says.

use serde::Deserialize;

/// What the credential's page says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWords {
    /// The heading over the five checks.
    pub five_checks: String,
}
