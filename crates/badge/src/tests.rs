//! Tests of whole files.

mod scripts;

use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_language::Language;

use super::*;
use crate::testing::document;

fn award_of(document: &Document) -> Award<'_> {
    Award {
        document,
        language: Language::English,
        chain: AnchorChain::BaseMainnet,
        state: CredentialState::Anchored,
        accent: None,
        logo: None,
    }
}

fn pdf(award: &Award<'_>) -> Vec<u8> {
    certificate_pdf(award, b"{}", "2026-04-23T12:00:00Z".parse().unwrap()).unwrap()
}

/// Creates a document with one text in all of its fields.
fn document_with(text: &str) -> Document {
    let mut document = document();
    let achievement = &mut document.subject.achievement;
    for place in [
        &mut achievement.name,
        &mut achievement.description,
        &mut document.issuer.name,
        document.subject.name.get_or_insert_default(),
    ] {
        *place = text.to_owned();
    }
    document
}

#[test]
fn the_same_award_gives_the_same_bytes() {
    let document = document();
    let award = award_of(&document);
    assert_eq!(badge_svg(&award), badge_svg(&award));
    assert!(badge_png(&award).unwrap() == badge_png(&award).unwrap());
    assert!(pdf(&award) == pdf(&award));
}

#[test]
fn texts_of_every_kind_are_drawn_as_pdf_a_in_every_language() {
    let long = "Nguyễn Ωμέγα ".repeat(200);
    for text in [
        "Ada Lovelace",
        "<svg onload=alert(1)> & \"'",
        "آدا لوفليس and مقدمة (ML) 2026",
        "می\u{200c}خواهم\u{feff}",
        "机器学习 🎓",
        "ஆ क्ष ខ្មែរ שָׁלוֹם \u{10330} ✓",
        "e\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}",
        "\u{202f}\u{a0}x",
        "ﬁ ﷺ ﻼ ٣١ №",
        "-",
        &"W".repeat(256),
        &long,
    ] {
        let document = document_with(text);
        for language in Language::ALL {
            for state in [
                CredentialState::Anchored,
                CredentialState::Revoked,
                CredentialState::Expired,
                CredentialState::NotYetValid,
            ] {
                let award = Award { language, state, chain: AnchorChain::Development, ..award_of(&document) };
                assert!(pdf(&award).starts_with(b"%PDF-1.7"), "{text}");
            }
        }
    }
}

#[test]
fn badges_and_cards_do_not_show_the_recipient() {
    let with = document();
    let without = with.redacted();
    for state in [
        CredentialState::Anchored,
        CredentialState::Pending,
        CredentialState::Failed,
        CredentialState::Revoked,
    ] {
        let draw = |document| Award { state, ..award_of(document) };
        assert_eq!(badge_svg(&draw(&with)), badge_svg(&draw(&without)));
        assert!(card_png(&draw(&with)).unwrap() == card_png(&draw(&without)).unwrap());
    }
    assert!(pdf(&award_of(&with)) != pdf(&award_of(&without)));
}

#[test]
fn a_certificate_names_the_last_day_that_it_covers() {
    let document = document();
    let award = award_of(&document);
    assert_eq!(award.last_day("2027-01-01T00:00:00Z"), "31 December 2026");
    assert_eq!(award.last_day("2027-01-01T12:00:00Z"), "1 January 2027");
    assert_eq!(award.last_day("9999-12-31T23:59:59Z"), "9999-12-31");
}

#[test]
fn drawings_differ_by_state_and_chain() {
    let document = document();
    let mut seen = std::collections::BTreeSet::new();
    for chain in [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia, AnchorChain::Development] {
        for state in [
            CredentialState::Anchored,
            CredentialState::Pending,
            CredentialState::Failed,
            CredentialState::Revoked,
            CredentialState::Expired,
            CredentialState::NotYetValid,
        ] {
            let svg = badge_svg(&Award { chain, state, ..award_of(&document) });
            assert!(seen.insert(svg), "{chain:?} {state:?}");
        }
    }
}

#[test]
fn svgs_are_well_formed_and_load_nothing_for_any_text() {
    for text in ["<script>alert(1)</script>", "\"><image href='x'/>", "]]>&lt;", "\u{fffe}\u{1}"] {
        let svg = badge_svg(&award_of(&document_with(text)));
        let mut reader = quick_xml::Reader::from_str(&svg);
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                    let name = tag.local_name();
                    assert!(["svg", "title", "g", "path"].contains(&name.as_ref()), "{name:?}");
                    assert!(
                        tag.attributes().all(|attribute| !attribute.unwrap().key.as_ref().contains("href"))
                    );
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_logo_is_drawn_if_there_is_one() {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 2, 2);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[200; 12]).unwrap();
    let document = document();
    let logo = Picture::decode(&bytes);
    assert!(logo.is_some());
    assert!(pdf(&Award { logo, ..award_of(&document) }) != pdf(&award_of(&document)));
}
