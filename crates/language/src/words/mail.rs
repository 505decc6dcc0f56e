//! What mails say.

use serde::Deserialize;

/// What mails say. `{name}` is the recipient's, `{issuer}` the issuer's name, `{host}` where the deployment is known.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailWords {
    /// The subject line, of `{achievement}` and `{issuer}`.
    pub subject: String,
    /// The first line, of `{name}`.
    pub greeting: String,
    /// What happened, of `{issuer}`. The achievement stands under it.
    pub lead: String,
    /// Since when the credential holds, of `{date}`.
    pub issued: String,
    /// Until when, of `{date}`.
    pub expires: String,
    /// The button that leads to the credential's page.
    pub button: String,
    /// What stands before the link where there is no button.
    pub see: String,
    /// What the link is good for.
    pub about: String,
    /// Whom to ask, of `{issuer}`, where nobody reads answers.
    pub questions: String,
    /// Whom to ask, of `{issuer}`, where answers go to the issuer.
    pub questions_by_reply: String,
    /// Who sends the mail and why, of `{host}` and `{issuer}`.
    pub why: String,
    /// What TEST means.
    pub test: String,
    /// What DEVELOPMENT means.
    pub development: String,
}
