//! The letters of a text that can be drawn. Those that no font has are left out, and nothing is drawn as a box.

use super::breaks::clusters;
use super::fonts::{FontId, FontStyle, choose};
use super::letters::{is_ignorable, is_mark};
use super::script::Han;

/// The sign in the place of letters that no font has.
pub(crate) const OMISSION: char = '…';

/// A text of which every letter can be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drawable {
    /// The text.
    pub(crate) text: String,
    /// Whether nothing was left out.
    pub(crate) is_complete: bool,
}

/// Replaces what no font has in a normalized text: letters by an ellipsis, so that a reader sees that some are left out, and marks
/// by nothing. Returns `None` if nothing that can be read is left.
pub(crate) fn drawable(clean: &str, style: FontStyle, han: Han) -> Option<Drawable> {
    let mut drawable = Drawable { text: String::with_capacity(clean.len()), is_complete: true };
    let mut previous = None;
    let mut can_be_read = false;
    for cluster in clusters(clean, 0..clean.len()) {
        let cluster = clean.get(cluster).unwrap_or_default();
        if let Some(font) = choose(cluster, style, han, previous) {
            drawable.text.push_str(cluster);
            can_be_read |= cluster.chars().any(char::is_alphanumeric);
            previous = Some(font);
            continue;
        }
        drawable.is_complete = false;
        for letter in cluster.chars().filter(|letter| !is_ignorable(*letter)) {
            push(&mut drawable.text, letter, style, han, &mut previous);
        }
        can_be_read |= drawable.text.ends_with(char::is_alphanumeric);
    }
    let is_empty = !drawable.text.chars().any(|letter| !letter.is_whitespace() && !is_ignorable(letter));
    (!is_empty && (drawable.is_complete || can_be_read)).then_some(drawable)
}

/// Appends a letter of a cluster that no font has as a whole, or an ellipsis in its place.
fn push(text: &mut String, letter: char, style: FontStyle, han: Han, previous: &mut Option<FontId>) {
    let mut bytes = [0; 4];
    let font = choose(letter.encode_utf8(&mut bytes), style, han, *previous);
    let is_mark = is_mark(letter);
    match font {
        Some(font) if !(is_mark && text.ends_with(OMISSION)) => {
            text.push(letter);
            *previous = Some(font);
        }
        None if !is_mark => {
            // One sign for several words in a row.
            let before = text.trim_end();
            if before.ends_with(OMISSION) { text.truncate(before.len()) } else { text.push(OMISSION) }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> (String, bool) {
        let drawable = drawable(text, FontStyle::Serif, Han::Simplified).unwrap();
        (drawable.text, drawable.is_complete)
    }

    #[test]
    fn texts_that_fonts_have_are_complete() {
        for text in ["Ada Lovelace", "آدا لوفليس", "עדה", "अदा लवलेस", "ადა", "A → B ✓ ★ ≥ ♯ ①", "—"]
        {
            assert_eq!(drawn(text), (text.to_owned(), true));
        }
    }

    #[test]
    fn letters_that_no_font_has_are_left_out_alone() {
        assert_eq!(drawn("Ada \u{10330}\u{10331} Lovelace"), ("Ada … Lovelace".into(), false));
        assert_eq!(drawn("Ada \u{10330} \u{10331}"), ("Ada …".into(), false));
        assert_eq!(drawn("A\u{10330}b"), ("A…b".into(), false));
        assert_eq!(drawn("Ada\u{1e023} B"), ("Ada B".into(), false), "a mark that no font has");
    }

    #[test]
    fn nothing_is_drawn_of_a_text_that_could_not_be_read() {
        for text in ["\u{10330}\u{10331}", "\u{10330}!", "", " ", "\u{200d}", "\u{e000}"] {
            assert_eq!(drawable(text, FontStyle::Serif, Han::Simplified), None, "{text:?}");
        }
    }
}
