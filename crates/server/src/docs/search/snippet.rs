//! A piece of a text around the words that were found in it.

use super::is_word;

/// The number of characters before the first word that was found.
const BEFORE: usize = 60;
/// The number of characters of a piece.
const LENGTH: usize = 200;

/// A part of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct SnippetPart<'a> {
    /// Its text.
    pub(in super::super) text: &'a str,
    /// Whether it is a word that was found.
    pub(in super::super) is_found: bool,
}

/// Returns a piece of the text that begins shortly before the first word that begins with one of these, or with the text if
/// there is none. Cut ends are marked by an ellipsis.
pub(super) fn around<'a>(text: &'a str, words: &[String]) -> Vec<SnippetPart<'a>> {
    let first = tokens(text).find(|(_, token)| is_found(token, words)).map_or(0, |(at, _)| at);
    let start = back(text, first);
    let shown = text.get(start..).unwrap_or_default();
    let end = forward(shown);
    let mut parts = Vec::new();
    if start > 0 {
        parts.push(SnippetPart { text: "… ", is_found: false });
    }
    for (_, token) in tokens(shown.get(..end).unwrap_or_default()) {
        parts.push(SnippetPart { text: token, is_found: is_found(token, words) });
    }
    if end < shown.len() {
        parts.push(SnippetPart { text: " …", is_found: false });
    }
    parts
}

/// Returns the beginning of a word at most [`BEFORE`] characters before the place.
fn back(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    let earliest = before.char_indices().rev().take(BEFORE).last().map_or(place, |(at, _)| at);
    if earliest == 0 {
        return 0;
    }
    let cut = before.get(earliest..).unwrap_or_default();
    cut.find(' ').map_or(place, |space| earliest.saturating_add(space).saturating_add(1))
}

/// Returns the end of a word at most [`LENGTH`] characters into the text.
fn forward(text: &str) -> usize {
    let Some((latest, _)) = text.char_indices().nth(LENGTH) else { return text.len() };
    text.get(..latest).and_then(|shown| shown.rfind(' ')).unwrap_or(latest)
}

/// Returns the words of a text and what is between them, each with its place.
fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let first = is_word(rest.chars().next()?);
        let length = rest.find(|c| is_word(c) != first).unwrap_or(rest.len());
        let found = (at, rest.get(..length)?);
        at = at.saturating_add(length);
        Some(found)
    })
}

/// Returns whether a token, or a part of it after `_`, begins with one of the words.
fn is_found(token: &str, words: &[String]) -> bool {
    let lower = token.to_lowercase();
    let begins = |part: &str| words.iter().any(|word| part.starts_with(word.as_str()));
    begins(&lower) || lower.split('_').any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, word: &str) -> String {
        let parts = around(text, &[word.to_owned()]);
        parts
            .iter()
            .map(|part| if part.is_found { format!("[{}]", part.text) } else { part.text.to_owned() })
            .collect()
    }

    #[test]
    fn words_are_marked_and_ends_are_cut_between_words() {
        assert_eq!(shown("The Batch of a tenant.", "batch"), "The [Batch] of a tenant.");
        assert_eq!(shown("no_batch_found", "batch"), "[no_batch_found]");
        assert_eq!(shown("nothing", "batch"), "nothing");
        let long = shown(&format!("{}batch {}", "before ".repeat(50), "behind ".repeat(50)), "batch");
        assert!(long.starts_with("… before ") && long.ends_with(" behind …"), "{long}");
        assert!(long.contains(" [batch] behind") && long.chars().count() < LENGTH + 10, "{long}");
    }

    #[test]
    fn no_text_is_cut_inside_a_character() {
        for text in
            ["é".repeat(1_000), format!("{} ü", "ß ".repeat(400)), "日本語".repeat(200), String::new()]
        {
            let _ = shown(&text, "ü");
            let _ = shown(&text, "日");
        }
        assert!(shown(&"日本語".repeat(200), "日").starts_with("[日本語"));
    }
}
