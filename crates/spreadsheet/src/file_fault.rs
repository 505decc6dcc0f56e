//! Faults of a file as a whole: what keeps its rows from being looked at.

use serde::{Deserialize, Serialize};

use crate::cell::CellRef;
use crate::field::Field;

/// A fault of a file. `Display` is for logs; [`FileFault::sentence`] is for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FileFault {
    /// The file has no text.
    #[error("the file is empty")]
    Empty,
    /// The file is larger than the limit.
    #[error("the file has more than {most} bytes")]
    TooLarge {
        /// The limit in bytes.
        most: usize,
    },
    /// The file is of a form that is not read.
    #[error("the file is a file of another form: {form:?}")]
    Foreign {
        /// The form.
        form: ForeignFile,
    },
    /// The text is UTF-16, without a byte order mark.
    #[error("the file is UTF-16 without a byte order mark")]
    Utf16WithoutMark,
    /// The bytes are no text in an encoding that is read.
    #[error("the file's encoding is not known")]
    UnknownEncoding,
    /// A cell holds a NUL character, which no text has.
    #[error("a cell holds a NUL character: {cell}")]
    NulCharacter {
        /// The cell.
        cell: CellRef,
    },
    /// A quotation mark that opens a cell of a CSV file has no counterpart.
    #[error("a quotation mark is not closed: {cell}")]
    UnclosedQuote {
        /// The cell that it opens.
        cell: CellRef,
    },
    /// A text follows the quotation mark that closes a cell of a CSV file.
    #[error("a text follows a closing quotation mark: {cell}")]
    StrayQuote {
        /// The cell.
        cell: CellRef,
    },
    /// A part of a workbook can't be read.
    #[error("the workbook's part {part} is damaged")]
    Damaged {
        /// The part's name in the container.
        part: String,
    },
    /// A cell names a text that the workbook does not have.
    #[error("a cell names a text that is not in the workbook: {cell}")]
    MissingText {
        /// The cell.
        cell: CellRef,
    },
    /// The workbook unpacks to more than the limit.
    #[error("the workbook unpacks to more than {most} bytes, or more than any ordinary one")]
    UnpacksTooLarge {
        /// The limit in bytes.
        most: usize,
    },
    /// The workbook has no sheet that is visible.
    #[error("the workbook has no visible sheet")]
    NoVisibleSheet,
    /// All cells together have more text than the limit.
    #[error("the cells have more than {most} bytes of text")]
    TooMuchText {
        /// The limit in bytes of UTF-8.
        most: usize,
    },
    /// A cell has more characters than the limit.
    #[error("a cell has more than {most} characters: {cell}")]
    CellTooLong {
        /// The cell.
        cell: CellRef,
        /// The limit.
        most: usize,
    },
    /// There is a value beyond the last column that is read.
    #[error("there are more than {most} columns: {cell}")]
    TooManyColumns {
        /// The first such cell.
        cell: CellRef,
        /// The limit.
        most: usize,
    },
    /// There are no rows below the headers.
    #[error("there are no rows below the headers")]
    NoRows,
    /// There are more rows than the limit.
    #[error("there are {found} rows, more than {most}")]
    TooManyRows {
        /// Their number.
        found: usize,
        /// The limit.
        most: usize,
    },
    /// A column that is needed is not there.
    #[error("there is no column for {field}")]
    MissingColumn {
        /// The field.
        field: Field,
        /// The headers that there are.
        headers: Vec<String>,
    },
    /// Several columns are for the same field.
    #[error("several columns are for {field}")]
    DuplicateColumn {
        /// The field.
        field: Field,
        /// The columns, from 0.
        columns: Vec<usize>,
    },
    /// A column is for no field, and is not confirmed to be skipped.
    #[error("a column is for no field: {header:?}")]
    UnconfirmedColumn {
        /// The column, from 0.
        column: usize,
        /// Its header.
        header: String,
    },
    /// The map of columns was made for another file.
    #[error("the map has {mapped} columns, the file {found}")]
    OtherColumns {
        /// The columns of the map.
        mapped: usize,
        /// The columns of the file.
        found: usize,
    },
}

/// Forms of files that people take for spreadsheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForeignFile {
    /// Excel's form before 2007.
    Xls,
    /// Excel's binary workbook.
    Xlsb,
    /// A workbook under a password.
    Encrypted,
    /// OpenDocument.
    Ods,
    /// Apple Numbers.
    Numbers,
    /// A web page, which some programs name `.xls`.
    Html,
    /// Excel's XML form of 2003, or another XML.
    Xml,
    /// PDF.
    Pdf,
    /// A ZIP file that is no workbook, such as a Word document.
    Zip,
    /// A picture, a compressed file or another form that is no table.
    Other,
}
