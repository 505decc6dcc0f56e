//! A table as it was read: the row of headers, and the rows below it with their numbers as in the file.

use serde::{Deserialize, Serialize};

use crate::cell::Cell;

/// The limit of rows below the headers.
pub const MAX_ROWS: usize = 20_000;
/// The limit of columns.
pub const MAX_COLUMNS: usize = 100;
/// The limit of a cell, in characters, which is that of Excel.
pub const MAX_CELL_CHARS: usize = 32_767;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The form of the file.
    pub source: TableSource,
    /// The notes for a person on the reading. None of it is a fault.
    pub notes: Vec<Note>,
    /// The first row that is not empty. It has a cell for each column, an empty one for a column without a header.
    pub header: TableRow,
    /// The rows below that are not empty. Cells may be fewer than columns, or more if a row of a CSV file is too long.
    pub rows: Vec<TableRow>,
}

impl Table {
    /// Returns the header of a column, from 0, without white space around it; an empty text if it has none.
    pub fn header_of(&self, column: usize) -> &str {
        self.header.cells.get(column).map_or("", |cell| crate::cell::trimmed(cell.shown()))
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRow {
    /// Its number as a spreadsheet program shows it, from 1: a value of several lines is in one row, and empty rows are counted. The line
    /// `sep=;` of a CSV file is no row, as in Excel.
    pub number: u32,
    /// Its cells up to the last one that is not empty.
    pub cells: Vec<Cell>,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableSource {
    /// CSV with this separator.
    Csv(Separator),
    /// An Excel workbook.
    Xlsx,
}

/// A separator of CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

impl Separator {
    /// All of them, the commonest first.
    pub const ALL: [Separator; 3] = [Separator::Comma, Separator::Semicolon, Separator::Tab];

    /// Returns the character, which is ASCII.
    pub fn character(self) -> char {
        match self {
            Separator::Comma => ',',
            Separator::Semicolon => ';',
            Separator::Tab => '\t',
        }
    }
}

/// Something about the reading of a file that its author may not expect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// The file is not UTF-8 and was read as Windows-1252. `sample` is its first word with a letter beyond ASCII, to compare.
    Windows1252 {
        /// That word.
        sample: String,
    },
    /// The file's name has the ending of another form of file.
    OtherForm,
    /// Of several visible sheets, the first one was read.
    FirstSheet {
        /// Its name.
        read: String,
        /// The names of the other visible ones.
        others: Vec<String>,
    },
    /// The workbook has hidden sheets, which were not read.
    HiddenSheets {
        /// Their number.
        count: usize,
    },
    /// The sheet has hidden rows, as filters leave them, and they were read.
    HiddenRows {
        /// Their number.
        count: usize,
    },
    /// Cells hold formulas, and the values that were saved with them were read.
    Formulas {
        /// Their number.
        count: usize,
    },
    /// Cells that are merged over several rows count for each of these rows.
    MergedCells {
        /// The number of merged areas.
        count: usize,
    },
}
