//! The output of `learncoin verify`: whose the credential is and for what, then the verdict with its reason, then the checks.

use std::fmt::Write as _;

use anyhow::Result;
use learncoin_badge::bake::{FileFormat, ForeignCredential};
use learncoin_credential::verify::{CheckOutcome, NotValidReason, Report, Summary, Verdict};
use learncoin_language::Language;
use learncoin_server::{VerdictInWords, VerdictSentence};
use serde::Serialize;
use serde_json::{Value, json};

/// The language of the command.
const LANGUAGE: Language = Language::English;

/// A credential that was checked.
#[derive(Debug, Serialize)]
pub(super) struct Findings<'a> {
    verdict: Verdict,
    /// Why it is not valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<NotValidReason>,
    /// The words of the document; none if it does not have the form of one.
    credential: Option<Summary>,
    /// The format of the file. Of a badge or a certificate only what is inside was checked.
    format: &'static str,
    checks: &'a [learncoin_credential::verify::Check],
    #[serde(skip)]
    report: &'a Report,
    #[serde(skip)]
    file_format: FileFormat,
}

impl<'a> Findings<'a> {
    pub(super) fn new(report: &'a Report, credential: &[u8], format: FileFormat) -> Self {
        Self {
            verdict: report.verdict,
            failure: report.failure(),
            credential: Summary::read(credential),
            format: format.name(),
            checks: &report.checks,
            report,
            file_format: format,
        }
    }

    pub(super) fn json(&self) -> Result<Value> {
        Ok(serde_json::to_value(self)?)
    }

    pub(super) fn text(&self) -> String {
        let words = &LANGUAGE.words().verify.script;
        let mut text = String::new();
        // Writing to a String can't fail.
        if let Some(summary) = &self.credential {
            let recipient = summary.recipient.as_deref().unwrap_or(&words.redacted);
            let _ = writeln!(text, "{}\n{}\n", printable(recipient), printable(&summary.achievement));
        }
        let verdict = VerdictInWords::of(LANGUAGE, self.report, self.credential.as_ref());
        let _ = writeln!(text, "{}", verdict.title.to_uppercase());
        for sentence in &verdict.sentences {
            let _ = writeln!(text, "{}", printable(&sentence.to_string()));
        }
        match self.file_format {
            FileFormat::Pdf => text.push_str(&format!("{}\n", words.only_attachment)),
            FileFormat::Png | FileFormat::Svg => text.push_str(&format!("{}\n", words.only_inside)),
            FileFormat::Json => {}
        }
        for check in &self.report.checks {
            let _ = write!(text, "\n{:>15}  {}", outcome_in_words(check.outcome), check.name.as_str());
            if let Some(reason) = &check.reason {
                let _ = write!(text, ": {}", printable(reason));
            }
            text.push('\n');
            for (label, value) in &check.evidence {
                let _ = writeln!(text, "{:>15}  {label}: {}", "", printable(value));
            }
        }
        text
    }
}

/// Returns what is printed about a credential that only others can judge, as JSON.
pub(super) fn foreign_json(credential: &ForeignCredential, format: FileFormat) -> Value {
    json!({
        "verdict": "not_learncoin",
        "kind": credential.kind.name(),
        "meaning": credential.kind.words(LANGUAGE),
        "issuer": credential.issuer,
        "checked": ["kind"],
        "not_checked": ["signature", "issuer", "dates", "revocation"],
        "format": format.name(),
    })
}

/// Returns what is printed about a credential that only others can judge.
pub(super) fn foreign_text(credential: &ForeignCredential) -> String {
    let words = &LANGUAGE.words().verify.form;
    let issuer = VerdictSentence::foreign_issuer(LANGUAGE, credential);
    let issuer = issuer.map(|sentence| printable(&sentence.to_string()));
    let title = words.foreign_title.to_uppercase();
    let lines = [Some(title.as_str()), Some(credential.kind.words(LANGUAGE)), issuer.as_deref()];
    let lines =
        lines.into_iter().flatten().chain([words.foreign_unchecked.as_str(), words.foreign_meaning.as_str()]);
    lines.map(|line| format!("{line}\n")).collect()
}

/// Replaces control characters, which a terminal would interpret: a document's text is untrusted.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// Returns the outcome of a check in words.
pub(super) fn outcome_in_words(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "passed",
        CheckOutcome::Failed => "FAILED",
        CheckOutcome::CouldNotCheck => "could not check",
        CheckOutcome::NotReached => "not reached",
        CheckOutcome::NotApplicable => "not applicable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_can_not_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
