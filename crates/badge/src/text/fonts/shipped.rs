//! The fonts that are part of the program.

use std::borrow::Cow;
use std::sync::{LazyLock, OnceLock};

use super::FontStyle;
use super::face::{Face, FontId, Source};

/// Every character: of the fonts that each text may need.
const ALL: &[(u32, u32)] = &[(0x20, 0x10_ffff)];

/// The space, which each script has in its own width.
const SPACE: (u32, u32) = (0x20, 0x20);

const ARMENIAN: &[(u32, u32)] = &[SPACE, (0x530, 0x58f), (0xfb13, 0xfb17)];
const HEBREW: &[(u32, u32)] = &[SPACE, (0x590, 0x5ff), (0xfb1d, 0xfb4f)];
/// The dandas of Devanagari end the sentences of other scripts too.
const DEVANAGARI: &[(u32, u32)] = &[SPACE, (0x900, 0x97f), (0xa8e0, 0xa8ff)];
const BENGALI: &[(u32, u32)] = &[SPACE, (0x964, 0x965), (0x980, 0x9ff)];
const TAMIL: &[(u32, u32)] = &[SPACE, (0x964, 0x965), (0xb80, 0xbff)];
const THAI: &[(u32, u32)] = &[SPACE, (0xe00, 0xe7f)];
const GEORGIAN: &[(u32, u32)] = &[SPACE, (0x10a0, 0x10ff), (0x1c90, 0x1cbf), (0x2d00, 0x2d2f)];
const ETHIOPIC: &[(u32, u32)] = &[SPACE, (0x1200, 0x139f)];
const KHMER: &[(u32, u32)] = &[SPACE, (0x1780, 0x17ff), (0x19e0, 0x19ff)];
const SYMBOLS: &[(u32, u32)] = &[(0x2190, 0x2bff)];

macro_rules! plain {
    ($name:literal) => {
        face($name, Source::Plain(include_bytes!(concat!("../../../fonts/", $name, ".ttf"))), ALL)
    };
}

macro_rules! packed {
    ($name:literal, $ranges:expr) => {
        face(
            $name,
            Source::Packed(include_bytes!(concat!("../../../fonts/packed/", $name, ".ttf.zlib"))),
            $ranges,
        )
    };
}

/// The fonts of one style.
struct StyleFonts {
    own: Face,
    scripts: Vec<Face>,
}

/// All fonts.
struct Shipped {
    serif: StyleFonts,
    sans: StyleFonts,
    bold: StyleFonts,
    arabic: Face,
    arabic_bold: Face,
    symbols: Vec<Face>,
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| Shipped {
    serif: StyleFonts { own: plain!("NotoSerif-Regular"), scripts: serif_scripts() },
    sans: StyleFonts { own: plain!("NotoSans-Regular"), scripts: sans_scripts() },
    bold: StyleFonts { own: plain!("NotoSans-Bold"), scripts: bold_scripts() },
    arabic: plain!("NotoNaskhArabic-Regular"),
    arabic_bold: plain!("NotoNaskhArabic-Bold"),
    symbols: vec![
        packed!("NotoSansMath-Regular", SYMBOLS),
        packed!("NotoSansSymbols-Regular", SYMBOLS),
        packed!("NotoSansSymbols2-Regular", SYMBOLS),
    ],
});

fn serif_scripts() -> Vec<Face> {
    vec![
        packed!("NotoSerifArmenian-Regular", ARMENIAN),
        packed!("NotoSerifHebrew-Regular", HEBREW),
        packed!("NotoSerifDevanagari-Regular", DEVANAGARI),
        packed!("NotoSerifBengali-Regular", BENGALI),
        packed!("NotoSerifTamil-Regular", TAMIL),
        packed!("NotoSerifThai-Regular", THAI),
        packed!("NotoSerifGeorgian-Regular", GEORGIAN),
        packed!("NotoSerifEthiopic-Regular", ETHIOPIC),
        packed!("NotoSerifKhmer-Regular", KHMER),
    ]
}

fn sans_scripts() -> Vec<Face> {
    vec![
        packed!("NotoSansArmenian-Regular", ARMENIAN),
        packed!("NotoSansHebrew-Regular", HEBREW),
        packed!("NotoSansDevanagari-Regular", DEVANAGARI),
        packed!("NotoSansBengali-Regular", BENGALI),
        packed!("NotoSansTamil-Regular", TAMIL),
        packed!("NotoSansThai-Regular", THAI),
        packed!("NotoSansGeorgian-Regular", GEORGIAN),
        packed!("NotoSansEthiopic-Regular", ETHIOPIC),
        packed!("NotoSansKhmer-Regular", KHMER),
    ]
}

fn bold_scripts() -> Vec<Face> {
    vec![
        packed!("NotoSansArmenian-Bold", ARMENIAN),
        packed!("NotoSansHebrew-Bold", HEBREW),
        packed!("NotoSansDevanagari-Bold", DEVANAGARI),
        packed!("NotoSansBengali-Bold", BENGALI),
        packed!("NotoSansTamil-Bold", TAMIL),
        packed!("NotoSansThai-Bold", THAI),
        packed!("NotoSansGeorgian-Bold", GEORGIAN),
        packed!("NotoSansEthiopic-Bold", ETHIOPIC),
        packed!("NotoSansKhmer-Bold", KHMER),
    ]
}

fn face(name: &str, source: Source, ranges: &'static [(u32, u32)]) -> Face {
    Face {
        name: name.to_owned(),
        source,
        ranges: Cow::Borrowed(ranges),
        is_serif: name.contains("Serif"),
        weight: if name.ends_with("Bold") { 700.0 } else { 400.0 },
        han: None,
        font: OnceLock::new(),
    }
}

/// Returns the font of a style itself.
pub(super) fn own(style: FontStyle) -> FontId {
    FontId(&of(style).own)
}

/// Returns the shipped fonts in order of preference for the letters that the style's own font lacks.
pub(super) fn others(style: FontStyle) -> impl Iterator<Item = FontId> {
    let shipped = &*SHIPPED;
    let arabic = if style == FontStyle::Bold { &shipped.arabic_bold } else { &shipped.arabic };
    let own = [&shipped.sans.own, &shipped.serif.own];
    std::iter::once(arabic).chain(&of(style).scripts).chain(&shipped.symbols).chain(own).map(FontId)
}

fn of(style: FontStyle) -> &'static StyleFonts {
    match style {
        FontStyle::Serif => &SHIPPED.serif,
        FontStyle::Sans => &SHIPPED.sans,
        FontStyle::Bold => &SHIPPED.bold,
    }
}

/// Returns whether a shipped font has a letter of a script. No font is inflated for it: those that are packed have the letters of their
/// ranges.
pub(super) fn is_shipped(letter: char) -> bool {
    let style = FontStyle::Sans;
    std::iter::once(own(style)).chain(others(style)).any(|font| match font.0.source {
        Source::Packed(_) => font.may_cover(letter),
        Source::Plain(_) | Source::File { .. } => font.covers(letter),
    })
}

/// Returns every shipped font.
#[cfg(test)]
pub(crate) fn all() -> Vec<FontId> {
    let mut all = Vec::new();
    for style in [FontStyle::Serif, FontStyle::Sans, FontStyle::Bold] {
        all.push(own(style));
        for font in others(style) {
            if !all.contains(&font) {
                all.push(font);
            }
        }
    }
    all
}
