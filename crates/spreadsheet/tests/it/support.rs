//! Helpers of the tests.

use std::path::PathBuf;

use jiff::civil::Date;
use learncoin_language::Language;
use learncoin_spreadsheet::columns::{ColumnMap, guess};
use learncoin_spreadsheet::read::read;
use learncoin_spreadsheet::rows::{CheckedRows, RowInputs, check};
use learncoin_spreadsheet::{AchievementTemplate, FileFault, Table};

/// Returns the names of the files that are kept.
pub(crate) fn kept_files() -> Vec<String> {
    let folder = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".py"))
        .collect();
    names.sort();
    names
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Returns the bytes of a file that is kept.
pub(crate) fn kept(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

/// Reads a file that is kept.
pub(crate) fn read_kept(name: &str) -> Result<Table, FileFault> {
    read(&kept(name), name)
}

/// Returns the texts of a table, header first, each row with its number.
pub(crate) fn texts(table: &Table) -> Vec<(u32, Vec<&str>)> {
    std::iter::once(&table.header)
        .chain(&table.rows)
        .map(|row| (row.number, row.cells.iter().map(learncoin_spreadsheet::Cell::shown).collect()))
        .collect()
}

/// Returns a template with name and description.
pub(crate) fn botany() -> AchievementTemplate {
    AchievementTemplate {
        name: Some("Botany".to_owned()),
        description: Some("A course of ten weeks.".to_owned()),
        ..AchievementTemplate::default()
    }
}

/// A table with everything that its rows are made from.
pub(crate) struct Upload {
    pub(crate) table: Table,
    pub(crate) map: ColumnMap,
    pub(crate) template: AchievementTemplate,
}

impl Upload {
    /// Reads a CSV file, with the columns that are guessed; unknown ones are skipped.
    pub(crate) fn of(text: &str, template: AchievementTemplate) -> Self {
        Self::of_table(read(text.as_bytes(), "people.csv").unwrap(), template)
    }

    /// Takes a table, as [`Upload::of`] does.
    pub(crate) fn of_table(table: Table, template: AchievementTemplate) -> Self {
        let mut map = guess(&table);
        map.skip_unconfirmed();
        Self { table, map, template }
    }

    pub(crate) fn inputs(&self) -> RowInputs<'_> {
        RowInputs {
            table: &self.table,
            map: &self.map,
            template: &self.template,
            today: Date::constant(2026, 6, 1),
        }
    }

    /// Checks the rows, with random bytes that count.
    pub(crate) fn check(&self) -> CheckedRows {
        let mut count = 0_u8;
        check(&self.inputs(), &mut || {
            count = count.wrapping_add(1);
            [count; 16]
        })
    }

    /// Returns each fault as `place: sentence`, in English.
    pub(crate) fn faults(&self) -> Vec<String> {
        let rows = self.check().rows;
        let faults = rows.iter().flat_map(|row| &row.faults);
        faults
            .map(|fault| format!("{}: {}", fault.place(Language::English), fault.sentence(Language::English)))
            .collect()
    }
}
