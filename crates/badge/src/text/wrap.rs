//! Line breaking: the places where lines may end, greedy wrapping, even lines, and the last resort of an ellipsis.

use std::ops::Range;

use super::breaks::{clusters, may_break};
use super::fallback::OMISSION;
use super::fonts::FontStyle;
use super::letters::BREAK;
use super::shape::{Line, Paragraph};

/// The places where lines may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// After spaces and hyphens.
    Spaces,
    /// There, and between ideographs.
    Ideographs,
    /// Between any two syllables.
    Clusters,
}

/// A part of a text that stays on one line, and the space after it. Lengths are in em.
#[derive(Debug, Clone)]
pub(super) struct Word {
    range: Range<usize>,
    width: f32,
    space: f32,
}

/// Splits a paragraph where lines may end.
pub(super) fn words(paragraph: &Paragraph<'_>, breaks: Breaks) -> Vec<Word> {
    let text = paragraph.text();
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let clusters = clusters(text, 0..text.len());
    let mut words = Vec::new();
    let mut start = 0;
    for (at, cluster) in clusters.iter().enumerate() {
        let next = clusters.get(at + 1);
        let is_space = part(cluster) == " ";
        let ends = next.is_none_or(|next| {
            is_space || ends_word(part(cluster), cluster.start > start, part(next), breaks)
        });
        if ends {
            let word = start..if is_space { cluster.start } else { cluster.end };
            let width = paragraph.line(word.clone()).width;
            let space = if is_space { paragraph.line(cluster.clone()).width } else { 0.0 };
            words.push(Word { range: word, width, space });
            start = cluster.end;
        }
    }
    words
}

/// Returns whether a line may end between two clusters of which none is a space. `follows` is whether something is before the first
/// one.
fn ends_word(cluster: &str, follows: bool, next: &str, breaks: Breaks) -> bool {
    if next == " " {
        return false;
    }
    let ends = cluster.ends_with(BREAK) || (follows && cluster.ends_with(['-', '–', '—', '/']));
    match breaks {
        Breaks::Spaces => ends,
        Breaks::Ideographs => ends || may_break(cluster, next),
        Breaks::Clusters => true,
    }
}

/// Breaks words greedily into lines. Returns `None` if a word is too wide or there are more than `most` lines.
pub(super) fn wrap(words: &[Word], limit: f32, most: usize) -> Option<Vec<Range<usize>>> {
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
pub(super) fn balance(words: &[Word], lines: Vec<Range<usize>>, limit: f32) -> Vec<Range<usize>> {
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

/// Shortens a line to the most syllables that fit with an ellipsis.
pub(super) fn truncated(
    paragraph: &Paragraph<'_>,
    range: Range<usize>,
    limit: f32,
    style: FontStyle,
) -> Line {
    let clusters = clusters(paragraph.text(), range.clone());
    let with_ellipsis = |count: usize| {
        let end = clusters.get(..count).and_then(<[_]>::last).map_or(range.start, |cluster| cluster.end);
        let kept = paragraph.text().get(range.start..end).unwrap_or_default();
        let text = format!("{}{OMISSION}", kept.trim_end());
        Paragraph::new(&text, style, paragraph.han()).line(0..text.len())
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
    use crate::text::script::Han;

    fn parts(text: &str, breaks: Breaks) -> Vec<&str> {
        let paragraph = Paragraph::new(text, FontStyle::Sans, Han::Simplified);
        words(&paragraph, breaks).into_iter().map(|word| &text[word.range]).collect()
    }

    #[test]
    fn words_end_at_spaces_and_hyphens() {
        assert_eq!(
            parts("Ada King-Noel of A/B -x", Breaks::Spaces),
            ["Ada", "King-", "Noel", "of", "A/", "B", "-x"]
        );
        assert_eq!(parts("ភាសា\u{200b}ខ្មែរ", Breaks::Spaces), ["ភាសា\u{200b}", "ខ្មែរ"]);
    }

    #[test]
    fn ideographs_are_words_of_their_own_only_if_asked() {
        assert_eq!(parts("「機械」 学習。", Breaks::Spaces), ["「機械」", "学習。"]);
        assert_eq!(parts("「機械」 学習。", Breaks::Ideographs), ["「機", "械」", "学", "習。"]);
    }

    #[test]
    fn syllables_are_never_divided() {
        assert_eq!(parts("क्षत्रिय", Breaks::Clusters), ["क्ष", "त्रि", "य"]);
        assert_eq!(parts("ស្រ្តី", Breaks::Clusters), ["ស្រ្តី"]);
    }
}
