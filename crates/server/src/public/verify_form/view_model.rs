//! The contents of the pages of `/verify`, as plain values.

use askama::Template;
use learncoin_badge::bake::{ForeignCredential, UnbakeError};
use learncoin_credential::verify::{CheckName, CheckOutcome, NotValidReason, Report, Summary, Verdict};
use learncoin_language::Language;
use learncoin_language::words::{OutcomeWords, StepWords, VerifyWords};

use super::verdict::{VerdictInWords, VerdictSentence};

/// The page that asks for a credential.
#[derive(Template)]
#[template(path = "verify.html")]
pub(super) struct FormPage<'a> {
    pub(super) language: Language,
    pub(super) words: &'static VerifyWords,
    /// The settings of the script, as JSON.
    pub(super) settings: &'a str,
    /// The pasted text.
    pub(super) query: &'a str,
    /// The note about it.
    pub(super) note: Option<&'static str>,
    /// The other site's link that it is.
    pub(super) foreign: Option<String>,
    pub(super) max_document_chars: usize,
}

/// The result for a text that was sent.
#[derive(Template)]
#[template(path = "verify_report.html")]
pub(super) struct ReportPage {
    language: Language,
    words: &'static VerifyWords,
    result: SentResult,
}

/// The result for a document that was sent.
enum SentResult {
    /// It was checked.
    Checked(CheckedDocument),
    /// It is a credential that only others can judge.
    Foreign(ForeignView),
    /// It holds no credential: for people, and in English why.
    Unreadable(&'static str, Option<String>),
}

/// A credential that only others can judge.
struct ForeignView {
    /// The kind, and where such ones are checked.
    kind: &'static str,
    /// The sentence with the issuer that it names.
    issuer: Option<VerdictSentence>,
}

/// A document that was checked.
struct CheckedDocument {
    summary: Option<SummaryView>,
    tone: &'static str,
    verdict: VerdictInWords,
    steps: Vec<Step>,
}

/// The words of the document.
struct SummaryView {
    recipient: String,
    achievement: String,
    /// The link to the credential's page, if it is one of this site.
    page: Option<String>,
}

/// One check.
struct Step {
    class: &'static str,
    symbol: &'static str,
    open: bool,
    name: &'static str,
    outcome: &'static str,
    question: &'static str,
    reason: Option<String>,
    evidence: Vec<(&'static str, String)>,
}

impl ReportPage {
    /// Creates the page about a document that was checked. `origin` is that of this site.
    pub(super) fn checked(
        language: Language,
        report: &Report,
        summary: Option<&Summary>,
        origin: &str,
    ) -> Self {
        let words = &language.words().verify;
        let script = &words.script;
        let step = |check: &learncoin_credential::verify::Check| Step {
            class: class(check.outcome),
            symbol: symbol(check.outcome),
            open: !matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::NotApplicable),
            name: of_check(&script.checks, check.name),
            outcome: of_outcome(&script.outcomes, check.outcome),
            question: of_check(&script.questions, check.name),
            reason: check.reason.clone(),
            evidence: check.evidence.clone(),
        };
        let summary_view = |summary: &Summary| SummaryView {
            recipient: summary.recipient.clone().unwrap_or_else(|| script.redacted.clone()),
            achievement: summary.achievement.clone(),
            page: summary.id.strip_prefix(origin).filter(|path| path.starts_with("/c/")).map(str::to_owned),
        };
        let document = CheckedDocument {
            summary: summary.map(summary_view),
            tone: tone(report),
            verdict: VerdictInWords::of(language, report, summary),
            steps: report.checks.iter().map(step).collect(),
        };
        Self { language, words, result: SentResult::Checked(document) }
    }

    /// Creates the page about a credential that only others can judge.
    pub(super) fn foreign(language: Language, credential: &ForeignCredential) -> Self {
        let words = &language.words().verify;
        let view = ForeignView {
            kind: credential.kind.words(language),
            issuer: VerdictSentence::foreign_issuer(language, credential),
        };
        Self { language, words, result: SentResult::Foreign(view) }
    }

    /// Creates the page about a text without one credential.
    pub(super) fn unreadable(language: Language, error: &UnbakeError) -> Self {
        let words = &language.words().verify;
        let form = &words.form;
        let result = match error {
            UnbakeError::Several(_) => SentResult::Unreadable(&form.several, None),
            UnbakeError::FileTooLarge | UnbakeError::TooLarge => {
                SentResult::Unreadable(&form.too_large, None)
            }
            UnbakeError::Locked(_) => SentResult::Unreadable(&form.locked, None),
            other => SentResult::Unreadable(&form.unknown_text, Some(other.to_string())),
        };
        Self { language, words, result }
    }
}

fn class(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::CouldNotCheck => "could_not_check",
        CheckOutcome::NotReached => "not_reached",
        CheckOutcome::NotApplicable => "not_applicable",
    }
}

/// Returns the name of the drawing in `macros.html`.
fn symbol(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::CouldNotCheck => "unchecked",
        CheckOutcome::NotReached | CheckOutcome::NotApplicable => "idle",
    }
}

fn tone(report: &Report) -> &'static str {
    match report.verdict {
        Verdict::Valid => "good",
        Verdict::ValidTest | Verdict::ValidDevelopment => "trial",
        Verdict::NotValid if report.failure().is_some_and(NotValidReason::is_about_time) => "wait",
        Verdict::NotValid => "bad",
        Verdict::CouldNotCheck => "unknown",
    }
}

fn of_check(words: &StepWords, name: CheckName) -> &str {
    match name {
        CheckName::Schema => &words.schema,
        CheckName::Signature => &words.signature,
        CheckName::Issuer => &words.issuer,
        CheckName::Anchor => &words.anchor,
        CheckName::Revocation => &words.revocation,
    }
}

fn of_outcome(words: &OutcomeWords, outcome: CheckOutcome) -> &str {
    match outcome {
        CheckOutcome::Passed => &words.passed,
        CheckOutcome::Failed => &words.failed,
        CheckOutcome::CouldNotCheck => &words.could_not_check,
        CheckOutcome::NotReached => &words.not_reached,
        CheckOutcome::NotApplicable => &words.not_applicable,
    }
}
