//! The texts about an uploaded spreadsheet: what was read, what is wrong, and what to write instead.

use serde::Deserialize;

/// The texts about an uploaded spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadsheetWords {
    /// The places of faults and warnings.
    pub place: SpreadsheetPlaceWords,
    /// The faults of a file as a whole.
    pub file: SpreadsheetFileWords,
    /// Files of other forms, and how to save them as one that is read.
    pub foreign: ForeignFileWords,
    /// The faults of cells.
    pub problem: CellProblemWords,
    /// The rules of fields.
    pub rule: FieldRuleWords,
    /// The warnings about rows.
    pub warning: RowWarningWords,
    /// The notes on how the file was read.
    pub note: ReadingNoteWords,
}

/// The places of faults and warnings.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadsheetPlaceWords {
    /// A cell, with `{row}`, `{column}` and `{header}`.
    pub cell: String,
    /// A cell in a column without a header, with `{row}` and `{column}`.
    pub bare_cell: String,
    /// A field for which the file has no column, with `{row}` and `{field}`.
    pub field: String,
    /// A row, with `{row}`.
    pub row: String,
}

/// The faults of a file as a whole. `{cell}` is the name of a cell, such as `B17`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadsheetFileWords {
    /// The file is empty.
    pub empty: String,
    /// The file is larger than `{most}` MB.
    pub too_large: String,
    /// UTF-16 without a byte order mark.
    pub utf16_without_mark: String,
    /// No known encoding.
    pub unknown_encoding: String,
    /// A NUL character in `{cell}`.
    pub nul_character: String,
    /// A quotation mark that is not closed, in `{cell}`.
    pub unclosed_quote: String,
    /// A text after a closing quotation mark, in `{cell}`.
    pub stray_quote: String,
    /// A damaged workbook.
    pub damaged: String,
    /// A text that the workbook does not have, in `{cell}`.
    pub missing_text: String,
    /// The workbook unpacks to too much; the limit is `{most}` MB.
    pub unpacks_too_large: String,
    /// All sheets are hidden.
    pub no_visible_sheet: String,
    /// The cells have more than `{most}` MB of text.
    pub too_much_text: String,
    /// `{cell}` has more than `{most}` characters.
    pub cell_too_long: String,
    /// `{cell}` is beyond the last of `{most}` columns.
    pub too_many_columns: String,
    /// Headers alone.
    pub no_rows: String,
    /// `{found}` rows, more than `{most}`.
    pub too_many_rows: String,
    /// No column called `{column}`; there are `{headers}`.
    pub missing_column: String,
    /// The columns `{columns}` are all for `{field}`.
    pub duplicate_column: String,
    /// Column `{column}` with the header `{header}` is for no field.
    pub unconfirmed_column: String,
    /// Column `{column}` has values and no header.
    pub unnamed_column: String,
    /// The decisions about columns were made for another file.
    pub other_columns: String,
}

/// Files of other forms, and how to save them as one that is read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignFileWords {
    /// Excel's form before 2007.
    pub xls: String,
    /// Excel's binary workbook.
    pub xlsb: String,
    /// A workbook under a password.
    pub encrypted: String,
    /// OpenDocument.
    pub ods: String,
    /// Apple Numbers.
    pub numbers: String,
    /// A web page.
    pub html: String,
    /// XML.
    pub xml: String,
    /// PDF.
    pub pdf: String,
    /// A ZIP file that is no workbook.
    pub zip: String,
    /// Any other file.
    pub other: String,
}

/// The faults of cells. `{found}` is the value of the cell.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellProblemWords {
    /// The cell is empty.
    pub missing: String,
    /// A formula as a text.
    pub formula: String,
    /// A formula whose value was not saved.
    pub unsaved_formula: String,
    /// An error of a formula, with `{found}`.
    pub formula_error: String,
    /// A number that lost its digits, with `{found}`.
    pub lost_digits: String,
    /// A date of one meaning, with `{found}` and `{write}`.
    pub date: String,
    /// A date of two meanings, with `{found}`, `{write}` and `{other}`.
    pub date_of_two: String,
    /// A text that is no date, with `{found}`.
    pub no_date: String,
    /// An unknown framework, with `{found}` and `{accepted}`.
    pub framework: String,
    /// The question after it, with `{meant}`.
    pub framework_meant: String,
    /// A value beyond the headers, with `{found}`.
    pub beyond_headers: String,
    /// A text of the template is refused.
    pub in_template: String,
    /// The sentence after a fault if it is known what would pass, with `{write}`.
    pub write: String,
}

/// The rules of fields.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRuleWords {
    /// A name.
    pub name: String,
    /// An e-mail address, with `{found}`.
    pub email: String,
    /// A recipient's id, with `{found}`.
    pub recipient_id: String,
    /// A text.
    pub text: String,
    /// A text on one line.
    pub line: String,
    /// A URL of the web, with `{found}`.
    pub web_url: String,
    /// A URL, URN or DID, with `{found}`.
    pub identifier: String,
    /// A date, with `{found}`.
    pub date: String,
    /// A date before 1900, with `{found}`.
    pub too_early: String,
    /// The last day is before the day of issue.
    pub ends_before_issue: String,
    /// The achievement is too large.
    pub achievement_too_large: String,
    /// Any other rule, with `{found}`.
    pub other: String,
}

/// The warnings about rows. `{earlier}` is the number of an earlier row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowWarningWords {
    /// The id of `{earlier}`.
    pub same_recipient_id: String,
    /// The person of `{earlier}`.
    pub same_person: String,
    /// The address of `{earlier}` with another name.
    pub shared_address: String,
    /// A day of issue in the future.
    pub issued_in_future: String,
    /// A last day in the past.
    pub already_expired: String,
    /// A name in capitals.
    pub name_in_capitals: String,
    /// A name that holds an `@`.
    pub name_like_address: String,
    /// Signs of a wrong encoding.
    pub broken_characters: String,
    /// The example of the template file.
    pub example_row: String,
}

/// The notes on how the file was read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadingNoteWords {
    /// Read as Windows-1252; `{sample}` is a word to compare.
    pub windows_1252: String,
    /// The name has the ending of another form.
    pub other_form: String,
    /// The sheet `{read}` was read, and not `{others}`.
    pub first_sheet: String,
    /// `{count}` hidden sheets were not read.
    pub hidden_sheets: String,
    /// `{count}` hidden rows were read.
    pub hidden_rows: String,
    /// The values of `{count}` formulas were read.
    pub formulas: String,
    /// `{count}` merged areas were read.
    pub merged_cells: String,
}
