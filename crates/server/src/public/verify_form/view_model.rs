//! The contents of the pages of `/verify`, as plain values.

use askama::Template;
use learncoin_credential::verify::{CheckName, CheckOutcome, Report, Verdict};
use learncoin_language::Language;
use learncoin_language::words::{OutcomeWords, ScriptVerdictWords, StepWords, VerdictText, VerifyWords};

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

/// The report on a document that was sent.
#[derive(Template)]
#[template(path = "verify_report.html")]
pub(super) struct ReportPage {
    language: Language,
    words: &'static VerifyWords,
    tone: &'static str,
    verdict: &'static VerdictText,
    steps: Vec<Step>,
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
    pub(super) fn new(language: Language, report: &Report) -> Self {
        let words = &language.words().verify;
        let script = &words.script;
        let step = |check: &learncoin_credential::verify::Check| Step {
            class: class(check.outcome),
            symbol: symbol(check.outcome),
            open: check.outcome != CheckOutcome::Passed,
            name: of_check(&script.checks, check.name),
            outcome: of_outcome(&script.outcomes, check.outcome),
            question: of_check(&script.questions, check.name),
            reason: check.reason.clone(),
            evidence: check.evidence.clone(),
        };
        Self {
            language,
            words,
            tone: tone(report.verdict),
            verdict: of_verdict(&script.verdicts, report.verdict),
            steps: report.checks.iter().map(step).collect(),
        }
    }
}

fn class(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::CouldNotCheck => "could_not_check",
        CheckOutcome::NotReached => "not_reached",
    }
}

/// Returns the name of the drawing in `macros.html`.
fn symbol(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "failed",
        CheckOutcome::CouldNotCheck => "unchecked",
        CheckOutcome::NotReached => "idle",
    }
}

fn tone(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "good",
        Verdict::ValidTest | Verdict::ValidDevelopment => "trial",
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
    }
}

fn of_verdict(words: &ScriptVerdictWords, verdict: Verdict) -> &VerdictText {
    match verdict {
        Verdict::Valid => &words.valid,
        Verdict::ValidTest => &words.valid_test,
        Verdict::ValidDevelopment => &words.valid_development,
        Verdict::NotValid => &words.not_valid,
        Verdict::CouldNotCheck => &words.could_not_check,
    }
}
