//! The result file: the upload with what became of each row, as CSV.
//!
//! It is CSV for workbooks too: a workbook that is written anew loses what only its own program understands, and every program opens CSV.
//!
//! A cell that a spreadsheet program would run as a formula gets an apostrophe before it, in our columns and in those of the upload. The
//! rule is OWASP's, without exceptions: a telephone number such as `+49 30 1` and a negative number get one too. What is left out of a rule
//! of safety for looks is what the next attack uses (`-2+3+cmd|…`), and [`crate::read`] takes the apostrophe away again, so that a
//! result file can be mended and uploaded without harm to its values.

use learncoin_language::Language;

use crate::cell::Cell;
use crate::field::Field;
pub use crate::result_columns::RESULT_COLUMNS;
use crate::rows::RowInputs;
use crate::table::{Separator, TableRow, TableSource};

/// The outcome of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowResult {
    /// The recipient's id, which may have been made.
    pub recipient_id: String,
    /// The credential's id; empty if there is none.
    pub credential_id: String,
    /// The link of its page.
    pub link: String,
    /// Its state.
    pub state: String,
    /// The state of its mail.
    pub mail_state: String,
}

/// Returns the result file, in UTF-8 with a byte order mark, by which Excel recognizes it. `result_of` returns what became of the row of an
/// index. The separator is that of the upload; for a workbook it is the one that Excel expects in the reader's language.
pub fn write(
    inputs: &RowInputs<'_>,
    language: Language,
    result_of: &mut dyn FnMut(usize) -> Option<RowResult>,
) -> Vec<u8> {
    let separator = match inputs.table.source {
        TableSource::Csv(separator) => separator,
        TableSource::Xlsx => separator_of(language),
    };
    let id_column = inputs.map.column_of(Field::RecipientId);
    let rows = &inputs.table.rows;
    // Rows of a file that is too wide keep their cells beyond the headers.
    let width =
        rows.iter().chain([&inputs.table.header]).map(|row| row.cells.len()).max().unwrap_or_default();
    let mut file = CsvWriter::new(separator);
    let added = id_column.is_none().then_some("recipient_id").into_iter().chain(RESULT_COLUMNS);
    file.row(cells(&inputs.table.header, width).chain(added));
    for (index, row) in rows.iter().enumerate() {
        let RowResult { recipient_id, credential_id, link, state, mail_state } =
            result_of(index).unwrap_or_default();
        let own = cells(row, width).enumerate().map(|(column, text)| match text {
            "" if Some(column) == id_column => &*recipient_id,
            text => text,
        });
        let added = id_column.is_none().then_some(&*recipient_id).into_iter();
        file.row(own.chain(added).chain([&*credential_id, &link, &state, &mail_state]));
    }
    file.finish()
}

/// Returns the separator that Excel expects in CSV where people read this language.
pub(crate) fn separator_of(language: Language) -> Separator {
    match language {
        Language::English => Separator::Comma,
        Language::Spanish | Language::French | Language::German | Language::Arabic => Separator::Semicolon,
    }
}

/// Returns whether a spreadsheet program may take a text for a formula: it begins with a sign of one, be it after quotation marks, white
/// space or characters that can't be seen, or in the full-width forms that some editions accept.
pub(crate) fn is_like_a_formula(text: &str) -> bool {
    let is_passed = |character: char| {
        character.is_whitespace()
            || matches!(character, '"' | '\'' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let first =
        text.chars().find(|character| matches!(character, '\t' | '\r' | '\n') || !is_passed(*character));
    matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠' | '−'))
}

fn cells(row: &TableRow, width: usize) -> impl Iterator<Item = &str> {
    (0..width).map(|column| row.cells.get(column).map_or("", Cell::shown))
}

/// Writes a text as a cell of CSV that no spreadsheet program takes for a formula, in quotation marks if any separator needs them.
pub fn push_cell(file: &mut String, text: &str) {
    let guard = if is_like_a_formula(text) { "'" } else { "" };
    let is_plain = !text.contains(['"', '\r', '\n', ',', ';', '\t']) && text.trim_matches(' ') == text;
    if is_plain {
        file.extend([guard, text]);
    } else {
        file.extend(["\"", guard, &text.replace('"', "\"\""), "\""]);
    }
}

/// Writes CSV ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)) without formulas.
pub(crate) struct CsvWriter {
    text: String,
    separator: char,
}

impl CsvWriter {
    /// Creates a file that has a byte order mark.
    pub(crate) fn new(separator: Separator) -> Self {
        Self { text: "\u{feff}".to_owned(), separator: separator.character() }
    }

    /// Adds a row.
    pub(crate) fn row<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (column, text) in cells.enumerate() {
            if column > 0 {
                self.text.push(self.separator);
            }
            push_cell(&mut self.text, text);
        }
        self.text.push_str("\r\n");
    }

    /// Returns the bytes.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_recognized_behind_white_space_and_quotation_marks() {
        for text in [
            "=1",
            "+49 30 1",
            "-5",
            "@SUM(A1)",
            "\t=1",
            "\r",
            "\nx",
            " =1",
            "\"=1\"",
            "' =1",
            "\u{a0}+1",
            "\u{feff}=1",
            "\u{200b}=1",
            "＝1",
            "−2",
        ] {
            assert!(is_like_a_formula(text), "{text:?}");
        }
        for text in ["", " ", "Ada", "1-2", "a=b", "ada@example.org", "\"Ada\"", "(+49)"] {
            assert!(!is_like_a_formula(text), "{text:?}");
        }
    }

    #[test]
    fn cells_are_quoted_where_any_separator_needs_it() {
        let mut file = CsvWriter::new(Separator::Semicolon);
        file.row(["a,b", "say \"hi\"", "=cmd|' /C calc'!A0", "1\n2", " x ", "=\"1\""].into_iter());
        let text = String::from_utf8(file.finish()).unwrap();
        assert_eq!(
            text,
            "\u{feff}\"a,b\";\"say \"\"hi\"\"\";'=cmd|' /C calc'!A0;\"1\n2\";\" x \";\"'=\"\"1\"\"\"\r\n"
        );
    }
}
