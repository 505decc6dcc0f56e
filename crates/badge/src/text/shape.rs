//! Text shaping: from a text to positioned glyphs, with bidirectional reordering and font fallback.

use std::ops::Range;

use harfrust::{BufferClusterLevel, Direction, UnicodeBuffer};
use skrifa::GlyphId;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::outline::pen::ControlBoundsPen;
use unicode_bidi::ParagraphBidiInfo;

use super::breaks::clusters;
use super::fonts::{Font, FontId, FontStyle, choose};
use super::script::{Han, language};
use crate::number::from_i32;

/// A positioned glyph. Lengths are in em.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glyph {
    /// The glyph id in the font.
    pub(crate) id: u32,
    /// The bytes of the run's text that the glyph represents.
    pub(crate) text: Range<usize>,
    /// The distance to the next glyph's origin.
    pub(crate) advance: f32,
    /// The offset to the right.
    pub(crate) dx: f32,
    /// The offset upwards.
    pub(crate) dy: f32,
}

/// Glyphs of one font and direction, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    /// The font.
    pub(crate) font: FontId,
    /// The text.
    pub(crate) text: String,
    /// The start of the text in its paragraph, in bytes.
    pub(crate) at: usize,
    /// Whether the text is read from right to left.
    pub(crate) is_rtl: bool,
    /// The language tag (BCP 47) that follows from the script.
    pub(crate) language: Option<&'static str>,
    /// The glyphs.
    pub(crate) glyphs: Vec<Glyph>,
    /// The width, in em.
    pub(crate) width: f32,
}

/// A line of runs, from left to right.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Line {
    /// The runs.
    pub(crate) runs: Vec<Run>,
    /// The width, in em.
    pub(crate) width: f32,
}

/// The font of a part of a text.
type Piece = (FontId, Range<usize>);

/// A text of which every letter can be drawn, with its fonts and bidirectional levels.
pub(crate) struct Paragraph<'a> {
    text: &'a str,
    han: Han,
    pieces: Vec<Piece>,
    bidi: ParagraphBidiInfo<'a>,
}

impl<'a> Paragraph<'a> {
    /// Chooses the fonts and computes the levels. The first strong character determines the paragraph's direction (UAX #9, rules P2
    /// and P3).
    pub(crate) fn new(text: &'a str, style: FontStyle, han: Han) -> Self {
        Self { text, han, pieces: pieces(text, style, han), bidi: ParagraphBidiInfo::new(text, None) }
    }

    /// Returns the text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the form of the ideographs.
    pub(crate) fn han(&self) -> Han {
        self.han
    }

    /// Shapes the part of the text that is on one line.
    pub(crate) fn line(&self, range: Range<usize>) -> Line {
        if range.is_empty() {
            return Line::default();
        }
        let (levels, runs) = self.bidi.visual_runs(range);
        let mut line = Line::default();
        for run in runs {
            let is_rtl = levels.get(run.start).is_some_and(|level| level.is_rtl());
            let mut pieces: Vec<Piece> =
                self.pieces.iter().filter_map(|piece| intersection(piece, &run)).collect();
            if is_rtl {
                pieces.reverse();
            }
            for (font, piece) in pieces {
                let text = self.text.get(piece.clone()).unwrap_or_default();
                let Some(tables) = font.font() else { continue };
                let (glyphs, width) = shape(text, tables, is_rtl);
                line.width += width;
                let language = language(text, self.han);
                line.runs.push(Run {
                    font,
                    text: text.to_owned(),
                    at: piece.start,
                    is_rtl,
                    language,
                    glyphs,
                    width,
                });
            }
        }
        line
    }
}

/// Splits a text where the font changes.
fn pieces(text: &str, style: FontStyle, han: Han) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for range in clusters(text, 0..text.len()) {
        let previous = pieces.last().map(|(font, _)| *font);
        let cluster = text.get(range.clone()).unwrap_or_default();
        let whole = choose(cluster, style, han, previous);
        match (pieces.last_mut(), whole.or_else(|| choose_base(cluster, style, han, previous))) {
            (Some((last, piece)), Some(font)) if *last == font => piece.end = range.end,
            (_, Some(font)) => pieces.push((font, range)),
            // No font has it, and none will draw it.
            (_, None) => {}
        }
    }
    pieces
}

/// Chooses the font of a cluster's first character, if no font has the whole cluster.
fn choose_base(cluster: &str, style: FontStyle, han: Han, previous: Option<FontId>) -> Option<FontId> {
    let base = cluster.chars().next()?;
    choose(base.encode_utf8(&mut [0; 4]), style, han, previous)
}

fn intersection((font, piece): &Piece, run: &Range<usize>) -> Option<Piece> {
    let both = piece.start.max(run.start)..piece.end.min(run.end);
    (!both.is_empty()).then_some((*font, both))
}

/// Shapes a text in one font. Returns the glyphs and their width. A letter that the font lacks has none.
fn shape(text: &str, font: &Font, is_rtl: bool) -> (Vec<Glyph>, f32) {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    if is_rtl {
        // Each letter and mark by itself, so that a reader of the file can put them into their order.
        buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
    }
    let shaper = font.shaper.shaper(&font.tables).build();
    let em = from_i32(shaper.units_per_em()).max(1.0);
    let shaped = shaper.shape(buffer, harfrust::ShapeOptions::new());

    let cluster = |info: &harfrust::GlyphInfo| usize::try_from(info.cluster).unwrap_or(text.len());
    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(cluster).collect();
    starts.sort_unstable();
    let mut glyphs = Vec::with_capacity(starts.len());
    let mut width = 0.0;
    for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
        if info.glyph_id == 0 {
            continue;
        }
        let start = cluster(info);
        let next = starts.partition_point(|other| *other <= start);
        let end = starts.get(next).copied().unwrap_or(text.len());
        let advance = from_i32(position.x_advance) / em;
        width += advance;
        glyphs.push(Glyph {
            id: info.glyph_id,
            text: start..end,
            advance,
            dx: from_i32(position.x_offset) / em,
            dy: from_i32(position.y_offset) / em,
        });
    }
    (glyphs, width)
}

impl Line {
    /// Returns how far the line reaches above and below its baseline, in em. Both are 0 or more.
    pub(crate) fn extent(&self) -> (f32, f32) {
        let (mut top, mut bottom) = (0.0_f32, 0.0_f32);
        for run in &self.runs {
            let Some(font) = run.font.font() else { continue };
            for glyph in &run.glyphs {
                let Some(outline) = font.outlines.get(GlyphId::new(glyph.id)) else { continue };
                let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
                let mut pen = ControlBoundsPen::new();
                // A glyph that cannot be drawn takes no room.
                let _ = outline.draw(settings, &mut pen);
                if let Some(bounds) = pen.bounding_box() {
                    top = top.max(bounds.y_max + glyph.dy);
                    bottom = bottom.max(-bounds.y_min - glyph.dy);
                }
            }
        }
        (top, bottom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Paragraph::new(text, FontStyle::Sans, Han::Simplified).line(0..text.len())
    }

    #[test]
    fn arabic_letters_join_and_run_from_right_to_left() {
        let joined = line("شهادة");
        let apart = line("ش ه ا د ة");
        let ids = |line: &Line| -> Vec<u32> {
            line.runs.iter().flat_map(|run| run.glyphs.iter().map(|glyph| glyph.id)).collect()
        };
        assert_eq!(joined.runs.len(), 1);
        assert_ne!(ids(&joined).last(), ids(&apart).last(), "the first letter has its initial form");
        let starts: Vec<usize> = joined.runs[0].glyphs.iter().map(|glyph| glyph.text.start).collect();
        assert!(starts.is_sorted_by(|one, other| one >= other), "{starts:?}");
    }

    #[test]
    fn mixed_texts_keep_each_direction() {
        let line = line("دورة Rust 2026 كاملة");
        let texts: Vec<&str> = line.runs.iter().map(|run| run.text.trim()).collect();
        let position = |part: &str| texts.iter().position(|text| text.contains(part)).unwrap();
        assert!(position("كاملة") < position("Rust") && position("Rust") < position("دورة"), "{texts:?}");
        assert!(texts.contains(&"Rust 2026"), "{texts:?}");
    }

    #[test]
    fn each_script_in_a_text_has_its_font_and_language() {
        let line = line("Ada עדה ადა ✓ अदा");
        let runs: Vec<(&str, Option<&str>)> =
            line.runs.iter().map(|run| (run.font.name(), run.language)).collect();
        assert_eq!(
            runs,
            [
                ("NotoSans-Regular", None),
                ("NotoSansHebrew-Regular", Some("he")),
                ("NotoSansHebrew-Regular", None),
                ("NotoSansGeorgian-Regular", Some("ka")),
                ("NotoSansSymbols2-Regular", None),
                ("NotoSans-Regular", None),
                ("NotoSansDevanagari-Regular", Some("hi")),
            ]
        );
    }

    #[test]
    fn conjuncts_form_and_vowels_move_before_their_consonants() {
        let ids =
            |text: &str| -> Vec<u32> { line(text).runs[0].glyphs.iter().map(|glyph| glyph.id).collect() };
        assert_eq!(ids("क्ष").len(), 1, "a conjunct is one glyph");
        assert_eq!(ids("कि").last(), ids("क").last(), "the vowel sign is drawn first");
        assert!(ids("ក្ក").len() < 3, "the second consonant is written below");
    }

    #[test]
    fn lines_reach_as_far_as_their_letters() {
        let ((latin_top, latin_bottom), (top, bottom)) = (line("Ada").extent(), line("ញ្ជ៉ុ").extent());
        assert!(latin_top > 0.6 && latin_top < 0.8 && latin_bottom < 0.05, "{latin_top} {latin_bottom}");
        assert!(top > latin_top && bottom > 0.3, "{top} {bottom}");
    }

    #[test]
    fn no_glyph_is_missing_and_every_byte_belongs_to_a_glyph() {
        for text in [
            "Ada e\u{301}\u{323} ﬁ Ωώ Жя",
            "آدَا می\u{200c}خواهم ١٢٣",
            "A\u{200d}b",
            "ស្រ្តី",
            "கோ",
            "น้ำ",
            "שָׁלוֹם",
            "ক্ষ্ম",
        ] {
            for run in line(text).runs {
                assert!(run.glyphs.iter().all(|glyph| glyph.id != 0), "{text}: {run:?}");
                let first = run.glyphs.iter().map(|glyph| glyph.text.start).min().unwrap();
                let last = run.glyphs.iter().map(|glyph| glyph.text.end).max().unwrap();
                assert_eq!((first, last), (0, run.text.len()));
            }
        }
    }
}
