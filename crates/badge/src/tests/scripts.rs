//! Tests of files in the scripts of the world: what is drawn, and what a reader copies out of a certificate.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::*;
use crate::testing::{IDEOGRAPHS, SCRIPTS, Sample};
use crate::text::lacks_letters;

/// The folder of Debian's package `fonts-noto-cjk`, unless the setting's variable names another.
const NOTO_CJK: &str = "/usr/share/fonts/opentype/noto";

/// The content of the folder of fonts, if the machine has one.
static FOLDER: LazyLock<Option<FontFolder>> = LazyLock::new(|| {
    let folder = std::env::var_os("LEARNCOIN_FONTS_DIR").map_or_else(|| NOTO_CJK.into(), PathBuf::from);
    folder.exists().then(|| use_font_folder(&folder).unwrap())
});

/// Runs a program of poppler on a file.
fn poppler(program: &str, arguments: &[&str], file: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("certificate.pdf");
    std::fs::write(&path, file).unwrap();
    let output: &Path = Path::new("-");
    let mut command = Command::new(program);
    command.args(arguments).arg(&path);
    if program == "pdftotext" {
        command.arg(output);
    }
    let ran =
        command.output().unwrap_or_else(|error| panic!("{program}, of Debian's poppler-utils: {error}"));
    assert!(ran.status.success(), "{program}: {}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

/// Returns the text that a reader copies, without the white space and the marks of direction that a program adds.
fn copied(award: &Award<'_>) -> String {
    squeezed(&poppler("pdftotext", &[], &pdf(award)))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !is_added(*letter)).collect()
}

/// Returns whether a program adds the character where a line or a script ends.
fn is_added(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
}

/// Keeps a drawing for people to look at, beside the pictures of pages.
fn keep(name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots/drawings");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), bytes).unwrap();
}

/// Returns the award of a school with a crest, a color, signatures and numbers.
fn of_a_school<'a>(award: &Award<'a>) -> Award<'a> {
    let signature = |name: &str| SignatureLine {
        name: name.into(),
        title: Some("Rector".into()),
        picture: Some(picture(300, 80)),
    };
    Award {
        accent: Color::parse("#0b5c33"),
        logo: Some(picture(90, 90)),
        signatures: vec![signature("Mary Somerville"), signature("Augustus De Morgan")],
        shows_number: true,
        ..award.clone()
    }
}

/// Draws a sample for schools without and with a face of their own: nothing lies on anything else.
fn assert_apart_for_two_brands(award: &Award<'_>, language: &str) {
    for (brand, award) in [("plain", award.clone()), ("school", of_a_school(award))] {
        let name = format!("{language}-{brand}");
        assert_apart(&crate::certificate::certificate(&award), &name);
        keep(&format!("{name}-badge.png"), &badge_png(&award).unwrap());
        keep(&format!("{name}-card.png"), &card_png(&award).unwrap());
        keep(&format!("{name}-certificate.pdf"), &pdf(&award));
    }
}

fn assert_drawn(sample: &Sample) {
    let Sample { language, name, title, issuer } = sample;
    for text in [name, title, issuer] {
        assert!(!lacks_letters(text, None), "{language}: {text}");
    }
    let document = sample.document();
    let award = award_of(&document);
    let plain = super::document();
    assert_ne!(badge_svg(&award), badge_svg(&award_of(&plain)), "{language}");
    assert!(card_png(&award).unwrap() != card_png(&award_of(&plain)).unwrap(), "{language}");
    assert_apart_for_two_brands(&award, language);
    let certificate = pdf(&award);
    let text = copied(&award);
    for part in [name, title, issuer] {
        assert!(text.contains(&squeezed(part)), "{language}: {part} is not in\n{text}");
    }
    let words = award.words();
    for note in [&words.elsewhere, &words.left_out] {
        assert!(!text.contains(&squeezed(note)), "{language}");
    }
    let fonts = poppler("pdffonts", &[], &certificate);
    for font in fonts.lines().skip(2) {
        assert!(font.contains("yes yes yes"), "embedded, reduced, with letters: {font}");
    }
}

#[test]
fn names_in_the_scripts_of_the_shipped_fonts_are_drawn_and_copied() {
    SCRIPTS.iter().for_each(assert_drawn);
}

#[test]
fn names_in_chinese_japanese_and_korean_are_drawn_and_copied_with_a_folder_of_fonts() {
    let Some(folder) = &*FOLDER else { return eprintln!("skipped: {NOTO_CJK} is not there") };
    for script in ["Chinese", "Japanese", "Korean", "Khmer", "Latin"] {
        assert!(folder.scripts.contains(&script), "{script}: {folder:?}");
    }
    IDEOGRAPHS.iter().for_each(assert_drawn);
    for (sample, form) in IDEOGRAPHS.iter().zip(["sc", "tc", "jp", "kr"]) {
        let fonts = poppler("pdffonts", &[], &pdf(&award_of(&sample.document())));
        assert!(fonts.contains(&format!("CJK{form}-")), "{}:\n{fonts}", sample.language);
    }
}

#[test]
fn letters_are_copied_in_the_order_in_which_they_are_read() {
    for name in [
        "الله",
        "عبد الله",
        "سلام لأحمد",
        "لا إله إلا الله",
        "مُحَمَّد",
        "עדה לאבלייס",
        "שָׁלוֹם",
        "می\u{200c}خواهم",
        "ﬁnal office",
        "क्षत्रिय श्री",
        "ស្រ្តី",
        "กำลังใจ",
    ] {
        let document = document_with(name);
        let text = poppler("pdftotext", &[], &pdf(&award_of(&document)));
        let lines: Vec<String> =
            text.lines().map(|line| line.replace(is_added, "").trim().to_owned()).collect();
        assert!(lines.iter().any(|line| line == name), "{name:?} is not among {lines:?}");
    }
}

/// Checks names in two directions. The program orders the parts of a line as most of the page runs, and may lose a space between two
/// of them.
#[test]
fn names_in_two_directions_are_copied_in_the_order_of_their_page() {
    for (name, language) in [
        ("آدا Lovelace لوفليس", Language::Arabic),
        ("عبد الله Lovelace", Language::Arabic),
        // A hyphen counts as no letter of either direction.
        ("דוד בן-גוריון", Language::Arabic),
        ("Ada Lovelace آدا لوفليس", Language::English),
        ("Ada עדה לאבלייס", Language::English),
    ] {
        let document = document_with(name);
        let text = copied(&Award { language, ..award_of(&document) });
        assert!(text.contains(&squeezed(name)), "{name:?} is not in {text:?}");
    }
}

#[test]
fn letters_that_no_font_has_are_left_out_alone_and_a_sentence_says_so() {
    let document = document_with("Ada \u{10330}\u{10331} Lovelace 🎓");
    let text = copied(&award_of(&document));
    let words = award_of(&document).words();
    assert!(text.contains("Ada…Lovelace") && text.contains(&squeezed(&words.left_out)), "{text}");
    let document = document_with("\u{10330}");
    let text = copied(&award_of(&document));
    assert!(text.contains(&squeezed(&words.elsewhere)), "{text}");
    let text = copied(&award_of(&document_with("Ada 🎓")));
    assert!(!text.contains(&squeezed(&words.left_out)), "emoji are no letters: {text}");
}

#[test]
fn the_line_breaks_of_a_description_survive() {
    let mut document = document();
    document.subject.achievement.description = "First module\nSecond module".into();
    let text = poppler("pdftotext", &[], &pdf(&award_of(&document)));
    assert!(text.contains("First module\nSecond module\n"), "{text}");
}
