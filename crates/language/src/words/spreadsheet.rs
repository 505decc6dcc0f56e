//! The texts about an uploaded spreadsheet: what was read, what is wrong, and what to write instead.

use serde::Deserialize;

use crate::words::texts::texts;

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

texts! {
    /// The places of faults and warnings.
    SpreadsheetPlaceWords {
        /// A cell, with `{row}`, `{column}` and `{header}`.
        cell,
        /// A cell in a column without a header, with `{row}` and `{column}`.
        bare_cell,
        /// A field for which the file has no column, with `{row}` and `{field}`.
        field,
        /// A row, with `{row}`.
        row,
    }
}

texts! {
    /// The faults of a file as a whole. `{cell}` is the name of a cell, such as `B17`.
    SpreadsheetFileWords {
        /// The file is empty.
        empty,
        /// The file is larger than `{most}` MB.
        too_large,
        /// UTF-16 without a byte order mark.
        utf16_without_mark,
        /// No known encoding.
        unknown_encoding,
        /// A NUL character in `{cell}`.
        nul_character,
        /// A quotation mark that is not closed, in `{cell}`.
        unclosed_quote,
        /// A text after a closing quotation mark, in `{cell}`.
        stray_quote,
        /// A damaged workbook.
        damaged,
        /// A text that the workbook does not have, in `{cell}`.
        missing_text,
        /// The workbook unpacks to too much; the limit is `{most}` MB.
        unpacks_too_large,
        /// All sheets are hidden.
        no_visible_sheet,
        /// The cells have more than `{most}` MB of text.
        too_much_text,
        /// `{cell}` has more than `{most}` characters.
        cell_too_long,
        /// `{cell}` is beyond the last of `{most}` columns.
        too_many_columns,
        /// Headers alone.
        no_rows,
        /// `{found}` rows, more than `{most}`.
        too_many_rows,
        /// No column called `{column}`; there are `{headers}`.
        missing_column,
        /// The columns `{columns}` are all for `{field}`.
        duplicate_column,
        /// Column `{column}` with the header `{header}` is for no field.
        unconfirmed_column,
        /// Column `{column}` has values and no header.
        unnamed_column,
        /// The decisions about columns were made for another file.
        other_columns,
    }
}

texts! {
    /// Files of other forms, and how to save them as one that is read.
    ForeignFileWords {
        /// Excel's form before 2007.
        xls,
        /// Excel's binary workbook.
        xlsb,
        /// A workbook under a password.
        encrypted,
        /// OpenDocument.
        ods,
        /// Apple Numbers.
        numbers,
        /// A web page.
        html,
        /// XML.
        xml,
        /// PDF.
        pdf,
        /// A ZIP file that is no workbook.
        zip,
        /// Any other file.
        other,
    }
}

texts! {
    /// The faults of cells. `{found}` is the value of the cell.
    CellProblemWords {
        /// The cell is empty.
        missing,
        /// A formula as a text.
        formula,
        /// A formula whose value was not saved.
        unsaved_formula,
        /// An error of a formula, with `{found}`.
        formula_error,
        /// A number that lost its digits, with `{found}`.
        lost_digits,
        /// A date of one meaning, with `{found}` and `{write}`.
        date,
        /// A date of two meanings, with `{found}`, `{write}` and `{other}`.
        date_of_two,
        /// A text that is no date, with `{found}`.
        no_date,
        /// An unknown framework, with `{found}` and `{accepted}`.
        framework,
        /// The question after it, with `{meant}`.
        framework_meant,
        /// A value beyond the headers, with `{found}`.
        beyond_headers,
        /// A text of the template is refused.
        in_template,
        /// The sentence after a fault if it is known what would pass, with `{write}`.
        write,
    }
}

texts! {
    /// The rules of fields.
    FieldRuleWords {
        /// A name.
        name,
        /// An e-mail address, with `{found}`.
        email,
        /// A recipient's id, with `{found}`.
        recipient_id,
        /// A text.
        text,
        /// A text on one line.
        line,
        /// A URL of the web, with `{found}`.
        web_url,
        /// A URL, URN or DID, with `{found}`.
        identifier,
        /// A date, with `{found}`.
        date,
        /// A date before 1900, with `{found}`.
        too_early,
        /// The last day is before the day of issue.
        ends_before_issue,
        /// The achievement is too large.
        achievement_too_large,
        /// Any other rule, with `{found}`.
        other,
    }
}

texts! {
    /// The warnings about rows. `{earlier}` is the number of an earlier row.
    RowWarningWords {
        /// The id of `{earlier}`.
        same_recipient_id,
        /// The person of `{earlier}`.
        same_person,
        /// The address of `{earlier}` with another name.
        shared_address,
        /// A day of issue in the future.
        issued_in_future,
        /// A last day in the past.
        already_expired,
        /// A name in capitals.
        name_in_capitals,
        /// A name that holds an `@`.
        name_like_address,
        /// Signs of a wrong encoding.
        broken_characters,
        /// The example of the template file.
        example_row,
    }
}

texts! {
    /// The notes on how the file was read.
    ReadingNoteWords {
        /// Read as Windows-1252; `{sample}` is a word to compare.
        windows_1252,
        /// The name has the ending of another form.
        other_form,
        /// The sheet `{read}` was read, and not `{others}`.
        first_sheet,
        /// `{count}` hidden sheets were not read.
        hidden_sheets,
        /// `{count}` hidden rows were read.
        hidden_rows,
        /// The values of `{count}` formulas were read.
        formulas,
        /// `{count}` merged areas were read.
        merged_cells,
    }
}
