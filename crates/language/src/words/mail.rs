//! The texts of mails.

use serde::Deserialize;

/// The texts of mails. In all of them `{name}` is the recipient's name, `{issuer}` the issuer's name and `{host}` the
/// deployment's host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailWords {
    /// The subject, with `{achievement}` and `{issuer}`.
    pub subject: String,
    /// The subject if the achievement's name is left out, with `{issuer}`.
    pub subject_without_title: String,
    /// The salutation, with `{name}`.
    pub greeting: String,
    /// The salutation if the recipient's name is left out.
    pub greeting_without_name: String,
    /// The congratulation before the first sentence.
    pub congratulation: String,
    /// The first sentence, with `{issuer}`. The achievement follows it.
    pub lead: String,
    /// The words in place of the achievement's name if that is left out.
    pub title_on_page: String,
    /// The issuance date, with `{date}`.
    pub issued: String,
    /// The expiration date, with `{date}`.
    pub expires: String,
    /// The button that leads to the credential's page.
    pub button: String,
    /// The button that adds the credential to a LinkedIn profile.
    pub linkedin: String,
    /// The button that leads to the certificate.
    pub pdf: String,
    /// The link to the page that adds the credential to a wallet.
    pub wallet: String,
    /// The words before the link, in a text without a button.
    pub see: String,
    /// The explanation of the link.
    pub about: String,
    /// The contact, with `{issuer}`, if replies are not read.
    pub questions: String,
    /// The contact, with `{issuer}`, if replies go to the issuer.
    pub questions_by_reply: String,
    /// The sender of the mail and its reason, with `{host}` and `{issuer}`.
    pub why: String,
    /// The warning about an issuer's name that the operator has not confirmed, with `{host}`.
    pub unconfirmed: String,
    /// The explanation of the mark TEST.
    pub test: String,
    /// The explanation of the mark DEVELOPMENT.
    pub development: String,
}
