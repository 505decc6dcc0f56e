//! What verification in the visitor's browser says, on a credential's page and on `/verify`.

use serde::{Deserialize, Serialize};

/// What verification in the visitor's browser says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyWords {
    /// The button that begins it.
    pub button: String,
    /// What stands above the button.
    pub heading: String,
    /// What the server checked.
    pub server: String,
    /// What the browser checks.
    pub browser: String,
    /// Whom the browser can ask about a development chain.
    pub development: String,
    /// What the script says.
    pub script: ScriptWords,
    /// What `/verify` says.
    pub form: FormWords,
}

/// What the script says, in the shape in which it is handed to the script.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptWords {
    /// The button, once there is a result.
    pub again: String,
    /// The checks are under way.
    pub running: String,
    /// The script itself failed.
    pub broken: String,
    /// The document could not be had; why follows, in English.
    pub no_document: String,
    /// Above the list of what could not be looked up.
    pub unreached: String,
    /// Above what stands in the document.
    pub says: String,
    /// Whose credential it is.
    pub recipient: String,
    /// In place of a name that was erased.
    pub redacted: String,
    /// What for.
    pub achievement: String,
    /// Who issued it.
    pub issuer: String,
    /// The issuance date.
    pub issued: String,
    /// The expiration date.
    pub expires: String,
    /// The names of the checks.
    pub checks: StepWords,
    /// What each check asks.
    pub questions: StepWords,
    /// How a check ended.
    pub outcomes: OutcomeWords,
    /// What all of them come to.
    pub verdicts: ScriptVerdictWords,
}

/// A text for each of the five checks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StepWords {
    /// The document's form.
    pub schema: String,
    /// Its hash and its path to the root.
    pub signature: String,
    /// Who issued, and with which key.
    pub issuer: String,
    /// The transaction.
    pub anchor: String,
    /// Revocation and dates.
    pub revocation: String,
}

/// A text for each outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeWords {
    /// It is being made.
    pub running: String,
    /// It holds.
    pub passed: String,
    /// It does not hold.
    pub failed: String,
    /// Something that it needs could not be looked up.
    pub could_not_check: String,
    /// An earlier check failed in a way that leaves nothing to look at.
    pub not_reached: String,
}

/// Texts for each verdict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptVerdictWords {
    /// Every check passed, on Base.
    pub valid: VerdictText,
    /// Every check passed, on a test network.
    pub valid_test: VerdictText,
    /// Every check passed, on a development chain.
    pub valid_development: VerdictText,
    /// A check failed.
    pub not_valid: VerdictText,
    /// No check failed, and at least one could not be made.
    pub could_not_check: VerdictText,
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictText {
    /// In a word or two.
    pub title: String,
    /// What it means.
    pub meaning: String,
}

/// What `/verify` says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FormWords {
    /// The page's title.
    pub title: String,
    /// What happens here, and that nothing is uploaded.
    pub lead: String,
    /// The field for a link or an id.
    pub link: String,
    /// What may stand in that field.
    pub link_hint: String,
    /// The button beside it.
    pub look_up: String,
    /// The field for a file.
    pub file: String,
    /// Which files are read.
    pub file_hint: String,
    /// That a file may be dropped.
    pub drop: String,
    /// Who is asked for what.
    pub asks: String,
    /// Above the form that sends the document.
    pub upload_heading: String,
    /// What sending it means.
    pub upload: String,
    /// The field that holds the document to send.
    pub document: String,
    /// The button that sends it.
    pub send: String,
    /// What was given is no link and no id.
    pub unclear: String,
    /// The link leads to another site.
    pub foreign: String,
    /// A file without a credential in it.
    pub unknown_file: String,
    /// A file that is too large.
    pub too_large: String,
    /// Above the result.
    pub result: String,
    /// Above the report of the server.
    pub report: String,
    /// The link to the credential's own page.
    pub home: String,
}
