//! The texts of a language, in the structure of its file in `words/`.
//!
//! A text may have placeholders in braces, such as `{date}`, which [`fill`] replaces. Texts are plain text, not HTML.

mod console;
mod files;
mod front;
mod mail;
mod page;
mod per_language;
mod spreadsheet;
mod texts;
mod verify;

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use console::{
    AccountWords, AchievementFormWords, AuditWords, BatchesWords, BrandingWords, ConsoleWords, CorrectWords,
    CredentialWords, CredentialsWords, DoneWords, FrameWords, HealthWords, HomeWords, IssueWords, KeysWords,
    MailsWords, MemberMailWords, MembersWords, OperatorWords, OverviewWords, RefusalWords, RoleWords,
    SignInWords, TemplatesWords, UploadsWords, WebhooksWords,
};
pub use files::FileWords;
pub use front::{FrontDocumentationWords, FrontHowWords, FrontVerifyWords, FrontWords};
pub use mail::MailWords;
pub use page::{
    ActionWords, AlignmentWords, BadgeWords, CheckWords, ClaimWords, DateGapWords, DetailWords,
    DownloadWords, ErasureWords, ErrorPageWords, ErrorPagesWords, FactWords, HeaderWords, HeadingWords,
    HeadlineWords, LiveCheckWords, MeaningWords, NoticeWords, PageWords, RecordWords, ShareWords,
    VerdictWords, WalletAddressWords, WalletExchangeWords, WalletOfferWords, WalletWords,
};
use per_language::PerLanguage;
pub use spreadsheet::{
    CellProblemWords, FieldRuleWords, ForeignFileWords, ReadingNoteWords, RowWarningWords,
    SpreadsheetFileWords, SpreadsheetPlaceWords, SpreadsheetWords,
};
pub use verify::{
    FormWords, KindWords, OutcomeWords, ScriptVerdictWords, ScriptWords, StepWords, VerdictText, VerifyWords,
};

use crate::Language;

/// All texts of a language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The language's own name for itself.
    pub name: String,
    /// The date formats.
    pub dates: DateWords,
    /// The texts of the credential's page.
    pub page: PageWords,
    /// The texts of verification in the browser.
    pub verify: VerifyWords,
    /// The texts of certificates, badges and cards.
    pub files: FileWords,
    /// The texts of mails.
    pub mail: MailWords,
    /// The texts of the front page.
    pub front: FrontWords,
    /// The texts about an uploaded spreadsheet.
    pub spreadsheet: SpreadsheetWords,
}

/// The date formats. The script of `/verify` reads them too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DateWords {
    /// The months as in a date, January first.
    pub months: [String; 12],
    /// The format of a day, with `{day}`, `{month}` and `{year}`.
    pub day: String,
    /// The format of a point in time, with `{day}` and `{time}`.
    pub second: String,
}

/// The files, in the order of [`Language::ALL`].
const FILES: [&str; 5] = [
    include_str!("../words/en.toml"),
    include_str!("../words/es.toml"),
    include_str!("../words/fr.toml"),
    include_str!("../words/de.toml"),
    include_str!("../words/ar.toml"),
];

static WORDS: LazyLock<PerLanguage<Words>> = LazyLock::new(|| PerLanguage::read(FILES));

impl Language {
    /// Returns the texts of the language.
    pub fn words(self) -> &'static Words {
        WORDS.of(self)
    }
}

/// Replaces each placeholder `{name}` by the value of that name. Placeholders without a value are kept.
pub fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, placeholder)) = rest.split_once('{') {
        filled.push_str(before);
        let found = placeholder.split_once('}').and_then(|(name, after)| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value, after))
        });
        match found {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = placeholder;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// Parses a file into the path of each text and the names of its placeholders.
    fn placeholders(file: &str) -> BTreeMap<String, BTreeSet<String>> {
        fn walk(path: &str, value: &toml::Value, texts: &mut BTreeMap<String, BTreeSet<String>>) {
            match value {
                toml::Value::String(text) => {
                    assert!(!text.trim().is_empty(), "{path} is empty");
                    let names = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
                    texts.insert(path.to_owned(), names.map(|(name, _)| name.to_owned()).collect());
                }
                toml::Value::Table(table) => {
                    table.iter().for_each(|(name, value)| walk(&format!("{path}.{name}"), value, texts));
                }
                toml::Value::Array(items) => {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(at, item)| walk(&format!("{path}[{at}]"), item, texts));
                }
                other => panic!("{path} is no text: {other}"),
            }
        }
        let mut texts = BTreeMap::new();
        walk("", &file.parse::<toml::Table>().unwrap().into(), &mut texts);
        texts
    }

    #[test]
    fn every_language_has_every_text_with_the_same_placeholders() {
        let english = placeholders(FILES[0]);
        let english_console = placeholders(console::FILES[0]);
        for (language, (file, console)) in
            Language::ALL.into_iter().zip(FILES.into_iter().zip(console::FILES))
        {
            assert_eq!(placeholders(file), english, "{language:?}");
            assert_eq!(*language.words(), toml::from_str(file).unwrap());
            assert_eq!(placeholders(console), english_console, "{language:?}");
            assert_eq!(*language.console(), toml::from_str(console).unwrap());
        }
        let names: BTreeSet<_> = Language::ALL.map(|language| &language.words().name).into_iter().collect();
        assert_eq!(names.len(), Language::ALL.len(), "two languages have the same name");
    }

    #[test]
    fn placeholders_are_replaced_once_and_not_in_values() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("{a} {unknown} {", &[("a", "1")]), "1 {unknown} {");
    }
}
