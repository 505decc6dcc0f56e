//! Headers that hold texts of others. Each decodes to the text that was meant, whatever the text looks like: what a reader
//! could take for anything else is written in encoded words ([RFC 2047](https://www.rfc-editor.org/rfc/rfc2047)).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::Address;
use lettre::message::header::{HeaderName, HeaderValue};

/// The longest line of a header, in characters (RFC 5322, section 2.1.1).
const LINE_CHARS: usize = 76;
/// The longest word of a text that is not encoded. A line can be folded between words alone.
const LONGEST_WORD: usize = 60;
/// The bytes in an encoded word: 56 characters of base64, and the first one beside the name of its header.
const WORD_BYTES: usize = 42;
/// The characters of a phrase that need no quotes, beside letters and digits (RFC 5322, section 3.2.3).
const ATOM: &str = "!#$%&'*+-/=?^_`{|}~ ";

/// Creates a header whose value is a text, such as the subject.
pub(super) fn text_header(name: HeaderName, text: &str) -> HeaderValue {
    let value = match is_plain(text) {
        true => folded(text, name.to_string().len().saturating_add(2)),
        false => encoded_words(text),
    };
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), value)
}

/// Creates a header whose value is an address, with the name of whom it is of, such as the sender.
pub(super) fn address_header(name: HeaderName, display: Option<&str>, address: &Address) -> HeaderValue {
    let value = match display.filter(|display| !display.is_empty()) {
        None => address.to_string(),
        Some(display) => format!("{}\r\n <{address}>", phrase(display)),
    };
    // The library reads the address of the sender in the value as it was.
    HeaderValue::dangerous_new_pre_encoded(name, address.to_string(), value)
}

fn phrase(display: &str) -> String {
    if !is_plain(display) || display.len() > LONGEST_WORD {
        return encoded_words(display);
    }
    if display.chars().all(|character| character.is_ascii_alphanumeric() || ATOM.contains(character)) {
        return display.to_owned();
    }
    let escaped = display.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// Returns whether every reader takes the text as it is: printable ASCII with single spaces inside, that does not look
/// encoded, and can be folded.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
        && !text.contains("=?")
        && text.split(' ').all(|word| !word.is_empty() && word.len() <= LONGEST_WORD)
}

/// Folds a plain text between words. `taken` is what the name of the header takes of the first line.
fn folded(text: &str, taken: usize) -> String {
    let (mut out, mut column) = (String::with_capacity(text.len()), taken);
    for (index, word) in text.split(' ').enumerate() {
        let after = column.saturating_add(1).saturating_add(word.len());
        match index {
            0 => column = column.saturating_add(word.len()),
            _ if after > LINE_CHARS => {
                out.push_str("\r\n ");
                column = word.len().saturating_add(1);
            }
            _ => {
                out.push(' ');
                column = after;
            }
        }
        out.push_str(word);
    }
    out
}

/// Encodes a text. White space between two encoded words is not part of the text (RFC 2047, section 6.2).
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.char_indices().map(|(at, character)| at.saturating_add(character.len_utf8()));
        let end = end.take_while(|end| *end <= WORD_BYTES).last().unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?b?{}?=", BASE64.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_is_written_as_it_is() {
        assert_eq!(phrase("Example University"), "Example University");
        assert_eq!(phrase("Example, Inc."), "\"Example, Inc.\"");
        assert_eq!(phrase("The \"\\\" Society"), "\"The \\\"\\\\\\\" Society\"");
        assert_eq!(phrase("=?utf-8?q?a?="), "=?utf-8?b?PT91dGYtOD9xP2E/PQ==?=");
        assert_eq!(folded("one two", 9), "one two");
        assert_eq!(folded(&format!("{0} {0}", "a".repeat(40)), 9), format!("{0}\r\n {0}", "a".repeat(40)));
    }
}
