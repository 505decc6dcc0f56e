//! Text shaping: from a text to positioned glyphs, with bidirectional reordering and font fallback.

use std::ops::Range;

use harfrust::{Direction, UnicodeBuffer};
use unicode_bidi::ParagraphBidiInfo;

use super::clean::{is_joiner, is_mark};
use super::fonts::{FontId, FontStyle};
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

/// Glyphs of one font, from left to right.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    /// The font.
    pub(crate) font: FontId,
    /// The text.
    pub(crate) text: String,
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

/// A normalized text with its bidirectional levels.
pub(crate) struct Paragraph<'a> {
    text: &'a str,
    style: FontStyle,
    bidi: ParagraphBidiInfo<'a>,
}

impl<'a> Paragraph<'a> {
    /// Computes the levels. The first strong character determines the paragraph's direction (UAX #9, rules P2 and P3).
    pub(crate) fn new(text: &'a str, style: FontStyle) -> Self {
        Self { text, style, bidi: ParagraphBidiInfo::new(text, None) }
    }

    /// Returns the text.
    pub(crate) fn text(&self) -> &'a str {
        self.text
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
            let mut pieces = self.pieces(run);
            if is_rtl {
                pieces.reverse();
            }
            for (font, piece) in pieces {
                let run = shape(self.text.get(piece).unwrap_or_default(), font, is_rtl);
                line.width += run.width;
                line.runs.push(run);
            }
        }
        line
    }

    /// Splits a range where the font changes. Marks, joiners and spaces keep the font of the preceding character.
    fn pieces(&self, range: Range<usize>) -> Vec<(FontId, Range<usize>)> {
        let [first, second] = self.style.fonts();
        let mut pieces: Vec<(FontId, Range<usize>)> = Vec::new();
        let part = self.text.get(range.clone()).unwrap_or_default();
        for (at, letter) in part.char_indices() {
            let (start, end) = (range.start + at, range.start + at + letter.len_utf8());
            let follows = letter == ' ' || is_mark(letter) || is_joiner(letter);
            let font = match pieces.last() {
                Some((font, _)) if follows && (is_joiner(letter) || font.covers(letter)) => *font,
                _ if first.covers(letter) || !second.covers(letter) => first,
                _ => second,
            };
            match pieces.last_mut() {
                Some((last, piece)) if *last == font => piece.end = end,
                _ => pieces.push((font, start..end)),
            }
        }
        pieces
    }
}

fn shape(text: &str, font: FontId, is_rtl: bool) -> Run {
    let source = font.font();
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.guess_segment_properties();
    buffer.set_direction(if is_rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let shaper = source.shaper.shaper(&source.tables).build();
    let em = from_i32(shaper.units_per_em()).max(1.0);
    let shaped = shaper.shape(buffer, harfrust::ShapeOptions::new());

    let cluster = |info: &harfrust::GlyphInfo| usize::try_from(info.cluster).unwrap_or(text.len());
    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(cluster).collect();
    starts.sort_unstable();
    let mut glyphs = Vec::with_capacity(starts.len());
    let mut width = 0.0;
    for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
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
    Run { font, text: text.to_owned(), glyphs, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Paragraph::new(text, FontStyle::Sans).line(0..text.len())
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
    fn no_glyph_is_missing_and_every_byte_belongs_to_a_glyph() {
        for text in ["Ada e\u{301}\u{323} ﬁ Ωώ Жя", "آدَا می\u{200c}خواهم ١٢٣", "A\u{200d}b"]
        {
            for run in line(text).runs {
                assert!(run.glyphs.iter().all(|glyph| glyph.id != 0), "{text}: {run:?}");
                let first = run.glyphs.iter().map(|glyph| glyph.text.start).min().unwrap();
                let last = run.glyphs.iter().map(|glyph| glyph.text.end).max().unwrap();
                assert_eq!((first, last), (0, run.text.len()));
            }
        }
    }
}
