//! Workbooks, as `tests/data/make.py` makes them.

use learncoin_language::Language;
use learncoin_spreadsheet::read::{MAX_UNPACKED_BYTES, read};
use learncoin_spreadsheet::{Cell, CellRef, FileFault, ForeignFile, Note, TableSource};

use crate::support::{kept, packed, parts, read_kept, texts};

const HEADERS: [&str; 5] = ["name", "email", "achievement", "description", "issued"];
const ROW: [&str; 5] = ["Ada Lovelace", "ada@example.org", "Botany", "A course.", "2026-05-31"];

/// Returns the rows of a file below its header, and checks the header.
fn rows(name: &str) -> Vec<(u32, Vec<String>)> {
    let table = read_kept(name).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(table.source, TableSource::Xlsx);
    let rows = texts(&table);
    let owned =
        |(number, cells): &(u32, Vec<&str>)| (*number, cells.iter().map(|cell| (*cell).to_owned()).collect());
    rows[1..].iter().map(owned).collect()
}

fn with(changes: &[(usize, &str)]) -> Vec<String> {
    let mut row = ROW.map(str::to_owned);
    for (column, text) in changes {
        row[*column] = (*text).to_owned();
    }
    row.to_vec()
}

#[test]
fn an_ordinary_workbook_is_read_under_any_name() {
    let table = read_kept("plain.xlsx").unwrap();
    assert_eq!(texts(&table), [(1, HEADERS.to_vec()), (2, ROW.to_vec())]);
    assert_eq!(table.notes, []);
    let renamed = read_kept("xlsx-named.csv").unwrap();
    assert_eq!((texts(&renamed), &*renamed.notes), (texts(&table), &[Note::OtherForm][..]));
}

#[test]
fn days_are_read_by_the_format_of_their_numbers() {
    let expected = [(2, with(&[])), (3, with(&[(4, "2026-05-31 14:30:00")])), (4, with(&[(4, "12:00:00")]))];
    assert_eq!(rows("dates-1900.xlsx"), expected);
    assert_eq!(rows("dates-1904.xlsx"), [(2, with(&[]))]);
    assert_eq!(rows("dates-early.xlsx"), [(2, with(&[(4, "1815-12-10")])), (3, with(&[(4, "1900-02-11")]))]);
    assert_eq!(rows("styles.xlsx"), [(2, with(&[(4, "2026-05-31")]))]);
}

#[test]
fn numbers_are_read_as_a_person_sees_them() {
    let row =
        ["Ada Lovelace", "ESCO", "42", "Botany", "85%", "12.5", "TRUE", "00123", "1.23456789012346E+15"];
    assert_eq!(rows("numbers.xlsx"), [(2, row.map(str::to_owned).to_vec())]);
}

#[test]
fn a_value_that_is_merged_over_rows_is_in_each_of_them() {
    let table = read_kept("merged.xlsx").unwrap();
    let rows = texts(&table);
    assert_eq!(rows[2].1, ["Grace Hopper", "", "Botany", "A course.", "2026-05-31"]);
    assert_eq!(rows[3].1, ["Katherine Johnson", "", "Botany", "A course."]);
    assert_eq!(table.notes, [Note::MergedCells { count: 2 }]);
}

#[test]
fn the_first_visible_sheet_is_read_and_the_others_are_named() {
    let table = read_kept("hidden-sheets.xlsx").unwrap();
    assert_eq!(texts(&table)[1].1, ROW);
    let first = Note::FirstSheet { read: "Graduates".to_owned(), others: vec!["Notes".to_owned()] };
    assert_eq!(table.notes, [first, Note::HiddenSheets { count: 2 }]);
    let hidden = read_kept("hidden-rows.xlsx").unwrap();
    assert_eq!((hidden.rows.len(), &*hidden.notes), (2, &[Note::HiddenRows { count: 1 }][..]));
}

#[test]
fn the_saved_value_of_a_formula_is_read() {
    for name in ["formulas.xlsx", "external-link.xlsx"] {
        let table = read_kept(name).unwrap();
        assert_eq!(
            (texts(&table)[1].1.as_slice(), &*table.notes),
            (&ROW[..], &[Note::Formulas { count: 1 }][..]),
            "{name}"
        );
    }
    assert_eq!(
        read_kept("formulas-unsaved.xlsx").unwrap().rows[0].cells[..2],
        [Cell::Unsaved, Cell::Unsaved]
    );
    assert_eq!(read_kept("errors.xlsx").unwrap().rows[0].cells[0], Cell::Error("#REF!".to_owned()));
}

#[test]
fn texts_of_all_kinds_are_read_whole() {
    let rich = ["Ada Lovelace", "", "Botany & <trees>é", "\rAA", "2026-05-31"].map(str::to_owned);
    assert_eq!(rows("rich.xlsx"), [(2, rich.to_vec())]);
    let scripts = rows("scripts.xlsx");
    assert_eq!(scripts[0].1[0], "آدا لوفلايس");
    assert_eq!((&*scripts[1].1[0], &*scripts[1].1[2]), ("Zoe\u{308} O’Neill", "Botany \u{1f33f}"));
    // It claims to have a trillion texts.
    assert_eq!(rows("claims.xlsx"), [(2, with(&[]))]);
}

#[test]
fn empty_rows_and_columns_are_passed_over() {
    let numbers: Vec<u32> = rows("trailing.xlsx").iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [2, 5]);
    assert_eq!(read_kept("trailing.xlsx").unwrap().header.cells.len(), 5);
    let numbers: Vec<u32> = rows("last-row.xlsx").iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [2, 1_048_576]);
    let table = read_kept("no-header.xlsx").unwrap();
    assert_eq!((table.header.cells.len(), table.header_of(6)), (7, ""));
}

#[test]
fn what_can_not_be_read_has_a_fault_with_a_remedy() {
    let sheet = || FileFault::Damaged { part: "xl/worksheets/sheet1.xml".to_owned() };
    let foreign = |form| FileFault::Foreign { form };
    let cell = |row, column| CellRef { row, column };
    for (name, expected, word) in [
        ("empty.xlsx", FileFault::Empty, "template"),
        ("header-only.xlsx", FileFault::NoRows, "Add a row"),
        ("20001-rows.xlsx", FileFault::TooManyRows { found: 20_001, most: 20_000 }, "20001"),
        ("wide.xlsx", FileFault::TooManyColumns { cell: cell(2, 100), most: 100 }, "CW2"),
        ("long-cell.xlsx", FileFault::CellTooLong { cell: cell(2, 0), most: 32_767 }, "A2"),
        ("all-hidden.xlsx", FileFault::NoVisibleSheet, "visible"),
        ("string-index.xlsx", FileFault::MissingText { cell: cell(2, 0) }, "A2"),
        ("truncated.xlsx", sheet(), ".xlsx"),
        ("not-xml.xlsx", sheet(), ".xlsx"),
        ("entities.xlsx", sheet(), ".xlsx"),
        ("rows-backwards.xlsx", sheet(), ".xlsx"),
        ("bomb.xlsx", FileFault::UnpacksTooLarge { most: MAX_UNPACKED_BYTES }, "100 MB"),
        ("shared-bomb.xlsx", FileFault::TooMuchText { most: 64 * 1024 * 1024 }, "64 MB"),
        ("merged-bomb.xlsx", FileFault::TooMuchText { most: 64 * 1024 * 1024 }, "64 MB"),
        ("cut.xlsx", FileFault::Damaged { part: "ZIP".to_owned() }, ".xlsx"),
        ("old.xls", foreign(ForeignFile::Xls), "Save as"),
        ("password.xlsx", foreign(ForeignFile::Encrypted), "password"),
        ("page.xls", foreign(ForeignFile::Html), "web page"),
        ("table.ods", foreign(ForeignFile::Ods), "OpenDocument"),
        ("table.numbers", foreign(ForeignFile::Numbers), "Export"),
        ("letter.xlsx", foreign(ForeignFile::Zip), "CSV UTF-8"),
        ("binary.xlsb", foreign(ForeignFile::Xlsb), ".xlsb"),
        ("2003.xml", foreign(ForeignFile::Xml), "XML"),
    ] {
        let fault = read_kept(name).err();
        assert_eq!(fault, Some(expected), "{name}");
        let sentence = fault.unwrap().sentence(Language::English);
        assert!(sentence.contains(word), "{sentence}");
    }
}

#[test]
fn the_sizes_that_a_bomb_claims_do_not_matter() {
    let bomb = kept("bomb.xlsx");
    let mut lies = bomb.clone();
    // The size of each entry in the directory becomes a byte.
    let entries: Vec<usize> = (0..bomb.len()).filter(|at| bomb[*at..].starts_with(b"PK\x01\x02")).collect();
    for entry in entries {
        lies[entry + 24..entry + 28].copy_from_slice(&1_u32.to_le_bytes());
    }
    assert_ne!(lies, bomb);
    assert_eq!(read(&lies, "bomb.xlsx"), Err(FileFault::UnpacksTooLarge { most: MAX_UNPACKED_BYTES }));
}

#[test]
fn a_changed_byte_of_a_text_is_noticed() {
    let plain = kept("plain.xlsx");
    // The checksum of the sheet, in the directory at the end.
    let crc = plain.windows(24).rposition(|window| window == b"xl/worksheets/sheet1.xml").unwrap() - 46 + 16;
    let mut changed = plain.clone();
    changed[crc] ^= 1;
    let part = "xl/worksheets/sheet1.xml".to_owned();
    assert_eq!(read(&changed, "plain.xlsx"), Err(FileFault::Damaged { part }));
}

#[test]
fn relations_without_end_are_damage() {
    let with = |count: usize| {
        let mut parts = parts(&kept("plain.xlsx"));
        let (_, data) = parts.iter_mut().find(|(name, _)| name == "xl/_rels/workbook.xml.rels").unwrap();
        let relations = String::from_utf8(data.clone()).unwrap();
        let added: String = (0..count)
            .map(|index| format!(r#"<Relationship Id="added{index}" Type="a/b" Target="c"/>"#))
            .collect();
        *data = relations.replace("</Relationships>", &format!("{added}</Relationships>")).into_bytes();
        read(&packed(&parts), "plain.xlsx")
    };
    assert_eq!(with(9_000), read_kept("plain.xlsx"));
    assert_eq!(with(10_000), Err(FileFault::Damaged { part: "xl/_rels/workbook.xml.rels".to_owned() }));
}
