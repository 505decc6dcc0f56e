//! Tests of baking and extracting, also with malformed files.

use std::fmt::Write as _;

use learncoin_credential::proof::AnchorChain;
use learncoin_language::Language;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::*;
use crate::testing::document;
use crate::{Award, Brand, CredentialState, badge_png, badge_svg, certificate_pdf};

/// A credential whose texts would end a CDATA section, an attribute and a tag.
const CREDENTIAL: &str = r#"{"name":"]]> ]]]]> &amp; <script>\u0000\" 'Ада'","proof":[{}]}"#;

fn award_of(document: &learncoin_credential::Document) -> Award<'_> {
    Award {
        document,
        language: Language::English,
        chain: AnchorChain::Development,
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

fn svg() -> String {
    badge_svg(&award_of(&document()))
}

fn png() -> Vec<u8> {
    badge_png(&award_of(&document())).unwrap()
}

fn pdf() -> Vec<u8> {
    let date = "2026-04-23T12:00:00Z".parse().unwrap();
    certificate_pdf(&award_of(&document()), CREDENTIAL.as_bytes(), date).unwrap()
}

/// Creates a PNG of the given chunks.
fn png_of(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut bytes = crate::png_chunks::SIGNATURE.to_vec();
    for (name, data) in chunks {
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(*name);
        hasher.update(data);
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend_from_slice(*name);
        bytes.extend_from_slice(data);
        bytes.extend(hasher.finalize().to_be_bytes());
    }
    bytes
}

#[test]
fn baked_credentials_are_extracted_unchanged() {
    let baked = bake_svg(&svg(), CREDENTIAL).unwrap();
    let read = unbake(baked.as_bytes()).unwrap();
    assert_eq!(json::parse(read.as_bytes()), json::parse(CREDENTIAL.as_bytes()));
    let plain = CREDENTIAL.replace("]]>", "]]");
    let baked = bake_svg(&svg(), &plain).unwrap();
    assert_eq!(unbake(baked.as_bytes()), Ok(plain));
    let baked = bake_png(&png(), CREDENTIAL).unwrap();
    assert_eq!(unbake(&baked).as_deref(), Ok(CREDENTIAL));
    assert_eq!(unbake(&pdf()).as_deref(), Ok(CREDENTIAL));
}

#[test]
fn a_text_that_would_end_the_section_stays_in_one_section() {
    let baked = bake_svg(&svg(), CREDENTIAL).unwrap();
    let element = baked.split_once("<openbadges:credential>").unwrap().1;
    let element = element.split_once("</openbadges:credential>").unwrap().0;
    assert_eq!((element.matches("<![CDATA[").count(), element.matches("]]>").count()), (1, 1), "{element}");
}

#[test]
fn baking_does_not_change_the_image() {
    let baked = bake_png(&png(), CREDENTIAL).unwrap();
    let pixels = |bytes: &[u8]| {
        let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        pixels
    };
    assert!(pixels(&baked) == pixels(&png()));
    let baked = bake_svg(&svg(), CREDENTIAL).unwrap();
    assert!(
        baked.starts_with(r#"<svg xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" xmlns="#),
        "{baked}"
    );
    assert!(baked.split_once('>').unwrap().1.starts_with("<openbadges:credential><![CDATA[{"));
}

#[test]
fn an_image_carries_one_credential() {
    let baked = bake_png(&png(), CREDENTIAL).unwrap();
    assert_eq!(bake_png(&baked, CREDENTIAL), Err(BakeError::Baked));
    let baked = bake_svg(&svg(), CREDENTIAL).unwrap();
    assert_eq!(bake_svg(&baked, CREDENTIAL), Err(BakeError::Baked));
    assert_eq!(bake_png(b"GIF89a", CREDENTIAL), Err(BakeError::Picture("PNG")));
    assert_eq!(bake_svg("<html/>", CREDENTIAL), Err(BakeError::Picture("SVG")));
    let huge = "x".repeat(MAX_DOCUMENT_BYTES + 1);
    assert_eq!(bake_png(&png(), &huge), Err(BakeError::TooLarge));
    assert_eq!(bake_svg(&svg(), &huge), Err(BakeError::TooLarge));
}

#[test]
fn malformed_pngs_are_refused_with_the_reason() {
    let text = |rest: &[u8]| [b"openbadgecredential\0", rest].concat();
    let one = text(b"\0\0\0\0{}");
    let packed = |bytes: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6);
    let compressed = text(&[b"\x01\0\0\0".as_slice(), &packed(b"{}")].concat());
    let unknown = text(&[b"\x01\x01\0\0".as_slice(), &packed(b"{}")].concat());
    let broken = text(b"\x01\0\0\0{}");
    let bomb = text(&[b"\x01\0\0\0".as_slice(), &packed(&vec![b' '; 2 * MAX_DOCUMENT_BYTES])].concat());
    let token = text(b"\0\0\0\0eyJ.eyJ9.c2ln");
    let huge = text(&[b"\0\0\0\0".as_slice(), &vec![b' '; MAX_DOCUMENT_BYTES + 1]].concat());
    let cut_off = text(b"\0\0en");
    let other = b"XML:com.adobe.xmp\0\0\0\0\0<x/>".to_vec();
    let head: (&[u8; 4], &[u8]) = (b"IHDR", &[0; 13]);
    let end: (&[u8; 4], &[u8]) = (b"IEND", &[]);
    let damaged = |what| Err(UnbakeError::Damaged { kind: "PNG", what });
    for (parts, expected) in [
        (vec![head, (b"iTXt", &one), end], Ok("{}".to_owned())),
        (vec![head, (b"iTXt", &other), (b"tEXt", &one), end], Err(UnbakeError::Empty("PNG"))),
        (vec![head, (b"iTXt", &one), (b"iTXt", &one), end], Err(UnbakeError::Several("PNG"))),
        (vec![head, (b"iTXt", &compressed), end], Ok("{}".to_owned())),
        (vec![head, (b"iTXt", &unknown), end], damaged("the credential's compression is unknown")),
        (vec![head, (b"iTXt", &broken), end], damaged("the credential's compression is broken")),
        (vec![head, (b"iTXt", &bomb), end], Err(UnbakeError::TooLarge)),
        (vec![head, (b"iTXt", &token), end], Err(UnbakeError::Token)),
        (vec![head, (b"iTXt", &huge), end], Err(UnbakeError::TooLarge)),
        (vec![head, (b"iTXt", &cut_off), end], damaged("the credential's part is cut off")),
        (vec![(b"iTXt", &one), end], damaged("its header is not its first part")),
        (vec![head, head, end], damaged("its header is not its first part")),
        (vec![head, (b"iTXt", &one)], damaged("it is cut off")),
    ] {
        assert_eq!(
            unbake(&png_of(&parts)),
            expected,
            "{:?}",
            parts.iter().map(|part| part.0).collect::<Vec<_>>()
        );
    }
    let mut wrong = png_of(&[head, (b"iTXt", &one), end]);
    wrong[50] ^= 1;
    assert_eq!(unbake(&wrong), damaged("a checksum is wrong"));
}

#[test]
fn malformed_svgs_are_refused_with_the_reason() {
    let svg = |inside: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:ob="https://purl.imsglobal.org/ob/v3p0">{inside}</svg>"#
        )
    };
    let damaged = |what| Err(UnbakeError::Damaged { kind: "SVG", what });
    let deep = "<g>".repeat(300);
    let bomb = format!(r#"<!DOCTYPE svg [<!ENTITY a "{{}}">]>{}"#, svg("<ob:credential>&a;</ob:credential>"));
    for (text, expected) in [
        (svg("<ob:credential>{}</ob:credential>"), Ok("{}".to_owned())),
        (svg(" <ob:credential> {&quot;a&quot;:&#49;} </ob:credential>"), Ok(r#"{"a":1}"#.to_owned())),
        (svg("<g><ob:credential><![CDATA[{}]]></ob:credential></g>"), Ok("{}".to_owned())),
        (svg("<credential>{}</credential>"), Err(UnbakeError::Empty("SVG"))),
        (svg("<ob:credential/><ob:credential/>"), Err(UnbakeError::Several("SVG"))),
        (svg(r#"<ob:credential verify="eyJ.eyJ9.c2ln"/>"#), Err(UnbakeError::Token)),
        (svg("<ob:credential>eyJ.eyJ9.c2ln</ob:credential>"), Err(UnbakeError::Token)),
        (svg("<ob:credential/>"), Err(UnbakeError::NotJson)),
        (svg("<ob:credential>[]</ob:credential>"), Err(UnbakeError::NotJson)),
        (svg("<ob:credential><b>{}</b></ob:credential>"), damaged("an element stands in the credential")),
        (svg("<ob:credential>&a;</ob:credential>"), damaged("it uses an entity")),
        (bomb, damaged("it declares entities")),
        (svg(&deep), damaged("its elements are nested too deep")),
        ("<svg".to_owned(), damaged("it is no XML")),
        (svg("").replace("</svg>", ""), damaged("it is cut off")),
        ("<html><body/></html>".to_owned(), damaged("its root is no `svg`")),
        ("<svg/>".to_owned(), damaged("its root is no `svg`")),
    ] {
        assert_eq!(unbake(text.as_bytes()), expected, "{}", &text[..text.len().min(200)]);
    }
}

#[test]
fn a_pdf_without_a_credential_or_with_a_bomb_is_refused() {
    assert_eq!(unbake(b"%PDF-1.7\n"), Err(UnbakeError::Damaged { kind: "PDF", what: "it can't be read" }));
    let with = |name: &str, filter: &str, content: &[u8]| {
        let mut file = Vec::from(*b"%PDF-1.7\n");
        let mut places = Vec::new();
        let length = content.len();
        let objects: [Vec<u8>; 5] = [
            b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a) 4 0 R]>>>>>>".to_vec(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>".to_vec(),
            format!("<</Type/Filespec/F({name})/EF<</F 5 0 R>>>>").into_bytes(),
            [format!("<</Length {length}{filter}>>\nstream\n").as_bytes(), content, b"\nendstream"].concat(),
        ];
        for (number, object) in objects.iter().enumerate() {
            places.push(file.len());
            file.extend(format!("{} 0 obj\n", number + 1).into_bytes());
            file.extend(object);
            file.extend(b"\nendobj\n");
        }
        let start = file.len();
        let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        places.iter().for_each(|place| writeln!(table, "{place:010} 00000 n ").unwrap());
        file.extend(table.into_bytes());
        file.extend(format!("trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").into_bytes());
        file
    };
    let packed = |bytes: &[u8]| miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6);
    let flate = "/Filter/FlateDecode";
    assert_eq!(unbake(&with("credential.json", "", b"{}")).as_deref(), Ok("{}"));
    assert_eq!(unbake(&with("credential.json", flate, &packed(b"{}"))).as_deref(), Ok("{}"));
    assert_eq!(unbake(&with("other.json", "", b"{}")), Err(UnbakeError::Empty("PDF")));
    let bomb = packed(&vec![b' '; 64 * MAX_DOCUMENT_BYTES]);
    assert_eq!(unbake(&with("credential.json", flate, &bomb)), Err(UnbakeError::TooLarge));
    assert_eq!(unbake(&with("credential.json", "", b"no JSON")), Err(UnbakeError::NotJson));
    let unknown = UnbakeError::Damaged { kind: "PDF", what: "the attachment's compression is unknown" };
    assert_eq!(unbake(&with("credential.json", "/Filter/LZWDecode", b"{}")), Err(unknown));
}

#[test]
fn what_is_no_picture_and_no_certificate_has_nothing_to_extract() {
    for bytes in [&b"{}"[..], b"", b"GIF89a", b"\xff\xd8\xff", b"\x1f\x8b"] {
        assert_eq!(unbake(bytes), Err(UnbakeError::Kind));
    }
    let large = [b"<svg/>".as_slice(), &vec![b' '; MAX_FILE_BYTES]].concat();
    assert_eq!(
        (unbake(&large), read(&large)),
        (Err(UnbakeError::FileTooLarge), Err(UnbakeError::FileTooLarge))
    );
}

#[test]
fn each_kind_of_others_has_words_in_each_language() {
    for language in Language::ALL {
        let texts: std::collections::BTreeSet<&str> =
            ForeignKind::ALL.iter().map(|kind| kind.words(language)).collect();
        assert_eq!(texts.len(), ForeignKind::ALL.len());
    }
}

/// Changes random parts of files. Nothing may panic, and a credential that is extracted from a PNG must be the original
/// one, since every chunk has a CRC.
#[test]
fn changed_files_never_cause_a_panic() {
    let seed = std::env::var("LEARNCOIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_260_423);
    let mut random = StdRng::seed_from_u64(seed);
    let small_svg = r#"<svg xmlns="http://www.w3.org/2000/svg"><g fill="red"/></svg>"#;
    let small_png = png_of(&[(b"IHDR", &[0; 13]), (b"IDAT", &[7; 40]), (b"IEND", &[])]);
    let files = [
        (bake_png(&small_png, CREDENTIAL).unwrap(), 3_000),
        (bake_svg(small_svg, CREDENTIAL).unwrap().into_bytes(), 3_000),
        (pdf(), 150),
    ];
    for (file, times) in files {
        for _ in 0..times {
            let mut changed = file.clone();
            for _ in 0..random.random_range(1..4) {
                if changed.is_empty() {
                    break;
                }
                let at = random.random_range(0..changed.len());
                match random.random_range(0..5) {
                    0 => changed[at] ^= 1 << random.random_range(0..8),
                    1 => changed.truncate(at),
                    2 => changed[at] = random.random(),
                    3 => {
                        let end = random.random_range(at..changed.len().min(at + 64));
                        let part = changed[at..end].to_vec();
                        changed.splice(at..at, part);
                    }
                    _ => {
                        let end = random.random_range(at..changed.len().min(at + 64));
                        changed.drain(at..end);
                    }
                }
            }
            drop(read(&changed));
            if let Ok(credential) = unbake(&changed)
                && changed.starts_with(crate::png_chunks::SIGNATURE)
            {
                assert_eq!(credential, CREDENTIAL, "seed {seed}");
            }
        }
    }
}

/// Rows of an object stream that have no columns, by whose length the library divides.
#[test]
fn a_pdf_at_which_the_library_panics_is_damaged() {
    // `3 0 null`, compressed.
    let stream = b"x\x9c3V0P\xc8+\xcd\xc9\x01\x00\x08\x9b\x02_";
    let mut bytes = b"%PDF-1.7\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Length 16/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 0>>>>\nstream\n".to_vec();
    bytes.extend_from_slice(stream);
    bytes.extend_from_slice(b"\nendstream\nendobj\ntrailer\n<</Root 2 0 R>>\n");
    assert!(
        std::panic::catch_unwind(|| hayro_syntax::Pdf::new(bytes.clone())).is_err(),
        "the library panics"
    );
    assert!(matches!(unbake(&bytes), Err(UnbakeError::Damaged { .. })), "{:?}", unbake(&bytes));
}
