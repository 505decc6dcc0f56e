//! Kinds of characters that have no form of their own, or change that of others.

use unicode_bidi::{BidiClass, bidi_class};

/// The zero-width space: lines may end there.
pub(super) const BREAK: char = '\u{200b}';

/// Returns whether the character is of a script that writes words without spaces: Thai, Lao, Burmese, Khmer.
pub(super) fn has_no_spaces(letter: char) -> bool {
    matches!(letter, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

/// Returns whether the character has no glyph of its own.
pub(super) fn is_ignorable(letter: char) -> bool {
    is_joiner(letter) || letter == BREAK || is_ideographic_selector(letter)
}

/// Returns whether the character combines with the one before it.
pub(super) fn is_mark(letter: char) -> bool {
    bidi_class(letter) == BidiClass::NSM
}

/// Returns whether the character is the zero-width joiner or non-joiner.
pub(super) fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// Returns whether the character is a variation selector other than of an ideograph. The fonts have no such forms.
pub(super) fn is_selector(letter: char) -> bool {
    matches!(letter, '\u{fe00}'..='\u{fe0f}')
}

/// Returns whether the character selects the form of the ideograph before it, as in Japanese names.
pub(super) fn is_ideographic_selector(letter: char) -> bool {
    matches!(letter, '\u{e0100}'..='\u{e01ef}')
}

/// Returns whether the character is a space without a line break opportunity.
pub(super) fn is_fixed_space(letter: char) -> bool {
    matches!(letter, '\u{a0}' | '\u{202f}')
}

/// Returns whether the character is a control or format character.
pub(super) fn is_invisible(letter: char) -> bool {
    use BidiClass::{BN, FSI, LRE, LRI, LRO, PDF, PDI, RLE, RLI, RLO};
    letter.is_control()
        || matches!(bidi_class(letter), BN | FSI | LRE | LRI | LRO | PDF | PDI | RLE | RLI | RLO)
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{34f}' | '\u{2028}' | '\u{2029}')
}
