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
        image: None,
        is_issuer_confirmed: true,
        signatures: Vec::new(),
        shows_number: false,
        brand: Brand::default(),
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

/// Creates a picture of one color.
fn picture(width: u32, height: u32) -> Picture {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let pixels = vec![200; usize::try_from(width * height * 3).unwrap()];
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    Picture::decode(&bytes).unwrap()
}

/// Returns the areas of the pictures in a badge, in its units.
fn pictures(award: &Award<'_>) -> Vec<tiny_skia::Rect> {
    let scene = crate::badge::badge(award);
    let areas = scene.groups.iter().flat_map(|group| {
        group.items.iter().filter_map(|item| match item {
            crate::scene::Item::Picture { area, .. } => area.transform(group.transform),
            _ => None,
        })
    });
    areas.collect()
}

#[test]
fn the_badge_has_the_picture_of_the_achievement_and_the_crest_of_the_school() {
    let document = document();
    let (square, wide) = (picture(90, 90), picture(300, 60));
    let mut award = award_of(&document);
    assert_eq!(pictures(&award), []);
    award.logo = Some(square.clone());
    let [crest] = pictures(&award)[..] else { panic!("a crest") };
    assert!(crest.bottom() < 200.0, "without a picture of the achievement the crest is the emblem");
    award.image = Some(square);
    let [image, crest] = pictures(&award)[..] else { panic!("a picture and a crest") };
    assert!(image.bottom() < 200.0 && crest.top() > 250.0 && crest.bottom() < 460.0, "{image:?} {crest:?}");
    award.image = Some(wide);
    assert_eq!(pictures(&award)[0].width(), 236.0);
    let svg = badge_svg(&award);
    assert_eq!(svg.matches("<image ").count(), 2);
    assert_eq!(svg.matches("href=\"data:image/png;base64,").count(), 2);
    assert!(!svg.replace("http://www.w3.org/2000/svg", "").contains("http"), "it loads nothing");
}

#[test]
fn badge_card_and_certificate_say_that_a_name_is_not_confirmed() {
    let document = document();
    let confirmed = award_of(&document);
    let doubtful = Award { is_issuer_confirmed: false, ..award_of(&document) };
    let note = "Issuer’s name not confirmed";
    for scene in [crate::badge::badge, crate::card::card, crate::certificate::certificate] {
        let says = |award: &Award<'_>| texts(&scene(award)).iter().any(|text| text == note);
        assert!(says(&doubtful) && !says(&confirmed));
    }
    assert!(doubtful.accessible_name().ends_with(note));
    let arabic = Award { language: Language::Arabic, state: CredentialState::Revoked, ..doubtful };
    assert!(badge_svg(&arabic).contains(&arabic.words().unconfirmed));
}

/// Returns the lines of text in a scene.
fn texts(scene: &crate::scene::Scene) -> Vec<String> {
    let items = scene.groups.iter().flat_map(|group| &group.items);
    let lines = items.filter_map(|item| match item {
        crate::scene::Item::Text { line, .. } => Some(line),
        _ => None,
    });
    lines.map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
}

#[test]
fn the_brand_is_that_of_the_deployment() {
    let document = document();
    let mark = include_bytes!("picture/data/mark.png");
    let brand = Brand::named("Musterschule").with_mark(mark).unwrap();
    let own = Award { brand, ..award_of(&document) };
    let has =
        |award: &Award<'_>, name: &str| texts(&crate::card::card(award)).iter().any(|text| text == name);
    assert!(has(&own, "Musterschule") && !has(&own, "LearnCoin"));
    assert!(has(&award_of(&document), "LearnCoin"));
    assert_eq!(badge_svg(&own).matches("<image ").count(), 1);
    assert_eq!(Brand::default().with_mark(b"<svg/>").unwrap_err(), PictureError::Format);
}

#[test]
fn a_certificate_has_the_signatures_and_the_number_that_its_school_adds() {
    let document = document();
    let plain = texts(&crate::certificate::certificate(&award_of(&document)));
    assert!(plain.contains(&"CERTIFICATE".to_owned()), "{plain:?}");
    assert!(!plain.iter().any(|text| text.contains("D8Q-X9") || text == "Certificate no."), "{plain:?}");
    let signature = |name: &str| SignatureLine {
        name: name.to_owned(),
        title: Some(format!("Office of {name}")),
        picture: Some(picture(200, 60)),
    };
    for signatures in [vec![signature("Ada")], vec![signature("Ada"), signature("Grace")]] {
        let award = Award { signatures: signatures.clone(), shows_number: true, ..award_of(&document) };
        let scene = crate::certificate::certificate(&award);
        let drawn = texts(&scene);
        for signature in &signatures {
            assert!(drawn.contains(&signature.name) && drawn.contains(signature.title.as_ref().unwrap()));
        }
        assert!(drawn.contains(&"Certificate no.".to_owned()), "{drawn:?}");
        assert!(drawn.contains(&"FBD8Q-X9Y5A".to_owned()), "{drawn:?}");
        assert!(pdf(&award).starts_with(b"%PDF-1.7"));
    }
    for (name, lacks_letters) in [("Ada", false), ("Ada \u{10330}", true)] {
        let award = Award { signatures: vec![signature(name)], ..award_of(&document) };
        assert_eq!(award.note_on_letters(true).is_some(), lacks_letters, "{name}");
        assert_eq!(award.note_on_letters(false), None, "no badge and no card has signatures");
    }
}

#[test]
fn a_name_is_not_cut_however_little_room_there_is() {
    let mut document = document();
    document.subject.name = Some("Countess Augusta Ada King-Noel of Lovelace, née Byron, ".repeat(3));
    document.issuer.name = "The Polytechnic University of Applied Sciences and Continuing Education".into();
    let signature = SignatureLine { name: "Ada".into(), title: None, picture: None };
    let award = Award {
        chain: AnchorChain::Development,
        logo: Some(picture(90, 90)),
        is_issuer_confirmed: false,
        signatures: vec![signature],
        ..award_of(&document)
    };
    let drawn = texts(&crate::certificate::certificate(&award)).join(" ");
    let count = drawn.replace("King- Noel", "King-Noel").matches("née Byron").count();
    assert_eq!(count, 3, "{drawn}");
}

#[test]
fn nothing_on_a_certificate_lies_on_anything_else() {
    let long = document_with(&"Nguyễn Ωμέγα of Example ".repeat(9));
    let plain = document();
    let signature = SignatureLine {
        name: "Professor Mary Somerville, née Fairfax, of Jedburgh".repeat(2),
        title: Some("Vice Rector of Studies and Head of the Examination Board ".repeat(2)),
        picture: Some(picture(300, 80)),
    };
    let square =
        |at: f32| tiny_skia::PathBuilder::from_rect(tiny_skia::Rect::from_xywh(at, at, 10.0, 10.0).unwrap());
    assert!(touch(&square(0.0), &square(9.0)) && !touch(&square(0.0), &square(10.0)));
    for document in [&plain, &long] {
        for (language, state) in Language::ALL.into_iter().flat_map(|language| {
            [CredentialState::Anchored, CredentialState::Revoked, CredentialState::NotYetValid]
                .map(|state| (language, state))
        }) {
            for count in 0..=2 {
                let award = Award {
                    language,
                    state,
                    chain: AnchorChain::Development,
                    logo: (count > 0).then(|| picture(90, 90)),
                    is_issuer_confirmed: count == 2,
                    signatures: vec![signature.clone(); count],
                    shows_number: true,
                    ..award_of(document)
                };
                assert_apart(
                    &crate::certificate::certificate(&award),
                    &format!("{language:?} {state:?} {count}"),
                );
            }
        }
    }
}

/// Checks that no paragraph, title or ribbon of a scene lies on another one.
fn assert_apart(scene: &crate::scene::Scene, what: &str) {
    let mut boxes: Vec<(tiny_skia::Path, String)> = Vec::new();
    for group in &scene.groups {
        if group.role == crate::scene::GroupRole::Decoration {
            continue;
        }
        for item in &group.items {
            let (bounds, text) = match item {
                crate::scene::Item::Text { line, size, at, .. } => {
                    let width = line.width * size;
                    let text: String = line.runs.iter().map(|run| run.text.as_str()).collect();
                    // From the tops of capitals to the baseline.
                    (tiny_skia::Rect::from_ltrb(at.0, at.1 - size * 0.71, at.0 + width, at.1), text)
                }
                crate::scene::Item::Fill { path, .. } => (Some(path.bounds()), "a shape".to_owned()),
                _ => continue,
            };
            let Some(outline) = bounds.map(tiny_skia::PathBuilder::from_rect) else { continue };
            boxes.push((outline.transform(group.transform).unwrap(), text));
        }
    }
    for (index, (one, text)) in boxes.iter().enumerate() {
        for (other, other_text) in boxes.iter().skip(index + 1) {
            // A word on its own band is no fault.
            if text == "a shape" && contains(one, other) {
                continue;
            }
            assert!(!touch(one, other), "{what}: {text:?} and {other_text:?}");
        }
    }
}

fn corners(path: &tiny_skia::Path) -> Vec<tiny_skia::Point> {
    path.points().to_vec()
}

fn contains(outer: &tiny_skia::Path, inner: &tiny_skia::Path) -> bool {
    axes(outer).iter().all(|axis| {
        let ((low, high), (from, to)) = (span(outer, *axis), span(inner, *axis));
        low <= from && to <= high
    })
}

/// Returns whether two boxes, which may be turned, have a point in common: no line along a side of one separates them.
fn touch(one: &tiny_skia::Path, other: &tiny_skia::Path) -> bool {
    axes(one).into_iter().chain(axes(other)).all(|axis| {
        let ((low, high), (from, to)) = (span(one, axis), span(other, axis));
        low + 0.01 < to && from + 0.01 < high
    })
}

fn axes(path: &tiny_skia::Path) -> [(f32, f32); 2] {
    let corners = corners(path);
    let side = |from: usize, to: usize| {
        let (x, y) = (corners[to].x - corners[from].x, corners[to].y - corners[from].y);
        let length = x.hypot(y);
        (x / length, y / length)
    };
    [side(0, 1), side(1, 2)]
}

fn span(path: &tiny_skia::Path, axis: (f32, f32)) -> (f32, f32) {
    let along = corners(path).into_iter().map(|corner| corner.x * axis.0 + corner.y * axis.1);
    along.fold((f32::MAX, f32::MIN), |(low, high), at| (low.min(at), high.max(at)))
}

#[test]
fn a_logo_is_drawn_if_there_is_one() {
    let document = document();
    let logo = Some(picture(2, 2));
    assert!(pdf(&Award { logo, ..award_of(&document) }) != pdf(&award_of(&document)));
}
