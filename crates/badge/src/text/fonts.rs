//! The shipped fonts. No font of the system is used, so that files look the same everywhere.

use std::sync::LazyLock;

use harfrust::ShaperData;
use skrifa::charmap::Charmap;
use skrifa::outline::OutlineGlyphCollection;
use skrifa::{FontRef, MetadataProvider as _};

/// The style of a text. Each style has a Latin and an Arabic font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FontStyle {
    /// Serif, for names and titles.
    Serif,
    /// Sans serif, for sentences.
    Sans,
    /// Bold, for labels and banners.
    Bold,
}

/// The shipped fonts by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FontId {
    /// Noto Serif.
    Serif,
    /// Noto Sans.
    Sans,
    /// Noto Sans Bold.
    Bold,
    /// Noto Naskh Arabic.
    Arabic,
    /// Noto Naskh Arabic Bold.
    ArabicBold,
}

/// A parsed font.
pub(crate) struct Font {
    /// The bytes of the font file.
    pub(crate) data: &'static [u8],
    /// The tables.
    pub(crate) tables: FontRef<'static>,
    /// The data that the shaper caches per font.
    pub(crate) shaper: ShaperData,
    /// The outlines.
    pub(crate) outlines: OutlineGlyphCollection<'static>,
    charmap: Charmap<'static>,
}

const FILES: [&[u8]; 5] = [
    include_bytes!("../../fonts/NotoSerif-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../fonts/NotoNaskhArabic-Regular.ttf"),
    include_bytes!("../../fonts/NotoNaskhArabic-Bold.ttf"),
];

#[expect(clippy::expect_used, reason = "the fonts are part of the program, and a test reads each of them")]
static FONTS: LazyLock<[Font; 5]> = LazyLock::new(|| {
    FILES.map(|data| {
        let tables = FontRef::new(data).expect("a shipped file is a font");
        Font {
            data,
            shaper: ShaperData::new(&tables),
            outlines: tables.outline_glyphs(),
            charmap: tables.charmap(),
            tables,
        }
    })
});

impl FontId {
    /// Every font.
    #[cfg(test)]
    pub(crate) const ALL: [FontId; 5] =
        [FontId::Serif, FontId::Sans, FontId::Bold, FontId::Arabic, FontId::ArabicBold];

    /// Returns the name of the font file without its extension.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FontId::Serif => "NotoSerif-Regular",
            FontId::Sans => "NotoSans-Regular",
            FontId::Bold => "NotoSans-Bold",
            FontId::Arabic => "NotoNaskhArabic-Regular",
            FontId::ArabicBold => "NotoNaskhArabic-Bold",
        }
    }

    /// Returns the parsed font.
    pub(crate) fn font(self) -> &'static Font {
        let [serif, sans, bold, arabic, arabic_bold] = &*FONTS;
        match self {
            FontId::Serif => serif,
            FontId::Sans => sans,
            FontId::Bold => bold,
            FontId::Arabic => arabic,
            FontId::ArabicBold => arabic_bold,
        }
    }

    /// Returns whether the font has a glyph for the character.
    pub(crate) fn covers(self, letter: char) -> bool {
        self.font().charmap.map(letter).is_some()
    }
}

impl FontStyle {
    /// Returns the fonts of this style, in order of preference.
    pub(crate) fn fonts(self) -> [FontId; 2] {
        match self {
            FontStyle::Serif => [FontId::Serif, FontId::Arabic],
            FontStyle::Sans => [FontId::Sans, FontId::Arabic],
            FontStyle::Bold => [FontId::Bold, FontId::ArabicBold],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_font_parses_and_covers_its_scripts() {
        for id in FontId::ALL {
            let letters = match id {
                FontId::Arabic | FontId::ArabicBold => "شهادةپگێ ،؟٣",
                FontId::Serif | FontId::Sans | FontId::Bold => "AzßñőệЖяӘΩώἄ€…’„«–№",
            };
            for letter in letters.chars() {
                assert!(id.covers(letter), "{id:?} lacks {letter}");
            }
            assert!(!id.covers('漢'));
        }
    }
}
