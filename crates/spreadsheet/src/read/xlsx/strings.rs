//! The texts that cells share, and the texts of a cell's own.

use super::xml::{PartReader, XmlPiece};
use crate::file_fault::FileFault;
use crate::read::zip::Archive;

/// The shared texts, one after the other: a text for each costs more than the texts if there are millions of empty ones.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    /// The end of each text. 32 bits hold the limit of what is unpacked.
    ends: Vec<u32>,
}

impl Strings {
    /// Reads the part.
    ///
    /// # Errors
    /// If it is damaged.
    pub(super) fn read(archive: &Archive<'_>, part: &str) -> Result<Self, FileFault> {
        let mut reader = PartReader::open(archive, part)?;
        let mut strings = Self::default();
        loop {
            match reader.next()? {
                XmlPiece::Start(tag) if tag.local_name().as_ref() == "si" => {
                    let text = read_text(&mut reader, "si")?;
                    strings.text.push_str(&text);
                    strings.ends.push(u32::try_from(strings.text.len()).unwrap_or(u32::MAX));
                }
                XmlPiece::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    /// Returns the text of this index.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start =
            index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        self.text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }
}

/// Reads a text up to the end of the element `name`: plain or in runs, without the pronunciation that East Asian texts have.
pub(super) fn read_text(reader: &mut PartReader<'_, '_>, name: &str) -> Result<String, FileFault> {
    let (mut text, mut is_text, mut is_phonetic) = (String::new(), false, false);
    loop {
        match reader.next()? {
            XmlPiece::Start(tag) => match tag.local_name().as_ref() {
                "t" => is_text = true,
                "rPh" => is_phonetic = true,
                _ => {}
            },
            XmlPiece::Text(piece) if is_text && !is_phonetic => text.push_str(&piece),
            XmlPiece::Text(_) => {}
            XmlPiece::End(end) => match &*end {
                "t" => is_text = false,
                "rPh" => is_phonetic = false,
                end if end == name => return Ok(unescaped(text)),
                _ => {}
            },
            XmlPiece::Eof => return Err(reader.damaged()),
        }
    }
}

/// Replaces `_x000D_` and its like by the character: what XML can't hold is written so (part 1, section 22.9.2.19).
pub(super) fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find("_x") {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        let code = from.get(2..6).filter(|_| from.get(6..7) == Some("_"));
        let character = code
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        let taken = match character {
            Some(character) => {
                plain.push(character);
                7
            }
            None => {
                plain.push_str("_x");
                2
            }
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_characters_are_replaced_and_nothing_else() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x004_ _x00G0_ _x", "_x004_ _x00G0_ _x"),
            ("_xD800_", "_xD800_"),
            ("_xä__x0041_", "_xä_A"),
        ] {
            assert_eq!(unescaped(text.to_owned()), expected);
        }
    }
}
