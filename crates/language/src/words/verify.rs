//! The texts of verification in the browser, on a credential's page and on `/verify`.

use serde::{Deserialize, Serialize};

/// The texts of verification in the browser.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifyWords {
    /// The button that starts the verification.
    pub button: String,
    /// The heading above the button.
    pub heading: String,
    /// The note on the server's checks.
    pub server: String,
    /// The note on the browser's checks.
    pub browser: String,
    /// The note on development chains, which only this site can be asked about.
    pub development: String,
    /// The texts of the script.
    pub script: ScriptWords,
    /// The texts of `/verify`.
    pub form: FormWords,
}

/// The texts of the script, serialized as the script reads them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptWords {
    /// The button after a verification.
    pub again: String,
    /// The status while the checks run.
    pub running: String,
    /// The status if the script itself failed.
    pub broken: String,
    /// The status if the document could not be loaded. The error follows, in English.
    pub no_document: String,
    /// The heading of the failed lookups.
    pub unreached: String,
    /// The heading of the document's contents.
    pub says: String,
    /// The label of the recipient.
    pub recipient: String,
    /// The replacement of an erased name.
    pub redacted: String,
    /// The label of the achievement.
    pub achievement: String,
    /// The label of the issuer.
    pub issuer: String,
    /// The label of the issuance date.
    pub issued: String,
    /// The label of the last day.
    pub expires: String,
    /// The sentence about the last day, with `{until}`.
    pub valid_until: String,
    /// The note that of a PDF only the attachment was checked.
    pub only_attachment: String,
    /// The note that of a picture only what is inside was checked.
    pub only_inside: String,
    /// The names of the checks.
    pub checks: StepWords,
    /// The questions of the checks.
    pub questions: StepWords,
    /// The outcomes of a check.
    pub outcomes: OutcomeWords,
    /// The verdicts.
    pub verdicts: ScriptVerdictWords,
}

/// A text for each of the five checks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StepWords {
    /// The schema check.
    pub schema: String,
    /// The signature check: hash and Merkle path.
    pub signature: String,
    /// The issuer check: DID and key.
    pub issuer: String,
    /// The anchor check: transaction and block.
    pub anchor: String,
    /// The revocation check: revocation and dates.
    pub revocation: String,
}

/// A text for each outcome of a check.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeWords {
    /// Running.
    pub running: String,
    /// Passed.
    pub passed: String,
    /// Failed.
    pub failed: String,
    /// Could not be made, because a lookup failed.
    pub could_not_check: String,
    /// Not reached, because of the way in which an earlier check failed.
    pub not_reached: String,
    /// The document has no such part, and needs none.
    pub not_applicable: String,
}

/// The texts of each verdict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ScriptVerdictWords {
    /// Valid on Base.
    pub valid: VerdictText,
    /// Valid on a test network.
    pub valid_test: VerdictText,
    /// Valid on a development chain.
    pub valid_development: VerdictText,
    /// Not valid: revoked.
    pub revoked: VerdictText,
    /// Not valid: its time is over.
    pub expired: VerdictText,
    /// Not valid: its time has not begun.
    pub not_yet_valid: VerdictText,
    /// Not valid: it is not the document that was signed.
    pub altered: VerdictText,
    /// Not valid: it does not have the form of a credential.
    pub malformed: VerdictText,
    /// Not valid: the issuer that it names did not sign it.
    pub wrong_issuer: VerdictText,
    /// Not valid: the issuer has withdrawn the key that signed it.
    pub key_withdrawn: VerdictText,
    /// Not valid: the chain does not hold its proof.
    pub unproven: VerdictText,
    /// Unknown: no check failed, and at least one could not be made.
    pub could_not_check: VerdictText,
}

/// The texts of one verdict.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct VerdictText {
    /// The verdict in one or two words.
    pub title: String,
    /// The explanation, which may have `{issuer}`, `{issued}` and `{until}`.
    pub meaning: String,
}

/// The texts of `/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FormWords {
    /// The page's title.
    pub title: String,
    /// The introduction: what happens here, and that nothing is uploaded.
    pub lead: String,
    /// The label of the field for a link or an id.
    pub link: String,
    /// The hint of that field.
    pub link_hint: String,
    /// The button beside that field.
    pub look_up: String,
    /// The label of the field for a file.
    pub file: String,
    /// The hint of that field: the supported formats.
    pub file_hint: String,
    /// The note that a file can be dropped on the page.
    pub drop: String,
    /// The note on which hosts the browser sends requests to.
    pub asks: String,
    /// The error: the script could not run.
    pub broken: String,
    /// The heading of the form that sends the document to the server.
    pub upload_heading: String,
    /// The note on what sending the document means.
    pub upload: String,
    /// The label of the field with the document to send.
    pub document: String,
    /// The button that sends the document.
    pub send: String,
    /// The error: the input is neither a link nor an id.
    pub unclear: String,
    /// The error: the link leads to another site, and JavaScript is off.
    pub foreign: String,
    /// The error: the file contains no credential.
    pub unknown_file: String,
    /// The error: the text that was sent is no credential.
    pub unknown_text: String,
    /// The error: the file contains several credentials.
    pub several: String,
    /// The error: the file needs a password.
    pub locked: String,
    /// The error: the file is too large.
    pub too_large: String,
    /// The heading of the result.
    pub result: String,
    /// The heading of the server's report.
    pub report: String,
    /// The link to the credential's page.
    pub home: String,
    /// The title of the result for a credential that was not issued with LearnCoin.
    pub foreign_title: String,
    /// The meaning of that title.
    pub foreign_meaning: String,
    /// The issuer that it names, with `{issuer}`.
    pub foreign_issuer: String,
    /// The note on what was checked and what was not.
    pub foreign_unchecked: String,
    /// The kinds of such credentials, each with where it is checked.
    pub kinds: KindWords,
}

/// A text for each kind of credential of others.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KindWords {
    /// Blockcerts.
    pub blockcerts: String,
    /// Open Badges.
    pub open_badges: String,
    /// Europass.
    pub europass: String,
    /// A signed token.
    pub token: String,
    /// Any other Verifiable Credential.
    pub verifiable_credential: String,
}
