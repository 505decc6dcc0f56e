//! What certificates, badges and cards say.

use serde::Deserialize;

/// What certificates, badges and cards say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileWords {
    /// What a certificate calls itself.
    pub certificate: String,
    /// Before the recipient's name.
    pub awarded_to: String,
    /// Between the recipient and the achievement.
    pub awarded_for: String,
    /// Before the date of issue.
    pub issued_on: String,
    /// Before the last day.
    pub expires_on: String,
    /// Before the code and the link: that validity is seen there, not on paper.
    pub check_here: String,
    /// That the credential is inside the file.
    pub attached: String,
    /// What the attachment is.
    pub attachment: String,
    /// In place of the name after erasure.
    pub redacted: String,
    /// In place of a text whose script is not drawn.
    pub elsewhere: String,
    /// A badge in one sentence, of `{achievement}` and `{issuer}`.
    pub badge_of: String,
    /// The title of a certificate's file, of `{achievement}` and `{issuer}`.
    pub certificate_of: String,
    /// The code in words, of `{link}`.
    pub code_of: String,
    /// Where a credential is checked, of `{host}`.
    pub check_at: String,
    /// On credentials of a test network.
    pub test: String,
    /// On credentials of a development chain.
    pub development: String,
    /// What that means.
    pub test_notice: String,
    /// What that means.
    pub development_notice: String,
    /// On a credential without a proof yet.
    pub pending: String,
    /// On a credential that was never issued.
    pub failed: String,
    /// On a revoked credential.
    pub revoked: String,
    /// On an expired credential.
    pub expired: String,
    /// On a credential whose time has not come.
    pub not_yet_valid: String,
}
