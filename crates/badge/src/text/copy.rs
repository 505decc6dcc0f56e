//! Glyphs in the form in which a reader of a file puts their letters into order.
//!
//! A file maps each glyph to the letters that it represents. Programs that copy text from a PDF order the glyphs of a script that runs
//! from right to left by their places, and many of them reverse the letters of a glyph that represents several, such as the ligature
//! of lam and alef. So each letter gets a glyph of its own: a ligature represents its first letter, and blank glyphs without width, at
//! its left edge, those after it.
//!
//! A vowel sign or another mark has its place over its letter, where it would come before it. Its glyph is drawn as a shape, without a
//! letter, and a blank glyph at the left edge of the letter represents it.

use std::ops::Range;

use skrifa::GlyphId;
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::outline::pen::ControlBoundsPen;

use super::fonts::Font;
use super::letters::is_mark;
use super::shape::{Glyph, Run};

/// Characters whose glyphs the shipped fonts have without outline and width. Each letter takes the same one everywhere, because a glyph of a PDF represents
/// one text; a second one takes more room in the file, and not all readers know it.
const BLANK: [char; 5] = ['\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{200b}'];

/// A run for a file from which text is copied.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CopiedRun {
    /// The glyphs that represent letters.
    pub(crate) glyphs: Vec<Glyph>,
    /// The glyphs that are shapes alone, with the distance of each from the left end of the run.
    pub(crate) shapes: Vec<(f32, Glyph)>,
}

/// Returns the glyphs of a run, with one for each letter if it is read from right to left.
pub(crate) fn copied(run: &Run) -> CopiedRun {
    let mut copied = CopiedRun::default();
    let blanks = run.font.font().filter(|_| run.is_rtl).map(blanks).unwrap_or_default();
    if blanks.is_empty() {
        return CopiedRun { glyphs: run.glyphs.clone(), ..copied };
    }
    let mut pen = 0.0;
    for cluster in run.glyphs.chunk_by(|one, other| one.text == other.text) {
        let letters = letters(run, cluster);
        let has_base = cluster.iter().any(|glyph| glyph.advance != 0.0);
        let has_shapes = has_base || letters.iter().all(|(letter, _)| is_mark(*letter));
        let mut bases = Vec::with_capacity(cluster.len());
        for glyph in cluster {
            if has_shapes && glyph.advance == 0.0 {
                copied.shapes.push((pen, glyph.clone()));
            } else {
                bases.push(glyph.clone());
            }
            pen += glyph.advance;
        }
        spread(&mut copied.glyphs, bases, &letters, &blanks);
    }
    copied
}

/// A letter with its place in the run's text.
type Letter = (char, Range<usize>);

/// Returns the letters that a cluster represents, from left to right.
fn letters(run: &Run, cluster: &[Glyph]) -> Vec<Letter> {
    let range = cluster.first().map(|glyph| glyph.text.clone()).unwrap_or_default();
    let text = run.text.get(range.clone()).unwrap_or_default();
    let place =
        |(at, letter): (usize, char)| (letter, range.start + at..range.start + at + letter.len_utf8());
    text.char_indices().rev().map(place).collect()
}

/// Appends glyphs with one letter for each, after blank glyphs for the letters that are left.
fn spread(glyphs: &mut Vec<Glyph>, bases: Vec<Glyph>, letters: &[Letter], blank_glyphs: &[u32]) {
    let (blanks, drawn) = letters.split_at(letters.len().saturating_sub(bases.len()));
    glyphs.extend(blanks.iter().filter_map(|letter| blank(blank_glyphs, letter)));
    for (at, glyph) in bases.into_iter().enumerate() {
        let letter = drawn.get(at).or(drawn.last());
        let text = letter.map_or_else(|| glyph.text.clone(), |(_, text)| text.clone());
        glyphs.push(Glyph { text, ..glyph });
    }
}

/// Returns the glyphs of a font that are blank. Some fonts draw pictures of invisible characters.
fn blanks(font: &Font) -> Vec<u32> {
    BLANK.iter().filter_map(|letter| font.glyph(*letter)).filter(|glyph| is_blank(font, *glyph)).collect()
}

fn is_blank(font: &Font, glyph: u32) -> bool {
    let settings = DrawSettings::unhinted(Size::new(1.0), LocationRef::default());
    let mut pen = ControlBoundsPen::new();
    let drawn = font.outlines.get(GlyphId::new(glyph)).map(|outline| outline.draw(settings, &mut pen));
    drawn.is_none_or(|drawn| drawn.is_ok()) && pen.bounding_box().is_none()
}

/// Creates the blank glyph for a letter.
fn blank(blanks: &[u32], (letter, text): &Letter) -> Option<Glyph> {
    let at = usize::try_from(u32::from(*letter)).unwrap_or_default().checked_rem(blanks.len())?;
    Some(Glyph { id: *blanks.get(at)?, text: text.clone(), advance: 0.0, dx: 0.0, dy: 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fonts::FontStyle;
    use crate::text::script::Han;
    use crate::text::shape::Paragraph;

    #[test]
    fn each_letter_of_a_ligature_has_a_glyph_in_its_place() {
        for text in ["الله", "سلام", "لا إله", "مُحَمَّد", "שָׁלוֹם"] {
            let line = Paragraph::new(text, FontStyle::Serif, Han::Simplified).line(0..text.len());
            let mut drawn = String::new();
            for run in &line.runs {
                let CopiedRun { glyphs, shapes } = copied(run);
                assert_eq!(shapes.is_empty(), !text.contains(is_mark), "{text}");
                let width: f32 = glyphs.iter().map(|glyph| glyph.advance).sum();
                assert!((width - run.width).abs() < 0.001, "{text}: {width} {}", run.width);
                let mut places: Vec<Range<usize>> = glyphs.into_iter().map(|glyph| glyph.text).collect();
                places.dedup();
                assert!(places.is_sorted_by(|one, other| one.start >= other.end), "{text}: {places:?}");
                drawn.extend(places.into_iter().map(|place| run.text[place].to_owned()));
            }
            assert_eq!(drawn.chars().rev().collect::<String>(), text);
        }
    }

    #[test]
    fn what_is_drawn_beside_a_ligature_is_blank() {
        for style in [FontStyle::Serif, FontStyle::Sans, FontStyle::Bold] {
            for text in ["لا", "שָׁ"] {
                let line = Paragraph::new(text, style, Han::Simplified).line(0..text.len());
                let font = line.runs[0].font;
                assert!(blanks(font.font().unwrap()).len() >= 4, "{font:?}");
            }
        }
    }

    #[test]
    fn texts_from_left_to_right_stay_as_they_are() {
        let text = "ﬁnal क्षि";
        let line = Paragraph::new(text, FontStyle::Serif, Han::Simplified).line(0..text.len());
        for run in &line.runs {
            assert_eq!(copied(run), CopiedRun { glyphs: run.glyphs.clone(), shapes: Vec::new() });
        }
    }
}
