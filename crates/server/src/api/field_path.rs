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
            FieldPath::Member(FieldPath::Root, name) => show(name, f),
            FieldPath::Member(parent, name) => {
                write!(f, "{parent}.")?;
                show(name, f)
            }
            FieldPath::Element(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Writes a member's name. It is the caller's own text; one that is long or unprintable is shortened and escaped.
fn show(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut characters = name.chars();
    for character in characters.by_ref().take(SHOWN_CHARS) {
        match character.is_control() {
            true => write!(f, "{}", character.escape_default())?,
            false => write!(f, "{character}")?,
        }
    }
    if characters.next().is_some() { f.write_str("…") } else { Ok(()) }
}
