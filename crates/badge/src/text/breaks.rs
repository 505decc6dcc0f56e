//! The places where a text may be divided: never inside a syllable, between ideographs, at spaces.

use std::ops::Range;

use unicode_normalization::char::canonical_combining_class;
use unicode_segmentation::UnicodeSegmentation as _;

use super::letters::{BREAK, is_joiner, is_mark};
use super::script::is_ideographic;

/// The combining class of the signs that take the vowel from a consonant and bind it to the next one.
const VIRAMA: u8 = 9;

/// The number of characters of the longest syllable. A longer one is no word of any language, and would fit on no line.
const MAX_SYLLABLE: usize = 24;

/// Splits a range into what must stay together: characters with their marks, and syllables of the scripts that build them of several
/// characters.
pub(crate) fn clusters(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut clusters: Vec<Range<usize>> = Vec::new();
    let part = text.get(range.clone()).unwrap_or_default();
    let (mut last, mut length) = (None, 0);
    for (at, grapheme) in part.grapheme_indices(true) {
        for (offset, piece) in pieces(grapheme) {
            let (start, end) = (range.start + at + offset, range.start + at + offset + piece.len());
            let count = piece.chars().count();
            let goes_on = piece.chars().next().is_some_and(|first| continues(last, first));
            match clusters.last_mut() {
                Some(cluster) if goes_on && length + count <= MAX_SYLLABLE => {
                    cluster.end = end;
                    length += count;
                }
                _ => {
                    clusters.push(start..end);
                    length = count;
                }
            }
            last = piece.chars().next_back();
        }
    }
    clusters
}

/// Splits a cluster that is too long into its characters. Returns any other as it is.
fn pieces(grapheme: &str) -> Vec<(usize, &str)> {
    if grapheme.chars().nth(MAX_SYLLABLE).is_none() {
        return vec![(0, grapheme)];
    }
    let piece =
        |(at, letter): (usize, char)| grapheme.get(at..at + letter.len_utf8()).map(|piece| (at, piece));
    grapheme.char_indices().filter_map(piece).collect()
}

/// Returns whether a character belongs to the syllable of the one before it.
fn continues(before: Option<char>, letter: char) -> bool {
    let Some(before) = before else { return false };
    is_mark(letter)
        || is_joiner(letter)
        || (canonical_combining_class(before) == VIRAMA && letter.is_alphabetic())
        // Thai and Lao write some vowels before their consonant, and others after it.
        || matches!(before, '\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}')
        || matches!(letter, '\u{e2f}' | '\u{e30}' | '\u{e32}' | '\u{e33}' | '\u{e45}' | '\u{e46}' | '\u{eb0}' | '\u{eb2}' | '\u{eb3}' | '\u{ec6}')
}

/// Returns whether a line may end between two clusters that no space divides, without dividing a word.
pub(crate) fn may_break(before: &str, after: &str) -> bool {
    let (Some(last), Some(first)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let ideographic = |text: &str| text.chars().next().is_some_and(is_ideographic);
    last == BREAK
        || ((ideographic(before) || ideographic(after))
            && !ENDS_NO_LINE.contains(last)
            && !BEGINS_NO_LINE.contains(first))
}

/// The characters that begin no line of Chinese or Japanese: closing punctuation, small kana, marks of length and repetition.
const BEGINS_NO_LINE: &str = "、。，．：；？！）］｝〕〉》」』】〙〗’”·・…‥ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ,.:;?!)]}%";
/// The characters that end no line of Chinese or Japanese: opening punctuation.
const ENDS_NO_LINE: &str = "（［｛〔〈《「『【〘〖‘“([{";

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        clusters(text, 0..text.len()).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn syllables_stay_whole() {
        for (text, expected) in [
            ("e\u{301}a", vec!["e\u{301}", "a"]),
            ("क्षत्रिय", vec!["क्ष", "त्रि", "य"]),
            ("ভট্টাচার্য", vec!["ভ", "ট্টা", "চা", "র্য"]),
            ("ព្រះ", vec!["ព្រះ"]),
            ("ស្រ្តី", vec!["ស្រ្តី"]),
            ("เกียรติ", vec!["เกี", "ย", "ร", "ติ"]),
            ("น้ำใจ", vec!["น้ำ", "ใจ"]),
            ("கோவிந்த்", vec!["கோ", "வி", "ந்த்"]),
            ("한글", vec!["한", "글"]),
        ] {
            assert_eq!(parts(text), expected);
        }
    }

    #[test]
    fn a_syllable_that_never_ends_is_divided() {
        let endless = "क्".repeat(100);
        let parts = parts(&endless);
        assert_eq!(parts.concat(), endless);
        assert!(parts.iter().all(|part| part.chars().count() <= MAX_SYLLABLE), "{parts:?}");
    }

    #[test]
    fn lines_end_between_ideographs_but_not_before_closing_punctuation() {
        assert!(may_break("機", "械"));
        assert!(may_break("a", "械"));
        assert!(!may_break("a", "b"));
        assert!(!may_break("習", "。"));
        assert!(!may_break("「", "機"));
        assert!(!may_break("シ", "ョ"));
        assert!(!may_break("한", "글"), "Korean has spaces");
        assert!(may_break("សា\u{200b}", "ខ្មែ"));
    }
}
