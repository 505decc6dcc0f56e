//! Draws samples of every file into a directory, to be looked at: `cargo run -p learncoin-badge --example draw -- DIR`. A
//! second folder is one of fonts, for the samples in Chinese, Japanese and Korean.

#![expect(clippy::expect_used, reason = "the sample document that it shares with the tests can be read")]

use std::path::Path;

use anyhow::Context as _;
use learncoin_badge::{
    Award, Brand, Color, CredentialState, Picture, SignatureLine, badge_png, badge_svg, card_png,
    certificate_pdf, use_font_folder,
};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_language::Language;

#[path = "../src/testing.rs"]
mod testing;

/// The look of a sample, besides its document.
#[derive(Clone, Copy)]
struct Look {
    language: Language,
    chain: AnchorChain,
    state: CredentialState,
    accent: Option<&'static str>,
    /// Whether the school has a crest.
    crest: Crest,
    /// Whether the achievement has a picture.
    has_image: bool,
    is_confirmed: bool,
    /// The number of signatures.
    signatures: usize,
}

#[derive(Clone, Copy)]
enum Crest {
    None,
    Square,
    Wide,
}

const PLAIN: Look = Look {
    language: Language::English,
    chain: AnchorChain::BaseMainnet,
    state: CredentialState::Anchored,
    accent: None,
    crest: Crest::None,
    has_image: false,
    is_confirmed: true,
    signatures: 0,
};
const SCHOOL: Look = Look { accent: Some("#0b5c33"), crest: Crest::Square, signatures: 2, ..PLAIN };
const DEVELOPMENT: Look = Look { chain: AnchorChain::Development, ..PLAIN };

fn main() -> anyhow::Result<()> {
    let directory = std::env::args().nth(1).context("name a directory")?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    if let Some(fonts) = std::env::args().nth(2) {
        use_font_folder(Path::new(&fonts))?;
    }
    let plain = document(|_| ());
    let titled = |title: &str| document(|document| document.subject.achievement.name = title.to_owned());
    let long = document(|document| {
        document.subject.name = Some("Countess Augusta Ada King-Noel of Lovelace, née Byron".repeat(3));
        document.subject.achievement.name = "Foundations of Distributed Ledger Engineering and Applied Cryptography for Public Administration".into();
        document.subject.achievement.description = "A very long description of what was learned. ".repeat(30);
        document.issuer.name =
            "The Polytechnic University of Applied Sciences and Continuing Education".into();
    });
    let unbroken = document(|document| {
        document.subject.name = Some("W".repeat(256));
        document.subject.achievement.name = "Ж".repeat(256);
        document.issuer.name = "Ω".repeat(256);
        document.subject.achievement.description = "e\u{301}\u{323}\u{302}".repeat(400);
    });
    let arabic = document(|document| {
        document.subject.name = Some("آدا لوفليس".into());
        document.subject.achievement.name = "مقدمة في تعلّم الآلة (Machine Learning) 2026".into();
        document.subject.achievement.description =
            "أتمّت الدورة التمهيدية المكوّنة من 12 أسبوعًا بامتياز.".into();
        document.issuer.name = "جامعة المثال".into();
    });
    let foreign = document(|document| {
        document.subject.name = Some("阿達·洛芙萊斯".into());
        document.subject.achievement.name = "機械学習入門 🎓".into();
        document.issuer.name = "東京大学".into();
    });
    let erased = plain.redacted();
    let courses = ["Algebra", "Marine Biology", "Criminal Law", "Statistics II", "Welding", "Music Theory"];
    let courses: Vec<(String, Document)> = courses
        .iter()
        .map(|title| (title.to_lowercase().replace(' ', "-"), without_id(titled(title))))
        .collect();
    let sepolia = Look { chain: AnchorChain::BaseSepolia, ..SCHOOL };
    let mut samples = vec![
        ("plain", &plain, PLAIN),
        ("green", &plain, Look { language: Language::German, ..SCHOOL }),
        ("wide", &plain, Look { crest: Crest::Wide, accent: Some("#8b2635"), signatures: 1, ..PLAIN }),
        ("image", &plain, Look { has_image: true, ..SCHOOL }),
        ("image-only", &plain, Look { has_image: true, ..PLAIN }),
        ("unconfirmed", &plain, Look { is_confirmed: false, ..SCHOOL }),
        ("unconfirmed-image", &long, Look { is_confirmed: false, has_image: true, ..sepolia }),
        ("development", &plain, Look { language: Language::French, ..DEVELOPMENT }),
        ("revoked", &plain, Look { state: CredentialState::Revoked, ..sepolia }),
        ("expired", &plain, Look { state: CredentialState::Expired, language: Language::German, ..SCHOOL }),
        ("expired-plain", &plain, Look { state: CredentialState::Expired, ..PLAIN }),
        (
            "pending",
            &plain,
            Look { state: CredentialState::Pending, language: Language::Spanish, ..DEVELOPMENT },
        ),
        ("long", &long, Look { chain: AnchorChain::Development, ..SCHOOL }),
        ("long-revoked", &long, Look { state: CredentialState::Revoked, has_image: true, ..sepolia }),
        ("unbroken", &unbroken, Look { state: CredentialState::Expired, ..PLAIN }),
        ("arabic", &arabic, Look { language: Language::Arabic, chain: AnchorChain::Development, ..SCHOOL }),
        (
            "arabic-revoked",
            &arabic,
            Look { language: Language::Arabic, state: CredentialState::Revoked, ..SCHOOL },
        ),
        ("foreign", &foreign, PLAIN),
        (
            "erased",
            &erased,
            Look { language: Language::Arabic, state: CredentialState::NotYetValid, ..SCHOOL },
        ),
    ];
    samples.extend(courses.iter().map(|(name, document)| (name.as_str(), document, SCHOOL)));
    let plain_courses: Vec<(String, &Document)> =
        courses.iter().map(|(name, document)| (format!("{name}-plain"), document)).collect();
    samples.extend(plain_courses.iter().map(|(name, document)| (name.as_str(), *document, PLAIN)));
    for (name, document, look) in samples {
        draw(directory, name, document, look).with_context(|| name.to_owned())?;
    }
    for sample in testing::SCRIPTS.iter().chain(testing::IDEOGRAPHS) {
        draw(directory, &format!("script-{}", sample.language), &sample.document(), SCHOOL)?;
    }
    for (name, text) in [
        ("symbols", "C♯ → ✓ ★ x ≥ 2 ① 🎓 end"),
        ("left-out", "Ada \u{10330}\u{10331} Lovelace"),
        ("mixed", "Ada آدا עדה एडा ადა Ադա አዳ"),
        ("long-thai", "การเรียนรู้ของเครื่องเบื้องต้นสำหรับผู้บริหารและการประยุกต์ใช้ในองค์กรขนาดใหญ่"),
    ] {
        let document = document(|document| {
            document.subject.name = Some(text.into());
            document.subject.achievement.name = text.into();
            document.subject.achievement.description = format!("{text}\n{text}");
            document.issuer.name = text.into();
        });
        draw(directory, &format!("script-{name}"), &document, PLAIN)?;
    }
    Ok(())
}

fn draw(directory: &Path, name: &str, document: &Document, look: Look) -> anyhow::Result<()> {
    let persons = [("Mary Somerville", "Rector"), ("Augustus De Morgan", "Head of the Examination Board")];
    let signature = |number: usize, (name, title): (&str, &str)| SignatureLine {
        name: name.to_owned(),
        title: Some(title.to_owned()),
        picture: (number == 0).then(|| picture(300, 80, scrawl)),
    };
    let award = Award {
        document,
        language: look.language,
        chain: look.chain,
        state: look.state,
        accent: look.accent.and_then(Color::parse),
        logo: match look.crest {
            Crest::None => None,
            Crest::Square => Some(picture(240, 240, shield)),
            Crest::Wide => Some(picture(480, 110, word_mark)),
        },
        image: look.has_image.then(|| picture(256, 256, photo)),
        is_issuer_confirmed: look.is_confirmed,
        signatures: persons
            .into_iter()
            .enumerate()
            .take(look.signatures)
            .map(|(at, one)| signature(at, one))
            .collect(),
        shows_number: look.signatures > 0,
        brand: Brand::default(),
    };
    let write = |kind: &str, bytes: &[u8]| std::fs::write(directory.join(format!("{name}{kind}")), bytes);
    write("-badge.svg", badge_svg(&award).as_bytes())?;
    write("-badge.png", &badge_png(&award)?)?;
    write("-card.png", &card_png(&award)?)?;
    let credential = document.to_json().to_string();
    write(".pdf", &certificate_pdf(&award, credential.as_bytes(), "2026-04-23T12:00:00Z".parse()?)?)?;
    Ok(())
}

/// Paints a picture: `paint` is given the place from -1 to 1 in both directions, and returns a color with an opacity.
fn picture(width: u16, height: u16, paint: fn(f32, f32) -> [u8; 4]) -> Picture {
    let place = |at: u16, length: u16| (f32::from(at) + 0.5) / f32::from(length) * 2.0 - 1.0;
    let rows = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels: Vec<u8> = rows.flat_map(|(x, y)| paint(place(x, width), place(y, height))).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width.into(), height.into());
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels)).expect("pixels");
    Picture::decode(&bytes).expect("a picture")
}

fn shield(x: f32, y: f32) -> [u8; 4] {
    let half = if y < 0.1 { 0.78 } else { 0.78 * (1.0 - ((y - 0.1) / 0.88).powi(2)).max(0.0).sqrt() };
    match (x.abs(), y) {
        (x, y) if x > half || y < -0.95 => [0; 4],
        (x, y) if x > half - 0.08 || y < -0.87 => [0xc9, 0x9a, 0x2e, 0xff],
        (_, y) if y < -0.2 => [0x0b, 0x3d, 0x2e, 0xff],
        (x, _) if x < 0.12 => [0xf2, 0xe6, 0xc4, 0xff],
        _ => [0x8b, 0x1e, 0x2b, 0xff],
    }
}

fn word_mark(x: f32, y: f32) -> [u8; 4] {
    let letter = ((x + 1.0) * 6.0).fract();
    match (letter, y.abs()) {
        (_, y) if y > 0.8 => [0; 4],
        (letter, _) if letter < 0.2 => [0; 4],
        (letter, y) if letter > 0.45 && letter < 0.75 && y < 0.45 => [0; 4],
        _ => [0x8b, 0x26, 0x35, 0xff],
    }
}

fn photo(x: f32, y: f32) -> [u8; 4] {
    match x.hypot(y) {
        far if far < 0.35 => [0xff, 0xd1, 0x4d, 0xff],
        far if far < 0.42 => [0xff, 0xff, 0xff, 0xff],
        _ if y > 0.4 + 0.2 * (x * 5.0).sin() => [0x1c, 0x7c, 0x54, 0xff],
        _ => [0x2a, 0x7f, 0xc9, 0xff],
    }
}

fn scrawl(x: f32, y: f32) -> [u8; 4] {
    let line = 0.6 * (x * 9.0).sin() * (1.0 - x * 0.5) * 0.7 + 0.2 * (x * 31.0).cos();
    if (y - line).abs() < 0.09 && x.abs() < 0.92 { [0x1a, 0x2f, 0x7a, 0xff] } else { [0; 4] }
}

/// Leaves the identifier out, which decides on the ornament where there is one.
fn without_id(mut document: Document) -> Document {
    document.subject.achievement.id = None;
    document
}

fn document(change: impl FnOnce(&mut Document)) -> Document {
    let mut document = testing::document();
    change(&mut document);
    document
}
