//! A sheet: its rows, cell by cell.

use quick_xml::events::BytesStart;

use super::strings::{Strings, read_text, unescaped};
use super::styles::Styles;
use super::xml::{PartReader, XmlPiece, attribute, is_true};
use crate::cell::{Cell, CellRef, parse_cell};
use crate::file_fault::FileFault;
use crate::read::MAX_COLUMNS;
use crate::read::builder::{Merged, TableBuilder, set_cell};
use crate::read::zip::Archive;
use crate::table::Note;

/// The last row that a sheet can have.
const LAST_ROW: u32 = 1_048_576;
/// The limit of merged areas that are looked at.
const MAX_MERGED: usize = 10_000;

/// The parts that the cells of a sheet refer to.
pub(super) struct Inputs<'a> {
    pub(super) strings: &'a Strings,
    pub(super) styles: &'a Styles,
    pub(super) is_1904: bool,
}

/// Reads the rows of a sheet.
///
/// # Errors
/// If the part is damaged or breaks a limit.
pub(super) fn read(
    archive: &Archive<'_>,
    part: &str,
    inputs: &Inputs<'_>,
    builder: &mut TableBuilder,
) -> Result<(), FileFault> {
    let mut sheet = Sheet { reader: PartReader::open(archive, part)?, inputs, formulas: 0 };
    let (mut last, mut hidden, mut merged) = (0, 0, Vec::new());
    let mut is_whole = false;
    loop {
        match sheet.reader.next()? {
            XmlPiece::Start(tag) => match tag.local_name().as_ref() {
                "row" => {
                    let is_hidden = is_true(&tag, "hidden");
                    let number = row_number(&tag, last).ok_or_else(|| sheet.reader.damaged())?;
                    let cells = sheet.read_row(number)?;
                    hidden += usize::from(is_hidden && !cells.is_empty());
                    builder.push_row(number, cells)?;
                    last = number;
                }
                "mergeCell" if merged.len() < MAX_MERGED => {
                    merged.extend(attribute(&tag, "ref").as_deref().and_then(area));
                }
                _ => {}
            },
            XmlPiece::End(name) => is_whole |= name == "sheetData",
            XmlPiece::Text(_) => {}
            XmlPiece::Eof if is_whole => break,
            XmlPiece::Eof => return Err(sheet.reader.damaged()),
        }
    }
    builder.fill_merged(&merged)?;
    if hidden > 0 {
        builder.notes.push(Note::HiddenRows { count: hidden });
    }
    if sheet.formulas > 0 {
        builder.notes.push(Note::Formulas { count: sheet.formulas });
    }
    Ok(())
}

/// Returns the number of a row: the stated one, which must follow on the row before, or else the next one.
fn row_number(tag: &BytesStart<'_>, last: u32) -> Option<u32> {
    let number = match attribute(tag, "r") {
        Some(number) => number.parse().ok()?,
        None => last.saturating_add(1),
    };
    (number > last && number <= LAST_ROW).then_some(number)
}

/// Parses a merged area of several rows. Only its first column counts: what is merged over several columns is one value.
fn area(reference: &str) -> Option<Merged> {
    let (first, last) = reference.split_once(':')?;
    let (first, last) = (parse_cell(first)?, parse_cell(last)?);
    let is_tall = last.row > first.row && first.column < MAX_COLUMNS;
    is_tall.then_some(Merged { column: first.column, first_row: first.row, last_row: last.row })
}

struct Sheet<'r, 'a> {
    reader: PartReader<'r, 'a>,
    inputs: &'r Inputs<'r>,
    /// The number of cells whose value is that of a formula.
    formulas: usize,
}

/// A cell's attributes.
struct CellTag {
    place: CellRef,
    kind: Option<String>,
    style: Option<usize>,
}

impl Sheet<'_, '_> {
    fn read_row(&mut self, row: u32) -> Result<Vec<Cell>, FileFault> {
        let mut cells = Vec::new();
        let mut next = 0;
        loop {
            match self.reader.next()? {
                XmlPiece::Start(tag) if tag.local_name().as_ref() == "c" => {
                    let column = match attribute(&tag, "r") {
                        Some(name) => {
                            let place = parse_cell(&name).filter(|place| place.row == row);
                            place.ok_or_else(|| self.reader.damaged())?.column
                        }
                        None => next,
                    };
                    let style = attribute(&tag, "s").and_then(|style| style.parse().ok());
                    let tag = CellTag { place: CellRef { row, column }, kind: attribute(&tag, "t"), style };
                    let cell = self.read_cell(&tag)?;
                    set_cell(&mut cells, tag.place, cell)?;
                    next = column + 1;
                }
                XmlPiece::End(name) if name == "row" => return Ok(cells),
                XmlPiece::Eof => return Err(self.reader.damaged()),
                _ => {}
            }
        }
    }

    /// Reads a cell after its start.
    fn read_cell(&mut self, tag: &CellTag) -> Result<Cell, FileFault> {
        let (mut value, mut inline) = (None, None);
        let (mut is_value, mut is_formula) = (false, false);
        loop {
            match self.reader.next()? {
                XmlPiece::Start(inside) => match inside.local_name().as_ref() {
                    "v" => (is_value, value) = (true, Some(String::new())),
                    "f" => is_formula = true,
                    "is" => inline = Some(read_text(&mut self.reader, "is")?),
                    _ => {}
                },
                XmlPiece::Text(text) if is_value => value.get_or_insert_default().push_str(&text),
                XmlPiece::Text(_) => {}
                XmlPiece::End(name) if name == "c" => break,
                XmlPiece::End(name) => is_value &= name != "v",
                XmlPiece::Eof => return Err(self.reader.damaged()),
            }
        }
        let value = value.filter(|value| !value.is_empty());
        if is_formula {
            // An empty text is a value too; no value at all is what programs leave that do not calculate.
            if value.is_none() && tag.kind.as_deref() != Some("str") {
                return Ok(Cell::Unsaved);
            }
            self.formulas += 1;
        }
        match inline {
            Some(text) => Ok(Cell::new(text)),
            None => value.map_or(Ok(Cell::Empty), |value| self.cell(tag, value)),
        }
    }

    fn cell(&self, tag: &CellTag, value: String) -> Result<Cell, FileFault> {
        Ok(match tag.kind.as_deref() {
            Some("s") => {
                let text = value.trim().parse().ok().and_then(|index| self.inputs.strings.get(index));
                Cell::new(text.ok_or(FileFault::MissingText { cell: tag.place })?.to_owned())
            }
            Some("e") => Cell::Error(value),
            Some("b") => Cell::Text(if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            Some("d") => Cell::new(value.strip_suffix("T00:00:00").map(str::to_owned).unwrap_or(value)),
            Some("str" | "inlineStr") => Cell::new(unescaped(value)),
            _ => match value.trim().parse() {
                Ok(number) => {
                    Cell::Text(self.inputs.styles.format(tag.style).text(number, self.inputs.is_1904))
                }
                Err(_) => Cell::new(value),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merged_area_counts_by_its_first_column_and_all_its_rows() {
        let rows = |reference| area(reference).map(|area| (area.column, area.first_row, area.last_row));
        assert_eq!(rows("B2:B5"), Some((1, 2, 5)));
        assert_eq!(rows("B2:D5"), Some((1, 2, 5)));
        for reference in ["B2:D2", "B5:B2", "B2", "", "B:B", "ZZ1:ZZ9"] {
            assert_eq!(rows(reference), None, "{reference}");
        }
    }
}
