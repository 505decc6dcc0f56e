//! Normalizes texts for drawing, and checks that the fonts cover them.

use unicode_bidi::{BidiClass, bidi_class};

use super::fonts::FontStyle;

/// The limit of combining marks per base character: more would overlap the lines around.
const MAX_MARKS: usize = 4;

/// Removes invisible characters and superfluous marks, and collapses white space to single spaces.
///
/// The two joiners stay, because they change the form of Arabic letters.
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

/// Returns whether a normalized text is not empty and the shipped fonts cover all of it.
pub(crate) fn is_drawable(clean: &str, style: FontStyle) -> bool {
    let covered = |letter| style.fonts().into_iter().any(|font| font.covers(letter));
    clean.chars().any(|letter| !letter.is_whitespace() && !is_joiner(letter))
        && clean.chars().all(|letter| letter == ' ' || is_joiner(letter) || covered(letter))
}

/// Returns whether the character combines with the one before it.
pub(crate) fn is_mark(letter: char) -> bool {
    bidi_class(letter) == BidiClass::NSM
}

/// Returns whether the character is the zero-width joiner or non-joiner.
pub(crate) fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Returns whether the character is a variation selector. The shipped fonts have no variant forms.
fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns whether the character is a space without a line break opportunity.
fn is_fixed_space(letter: char) -> bool {
    matches!(letter, '\u{a0}' | '\u{202f}')
}

/// Returns whether the character is a control or format character.
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
