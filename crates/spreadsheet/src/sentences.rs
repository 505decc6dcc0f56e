//! Faults, warnings and notes as sentences, in the words of a language.

use learncoin_credential::text::FRAMEWORKS;
use learncoin_language::words::{ForeignFileWords, SpreadsheetWords};
use learncoin_language::{Language, fill};

use crate::cell::column_letters;
use crate::fault::{CellFault, ColumnName, Problem, Rule, Warning, WarningKind, shortened};
use crate::file_fault::{FileFault, ForeignFile};
use crate::table::Note;

/// The bytes of a megabyte, as limits are shown.
const MEGABYTE: usize = 1024 * 1024;

impl FileFault {
    /// Returns the fault in a sentence, with what to do about it.
    pub fn sentence(&self, language: Language) -> String {
        let text = Text(language);
        let words = &text.words().file;
        let in_cell = |words: &str, cell: &dyn ToString| text.fill(words, &[("cell", &cell.to_string())]);
        let up_to = |words: &str, most: usize| text.fill(words, &[("most", &most.to_string())]);
        match self {
            FileFault::Empty => words.empty.clone(),
            FileFault::TooLarge { most } => up_to(&words.too_large, most / MEGABYTE),
            FileFault::Foreign { form } => foreign(&text.words().foreign, *form).to_owned(),
            FileFault::Utf16WithoutMark => words.utf16_without_mark.clone(),
            FileFault::UnknownEncoding => words.unknown_encoding.clone(),
            FileFault::NulCharacter { cell } => in_cell(&words.nul_character, cell),
            FileFault::UnclosedQuote { cell } => in_cell(&words.unclosed_quote, cell),
            FileFault::StrayQuote { cell } => in_cell(&words.stray_quote, cell),
            FileFault::Damaged { .. } => words.damaged.clone(),
            FileFault::MissingText { cell } => in_cell(&words.missing_text, cell),
            FileFault::UnpacksTooLarge { most } => up_to(&words.unpacks_too_large, most / MEGABYTE),
            FileFault::NoVisibleSheet => words.no_visible_sheet.clone(),
            FileFault::TooMuchText { most } => up_to(&words.too_much_text, most / MEGABYTE),
            FileFault::CellTooLong { cell, most } => up_to(&in_cell(&words.cell_too_long, cell), *most),
            FileFault::TooManyColumns { cell, most } => up_to(&in_cell(&words.too_many_columns, cell), *most),
            FileFault::NoRows => words.no_rows.clone(),
            FileFault::TooManyRows { found, most } => {
                up_to(&text.fill(&words.too_many_rows, &[("found", &found.to_string())]), *most)
            }
            FileFault::MissingColumn { field, headers } => {
                let headers: Vec<String> = headers.iter().map(|header| shortened(header)).collect();
                let headers = text.list(&headers);
                text.fill(&words.missing_column, &[("column", &field.to_string()), ("headers", &headers)])
            }
            FileFault::DuplicateColumn { field, columns } => {
                let columns: Vec<String> = columns.iter().map(|column| column_letters(*column)).collect();
                let columns = text.list(&columns);
                text.fill(&words.duplicate_column, &[("columns", &columns), ("field", &field.to_string())])
            }
            FileFault::UnconfirmedColumn { column, header } if header.is_empty() => {
                text.fill(&words.unnamed_column, &[("column", &column_letters(*column))])
            }
            FileFault::UnconfirmedColumn { column, header } => {
                let values = [("column", &*column_letters(*column)), ("header", &shortened(header))];
                text.fill(&words.unconfirmed_column, &values)
            }
            FileFault::OtherColumns { .. } => words.other_columns.clone(),
        }
    }
}

fn foreign(words: &ForeignFileWords, form: ForeignFile) -> &str {
    match form {
        ForeignFile::Xls => &words.xls,
        ForeignFile::Xlsb => &words.xlsb,
        ForeignFile::Encrypted => &words.encrypted,
        ForeignFile::Ods => &words.ods,
        ForeignFile::Numbers => &words.numbers,
        ForeignFile::Html => &words.html,
        ForeignFile::Xml => &words.xml,
        ForeignFile::Pdf => &words.pdf,
        ForeignFile::Zip => &words.zip,
        ForeignFile::Other => &words.other,
    }
}

impl CellFault {
    /// Returns the place: row, column letters and header.
    pub fn place(&self, language: Language) -> String {
        let field = self.field.map(|field| field.to_string());
        Text(language).place(self.row, self.column.as_ref(), field.as_deref())
    }

    /// Returns what is wrong, with what would be right.
    pub fn sentence(&self, language: Language) -> String {
        let text = Text(language);
        let words = &text.words().problem;
        let found = |words: &str| text.fill(words, &[("found", &self.found)]);
        match &self.problem {
            Problem::Missing => words.missing.clone(),
            Problem::Formula { write } => text.with_advice(words.formula.clone(), write.as_deref()),
            Problem::UnsavedFormula => words.unsaved_formula.clone(),
            Problem::FormulaError => found(&words.formula_error),
            Problem::LostDigits => found(&words.lost_digits),
            Problem::NotADate { write } => match &**write {
                [] => found(&words.no_date),
                [day] => text.fill(&words.date, &[("found", &self.found), ("write", day)]),
                [first, second, ..] => {
                    let values = [("found", &*self.found), ("write", first), ("other", second)];
                    text.fill(&words.date_of_two, &values)
                }
            },
            Problem::UnknownFramework { meant } => {
                let accepted = text.list(&FRAMEWORKS.map(str::to_owned));
                let sentence =
                    text.fill(&words.framework, &[("found", &self.found), ("accepted", &accepted)]);
                match meant {
                    Some(meant) => {
                        format!("{sentence} {}", text.fill(&words.framework_meant, &[("meant", meant)]))
                    }
                    None => sentence,
                }
            }
            Problem::BeyondHeaders => found(&words.beyond_headers),
            Problem::InTemplate => words.in_template.clone(),
            Problem::Refused { rule, write } => text.with_advice(found(text.rule(*rule)), write.as_deref()),
        }
    }
}

impl Warning {
    /// Returns the place: row, column letters and header.
    pub fn place(&self, language: Language) -> String {
        Text(language).place(self.row, self.column.as_ref(), None)
    }

    /// Returns what may not be meant.
    pub fn sentence(&self, language: Language) -> String {
        let text = Text(language);
        let words = &text.words().warning;
        let about = |words: &str, earlier: u32| text.fill(words, &[("earlier", &earlier.to_string())]);
        match self.kind {
            WarningKind::SameRecipientId { earlier } => about(&words.same_recipient_id, earlier),
            WarningKind::SamePerson { earlier } => about(&words.same_person, earlier),
            WarningKind::SharedAddress { earlier } => about(&words.shared_address, earlier),
            WarningKind::IssuedInFuture => words.issued_in_future.clone(),
            WarningKind::AlreadyExpired => words.already_expired.clone(),
            WarningKind::NameInCapitals => words.name_in_capitals.clone(),
            WarningKind::NameLikeAddress => words.name_like_address.clone(),
            WarningKind::BrokenCharacters => words.broken_characters.clone(),
            WarningKind::ExampleRow => words.example_row.clone(),
        }
    }
}

impl Note {
    /// Returns the note in a sentence.
    pub fn sentence(&self, language: Language) -> String {
        let text = Text(language);
        let words = &text.words().note;
        let counted = |words: &str, count: usize| text.fill(words, &[("count", &count.to_string())]);
        match self {
            Note::Windows1252 { sample } => text.fill(&words.windows_1252, &[("sample", sample)]),
            Note::OtherForm => words.other_form.clone(),
            Note::FirstSheet { read, others } => {
                let values = [("read", &*shortened(read)), ("others", &shortened(&text.list(others)))];
                text.fill(&words.first_sheet, &values)
            }
            Note::HiddenSheets { count } => counted(&words.hidden_sheets, *count),
            Note::HiddenRows { count } => counted(&words.hidden_rows, *count),
            Note::Formulas { count } => counted(&words.formulas, *count),
            Note::MergedCells { count } => counted(&words.merged_cells, *count),
        }
    }
}

/// The texts of a language.
#[derive(Clone, Copy)]
struct Text(Language);

impl Text {
    fn words(self) -> &'static SpreadsheetWords {
        &self.0.words().spreadsheet
    }

    /// Fills a text. In a language from right to left each value is isolated, since a date or a formula between its letters is shown in
    /// another order otherwise ([UAX 9](https://www.unicode.org/reports/tr9/), section 2.6).
    fn fill(self, words: &str, values: &[(&str, &str)]) -> String {
        if self.0.direction() == "ltr" {
            return fill(words, values);
        }
        let isolated: Vec<(&str, String)> =
            values.iter().map(|(name, value)| (*name, format!("\u{2068}{value}\u{2069}"))).collect();
        let values: Vec<(&str, &str)> = isolated.iter().map(|(name, value)| (*name, &**value)).collect();
        fill(words, &values)
    }

    fn list(self, items: &[String]) -> String {
        items.join(&self.0.words().page.separator)
    }

    fn with_advice(self, sentence: String, write: Option<&str>) -> String {
        match write {
            Some(write) => {
                format!("{sentence} {}", self.fill(&self.words().problem.write, &[("write", write)]))
            }
            None => sentence,
        }
    }

    fn place(self, row: u32, column: Option<&ColumnName>, field: Option<&str>) -> String {
        let (words, row) = (&self.words().place, row.to_string());
        match (column, field) {
            (Some(ColumnName { letters, header }), _) if header.is_empty() => {
                self.fill(&words.bare_cell, &[("row", &row), ("column", letters)])
            }
            (Some(ColumnName { letters, header }), _) => {
                self.fill(&words.cell, &[("row", &row), ("column", letters), ("header", header)])
            }
            (None, Some(field)) => self.fill(&words.field, &[("row", &row), ("field", field)]),
            (None, None) => self.fill(&words.row, &[("row", &row)]),
        }
    }

    fn rule(self, rule: Rule) -> &'static str {
        let words = &self.words().rule;
        match rule {
            Rule::Name => &words.name,
            Rule::Email => &words.email,
            Rule::RecipientId => &words.recipient_id,
            Rule::Text => &words.text,
            Rule::Line => &words.line,
            Rule::WebUrl => &words.web_url,
            Rule::Identifier => &words.identifier,
            Rule::Date => &words.date,
            Rule::TooEarly => &words.too_early,
            Rule::EndsBeforeIssue => &words.ends_before_issue,
            Rule::AchievementTooLarge => &words.achievement_too_large,
            Rule::Other => &words.other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::CellRef;
    use crate::field::Field;

    fn fault(found: &str, problem: Problem) -> CellFault {
        let column = Some(ColumnName { letters: "C".to_owned(), header: "issued".to_owned() });
        CellFault { row: 17, column, field: Some(Field::Issued), found: found.to_owned(), problem }
    }

    #[test]
    fn a_fault_names_its_cell_and_what_to_write() {
        let one = fault("31.5.2017", Problem::NotADate { write: vec!["2017-05-31".to_owned()] });
        assert_eq!(one.place(Language::English), "Row 17, column C (issued)");
        assert_eq!(one.sentence(Language::English), "31.5.2017 is not a date we accept; write 2017-05-31.");
        assert_eq!(
            one.sentence(Language::German),
            "31.5.2017 ist kein Datum, das wir annehmen; schreiben Sie 2017-05-31."
        );
        let two = fault(
            "5/6/17",
            Problem::NotADate { write: vec!["2017-05-06".to_owned(), "2017-06-05".to_owned()] },
        );
        assert_eq!(
            two.sentence(Language::English),
            "5/6/17 is not a date we accept, and it can be two days; write 2017-05-06 or 2017-06-05."
        );
        let framework = Problem::UnknownFramework { meant: Some("O*NET".to_owned()) };
        assert_eq!(
            fault("ONET", framework).sentence(Language::English),
            "ONET is not a framework that is known. Known are ESCO, O*NET, ISCED-F, CUSTOM. Did you mean O*NET?"
        );
    }

    #[test]
    fn values_between_arabic_letters_are_isolated() {
        let one = fault("31.5.2017", Problem::NotADate { write: Vec::new() });
        assert!(one.sentence(Language::Arabic).starts_with("\u{2068}31.5.2017\u{2069} "));
    }

    #[test]
    fn every_sentence_about_a_file_is_filled_in_every_language() {
        let cell = CellRef { row: 3, column: 27 };
        let field = Field::Name;
        let headers = vec!["a{b}".to_owned()];
        let foreign = [
            ForeignFile::Xls,
            ForeignFile::Xlsb,
            ForeignFile::Encrypted,
            ForeignFile::Ods,
            ForeignFile::Numbers,
            ForeignFile::Html,
            ForeignFile::Xml,
            ForeignFile::Pdf,
            ForeignFile::Zip,
            ForeignFile::Other,
        ];
        let mut faults: Vec<FileFault> = foreign.map(|form| FileFault::Foreign { form }).to_vec();
        faults.extend([
            FileFault::Empty,
            FileFault::TooLarge { most: 10 * MEGABYTE },
            FileFault::Utf16WithoutMark,
            FileFault::UnknownEncoding,
            FileFault::NulCharacter { cell },
            FileFault::UnclosedQuote { cell },
            FileFault::StrayQuote { cell },
            FileFault::Damaged { part: "xl/workbook.xml".to_owned() },
            FileFault::MissingText { cell },
            FileFault::UnpacksTooLarge { most: 100 * MEGABYTE },
            FileFault::NoVisibleSheet,
            FileFault::TooMuchText { most: 64 * MEGABYTE },
            FileFault::CellTooLong { cell, most: 1 },
            FileFault::TooManyColumns { cell, most: 1 },
            FileFault::NoRows,
            FileFault::TooManyRows { found: 2, most: 1 },
            FileFault::MissingColumn { field, headers },
            FileFault::DuplicateColumn { field, columns: vec![0, 26] },
            FileFault::UnconfirmedColumn { column: 1, header: "x".to_owned() },
            FileFault::UnconfirmedColumn { column: 1, header: String::new() },
            FileFault::OtherColumns { mapped: 1, found: 2 },
        ]);
        for language in Language::ALL {
            for fault in &faults {
                let sentence = fault.sentence(language).replace("a{b}", "");
                assert!(!sentence.is_empty() && !sentence.contains(['{', '}']), "{sentence}");
                let written = serde_json::to_string(fault).unwrap();
                assert_eq!(serde_json::from_str::<FileFault>(&written).unwrap(), *fault);
            }
        }
        assert_eq!(
            FileFault::MissingColumn { field, headers: vec!["Email".to_owned(), "Date".to_owned()] }
                .sentence(Language::English),
            "The file needs a column called name; right now it has Email, Date."
        );
    }

    #[test]
    fn every_sentence_about_a_row_is_filled_in_every_language() {
        let write = Some("x".to_owned());
        let rules = [
            Rule::Name,
            Rule::Email,
            Rule::RecipientId,
            Rule::Text,
            Rule::Line,
            Rule::WebUrl,
            Rule::Identifier,
            Rule::Date,
            Rule::TooEarly,
            Rule::EndsBeforeIssue,
            Rule::AchievementTooLarge,
            Rule::Other,
        ];
        let mut problems: Vec<Problem> =
            rules.map(|rule| Problem::Refused { rule, write: write.clone() }).to_vec();
        problems.extend([
            Problem::Missing,
            Problem::Formula { write: write.clone() },
            Problem::UnsavedFormula,
            Problem::FormulaError,
            Problem::LostDigits,
            Problem::NotADate { write: Vec::new() },
            Problem::UnknownFramework { meant: write },
            Problem::BeyondHeaders,
            Problem::InTemplate,
        ]);
        let kinds = [
            WarningKind::SameRecipientId { earlier: 2 },
            WarningKind::SamePerson { earlier: 2 },
            WarningKind::SharedAddress { earlier: 2 },
            WarningKind::IssuedInFuture,
            WarningKind::AlreadyExpired,
            WarningKind::NameInCapitals,
            WarningKind::NameLikeAddress,
            WarningKind::BrokenCharacters,
            WarningKind::ExampleRow,
        ];
        let notes = [
            Note::Windows1252 { sample: "Zoë".to_owned() },
            Note::OtherForm,
            Note::FirstSheet { read: "a".to_owned(), others: vec!["b".to_owned()] },
            Note::HiddenSheets { count: 1 },
            Note::HiddenRows { count: 1 },
            Note::Formulas { count: 1 },
            Note::MergedCells { count: 1 },
        ];
        for language in Language::ALL {
            let faults: Vec<CellFault> = problems.iter().map(|problem| fault("x", problem.clone())).collect();
            let warnings = kinds.map(|kind| Warning { row: 2, column: None, found: String::new(), kind });
            for fault in &faults {
                assert_eq!(
                    serde_json::from_str::<CellFault>(&serde_json::to_string(fault).unwrap()).unwrap(),
                    *fault
                );
            }
            for warning in &warnings {
                assert_eq!(
                    serde_json::from_str::<Warning>(&serde_json::to_string(warning).unwrap()).unwrap(),
                    *warning
                );
            }
            let sentences = faults.iter().flat_map(|fault| [fault.sentence(language), fault.place(language)]);
            let sentences = sentences
                .chain(warnings.iter().flat_map(|one| [one.sentence(language), one.place(language)]));
            for sentence in sentences.chain(notes.iter().map(|note| note.sentence(language))) {
                assert!(!sentence.is_empty() && !sentence.contains(['{', '}']), "{sentence}");
            }
        }
    }
}
