//! Text layout in a box: a text shrinks and wraps until it fits, and is truncated with an ellipsis as a last resort.

use std::ops::Range;

use super::clean::{clean, is_drawable, is_joiner, is_mark};
use super::fonts::FontStyle;
use super::shape::{Line, Paragraph};
use crate::number::from_usize;

/// The number of characters that are laid out at most. No box has room for as many.
const MAX_LETTERS: usize = 1_200;
const ELLIPSIS: &str = "…";
/// The factor of one step of shrinking.
const STEP: f32 = 0.94;

/// A box of limited size, with the style of its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextBox {
    /// The style.
    pub(crate) style: FontStyle,
    /// The preferred font size.
    pub(crate) size: f32,
    /// The smallest font size.
    pub(crate) smallest: f32,
    /// The width limit of a line.
    pub(crate) width: f32,
    /// The limit of lines.
    pub(crate) lines: usize,
    /// The height limit of all lines.
    pub(crate) height: f32,
}

/// A laid-out text.
#[derive(Debug, Clone)]
pub(crate) struct TextBlock {
    /// The lines.
    pub(crate) lines: Vec<Line>,
    /// The font size.
    pub(crate) size: f32,
}

impl TextBlock {
    /// Returns the distance between two baselines.
    pub(crate) fn leading(&self) -> f32 {
        self.size * LEADING
    }

    /// Returns the distance from the top of a line to its baseline.
    pub(crate) fn ascent(&self) -> f32 {
        self.size * ASCENT
    }

    /// Returns the height of all lines.
    pub(crate) fn height(&self) -> f32 {
        self.leading() * from_usize(self.lines.len())
    }

    /// Returns the width of the widest line.
    pub(crate) fn width(&self) -> f32 {
        self.lines.iter().map(|line| line.width * self.size).fold(0.0, f32::max)
    }
}

/// The distance between two baselines, in em.
const LEADING: f32 = 1.26;

/// The distance from a line's top to its baseline, in em.
const ASCENT: f32 = 0.98;

/// A word and the space after it. Lengths are in em.
struct Word {
    range: Range<usize>,
    width: f32,
    space: f32,
}

/// Lays out a text. Returns `None` if the shipped fonts do not cover it, or if it is empty.
pub(crate) fn lay_out(text: &str, text_box: &TextBox) -> Option<TextBlock> {
    let clean = limit_length(&clean(text));
    is_drawable(&clean, text_box.style).then(|| fit(&clean, text_box))
}

fn limit_length(text: &str) -> String {
    match text.char_indices().nth(MAX_LETTERS) {
        Some((end, _)) => format!("{}{ELLIPSIS}", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

fn fit(text: &str, text_box: &TextBox) -> TextBlock {
    let paragraph = Paragraph::new(text, text_box.style);
    let words = words(&paragraph);
    let mut size = text_box.size;
    while size > text_box.smallest {
        if let Some(lines) = wrap(&words, text_box.width / size, text_box.lines_at(size)) {
            return block(&paragraph, &balance(&words, lines, text_box.width / size), size);
        }
        size *= STEP;
    }
    fit_at_smallest_size(&paragraph, &words, text_box)
}

impl TextBox {
    fn lines_at(&self, size: f32) -> usize {
        (1..=self.lines).rev().find(|lines| from_usize(*lines) * size * LEADING <= self.height).unwrap_or(1)
    }
}

fn block(paragraph: &Paragraph<'_>, lines: &[Range<usize>], size: f32) -> TextBlock {
    TextBlock { lines: lines.iter().map(|range| paragraph.line(range.clone())).collect(), size }
}

/// Splits a paragraph into words, after spaces and hyphens.
fn words(paragraph: &Paragraph<'_>) -> Vec<Word> {
    let text = paragraph.text();
    let mut words = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = at + letter.len_utf8();
        let breaks = letter == ' ' || (matches!(letter, '-' | '–' | '—' | '/') && at > start);
        if breaks || end == text.len() {
            let word = start..if letter == ' ' { at } else { end };
            let width = paragraph.line(word.clone()).width;
            let space = if letter == ' ' { paragraph.line(at..end).width } else { 0.0 };
            words.push(Word { range: word, width, space });
            start = end;
        }
    }
    words
}

/// Breaks words greedily into lines. Returns `None` if a word is too wide or there are more than `most` lines.
fn wrap(words: &[Word], limit: f32, most: usize) -> Option<Vec<Range<usize>>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let (mut width, mut space) = (0.0, 0.0);
    for word in words {
        if word.width > limit {
            return None;
        }
        match lines.last_mut() {
            Some(line) if width + space + word.width <= limit => {
                width += space + word.width;
                line.end = word.range.end;
            }
            _ => {
                width = word.width;
                lines.push(word.range.clone());
            }
        }
        space = word.space;
    }
    (lines.len() <= most).then_some(lines)
}

/// Makes the lines as even as possible without adding one, by binary search for the smallest width.
fn balance(words: &[Word], lines: Vec<Range<usize>>, limit: f32) -> Vec<Range<usize>> {
    let count = lines.len();
    let mut best = lines;
    let (mut low, mut high) = (0.0, limit);
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        match wrap(words, middle, count) {
            Some(lines) => (best, high) = (lines, middle),
            None => low = middle,
        }
    }
    best
}

/// Lays out a text at the smallest size. Words that are too wide are broken anywhere, and lines beyond the limit are
/// cut.
fn fit_at_smallest_size(paragraph: &Paragraph<'_>, words: &[Word], text_box: &TextBox) -> TextBlock {
    let size = text_box.smallest;
    let limit = text_box.width / size;
    let most = text_box.lines_at(size).max(1);
    let pieces: Vec<Word> = words.iter().flat_map(|word| split_word(paragraph, word, limit)).collect();
    let mut lines = wrap(&pieces, limit, usize::MAX).unwrap_or_default();
    if lines.len() <= most {
        return block(paragraph, &lines, size);
    }
    lines.truncate(most);
    let last = lines.pop().unwrap_or_default();
    let mut block = block(paragraph, &lines, size);
    block.lines.push(truncate_line(paragraph, last, limit, text_box.style));
    block
}

/// Splits a word into parts that fit into a line.
fn split_word(paragraph: &Paragraph<'_>, word: &Word, limit: f32) -> Vec<Word> {
    if word.width <= limit {
        let Word { range, width, space } = word;
        return vec![Word { range: range.clone(), width: *width, space: *space }];
    }
    let mut parts: Vec<Word> = Vec::new();
    for cluster in clusters(paragraph.text(), word.range.clone()) {
        let width = paragraph.line(cluster.clone()).width;
        match parts.last_mut() {
            Some(part) if part.width + width <= limit => {
                part.width += width;
                part.range.end = cluster.end;
            }
            _ => parts.push(Word { range: cluster, width: width.min(limit), space: 0.0 }),
        }
    }
    if let Some(part) = parts.last_mut() {
        part.space = word.space;
    }
    parts
}

/// Splits a range into characters with their combining marks.
fn clusters(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut clusters: Vec<Range<usize>> = Vec::new();
    for (at, letter) in text.get(range.clone()).unwrap_or_default().char_indices() {
        let start = range.start + at;
        let end = start + letter.len_utf8();
        match clusters.last_mut() {
            Some(cluster) if is_mark(letter) || is_joiner(letter) => cluster.end = end,
            _ => clusters.push(start..end),
        }
    }
    clusters
}

/// Shortens a line to the most characters that fit with an ellipsis.
fn truncate_line(paragraph: &Paragraph<'_>, range: Range<usize>, limit: f32, style: FontStyle) -> Line {
    let clusters = clusters(paragraph.text(), range.clone());
    let with_ellipsis = |count: usize| {
        let end = clusters.get(..count).and_then(<[_]>::last).map_or(range.start, |cluster| cluster.end);
        let kept = paragraph.text().get(range.start..end).unwrap_or_default();
        let text = format!("{}{ELLIPSIS}", kept.trim_end());
        Paragraph::new(&text, style).line(0..text.len())
    };
    let (mut fits, mut fits_not) = (0, clusters.len() + 1);
    while fits_not - fits > 1 {
        let middle = usize::midpoint(fits, fits_not);
        if with_ellipsis(middle).width <= limit { fits = middle } else { fits_not = middle }
    }
    with_ellipsis(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: TextBox = TextBox {
        style: FontStyle::Serif,
        size: 40.0,
        smallest: 16.0,
        width: 400.0,
        lines: 2,
        height: 120.0,
    };

    fn line_texts(block: &TextBlock) -> Vec<String> {
        block
            .lines
            .iter()
            .map(|line| line.runs.iter().map(|run| run.text.as_str()).collect::<String>())
            .collect()
    }

    #[test]
    fn a_short_text_keeps_its_size_and_a_long_one_shrinks_and_wraps() {
        let short = lay_out("Ada Lovelace", &BOX).unwrap();
        assert_eq!((short.size, short.lines.len()), (40.0, 1));
        let long = lay_out("Introduction to Machine Learning and Statistics", &BOX).unwrap();
        assert_eq!(long.lines.len(), 2);
        assert!(long.size < 40.0 && long.size > 16.0);
        let widths: Vec<f32> = long.lines.iter().map(|line| line.width).collect();
        assert!((widths[0] - widths[1]).abs() < widths[0] / 2.0, "even lines: {widths:?}");
    }

    #[test]
    fn every_text_stays_in_its_box() {
        let unbroken = "W".repeat(256);
        let marked = "e\u{301}\u{302}\u{303}".repeat(80);
        let arabic = "المستنصرية".repeat(25);
        let mixed = "نص عربي with English 123 و".repeat(12);
        let many = "a ".repeat(5_000);
        for text in [&*unbroken, &*marked, &*arabic, &*mixed, &*many, "A", "—", "-/-/-"] {
            let block = lay_out(text, &BOX).unwrap();
            assert!(block.width() <= BOX.width * 1.02, "{text}: {}", block.width());
            assert!(block.height() <= BOX.height, "{text}: {}", block.height());
            assert!((1..=2).contains(&block.lines.len()), "{text}");
        }
    }

    #[test]
    fn truncated_texts_end_with_an_ellipsis() {
        let block = lay_out(&"very long words ".repeat(40), &BOX).unwrap();
        assert!(line_texts(&block).last().unwrap().ends_with('…'), "{:?}", line_texts(&block));
        let whole = lay_out("whole", &BOX).unwrap();
        assert_eq!(line_texts(&whole), ["whole"]);
    }

    #[test]
    fn texts_without_font_coverage_are_not_laid_out() {
        for text in ["漢字", "Ada 🎓", ""] {
            assert!(lay_out(text, &BOX).is_none(), "{text}");
        }
    }
}
