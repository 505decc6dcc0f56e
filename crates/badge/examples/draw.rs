//! Draws samples of every file into a directory, to be looked at: `cargo run -p learncoin-badge --example draw -- DIR`. A
//! second folder is one of fonts, for the samples in Chinese, Japanese and Korean.

#![expect(clippy::expect_used, reason = "the sample document that it shares with the tests can be read")]

use std::path::Path;

use anyhow::Context as _;
use learncoin_badge::{
    Award, Color, CredentialState, badge_png, badge_svg, card_png, certificate_pdf, use_font_folder,
};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_language::Language;

#[path = "../src/testing.rs"]
mod testing;

fn main() -> anyhow::Result<()> {
    let directory = std::env::args().nth(1).context("name a directory")?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    if let Some(fonts) = std::env::args().nth(2) {
        use_font_folder(Path::new(&fonts))?;
    }
    let plain = document(|_| ());
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
    let main = AnchorChain::BaseMainnet;
    let green = Color::parse("#0b5c33");
    for (name, document, language, chain, state, accent) in [
        ("plain", &plain, Language::English, main, CredentialState::Anchored, None),
        ("green", &plain, Language::German, main, CredentialState::Anchored, green),
        ("development", &plain, Language::French, AnchorChain::Development, CredentialState::Anchored, None),
        ("revoked", &plain, Language::English, AnchorChain::BaseSepolia, CredentialState::Revoked, green),
        ("pending", &plain, Language::Spanish, AnchorChain::Development, CredentialState::Pending, green),
        ("long", &long, Language::English, AnchorChain::Development, CredentialState::Anchored, green),
        ("unbroken", &unbroken, Language::English, main, CredentialState::Expired, None),
        ("arabic", &arabic, Language::Arabic, AnchorChain::Development, CredentialState::Anchored, None),
        ("foreign", &foreign, Language::English, main, CredentialState::Anchored, None),
        ("erased", &erased, Language::Arabic, main, CredentialState::NotYetValid, green),
    ] {
        draw(directory, name, &Award { document, language, chain, state, accent, logo: None })?;
    }
    for sample in testing::SCRIPTS.iter().chain(testing::IDEOGRAPHS) {
        draw_script(directory, sample.language, &sample.document())?;
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
        draw_script(directory, name, &document)?;
    }
    Ok(())
}

fn draw_script(directory: &Path, name: &str, document: &Document) -> anyhow::Result<()> {
    let (language, chain, state) = (Language::English, AnchorChain::BaseMainnet, CredentialState::Anchored);
    let award = Award { document, language, chain, state, accent: None, logo: None };
    draw(directory, &format!("script-{name}"), &award)
}

fn draw(directory: &Path, name: &str, award: &Award<'_>) -> anyhow::Result<()> {
    let write = |kind: &str, bytes: &[u8]| std::fs::write(directory.join(format!("{name}{kind}")), bytes);
    write("-badge.svg", badge_svg(award).as_bytes())?;
    write("-badge.png", &badge_png(award)?)?;
    write("-card.png", &card_png(award)?)?;
    let credential = award.document.to_json().to_string();
    write(".pdf", &certificate_pdf(award, credential.as_bytes(), "2026-04-23T12:00:00Z".parse()?)?)?;
    Ok(())
}

fn document(change: impl FnOnce(&mut Document)) -> Document {
    let mut document = testing::document();
    change(&mut document);
    document
}
