//! What mails say.

use serde::Deserialize;

/// What mails say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailWords {
    /// The subject line, of `{achievement}` and `{issuer}`.
    pub subject: String,
}
