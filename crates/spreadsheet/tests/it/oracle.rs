//! Workbooks as another reader reads them.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use learncoin_spreadsheet::Cell;

use crate::support::{kept, read_kept};

/// Returns a value of the other reader as a text, `None` for what it reads in another way on purpose: days, and numbers with a format.
fn text(value: &Data) -> Option<String> {
    match value {
        Data::Empty => Some(String::new()),
        Data::String(text) => Some(text.clone()),
        Data::Bool(value) => Some(value.to_string().to_uppercase()),
        Data::Error(error) => Some(error.to_string()),
        _ => None,
    }
}

#[test]
fn another_reader_reads_the_same_texts_in_the_same_cells() {
    let mut compared = 0;
    for (name, sheet) in [
        ("plain.xlsx", "People"),
        ("dates-1900.xlsx", "People"),
        ("dates-early.xlsx", "People"),
        ("numbers.xlsx", "People"),
        ("hidden-sheets.xlsx", "Graduates"),
        ("hidden-rows.xlsx", "People"),
        ("scripts.xlsx", "People"),
        ("trailing.xlsx", "People"),
        ("no-header.xlsx", "People"),
        ("formulas.xlsx", "People"),
        ("external-link.xlsx", "People"),
        ("errors.xlsx", "People"),
        ("styles.xlsx", "People"),
    ] {
        let table = read_kept(name).unwrap();
        let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(kept(name))).unwrap();
        let range = book.worksheet_range(sheet).unwrap();
        for row in std::iter::once(&table.header).chain(&table.rows) {
            for (column, cell) in row.cells.iter().enumerate() {
                let value =
                    range.get_value((row.number - 1, u32::try_from(column).unwrap())).unwrap_or(&Data::Empty);
                if let (Some(expected), false) = (text(value), matches!(cell, Cell::Unsaved)) {
                    assert_eq!(cell.shown(), expected, "{name}, row {}, column {column}", row.number);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "only {compared} cells were compared");
}
