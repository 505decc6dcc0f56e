//! Rows on their way into a table, with the limits that hold for every form of file.

use super::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT_BYTES};
use crate::cell::{Cell, CellRef};
use crate::file_fault::FileFault;
use crate::table::{Note, Table, TableRow, TableSource};

/// The rows so far.
#[derive(Default)]
pub(super) struct TableBuilder {
    pub(super) notes: Vec<Note>,
    header: Option<TableRow>,
    rows: Vec<TableRow>,
    /// The number of rows below the header, of which no more than the limit are kept.
    found: usize,
    text_bytes: usize,
}

/// The most cells that are looked at for merged areas. Areas that do not overlap have no more.
const MAX_MERGED_CELLS: usize = MAX_ROWS * MAX_COLUMNS;

/// An area of merged cells in one column: its value is in its first row.
pub(super) struct Merged {
    pub(super) column: usize,
    pub(super) first_row: u32,
    pub(super) last_row: u32,
}

/// Adds a cell to a row that is being read. Empty ones beyond the limit of columns are passed over.
///
/// # Errors
/// If the cell breaks a limit.
pub(super) fn set_cell(cells: &mut Vec<Cell>, place: CellRef, cell: Cell) -> Result<(), FileFault> {
    if cell.is_empty() {
        return Ok(());
    }
    if place.column >= MAX_COLUMNS {
        return Err(FileFault::TooManyColumns { cell: place, most: MAX_COLUMNS });
    }
    let text = cell.shown();
    if text.len() > MAX_CELL_CHARS && text.chars().count() > MAX_CELL_CHARS {
        return Err(FileFault::CellTooLong { cell: place, most: MAX_CELL_CHARS });
    }
    if text.contains('\0') {
        return Err(FileFault::NulCharacter { cell: place });
    }
    if cells.len() <= place.column {
        cells.resize(place.column + 1, Cell::Empty);
    }
    if let Some(slot) = cells.get_mut(place.column) {
        *slot = cell;
    }
    Ok(())
}

impl TableBuilder {
    /// Adds a row. An empty one is passed over, and the first that is not empty is the header.
    ///
    /// # Errors
    /// If the text of all cells exceeds its limit.
    pub(super) fn push_row(&mut self, number: u32, cells: Vec<Cell>) -> Result<(), FileFault> {
        if cells.is_empty() {
            return Ok(());
        }
        let row = TableRow { number, cells };
        if self.header.is_none() {
            self.header = Some(row);
            return Ok(());
        }
        self.found += 1;
        if self.found <= MAX_ROWS {
            self.add_text(row.cells.iter().map(|cell| cell.shown().len()).sum())?;
            self.rows.push(row);
        }
        Ok(())
    }

    fn add_text(&mut self, bytes: usize) -> Result<(), FileFault> {
        self.text_bytes = self.text_bytes.saturating_add(bytes);
        match self.text_bytes <= MAX_TEXT_BYTES {
            true => Ok(()),
            false => Err(FileFault::TooMuchText { most: MAX_TEXT_BYTES }),
        }
    }

    /// Copies the value of each area into its other rows, as a person sees it there. Rows that are empty otherwise stay so. Areas that
    /// overlap, which no spreadsheet program writes, are passed over once too many cells were looked at.
    ///
    /// # Errors
    /// If the text of all cells exceeds its limit.
    pub(super) fn fill_merged(&mut self, areas: &[Merged]) -> Result<(), FileFault> {
        let (mut count, mut visited) = (0, 0_usize);
        for area in areas {
            let first = self.rows.partition_point(|row| row.number < area.first_row);
            let end = self.rows.partition_point(|row| row.number <= area.last_row);
            let Some([from, rest @ ..]) = self.rows.get_mut(first..end) else { continue };
            if from.number != area.first_row {
                continue;
            }
            let Some(value) = from.cells.get(area.column).filter(|cell| !cell.is_empty()) else { continue };
            visited = visited.saturating_add(rest.len());
            if visited > MAX_MERGED_CELLS {
                break;
            }
            let mut copied = 0;
            for row in rest {
                if row.cells.len() <= area.column {
                    row.cells.resize(area.column + 1, Cell::Empty);
                }
                if let Some(slot) = row.cells.get_mut(area.column).filter(|cell| cell.is_empty()) {
                    slot.clone_from(value);
                    copied += value.shown().len();
                }
                // Checked on the way: a large value may be merged over all rows.
                if self.text_bytes.saturating_add(copied) > MAX_TEXT_BYTES {
                    return Err(FileFault::TooMuchText { most: MAX_TEXT_BYTES });
                }
            }
            self.add_text(copied)?;
            count += 1;
        }
        if count > 0 {
            self.notes.push(Note::MergedCells { count });
        }
        Ok(())
    }

    /// Returns the table. `columns` is how many the file's header has at least, empty ones included; with `grows`, rows that are longer
    /// than the header have columns without a header.
    ///
    /// # Errors
    /// If the file is empty, or has no rows or too many.
    pub(super) fn finish(self, source: TableSource, columns: usize, grows: bool) -> Result<Table, FileFault> {
        let mut header = self.header.ok_or(FileFault::Empty)?;
        match self.found {
            0 => return Err(FileFault::NoRows),
            1..=MAX_ROWS => {}
            found => return Err(FileFault::TooManyRows { found, most: MAX_ROWS }),
        }
        let longest =
            if grows { self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default() } else { 0 };
        let width = header.cells.len().max(columns.min(MAX_COLUMNS)).max(longest);
        header.cells.resize(width, Cell::Empty);
        Ok(Table { source, notes: self.notes, header, rows: self.rows })
    }
}
