//! The rule for what a word is, for the colors of code and for the search.

/// Returns whether a character is part of a word or a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
