//! CSV files: encodings, separators, quotation marks, line ends, and what is no CSV.

use learncoin_language::Language;
use learncoin_spreadsheet::read::{MAX_FILE_BYTES, read};
use learncoin_spreadsheet::{FileFault, ForeignFile, Note, Separator, TableSource};

use crate::support::texts;

fn utf16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(encode).collect()
}

#[test]
fn a_table_is_the_same_in_every_encoding_separator_and_line_end() {
    let text = "name,note\r\nZoë Łukasz,\"two\nlines, \"\"quoted\"\"\"\r\n";
    let expected = [(1, vec!["name", "note"]), (2, vec!["Zoë Łukasz", "two\nlines, \"quoted\""])];
    let with = |separator: &str, line_end: &str| text.replacen(',', separator, 2).replace("\r\n", line_end);
    let little = [b"\xff\xfe".to_vec(), utf16(text, u16::to_le_bytes)].concat();
    let big = [b"\xfe\xff".to_vec(), utf16(text, u16::to_be_bytes)].concat();
    for (bytes, separator) in [
        (text.as_bytes().to_vec(), Separator::Comma),
        ([b"\xef\xbb\xbf", text.as_bytes()].concat(), Separator::Comma),
        (little, Separator::Comma),
        (big, Separator::Comma),
        (with(";", "\r\n").into_bytes(), Separator::Semicolon),
        (with("\t", "\n").into_bytes(), Separator::Tab),
        (with(",", "\r").into_bytes(), Separator::Comma),
        (format!("sep=;\r\n{}", with(";", "\n")).into_bytes(), Separator::Semicolon),
    ] {
        let table = read(&bytes, "people.csv").unwrap();
        assert_eq!(table.source, TableSource::Csv(separator));
        assert_eq!((texts(&table), &*table.notes), (expected.to_vec(), &[][..]));
    }
}

#[test]
fn windows_1252_is_read_with_a_note_to_compare() {
    let table = read(b"name;city\nJos\xe9 \x96 \x8cuvre;K\xf6ln\n", "people.csv").unwrap();
    assert_eq!(texts(&table)[1], (2, vec!["José – Œuvre", "Köln"]));
    assert_eq!(table.notes, [Note::Windows1252 { sample: "José".to_owned() }]);
}

#[test]
fn rows_have_the_numbers_of_a_spreadsheet_program() {
    let text = "\n,,\nname,note\nAda,\"1\n2\n3\"\n\n , \nGrace,x\rKatherine,y\r\nMary,z\n,,,\n\n\n";
    let table = read(text.as_bytes(), "people.csv").unwrap();
    let numbers: Vec<(u32, &str)> = texts(&table).iter().map(|(number, cells)| (*number, cells[0])).collect();
    assert_eq!(numbers, [(3, "name"), (4, "Ada"), (7, "Grace"), (8, "Katherine"), (9, "Mary")]);
}

#[test]
fn scripts_marks_and_pictures_are_kept_as_they_are() {
    let cells = [
        "آدا لوفلايس",
        "Zoe\u{308} O’Neill",
        "\u{1f469}\u{200d}\u{1f393} Ada",
        "山田 太郎",
        "عائشة\u{200f}",
        "00123",
    ];
    let table = read(format!("name\n{}\n", cells.join("\n")).as_bytes(), "people.csv").unwrap();
    let read: Vec<&str> = texts(&table)[1..].iter().map(|(_, cells)| cells[0]).collect();
    assert_eq!(read, cells);
}

#[test]
fn ragged_rows_are_kept_for_the_check_of_rows() {
    let table = read(b"name,email\nAda\nGrace,g@example.org,extra\n", "people.csv").unwrap();
    assert_eq!(texts(&table)[1..], [(2, vec!["Ada"]), (3, vec!["Grace", "g@example.org", "extra"])]);
    assert_eq!(table.header.cells.len(), 2);
}

#[test]
fn what_is_no_table_has_a_fault_with_a_remedy() {
    let rows = |count: usize| format!("name\n{}", "Ada\n".repeat(count)).into_bytes();
    let wide =
        |columns: usize| format!("name{}\nAda{},x\n", ",".repeat(99), ",".repeat(columns - 2)).into_bytes();
    let long = format!("name,note\nAda,{}\n", "é".repeat(1_000_000 / 2)).into_bytes();
    let foreign = |form| FileFault::Foreign { form };
    let cases: Vec<(Vec<u8>, FileFault, &str)> = vec![
        (b"".to_vec(), FileFault::Empty, "template"),
        (b"\xef\xbb\xbf".to_vec(), FileFault::Empty, "template"),
        (b"\xff\xfe".to_vec(), FileFault::Empty, "template"),
        (b" \r\n,,\n\t\n".to_vec(), FileFault::Empty, "template"),
        (b"name,email\n\n,\n".to_vec(), FileFault::NoRows, "Add a row"),
        (rows(20_001), FileFault::TooManyRows { found: 20_001, most: 20_000 }, "20001"),
        (vec![b'a'; MAX_FILE_BYTES + 1], FileFault::TooLarge { most: MAX_FILE_BYTES }, "10 MB"),
        (wide(101), fault_at(2, 100, |cell| FileFault::TooManyColumns { cell, most: 100 }), "CW2"),
        (long, fault_at(2, 1, |cell| FileFault::CellTooLong { cell, most: 32_767 }), "B2"),
        (utf16("name,email\nAda,", u16::to_le_bytes), FileFault::Utf16WithoutMark, "CSV UTF-8"),
        (utf16("name,email\nAda,", u16::to_be_bytes), FileFault::Utf16WithoutMark, "CSV UTF-8"),
        (b"name,note\nAda,a\0b\n".to_vec(), fault_at(2, 1, |cell| FileFault::NulCharacter { cell }), "B2"),
        (b"name\n\x81\x8d".to_vec(), FileFault::UnknownEncoding, "CSV UTF-8"),
        (
            b"name,note\nAda,\"open\nGrace,x\n".to_vec(),
            fault_at(2, 1, |cell| FileFault::UnclosedQuote { cell }),
            "B2",
        ),
        (b"name,note\nAda,\"a\"b\n".to_vec(), fault_at(2, 1, |cell| FileFault::StrayQuote { cell }), "B2"),
        (b"%PDF-1.7".to_vec(), foreign(ForeignFile::Pdf), "PDF"),
        (b"\n <!DOCTYPE html><html>".to_vec(), foreign(ForeignFile::Html), ".xlsx"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), foreign(ForeignFile::Other), ".xlsx"),
        (b"PK\x03\x04".to_vec(), FileFault::Damaged { part: "ZIP".to_owned() }, ".xlsx"),
    ];
    for (bytes, expected, word) in cases {
        let fault = read(&bytes, "people.csv").unwrap_err();
        assert_eq!(fault, expected);
        let sentence = fault.sentence(Language::English);
        assert!(sentence.contains(word), "{sentence}");
    }
    assert!(read(&rows(20_000), "people.csv").is_ok() && read(&wide(100), "people.csv").is_ok());
}

fn fault_at(row: u32, column: usize, fault: fn(learncoin_spreadsheet::CellRef) -> FileFault) -> FileFault {
    fault(learncoin_spreadsheet::CellRef { row, column })
}

#[test]
fn a_table_under_a_workbooks_name_is_read_with_a_note() {
    assert_eq!(read(b"name\nAda\n", "people.XLSX").unwrap().notes, [Note::OtherForm]);
    assert_eq!(read(b"name\nAda\n", "people.txt").unwrap().notes, []);
    assert_eq!(read(b"name\nAda\n", "people").unwrap().notes, []);
}
