//! Files that are damaged at random: never a panic, and what is read can be checked and written.

use learncoin_language::Language;
use learncoin_spreadsheet::read::read;
use learncoin_spreadsheet::{AchievementTemplate, Cell, FileFault, TableRow, result_file};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::support::{Upload, kept, kept_files, packed, parts};

/// The largest file that is damaged: the time of a test is limited.
const MOST_BYTES: usize = 40_000;

fn seed() -> u64 {
    std::env::var("LEARNCOIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_531)
}

fn mutated(random: &mut StdRng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.random_range(1..6) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = random.random_range(0..bytes.len());
        match random.random_range(0..6) {
            0 => bytes[at] = random.random(),
            1 => bytes[at] ^= 1 << random.random_range(0..8),
            2 => bytes.truncate(at),
            3 => {
                let end = (at + random.random_range(1..64)).min(bytes.len());
                drop(bytes.drain(at..end));
            }
            4 => {
                let end = (at + random.random_range(1..64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = random.random_range(0..=bytes.len());
                drop(bytes.splice(to..to, copy));
            }
            _ => {
                let signs: [&[u8]; 10] = [
                    b"\"",
                    b",",
                    b"\n",
                    b"\0",
                    b"<",
                    b"&#x",
                    b"\xff\xff\xff\xff",
                    b"]]>",
                    b"=",
                    b"\xe2\x80\xae",
                ];
                drop(bytes.splice(at..at, signs[random.random_range(0..signs.len())].iter().copied()));
            }
        }
    }
    bytes
}

/// Reads a file, and does everything with it that a dry run does. Returns whether it was read.
fn run(bytes: &[u8]) -> bool {
    let Ok(table) = read(bytes, "people.csv") else { return false };
    let upload = Upload::of_table(table, AchievementTemplate::default());
    let checked = upload.check();
    for fault in checked.rows.iter().flat_map(|row| &row.faults).take(20) {
        assert!(!fault.sentence(Language::Arabic).is_empty());
    }
    let result = result_file::write(&upload.inputs(), Language::German, &mut |_| None);
    // What is written can be read, unless the columns that are added are too many.
    if upload.table.header.cells.len() <= 90 && upload.table.rows.iter().all(|row| row.cells.len() <= 90) {
        // A row of which nothing is shown, such as one of unsaved formulas alone, is written as separators and passed over.
        let is_shown =
            |row: &&TableRow| row.cells.iter().any(|cell| !Cell::new(cell.shown().to_owned()).is_empty());
        let again = match read(&result, "result.csv") {
            Err(FileFault::NoRows) => 0,
            again => again.unwrap().rows.len(),
        };
        assert_eq!(again, upload.table.rows.iter().filter(is_shown).count());
    }
    true
}

/// Damages one of the parts of a workbook, and packs them again, so that the damage is inside a part whose checksum is right.
fn repacked(random: &mut StdRng, parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut parts = parts.to_vec();
    let damaged = random.random_range(0..parts.len());
    parts[damaged].1 = mutated(random, &parts[damaged].1);
    packed(&parts)
}

#[test]
fn damaged_files_never_panic() {
    let mut random = StdRng::seed_from_u64(seed());
    let mut seeds: Vec<Vec<u8>> =
        kept_files().iter().map(|name| kept(name)).filter(|bytes| bytes.len() <= MOST_BYTES).collect();
    let text = "name;issued;email;recipient_id;skill_framework;skill_code\n\"Zoë\n\"\"x\"\"\";31.5.2017;a@b.example;;ESC0;=1\nAda;5/6/17;;;;#REF!\n";
    seeds.extend([
        text.as_bytes().to_vec(),
        [b"\xff\xfe".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat(),
    ]);
    seeds.push("sep=,\r\nname,issued\r\nJos\u{e9},٣١/٠٥/٢٠١٧\r\n".as_bytes().to_vec());
    let mut read = 0;
    for _ in 0..60 {
        for bytes in &seeds {
            read += usize::from(run(&mutated(&mut random, bytes)));
        }
    }
    assert!(read > 50, "only {read} damaged files were read");
}

#[test]
fn damaged_parts_never_panic() {
    let mut random = StdRng::seed_from_u64(seed());
    let mut read = 0;
    for name in [
        "plain.xlsx",
        "dates-1900.xlsx",
        "numbers.xlsx",
        "merged.xlsx",
        "hidden-sheets.xlsx",
        "rich.xlsx",
        "formulas.xlsx",
    ] {
        let parts = parts(&kept(name));
        for _ in 0..300 {
            read += usize::from(run(&repacked(&mut random, &parts)));
        }
    }
    assert!(read > 200, "only {read} damaged workbooks were read");
}
