//! Text of other hosts, made safe for an operator's terminal.

/// Escapes what moves the cursor, reverses the direction of the line or is invisible: the text comes from another host
/// and is shown in an operator's terminal.
pub(crate) fn escape_unprintable(text: &str) -> String {
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
    fn unprintable_characters_are_escaped() {
        let hostile = "ok\u{1b}[2J\r\n\0\u{202e}\u{200b}é字";
        assert_eq!(escape_unprintable(hostile), "ok\\u{1b}[2J\\u{d}\\u{a}\\u{0}\\u{202e}\\u{200b}é字");
    }
}
