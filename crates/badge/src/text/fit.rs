//! Text layout in a box: a text shrinks and wraps until it fits. A name is never cut; a longer text is cut at the smallest size.

use std::cell::LazyCell;
use std::ops::Range;

use super::clean::clean;
use super::fallback::{Drawable, OMISSION, drawable};
use super::fonts::FontStyle;
use super::script::Han;
use super::shape::{Line, Paragraph};
use super::wrap::{Breaks, Word, balance, truncated, words, wrap};
use crate::number::from_usize;

/// The number of characters of one paragraph that are laid out at most. No box has room for as many.
const MAX_LETTERS: usize = 1_200;
/// The number of characters of the longest name, which is never cut.
const NAME_LETTERS: usize = learncoin_credential::text::MAX_NAME_CHARS;
/// The factor of one step of shrinking.
const STEP: f32 = 0.94;
/// The size below which a name is cut after all, so that a box without room ends the search.
const TINIEST: f32 = 0.5;
/// The part of its box that a line may be wide: no eye sees a hundredth more.
const TOLERANCE: f32 = 1.01;

/// A box of limited size, with the style of its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TextBox {
    /// The style.
    pub(crate) style: FontStyle,
    /// The preferred font size.
    pub(crate) size: f32,
    /// The smallest font size, but for a name that fits in no other way.
    pub(crate) smallest: f32,
    /// The width limit of a line.
    pub(crate) width: f32,
    /// The limit of lines.
    pub(crate) lines: usize,
    /// The height limit of all lines.
    pub(crate) height: f32,
}

/// A laid-out text.
#[derive(Debug, Clone, Default)]
pub(crate) struct TextBlock {
    /// The lines.
    pub(crate) lines: Vec<Line>,
    /// The font size.
    pub(crate) size: f32,
    /// The reach of the lines.
    reach: Reach,
}

impl TextBlock {
    /// Returns the distance between two baselines.
    pub(crate) fn leading(&self) -> f32 {
        self.size * self.reach.leading()
    }

    /// Returns the distance from the top of a line to its baseline.
    pub(crate) fn ascent(&self) -> f32 {
        self.size * self.reach.above
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

/// The reach of the lines of a text above and below their baselines, in em.
#[derive(Debug, Clone, Copy)]
struct Reach {
    above: f32,
    below: f32,
}

impl Default for Reach {
    /// Returns the reach of Latin letters with their accents.
    fn default() -> Self {
        Self { above: 0.98, below: 0.28 }
    }
}

impl Reach {
    /// Returns the reach of texts. Scripts that stack their letters need more than Latin.
    fn of(paragraphs: &[Paragraph<'_>]) -> Self {
        /// The white between the letters of two lines.
        const GAP: f32 = 0.05;
        let mut reach = Self::default();
        for paragraph in paragraphs {
            let (above, below) = paragraph.line(0..paragraph.text().len()).extent();
            reach.above = reach.above.max(above + GAP);
            reach.below = reach.below.max(below + GAP);
        }
        reach
    }

    fn leading(self) -> f32 {
        self.above + self.below
    }
}

/// The fate of a text that does not fit at the smallest size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overflow {
    /// It shrinks further.
    Shrink,
    /// It ends with an ellipsis.
    Cut,
}

/// Lays out a text of one paragraph. `around` is the form of the ideographs in the texts around it. Returns `None` if nothing of it
/// can be drawn.
pub(crate) fn lay_out(text: &str, text_box: &TextBox, around: Option<Han>) -> Option<TextBlock> {
    let overflow = if text.chars().count() <= NAME_LETTERS { Overflow::Shrink } else { Overflow::Cut };
    lay_out_paragraphs(&[text], text_box, around, overflow)
}

/// Lays out a text with its line breaks. Returns `None` if nothing of it can be drawn.
pub(crate) fn lay_out_lines(text: &str, text_box: &TextBox, around: Option<Han>) -> Option<TextBlock> {
    let lines: Vec<&str> = text.lines().collect();
    lay_out_paragraphs(&lines, text_box, around, Overflow::Cut)
}

/// Returns whether a text can't be drawn as a whole: some of its letters are in no font. Emoji don't count.
pub(crate) fn lacks_letters(text: &str, around: Option<Han>) -> bool {
    let clean = clean(text);
    let is_lost = |drawable: Option<Drawable>| drawable.is_none_or(|drawable| !drawable.is_complete);
    !clean.is_empty() && is_lost(drawable(&clean, FontStyle::Serif, Han::of(text, around)))
}

fn lay_out_paragraphs(
    texts: &[&str],
    text_box: &TextBox,
    around: Option<Han>,
    overflow: Overflow,
) -> Option<TextBlock> {
    let han = Han::of(&texts.concat(), around);
    // One more than there is room for, so that the text is cut.
    let drawables: Vec<Drawable> = texts
        .iter()
        .filter_map(|text| drawable(&limit_length(&clean(text)), text_box.style, han))
        .take(text_box.lines + 1)
        .collect();
    let paragraphs: Vec<Paragraph<'_>> =
        drawables.iter().map(|drawable| Paragraph::new(&drawable.text, text_box.style, han)).collect();
    (!paragraphs.is_empty()).then(|| fit(&paragraphs, text_box, overflow))
}

fn limit_length(text: &str) -> String {
    match text.char_indices().nth(MAX_LETTERS) {
        Some((end, _)) => format!("{}{OMISSION}", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

/// The lines of several paragraphs: each by the number of its paragraph and its range there.
type Lines = Vec<(usize, Range<usize>)>;

fn fit(paragraphs: &[Paragraph<'_>], text_box: &TextBox, overflow: Overflow) -> TextBlock {
    let reach = Reach::of(paragraphs);
    let all = |breaks| -> Vec<Vec<Word>> { paragraphs.iter().map(|text| words(text, breaks)).collect() };
    let by_space = all(Breaks::Spaces);
    let by_ideograph = LazyCell::new(|| all(Breaks::Ideographs));
    // Letters of one line may be set wider than those of its words, each by itself.
    let set = |lines: Lines, size: f32| {
        let block = block(paragraphs, &lines, size, reach);
        (block.width() <= text_box.width * TOLERANCE).then_some(block)
    };
    let mut size = text_box.size;
    while size > text_box.smallest {
        let room = text_box.room(size, reach);
        let lines = wrap_all(&by_space, room).or_else(|| wrap_all(&by_ideograph, room));
        if let Some(block) = lines.and_then(|lines| set(lines, size)) {
            return block;
        }
        size *= STEP;
    }
    let anywhere = all(Breaks::Clusters);
    size = text_box.smallest;
    loop {
        let room = text_box.room(size, reach);
        let lines = wrap_all(&by_space, room)
            .or_else(|| wrap_all(&by_ideograph, room))
            .or_else(|| wrap_all(&anywhere, room));
        if let Some(block) = lines.and_then(|lines| set(lines, size)) {
            return block;
        }
        if overflow == Overflow::Cut || size < TINIEST {
            return cut(paragraphs, &anywhere, size, text_box, reach);
        }
        size *= STEP;
    }
}

/// The room of a box at a font size: the width of a line in em, and the number of lines.
#[derive(Debug, Clone, Copy)]
struct Room {
    width: f32,
    lines: usize,
}

impl TextBox {
    fn room(&self, size: f32, reach: Reach) -> Room {
        let fits = |lines: &usize| from_usize(*lines) * size * reach.leading() <= self.height;
        Room { width: self.width / size, lines: (1..=self.lines).rev().find(fits).unwrap_or(1) }
    }
}

/// Breaks paragraphs into even lines. Returns `None` if there is no room for them.
fn wrap_all(paragraphs: &[Vec<Word>], room: Room) -> Option<Lines> {
    let mut lines = Lines::new();
    for (number, words) in paragraphs.iter().enumerate() {
        let rest = room.lines.checked_sub(lines.len())?;
        let wrapped = balance(words, wrap(words, room.width, rest)?, room.width);
        lines.extend(wrapped.into_iter().map(|range| (number, range)));
    }
    Some(lines)
}

fn block(paragraphs: &[Paragraph<'_>], lines: &Lines, size: f32, reach: Reach) -> TextBlock {
    let shaped = |(number, range): &(usize, Range<usize>)| {
        paragraphs.get(*number).map(|paragraph| paragraph.line(range.clone())).unwrap_or_default()
    };
    TextBlock { lines: lines.iter().map(shaped).collect(), size, reach }
}

/// Lays out as many lines as there is room for. The last one ends with an ellipsis.
fn cut(
    paragraphs: &[Paragraph<'_>],
    words: &[Vec<Word>],
    size: f32,
    text_box: &TextBox,
    reach: Reach,
) -> TextBlock {
    let room = text_box.room(size, reach);
    let mut lines = Lines::new();
    for (number, words) in words.iter().enumerate() {
        let wrapped = wrap(words, room.width, usize::MAX).unwrap_or_default();
        lines.extend(wrapped.into_iter().map(|range| (number, range)));
    }
    let is_cut = lines.len() > room.lines;
    lines.truncate(room.lines);
    let last = if is_cut { lines.pop() } else { None };
    let mut block = block(paragraphs, &lines, size, reach);
    if let Some((number, range)) = last
        && let Some(paragraph) = paragraphs.get(number)
    {
        block.lines.push(truncated(paragraph, range, room.width, text_box.style));
    }
    block
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
        let short = lay_out("Ada Lovelace", &BOX, None).unwrap();
        assert_eq!((short.size, short.lines.len()), (40.0, 1));
        let long = lay_out("Introduction to Machine Learning and Statistics", &BOX, None).unwrap();
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
            let block = lay_out(text, &BOX, None).unwrap();
            assert!(block.width() <= BOX.width * 1.02, "{text}: {}", block.width());
            assert!(block.height() <= BOX.height, "{text}: {}", block.height());
            assert!((1..=2).contains(&block.lines.len()), "{text}");
        }
    }

    #[test]
    fn truncated_texts_end_with_an_ellipsis() {
        let block = lay_out(&"very long words ".repeat(40), &BOX, None).unwrap();
        assert!(line_texts(&block).last().unwrap().ends_with('…'), "{:?}", line_texts(&block));
        let whole = lay_out("whole", &BOX, None).unwrap();
        assert_eq!(line_texts(&whole), ["whole"]);
    }

    #[test]
    fn texts_of_which_nothing_can_be_drawn_are_not_laid_out() {
        for text in ["\u{10330}\u{10331}", "🎓", ""] {
            assert!(lay_out(text, &BOX, None).is_none(), "{text}");
        }
        assert!(lacks_letters("Ada \u{10330}", None) && lacks_letters("\u{10330}", None));
        assert!(!lacks_letters("Ada 🎓", None) && !lacks_letters("🎓", None) && !lacks_letters("", None));
    }

    #[test]
    fn a_name_is_never_cut() {
        let text_box = TextBox { lines: 3, ..BOX };
        for name in ["W", "ﷺ", "Nguyễn ", "ญู", "क्ष्म", "የ", "गोविन्द", "ស្រ្តី", "क्"]
        {
            let count = NAME_LETTERS / name.chars().count();
            let name = name.repeat(count);
            let block = lay_out(&name, &text_box, None).unwrap();
            let drawn: String = line_texts(&block).concat();
            let letters = |text: &str| text.chars().filter(|letter| *letter != ' ').count();
            assert_eq!(letters(&drawn), letters(&name), "{name}");
            assert!(block.lines.len() <= 3 && block.width() <= BOX.width * 1.02, "{name}");
            assert!(block.height() <= BOX.height, "{name}: {}", block.height());
        }
    }

    #[test]
    fn lines_of_stacked_letters_have_room() {
        let two =
            |text: &str| lay_out(&format!("{text} {text}"), &TextBox { width: 300.0, ..BOX }, None).unwrap();
        let (latin, khmer) = (two("Introduction"), two("ឧត្ដុង្គឧត្តម"));
        assert!((latin.leading() / latin.size - 1.26).abs() < 0.01, "{}", latin.leading() / latin.size);
        assert!(khmer.leading() / khmer.size > 1.3, "{}", khmer.leading() / khmer.size);
    }

    #[test]
    fn the_line_breaks_of_a_text_survive() {
        let text = "Module 1\n\n  Module 2\r\nand more";
        let block = lay_out_lines(text, &TextBox { lines: 4, size: 20.0, ..BOX }, None).unwrap();
        assert_eq!(line_texts(&block), ["Module 1", "Module 2", "and more"]);
        let many = "line\n".repeat(40);
        let block = lay_out_lines(&many, &BOX, None).unwrap();
        assert_eq!(line_texts(&block), ["line", "line…"]);
        assert_eq!(line_texts(&lay_out("Ada\nLovelace", &BOX, None).unwrap()), ["Ada Lovelace"]);
    }
}
