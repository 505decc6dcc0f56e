//! Cells, and their names as spreadsheet programs show them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The value of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Cell {
    /// Nothing, or white space alone.
    #[default]
    Empty,
    /// A text; a number, date or truth value as a text.
    Text(String),
    /// An error of a formula, such as `#REF!`.
    Error(String),
    /// A formula whose value was not saved.
    Unsaved,
}

impl Cell {
    /// Creates the cell of a text. One of white space alone is empty.
    pub fn new(text: String) -> Self {
        if trimmed(&text).is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// Returns whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Cell::Empty)
    }

    /// Returns what is shown in the cell: a text as it is, an error by its name.
    pub fn shown(&self) -> &str {
        match self {
            Cell::Empty | Cell::Unsaved => "",
            Cell::Text(text) | Cell::Error(text) => text,
        }
    }
}

/// Returns a text without the white space around it, zero-width spaces and byte order marks included.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|character: char| {
        character.is_whitespace() || matches!(character, '\u{200b}' | '\u{feff}')
    })
}

/// Returns the ASCII digit of an Arabic-Indic one, and any other character as it is.
pub(crate) fn ascii_digit(character: char) -> char {
    let zero = match character {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        _ => return character,
    };
    u32::from(character).checked_sub(zero).and_then(|value| char::from_digit(value, 10)).unwrap_or(character)
}

/// The place of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellRef {
    /// The row as in the file, from 1.
    pub row: u32,
    /// The column, from 0.
    pub column: usize,
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column), self.row)
    }
}

/// Returns the letters of a column, from 0: `A`, `Z`, `AA`.
pub fn column_letters(column: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = Some(column);
    while let Some(column) = rest {
        let letter = u8::try_from(column % 26).unwrap_or_default().saturating_add(b'A');
        letters.push(char::from(letter));
        rest = (column / 26).checked_sub(1);
    }
    letters.iter().rev().collect()
}

/// Parses a cell's name such as `AB12`, or returns `None`.
pub(crate) fn parse_cell(name: &str) -> Option<CellRef> {
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let (letters, number) = name.split_at_checked(digits)?;
    if letters.is_empty() || letters.len() > 3 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut column = 0_usize;
    for letter in letters.bytes() {
        let value = letter.to_ascii_uppercase().checked_sub(b'A').filter(|value| *value < 26)?;
        column = column * 26 + usize::from(value) + 1;
    }
    let row = number.parse().ok().filter(|row| *row > 0)?;
    Some(CellRef { row, column: column.checked_sub(1)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_cells_are_those_of_spreadsheet_programs() {
        for (name, row, column) in [
            ("A1", 1, 0),
            ("Z9", 9, 25),
            ("AA10", 10, 26),
            ("XFD1048576", 1_048_576, 16_383),
            ("ZZ1", 1, 701),
        ] {
            let place = CellRef { row, column };
            assert_eq!((parse_cell(name), place.to_string()), (Some(place), name.to_owned()));
        }
        for name in ["", "1", "A", "A0", "1A", "AAAA1", "A1B", "Ä1", "A-1", "A99999999999"] {
            assert_eq!(parse_cell(name), None, "{name}");
        }
    }

    #[test]
    fn white_space_is_no_value() {
        assert!(Cell::new("\u{feff}\u{a0} \t\u{200b}".to_owned()).is_empty());
        assert_eq!(Cell::new(" x".to_owned()).shown(), " x");
    }
}
