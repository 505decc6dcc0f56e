//! The fonts that are shipped, so that every file looks the same everywhere.

use std::sync::LazyLock;

use harfrust::ShaperData;
use skrifa::charmap::Charmap;
use skrifa::outline::OutlineGlyphCollection;
use skrifa::{FontRef, MetadataProvider as _};

/// What a text looks like. Each style finds its Arabic letters in a font of its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FontStyle {
    /// For names and titles.
    Serif,
    /// For sentences.
    Sans,
    /// For labels and words that must be seen.
    Bold,
}

/// One of the shipped fonts.
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

/// A font that is ready for use.
pub(crate) struct Font {
    /// The file.
    pub(crate) data: &'static [u8],
    /// Its tables.
    pub(crate) tables: FontRef<'static>,
    /// What shaping looks up again and again.
    pub(crate) shaper: ShaperData,
    /// Its outlines.
    pub(crate) outlines: OutlineGlyphCollection<'static>,
    letters: Charmap<'static>,
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
            letters: tables.charmap(),
            tables,
        }
    })
});

impl FontId {
    /// Every font.
    #[cfg(test)]
    pub(crate) const ALL: [FontId; 5] =
        [FontId::Serif, FontId::Sans, FontId::Bold, FontId::Arabic, FontId::ArabicBold];

    /// Its file's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FontId::Serif => "NotoSerif-Regular",
            FontId::Sans => "NotoSans-Regular",
            FontId::Bold => "NotoSans-Bold",
            FontId::Arabic => "NotoNaskhArabic-Regular",
            FontId::ArabicBold => "NotoNaskhArabic-Bold",
        }
    }

    /// The font.
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

    /// Whether the font has this letter.
    pub(crate) fn covers(self, letter: char) -> bool {
        self.font().letters.map(letter).is_some()
    }
}

impl FontStyle {
    /// The fonts of this style, the first one preferred.
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
    fn every_shipped_font_can_be_read_and_has_its_scripts() {
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
