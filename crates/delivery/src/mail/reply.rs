//! Replies of mail servers in the form in which they are stored: bounded, harmless to print, and without addresses.

use learncoin_http_client::escape_unprintable;

/// The length of a stored reply, in characters.
const MAX_CHARS: usize = 300;
/// The text that replaces an address.
const MASK: &str = "<address>";

/// Returns the reply as it is stored. `known` is the recipient's address.
pub(super) fn redact(words: &str, known: &str) -> String {
    let mut words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [Some(known), known.split_once('@').map(|(user, _)| user)].into_iter().flatten() {
        words = mask(&words, part);
    }
    let is_end = |character: char| character.is_whitespace() || "<>()[]\"',;:".contains(character);
    let mut out = String::new();
    for word in words.split_inclusive(is_end) {
        match word.strip_suffix(is_end).unwrap_or(word) {
            address if address.contains('@') => {
                out.push_str(MASK);
                out.push_str(word.get(address.len()..).unwrap_or_default());
            }
            _ => out.push_str(word),
        }
    }
    escape_unprintable(&out.replace("<<address>>", MASK).chars().take(MAX_CHARS).collect::<String>())
}

/// Replaces every occurrence of `part`, in upper or lower case. A part so short that any sentence contains it is left.
fn mask(words: &str, part: &str) -> String {
    if part.len() < 3 {
        return words.to_owned();
    }
    // Beyond ASCII, lower case may have another length. There a reply contains an address only as it was sent.
    let (lower, part) = (words.to_ascii_lowercase(), part.to_ascii_lowercase());
    let mut out = String::with_capacity(words.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(&part) {
        out.push_str(words.get(from..at).unwrap_or_default());
        out.push_str(MASK);
        from = at.saturating_add(found.len());
    }
    out.push_str(words.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_address_is_stored_however_it_is_written() {
        for (reply, stored) in [
            ("550 5.1.1 <ada.lovelace@example.edu>: unknown", "550 5.1.1 <address>: unknown"),
            ("550 Ada.Lovelace@EXAMPLE.edu unknown", "550 <address> unknown"),
            ("550 no mailbox ada.lovelace here", "550 no mailbox <address> here"),
            ("451 ask postmaster@example.edu, please", "451 ask <address>, please"),
            ("550 \"ada.lovelace\"@example.edu", "550 \"<address>\"<address>"),
            ("250 2.0.0 queued\r\n  as 4A1", "250 2.0.0 queued as 4A1"),
            ("554 \u{1b}[2J\u{202e}no", "554 \\u{1b}[2J\\u{202e}no"),
        ] {
            assert_eq!(redact(reply, "ada.lovelace@example.edu"), stored);
        }
        assert_eq!(redact(&"x".repeat(1_000), "ada@example.edu").len(), MAX_CHARS);
    }
}
