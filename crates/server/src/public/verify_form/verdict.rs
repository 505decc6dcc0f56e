//! The verdict on a credential in words, the same on `/verify`, after a document was sent there, and in `learncoin verify`.

use learncoin_badge::bake::ForeignCredential;
use learncoin_credential::verify::{NotValidReason, Report, Summary, Verdict};
use learncoin_language::Language;
use learncoin_language::words::{ScriptVerdictWords, VerdictText};

/// A verdict with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictInWords {
    /// The verdict in one or two words.
    pub title: &'static str,
    /// The meaning.
    pub sentences: Vec<VerdictSentence>,
}

/// A sentence in pieces, because the words of a document may be written in another direction than the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerdictSentence(pub Vec<Piece>);

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is from the document, and not from this program.
    pub is_quoted: bool,
}

impl VerdictInWords {
    /// Returns the verdict of a report. `summary` has the words of the document, if it has the form of one.
    pub fn of(language: Language, report: &Report, summary: Option<&Summary>) -> Self {
        let words = &language.words().verify.script;
        let VerdictText { title, meaning } = text_of(&words.verdicts, report);
        let value = |name: &str| {
            let summary = summary?;
            match name {
                "issuer" => Some(summary.issuer.clone()),
                "issued" => Some(language.written_day(&summary.issued)),
                "until" => summary.expires.as_deref().map(|date| language.written_last_day(date)),
                _ => None,
            }
        };
        let mut sentences = vec![VerdictSentence::filled(meaning, value)];
        if report.verdict.is_valid() && value("until").is_some() {
            sentences.push(VerdictSentence::filled(&words.valid_until, value));
        }
        Self { title, sentences }
    }
}

impl VerdictSentence {
    /// Returns the sentence with the issuer that a credential of another system names.
    pub fn foreign_issuer(language: Language, credential: &ForeignCredential) -> Option<Self> {
        let issuer = credential.issuer.as_ref()?;
        let words = &language.words().verify.form;
        Some(Self::filled(&words.foreign_issuer, |name| (name == "issuer").then(|| issuer.clone())))
    }

    /// Fills the placeholders of a text. One without a value becomes nothing.
    fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, (name, after))) =
            rest.split_once('{').and_then(|(before, after)| Some((before, after.split_once('}')?)))
        {
            pieces.push(Piece { text: before.to_owned(), is_quoted: false });
            pieces.push(Piece { text: value(name).unwrap_or_default(), is_quoted: true });
            rest = after;
        }
        pieces.push(Piece { text: rest.to_owned(), is_quoted: false });
        Self(pieces)
    }
}

impl std::fmt::Display for VerdictSentence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

fn text_of<'a>(words: &'a ScriptVerdictWords, report: &Report) -> &'a VerdictText {
    match (report.verdict, report.failure()) {
        (Verdict::Valid, _) => &words.valid,
        (Verdict::ValidTest, _) => &words.valid_test,
        (Verdict::ValidDevelopment, _) => &words.valid_development,
        (Verdict::CouldNotCheck, _) => &words.could_not_check,
        (Verdict::NotValid, Some(NotValidReason::Revoked)) => &words.revoked,
        (Verdict::NotValid, Some(NotValidReason::Expired)) => &words.expired,
        (Verdict::NotValid, Some(NotValidReason::NotYetValid)) => &words.not_yet_valid,
        (Verdict::NotValid, Some(NotValidReason::Altered)) => &words.altered,
        (Verdict::NotValid, Some(NotValidReason::WrongIssuer)) => &words.wrong_issuer,
        (Verdict::NotValid, Some(NotValidReason::KeyWithdrawn)) => &words.key_withdrawn,
        (Verdict::NotValid, Some(NotValidReason::Unproven)) => &words.unproven,
        (Verdict::NotValid, Some(NotValidReason::Malformed) | None) => &words.malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_filled_piece_by_piece() {
        let sentence = VerdictSentence::filled("By {issuer}, {when}{issuer}.", |name| {
            (name == "issuer").then(|| "X {issued}".to_owned())
        });
        assert_eq!(sentence.to_string(), "By X {issued}, X {issued}.");
        let quoted: Vec<bool> = sentence.0.iter().map(|piece| piece.is_quoted).collect();
        assert_eq!(quoted, [false, true, false, true, false, true, false]);
        assert_eq!(VerdictSentence::filled("a { b", |_| None).to_string(), "a { b");
    }
}
