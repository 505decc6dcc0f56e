//! The texts of the front page.

use serde::Deserialize;

/// The texts of the front page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontWords {
    /// The title of the page.
    pub title: String,
    /// The description for search engines and link previews.
    pub description: String,
    /// The skip link for keyboard users, which leads to the form.
    pub skip: String,
    /// The heading.
    pub heading: String,
    /// The text below the heading: what this site is.
    pub lead: String,
    /// The notice on a deployment with a development chain.
    pub development: String,
    /// The link to that chain.
    pub development_chain: String,
    /// The form that leads to a credential.
    pub verify: FrontVerifyWords,
    /// The way of a credential.
    pub how: FrontHowWords,
    /// The links to the documentation.
    pub documentation: FrontDocumentationWords,
}

/// The form that leads to a credential.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontVerifyWords {
    /// The heading, and the link to `/verify`.
    pub heading: String,
    /// The label of the input.
    pub label: String,
    /// The hint where a link is found.
    pub hint: String,
    /// The button.
    pub button: String,
    /// The link to the verification of a file.
    pub file: String,
    /// The note on cost and privacy.
    pub privacy: String,
}

/// The way of a credential in three steps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontHowWords {
    /// The heading.
    pub heading: String,
    /// The first step: issued.
    pub issued: String,
    /// The explanation of the first step.
    pub issued_text: String,
    /// The second step: anchored.
    pub anchored: String,
    /// The explanation of the second step.
    pub anchored_text: String,
    /// The third step: verified.
    pub verified: String,
    /// The explanation of the third step.
    pub verified_text: String,
}

/// The links to the documentation, which is English.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontDocumentationWords {
    /// The heading, and the link to `/docs`.
    pub heading: String,
    /// The link to the quickstart.
    pub quickstart: String,
    /// The note on the quickstart.
    pub quickstart_text: String,
    /// The link to the reference of the API.
    pub api: String,
    /// The note on the reference.
    pub api_text: String,
    /// The link to the page on verification.
    pub verification: String,
    /// The note on the page on verification.
    pub verification_text: String,
    /// The link to the plans.
    pub pricing: String,
    /// The note on the plans.
    pub pricing_text: String,
}
