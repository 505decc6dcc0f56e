//! The texts for a visitor: the way around, what to do with the credential, what it means.

use serde::Deserialize;

/// The site's own line at the top of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderWords {
    /// The name of the line, for screen readers.
    pub label: String,
    /// The link to the page that verifies any credential.
    pub verify: String,
    /// The link to the documentation, which is in English.
    pub documentation: String,
}

/// The row of actions under the status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionWords {
    /// The name of the row, for screen readers.
    pub label: String,
    /// The link that adds the credential to a LinkedIn profile.
    pub linkedin: String,
    /// The download of the certificate.
    pub pdf: String,
    /// The link to the page that adds the credential to a wallet.
    pub wallet: String,
    /// The button that copies the page's address.
    pub copy: String,
    /// The same button after the address was copied.
    pub copied: String,
    /// The control that hands the page's address to another program.
    pub share: String,
    /// The link to the checks, which runs them again.
    pub verify: String,
}

/// The checks that the visitor's browser makes when the page opens, compared with those of the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveCheckWords {
    /// They are being made.
    pub running: String,
    /// All five could be made, and none differs.
    pub same: String,
    /// Some could not be made, and none of the others differs.
    pub partly: String,
    /// At least one differs.
    pub differs: String,
}

/// The explanation for people who never saw such a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeaningWords {
    /// The control that shows the explanation.
    pub heading: String,
    /// The explanation of a digital credential.
    pub what: String,
    /// The explanation of the chain.
    pub record: String,
    /// The explanation of the checks.
    pub checks: String,
    /// The limits of the checks.
    pub limits: String,
}
