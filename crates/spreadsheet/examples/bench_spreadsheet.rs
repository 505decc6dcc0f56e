//! Measures reading and checking 20,000 rows, as CSV and as a workbook: `cargo run --profile dist -p learncoin-spreadsheet --example
//! bench_spreadsheet`. Prints the time of each step and the most memory that the process had.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for developers")]

use std::fmt::Write as _;
use std::time::Instant;

use jiff::civil::Date;
use learncoin_spreadsheet::rows::{RowInputs, check};
use learncoin_spreadsheet::{AchievementTemplate, batches, columns, read};

const ROWS: usize = 20_000;
const HEADERS: [&str; 12] = [
    "name",
    "email",
    "recipient_id",
    "achievement",
    "description",
    "criteria",
    "skill_framework",
    "skill_code",
    "skill_name",
    "issued",
    "expires",
    "matriculation",
];

fn main() {
    let rows: Vec<[String; 12]> = (0..ROWS).map(row).collect();
    let mut text = HEADERS.join(";");
    for row in &rows {
        write!(text, "\n{}", row.join(";")).unwrap();
    }
    measure("CSV", text.as_bytes());
    measure("workbook", &workbook(&rows));
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("VmHWM: unknown");
    println!("memory at most: {}", peak.trim_start_matches("VmHWM:").trim());
}

fn row(index: usize) -> [String; 12] {
    [
        format!("Ada Lovelace {index}"),
        format!("ada{index}@example.org"),
        String::new(),
        "Introduction to Machine Learning".to_owned(),
        "A course of ten weeks with a final project, and with an examination at its end.".to_owned(),
        "Passed the final project.".to_owned(),
        "ESCO".to_owned(),
        "http://data.europa.eu/esco/skill/1".to_owned(),
        "machine learning".to_owned(),
        if index.is_multiple_of(10) { "31.5.2026".to_owned() } else { "2026-05-31".to_owned() },
        "2029-05-31".to_owned(),
        format!("{index:07}"),
    ]
}

fn measure(form: &str, bytes: &[u8]) {
    let begin = Instant::now();
    let table = read::read(bytes, "people").unwrap();
    let was_read = begin.elapsed();
    let mut map = columns::guess(&table);
    map.skip_unconfirmed();
    let template = AchievementTemplate::default();
    let inputs =
        RowInputs { table: &table, map: &map, template: &template, today: Date::constant(2026, 6, 1) };
    let mut random = 0_u128;
    let checked = check(&inputs, &mut || {
        random = random.wrapping_add(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        random.to_be_bytes()
    });
    let was_checked = begin.elapsed();
    let parts = batches::split("bench", checked.rows.len());
    let bytes_of_bodies: usize = parts
        .iter()
        .filter_map(|part| checked.rows.get(part.rows.clone()))
        .map(|rows| batches::body(rows).len())
        .sum();
    let faults: usize = checked.rows.iter().map(|row| row.faults.len()).sum();
    println!(
        "{form}: {} bytes, {} rows, {faults} faults, {} warnings, {} batches of {bytes_of_bodies} bytes: read in {was_read:?}, checked in {:?}, all in {:?}",
        bytes.len(),
        checked.rows.len(),
        checked.warnings.len(),
        parts.len(),
        was_checked - was_read,
        begin.elapsed()
    );
}

/// Returns a workbook with the rows as texts of their own, which is larger than what programs write.
fn workbook(rows: &[[String; 12]]) -> Vec<u8> {
    let cells = |number: usize, texts: &mut dyn Iterator<Item = &str>| {
        let cells: String = texts
            .enumerate()
            .map(|(column, text)| {
                let letters = learncoin_spreadsheet::column_letters(column);
                format!(r#"<c r="{letters}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#)
            })
            .collect();
        format!(r#"<row r="{number}">{cells}</row>"#)
    };
    let mut sheet = format!("<worksheet><sheetData>{}", cells(1, &mut HEADERS.into_iter()));
    for (index, row) in rows.iter().enumerate() {
        sheet.push_str(&cells(index + 2, &mut row.iter().map(String::as_str)));
    }
    sheet.push_str("</sheetData></worksheet>");
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = |kind: &str, target: &str| {
        format!(
            r#"<Relationships><Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/></Relationships>"#
        )
    };
    container(&[
        ("[Content_Types].xml", "<Types/>".to_owned()),
        ("_rels/.rels", relations("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", r#"<workbook xmlns:r="r"><sheets><sheet name="People" sheetId="1" r:id="r1"/></sheets></workbook>"#.to_owned()),
        ("xl/_rels/workbook.xml.rels", relations("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

/// Returns a ZIP container of these parts.
fn container(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    let size_of = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    for (name, data) in parts {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, data.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(data.as_bytes());
        let sizes = [crc.sum().to_le_bytes(), size_of(packed.len()), size_of(data.len())].concat();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let start = size_of(body.len());
        body.extend(
            [b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0", &sizes[..], &length, &[0, 0], name.as_bytes(), &packed]
                .concat(),
        );
        directory.extend(
            [
                b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0",
                &sizes[..],
                &length,
                &[0; 12],
                &start,
                name.as_bytes(),
            ]
            .concat(),
        );
    }
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    let (size, start) = (size_of(directory.len()), size_of(body.len()));
    [body, directory, [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &start, &[0, 0]].concat()].concat()
}
