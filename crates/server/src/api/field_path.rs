//! Paths within the body, written as the caller would write them: `credentials[3].achievement.name`.

use std::fmt;

/// The most characters of a member's name that a message repeats.
const SHOWN_CHARS: usize = 64;

/// The path of a value in the body.
#[derive(Clone, Copy)]
pub(super) enum FieldPath<'a> {
    /// The body itself.
    Root,
    /// A member of an object.
    Member(&'a FieldPath<'a>, &'a str),
    /// An element of an array.
    Element(&'a FieldPath<'a>, usize),
}

impl<'a> FieldPath<'a> {
    /// Returns the path of the member of that name.
    pub(super) fn member(&'a self, name: &'a str) -> FieldPath<'a> {
        FieldPath::Member(self, name)
    }

    /// Returns the path of the element at that index.
    pub(super) fn element(&'a self, index: usize) -> FieldPath<'a> {
        FieldPath::Element(self, index)
    }
}

impl fmt::Display for FieldPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FieldPath::Root => f.write_str("the request body"),
            FieldPath::Member(FieldPath::Root, name) => f.write_str(&shortened(name, SHOWN_CHARS)),
            FieldPath::Member(parent, name) => write!(f, "{parent}.{}", shortened(name, SHOWN_CHARS)),
            FieldPath::Element(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Returns the beginning of a caller's own text, with characters that can't be seen as their escapes.
pub(super) fn shortened(text: &str, most_chars: usize) -> String {
    let mut characters = text.chars();
    let mut shown = String::new();
    for character in characters.by_ref().take(most_chars) {
        match character {
            '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'
            | '\u{2029}' => {
                shown.extend(character.escape_default());
            }
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}
