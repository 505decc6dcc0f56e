//! The texts of certificates, badges and cards.

use serde::Deserialize;

/// The texts of certificates, badges and cards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileWords {
    /// The heading of a certificate.
    pub certificate: String,
    /// The label before the recipient's name.
    pub awarded_to: String,
    /// The word between recipient and achievement.
    pub awarded_for: String,
    /// The label of the issuance date.
    pub issued_on: String,
    /// The label of the expiration date.
    pub expires_on: String,
    /// The instruction beside QR code and link: validity is shown there, not on paper.
    pub check_here: String,
    /// The note that the credential is attached to the file.
    pub attached: String,
    /// The description of the attachment.
    pub attachment: String,
    /// The replacement of an erased name.
    pub redacted: String,
    /// The replacement of a text of which no font has a letter.
    pub elsewhere: String,
    /// The note that some letters are drawn as an ellipsis, because no font has them.
    pub left_out: String,
    /// The accessible name of a badge, with `{achievement}` and `{issuer}`.
    pub badge_of: String,
    /// The title of a certificate file, with `{achievement}` and `{issuer}`.
    pub certificate_of: String,
    /// The alternative text of the QR code, with `{link}`.
    pub code_of: String,
    /// The note where a credential is checked, with `{host}`.
    pub check_at: String,
    /// The banner of credentials on a test network.
    pub test: String,
    /// The banner of credentials on a development chain.
    pub development: String,
    /// The explanation of [`Self::test`].
    pub test_notice: String,
    /// The explanation of [`Self::development`].
    pub development_notice: String,
    /// The note that the operator has not confirmed the issuer's name.
    pub unconfirmed: String,
    /// The label of a certificate's number.
    pub number: String,
    /// The banner of a pending credential.
    pub pending: String,
    /// The banner of a credential that was never issued.
    pub failed: String,
    /// The banner of a revoked credential.
    pub revoked: String,
    /// The banner of an expired credential.
    pub expired: String,
    /// The banner of a credential before its issuance date.
    pub not_yet_valid: String,
}
