//! Text of other hosts, made safe for an operator's terminal and log.

/// The length of a reason of another host, in characters.
const MAX_REASON_CHARS: usize = 300;

/// Returns the reason that another host, the operating system or TLS gave, on one line, harmless to print and bounded.
pub fn printable_reason(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    escape_unprintable(&line.chars().take(MAX_REASON_CHARS).collect::<String>())
}

/// Escapes what moves the cursor, reverses the direction of the line or is invisible: the text comes from another host
/// and is shown in an operator's terminal.
pub fn escape_unprintable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_invisible = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        if character.is_control() || is_invisible {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_bounded_line() {
        assert_eq!(printable_reason(" a\r\n\tb\u{1b}[0m "), "a b\\u{1b}[0m");
        assert_eq!(printable_reason(&"x".repeat(10_000)).len(), MAX_REASON_CHARS);
    }

    #[test]
    fn unprintable_characters_are_escaped() {
        let hostile = "ok\u{1b}[2J\r\n\0\u{202e}\u{200b}é字";
        assert_eq!(escape_unprintable(hostile), "ok\\u{1b}[2J\\u{d}\\u{a}\\u{0}\\u{202e}\\u{200b}é字");
    }
}
