//! What of a text is drawn, and whether it can be drawn at all.

use unicode_bidi::{BidiClass, bidi_class};

use super::fonts::FontStyle;

/// More marks on one letter than this are left out: they would climb over the lines around.
const MAX_MARKS: usize = 4;

/// A text as it is drawn: without what is invisible, and with one space where there is any white space.
///
/// The two joiners stay, because Arabic letters change their form by them.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut marks = 0_usize;
    for letter in text.chars() {
        if letter.is_whitespace() && !is_fixed_space(letter) {
            if !clean.is_empty() && !clean.ends_with(' ') {
                clean.push(' ');
            }
            marks = 0;
        } else if is_mark(letter) {
            marks += 1;
            if marks <= MAX_MARKS && !is_selector(letter) {
                clean.push(letter);
            }
        } else if is_joiner(letter) {
            clean.push(letter);
        } else if !is_invisible(letter) {
            marks = 0;
            clean.push(letter);
        }
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Whether the shipped fonts have every letter of a clean text, and there is any.
pub(crate) fn is_drawable(clean: &str, style: FontStyle) -> bool {
    let covered = |letter| style.fonts().into_iter().any(|font| font.covers(letter));
    clean.chars().any(|letter| !letter.is_whitespace() && !is_joiner(letter))
        && clean.chars().all(|letter| letter == ' ' || is_joiner(letter) || covered(letter))
}

/// A mark that stands on the letter before it.
pub(crate) fn is_mark(letter: char) -> bool {
    bidi_class(letter) == BidiClass::NSM
}

/// The zero-width joiner and non-joiner.
pub(crate) fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Variation selectors choose between forms that our fonts do not have.
fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// A space that no line is broken at.
fn is_fixed_space(letter: char) -> bool {
    matches!(letter, '\u{a0}' | '\u{202f}')
}

/// Controls and what is defined to be ignored.
fn is_invisible(letter: char) -> bool {
    use BidiClass::{BN, FSI, LRE, LRI, LRO, PDF, PDI, RLE, RLI, RLO};
    letter.is_control()
        || matches!(bidi_class(letter), BN | FSI | LRE | LRI | LRO | PDF | PDI | RLE | RLI | RLO)
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{34f}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_left_out_and_white_space_is_one_space() {
        assert_eq!(clean(" A\u{feff}d\u{ad}a \r\n\t Lovelace\u{200b} "), "Ada Lovelace");
        assert_eq!(clean("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(clean("\u{feff}\u{200b}\n"), "");
    }

    #[test]
    fn a_pile_of_marks_is_cut_down() {
        let pile = format!("a{}b", "\u{301}".repeat(100));
        assert_eq!(clean(&pile).chars().count(), 2 + MAX_MARKS);
    }

    #[test]
    fn only_the_scripts_of_the_shipped_fonts_are_drawn() {
        for text in
            ["Ada Lovelace", "Žofie Nguyễn", "Ада Лавлейс", "Άντα Λάβλεϊς", "آدا لوفليس", "C++ – 100 % & <b>"]
        {
            for style in [FontStyle::Serif, FontStyle::Sans, FontStyle::Bold] {
                assert!(is_drawable(&clean(text), style), "{text} in {style:?}");
            }
        }
        for text in ["阿達", "עדה", "अदा", "Ada 🎓", "", " ", "\u{200d}", "\u{e000}"] {
            assert!(!is_drawable(&clean(text), FontStyle::Serif), "{text}");
        }
    }
}
