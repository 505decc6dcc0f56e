//! Normalizes texts for drawing.

use unicode_normalization::UnicodeNormalization as _;

use super::emoji::without_emoji;
use super::letters::{
    BREAK, has_no_spaces, is_fixed_space, is_ideographic_selector, is_invisible, is_joiner, is_mark,
    is_selector,
};
use super::script::is_ideographic;

/// The limit of combining marks per base character: more would overlap the lines around.
const MAX_MARKS: usize = 4;

/// Removes emoji, invisible characters and superfluous marks, and collapses white space to single spaces.
///
/// The two joiners stay, because they change the form of letters, and so does the zero-width space in scripts without spaces, where
/// lines may end.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut marks = 0_usize;
    let mut previous = None;
    for letter in composed(&without_emoji(text)).chars() {
        if letter.is_whitespace() && !is_fixed_space(letter) {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
            marks = 0;
        } else if is_ideographic_selector(letter) {
            if previous.is_some_and(is_ideographic) {
                clean.push(letter);
            }
        } else if is_mark(letter) {
            marks += 1;
            if marks <= MAX_MARKS && !is_selector(letter) {
                clean.push(letter);
            }
        } else if is_joiner(letter) || (letter == BREAK && previous.is_some_and(has_no_spaces)) {
            clean.push(letter);
        } else if !is_invisible(letter) {
            marks = 0;
            clean.push(letter);
        }
        previous = Some(letter);
    }
    clean.truncate(clean.trim_end_matches([' ', BREAK]).len());
    clean
}

/// Returns the text with the syllables of Korean as one character each, if some are spelled out: no font can draw them.
fn composed(text: &str) -> String {
    if text.contains(|letter| matches!(letter, '\u{1100}'..='\u{11ff}')) {
        text.nfc().collect()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_and_white_space_is_collapsed() {
        assert_eq!(clean(" A\u{feff}d\u{ad}a \r\n\t Lovelace\u{200b} "), "Ada Lovelace");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(clean("\u{feff}\u{200b}\n"), "");
    }

    #[test]
    fn combining_marks_are_limited() {
        let pile = format!("a{}b", "\u{301}".repeat(100));
        assert_eq!(clean(&pile).chars().count(), 2 + MAX_MARKS);
    }

    #[test]
    fn emoji_leave_no_double_spaces() {
        assert_eq!(clean("Ada 🎓 Lovelace 🇬🇧"), "Ada Lovelace");
        assert_eq!(clean("Level 1\u{fe0f}\u{20e3} ❤\u{fe0f}"), "Level 1 ❤");
        assert_eq!(clean("🎓"), "");
    }

    #[test]
    fn korean_syllables_are_composed_and_forms_of_ideographs_are_kept() {
        assert_eq!(clean("\u{1112}\u{1161}\u{11ab}"), "한");
        assert_eq!(clean("葛\u{e0100}城"), "葛\u{e0100}城");
        assert_eq!(clean("a\u{e0100}b"), "ab");
    }

    #[test]
    fn zero_width_spaces_stay_where_words_have_no_others() {
        assert_eq!(clean("ភាសា\u{200b}ខ្មែរ\u{200b}"), "ភាសា\u{200b}ខ្មែរ");
    }
}
