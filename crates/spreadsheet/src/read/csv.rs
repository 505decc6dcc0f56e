//! CSV ([RFC 4180](https://www.rfc-editor.org/rfc/rfc4180)) as programs write it: three separators, any line ends, Excel's `sep=` line.
//!
//! Our own reader: others skip empty rows, so that their row numbers are not those of a spreadsheet program, and read on in silence
//! where quotation marks don't match.

use super::builder::{TableBuilder, set_cell};
use super::encoding::{Decoded, decode};
use crate::cell::{Cell, CellRef};
use crate::file_fault::FileFault;
use crate::table::{Note, Separator, Table, TableSource};

/// The limit of the word that a person is to compare.
const SAMPLE_CHARS: usize = 40;

/// Reads a file.
///
/// # Errors
/// The first fault.
pub(super) fn read(bytes: &[u8]) -> Result<Table, FileFault> {
    let Decoded { text, is_assumed } = decode(bytes)?;
    let (separator, text) = separator(&text);
    let mut builder = TableBuilder::default();
    if is_assumed {
        builder.notes.push(Note::Windows1252 { sample: sample(text) });
    }
    let mut reader = Reader { text, at: 0, separator: separator.character() };
    let mut columns = 0;
    let mut number = 0_u32;
    while reader.at < text.len() {
        number = number.saturating_add(1);
        let (cells, count) = reader.record(number)?;
        if columns == 0 && !cells.is_empty() {
            columns = count;
        }
        builder.push_row(number, cells)?;
    }
    builder.finish(TableSource::Csv(separator), columns, false)
}

/// Returns the separator and the text after Excel's line `sep=;`, if it has one. Otherwise it is the commonest one outside quotation marks
/// in the first line that is not empty.
fn separator(text: &str) -> (Separator, &str) {
    let line_end = text.find(['\r', '\n']).unwrap_or(text.len());
    if let Some((line, rest)) = text.split_at_checked(line_end)
        && let Some(value) = line.trim_matches('"').strip_prefix("sep=")
        && let Some(separator) = Separator::ALL.into_iter().find(|one| value == one.character().to_string())
    {
        return (separator, rest.strip_prefix("\r\n").or_else(|| rest.get(1..)).unwrap_or(""));
    }
    let mut counts = [0_usize; 3];
    let mut is_quoted = false;
    for character in text.trim_start_matches(['\r', '\n', ' ']).chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            '\r' | '\n' if !is_quoted => break,
            _ if is_quoted => {}
            _ => {
                for (count, one) in counts.iter_mut().zip(Separator::ALL) {
                    *count += usize::from(one.character() == character);
                }
            }
        }
    }
    let mut best = (Separator::Comma, 0);
    for (separator, count) in Separator::ALL.into_iter().zip(counts) {
        if count > best.1 {
            best = (separator, count);
        }
    }
    (best.0, text)
}

/// Returns the first word with a letter beyond ASCII.
fn sample(text: &str) -> String {
    let words =
        text.split(|character: char| character.is_whitespace() || matches!(character, ',' | ';' | '"'));
    words.into_iter().find(|word| !word.is_ascii()).unwrap_or("").chars().take(SAMPLE_CHARS).collect()
}

struct Reader<'a> {
    text: &'a str,
    /// The byte at which the next cell begins.
    at: usize,
    separator: char,
}

/// The thing that follows a cell.
#[derive(PartialEq, Eq)]
enum Follows {
    Cell,
    Row,
}

impl Reader<'_> {
    /// Reads a row. Returns its cells up to the last one that is not empty, and how many there are in all.
    fn record(&mut self, row: u32) -> Result<(Vec<Cell>, usize), FileFault> {
        let (mut cells, mut column) = (Vec::new(), 0);
        loop {
            let place = CellRef { row, column };
            let (text, follows) = self.cell(place)?;
            set_cell(&mut cells, place, Cell::new(text))?;
            column += 1;
            if follows == Follows::Row {
                return Ok((cells, column));
            }
        }
    }

    fn cell(&mut self, place: CellRef) -> Result<(String, Follows), FileFault> {
        let rest = self.rest();
        match rest.trim_start_matches(' ').strip_prefix('"') {
            Some(quoted) => {
                self.at = self.text.len() - quoted.len();
                self.quoted_cell(place)
            }
            None => {
                let end = rest.find([self.separator, '\r', '\n']).unwrap_or(rest.len());
                let text = rest.get(..end).unwrap_or_default().to_owned();
                self.at += end;
                Ok((without_guard(text), self.follows()))
            }
        }
    }

    /// Reads a cell after its opening quotation mark.
    fn quoted_cell(&mut self, place: CellRef) -> Result<(String, Follows), FileFault> {
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let (inside, after) = rest.split_once('"').ok_or(FileFault::UnclosedQuote { cell: place })?;
            text.push_str(inside);
            match after.strip_prefix('"') {
                Some(after) => {
                    text.push('"');
                    self.at = self.text.len() - after.len();
                }
                None => {
                    self.at = self.text.len() - after.trim_start_matches(' ').len();
                    break;
                }
            }
        }
        let next = self.rest().chars().next();
        match next {
            None | Some('\r' | '\n') => {}
            Some(character) if character == self.separator => {}
            Some(_) => return Err(FileFault::StrayQuote { cell: place }),
        }
        Ok((without_guard(text), self.follows()))
    }

    /// Passes the separator or the line end after a cell.
    fn follows(&mut self) -> Follows {
        let rest = self.rest();
        let (length, follows) = match rest.chars().next() {
            Some('\r') if rest.starts_with("\r\n") => (2, Follows::Row),
            Some('\r' | '\n') => (1, Follows::Row),
            Some(_) => (1, Follows::Cell),
            None => (0, Follows::Row),
        };
        self.at += length;
        follows
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }
}

/// Returns a text without the apostrophe with which a result file keeps it from being taken for a formula.
fn without_guard(text: String) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if crate::result_file::is_like_a_formula(rest) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let table = read(text.as_bytes()).unwrap();
        std::iter::once(&table.header)
            .chain(&table.rows)
            .map(|row| (row.number, row.cells.iter().map(|cell| cell.shown().to_owned()).collect()))
            .collect()
    }

    fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_have_the_numbers_that_a_spreadsheet_program_shows() {
        let text = "\n\"a;b\";c\r\n\"1\r\n2\";3\r\r\n;\n 4 ; \"5\"\"\" \n\n";
        let expected = [row(2, &["a;b", "c"]), row(3, &["1\r\n2", "3"]), row(6, &[" 4 ", "5\""])];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn the_separator_is_the_commonest_one_of_the_first_line() {
        for (text, expected) in [
            ("a,b;c,d\n1,2,3", Separator::Comma),
            ("a;b,c;d\n1", Separator::Semicolon),
            ("\"a,b,c\";d\n1", Separator::Semicolon),
            ("a\tb\n1", Separator::Tab),
            ("name\nAda", Separator::Comma),
            ("\n\n  a;b\n1", Separator::Semicolon),
            ("sep=\t\na;b,c\n1", Separator::Tab),
            ("\"sep=;\"\r\na,b,c\n1", Separator::Semicolon),
        ] {
            assert_eq!(separator(text).0, expected, "{text:?}");
        }
        assert_eq!(rows("sep=;\r\na;b\r\n1;2")[0], row(1, &["a", "b"]));
        assert_eq!(rows("sep=|\na\n1")[0], row(1, &["sep=|"]));
    }

    #[test]
    fn quotation_marks_that_do_not_match_name_their_cell() {
        for (text, expected) in [
            ("a,b\n1,\"2", FileFault::UnclosedQuote { cell: CellRef { row: 2, column: 1 } }),
            ("a,b\n\"1\" x,2", FileFault::StrayQuote { cell: CellRef { row: 2, column: 0 } }),
        ] {
            assert_eq!(read(text.as_bytes()), Err(expected));
        }
        assert_eq!(rows("a\n5\" disk")[1], row(2, &["5\" disk"]));
    }

    #[test]
    fn ten_million_separators_take_no_memory() {
        let text = format!("name\nAda{}\n", ",".repeat(9_000_000));
        assert_eq!(rows(&text)[1], row(2, &["Ada"]));
    }
}
