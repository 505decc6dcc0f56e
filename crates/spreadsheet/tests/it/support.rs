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

/// Returns the parts of a workbook.
pub(crate) fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let entries: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).collect();
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0_usize, |number, byte| number * 256 + usize::from(*byte))
    };
    let part = |entry: usize| {
        let name = String::from_utf8(bytes[entry + 46..entry + 46 + number(entry + 28, 2)].to_vec()).unwrap();
        let header = number(entry + 42, 4);
        let start = header + 30 + number(header + 26, 2) + number(header + 28, 2);
        let packed = &bytes[start..start + number(entry + 20, 4)];
        let mut data = Vec::new();
        std::io::Read::read_to_end(&mut flate2::bufread::DeflateDecoder::new(packed), &mut data).unwrap();
        (name, data)
    };
    entries.into_iter().map(part).collect()
}

/// Packs the parts of a workbook without compression.
pub(crate) fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, data) in parts {
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        let sum = crc.sum().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let start = u32::try_from(body.len()).unwrap().to_le_bytes();
        body.extend(
            [
                b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0",
                &sum[..],
                &size,
                &size,
                &length,
                &[0, 0],
                name.as_bytes(),
                data,
            ]
            .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0",
                &sum[..],
                &size,
                &size,
                &length,
                &[0; 12],
                &start,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap().to_le_bytes();
    let start = u32::try_from(body.len()).unwrap().to_le_bytes();
    [body, directory, [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &start, &[0, 0]].concat()].concat()
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
