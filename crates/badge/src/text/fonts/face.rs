//! One font: where its bytes come from, which characters it has, and the parsed tables once it is used.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::OnceLock;

use harfrust::ShaperData;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use skrifa::charmap::Charmap;
use skrifa::outline::OutlineGlyphCollection;
use skrifa::{FontRef, MetadataProvider as _};

use super::super::script::Han;

/// A parsed font.
pub(crate) struct Font {
    /// The bytes of the font file.
    pub(crate) data: &'static [u8],
    /// The number of the font in its file.
    pub(crate) index: u32,
    /// The tables.
    pub(crate) tables: FontRef<'static>,
    /// The data that the shaper caches per font.
    pub(crate) shaper: ShaperData,
    /// The outlines.
    pub(crate) outlines: OutlineGlyphCollection<'static>,
    charmap: Charmap<'static>,
}

impl Font {
    fn parse(data: &'static [u8], index: u32) -> Option<Self> {
        let tables = FontRef::from_index(data, index).ok()?;
        Some(Self {
            data,
            index,
            shaper: ShaperData::new(&tables),
            outlines: tables.outline_glyphs(),
            charmap: tables.charmap(),
            tables,
        })
    }

    /// Returns the glyph of a character.
    pub(crate) fn glyph(&self, letter: char) -> Option<u32> {
        self.charmap.map(letter).map(|glyph| glyph.to_u32()).filter(|glyph| *glyph != 0)
    }
}

/// Ranges of code points, sorted, with both ends included.
pub(super) type Ranges = Cow<'static, [(u32, u32)]>;

/// A font that can be used.
pub(super) struct Face {
    /// The PostScript name, or the file name of a font without one.
    pub(super) name: String,
    /// Where its bytes come from.
    pub(super) source: Source,
    /// The characters that it may have. A font is not read for any other.
    pub(super) ranges: Ranges,
    /// Whether its letters have serifs.
    pub(super) is_serif: bool,
    /// The weight, from 1 to 1000; 400 is regular and 700 is bold.
    pub(super) weight: f32,
    /// The language for which its ideographs are drawn.
    pub(super) han: Option<Han>,
    /// The font, once it is used; `None` if it can't be read.
    pub(super) font: OnceLock<Option<Font>>,
}

/// Where the bytes of a font come from.
pub(super) enum Source {
    /// The program.
    Plain(&'static [u8]),
    /// The program, compressed as RFC 1950 describes.
    Packed(&'static [u8]),
    /// A file, which may hold several fonts.
    File {
        /// The file.
        file: &'static FontFile,
        /// The number of the font.
        index: u32,
    },
}

/// A file of the folder. Its fonts share its bytes, which are read at the first use and kept.
pub(super) struct FontFile {
    /// The path.
    pub(super) path: PathBuf,
    /// The bytes, once they are read; `None` if they can't be.
    pub(super) bytes: OnceLock<Option<&'static [u8]>>,
}

impl Face {
    fn load(&self) -> Option<Font> {
        match &self.source {
            Source::Plain(data) => Font::parse(data, 0),
            Source::Packed(data) => Font::parse(decompress_to_vec_zlib(data).ok()?.leak(), 0),
            Source::File { file, index } => {
                let read = || std::fs::read(&file.path).ok().map(|bytes| &*bytes.leak());
                Font::parse((*file.bytes.get_or_init(read))?, *index)
            }
        }
    }

    fn is_in_ranges(&self, letter: char) -> bool {
        let letter = u32::from(letter);
        let after = self.ranges.partition_point(|(first, _)| *first <= letter);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|(_, last)| letter <= *last)
    }
}

/// A font, by reference.
#[derive(Clone, Copy)]
pub(crate) struct FontId(pub(super) &'static Face);

impl FontId {
    /// Returns the font's name.
    pub(crate) fn name(self) -> &'static str {
        &self.0.name
    }

    /// Returns the parsed font, or `None` if it can't be read. A font that was chosen can be.
    pub(crate) fn font(self) -> Option<&'static Font> {
        self.0.font.get_or_init(|| self.0.load()).as_ref()
    }

    /// Returns whether the font has a glyph for the character.
    pub(crate) fn covers(self, letter: char) -> bool {
        self.0.is_in_ranges(letter) && self.font().is_some_and(|font| font.glyph(letter).is_some())
    }

    /// Returns whether the font had the character when its folder was read.
    pub(super) fn may_cover(self, letter: char) -> bool {
        self.0.is_in_ranges(letter)
    }

    /// Returns whether the font has ideographs in the form of one language.
    pub(super) fn is_chosen_by_han(self) -> bool {
        self.0.han.is_some()
    }

    /// Returns whether the font's ideographs have the form of a language.
    pub(super) fn suits(self, han: Han) -> bool {
        self.0.han == Some(han)
    }
}

#[cfg(test)]
impl FontId {
    /// Creates a font with the letters of this one and another name. It is never freed.
    pub(crate) fn renamed(self, name: &str) -> Self {
        let data: &'static [u8] = match self.font() {
            Some(font) => font.data,
            None => &[],
        };
        Self(Box::leak(Box::new(Face {
            name: name.to_owned(),
            source: Source::Plain(data),
            ranges: self.0.ranges.clone(),
            is_serif: self.0.is_serif,
            weight: self.0.weight,
            han: self.0.han,
            font: OnceLock::new(),
        })))
    }
}

impl PartialEq for FontId {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl std::fmt::Debug for FontId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name())
    }
}
