//! The encodings of text files: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

use std::borrow::Cow;

use crate::file_fault::FileFault;

/// The characters of Windows-1252 from 0x80 to 0x9F; NUL for the five bytes that it does not have.
const HIGH: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', //
    '\0', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// The bytes that are looked at for the pattern of UTF-16.
const SAMPLE_BYTES: usize = 1_024;

/// A decoded text.
pub(super) struct Decoded<'a> {
    /// The text without its byte order mark.
    pub(super) text: Cow<'a, str>,
    /// Whether it is only assumed to be Windows-1252.
    pub(super) is_assumed: bool,
}

/// Decodes a file.
///
/// # Errors
/// If it is UTF-16 without a mark, or in none of the encodings.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, FileFault> {
    let known = |text| Ok(Decoded { text, is_assumed: false });
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(FileFault::UnknownEncoding),
        [0xff, 0xfe, rest @ ..] => return known(Cow::Owned(utf16(rest, u16::from_le_bytes)?)),
        [0xfe, 0xff, rest @ ..] => return known(Cow::Owned(utf16(rest, u16::from_be_bytes)?)),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if is_utf16(bytes) {
        return Err(FileFault::Utf16WithoutMark);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => known(Cow::Borrowed(text)),
        Err(_) => Ok(Decoded { text: Cow::Owned(windows_1252(bytes)?), is_assumed: true }),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, FileFault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(FileFault::UnknownEncoding);
    }
    char::decode_utf16(pairs.iter().copied().map(unit))
        .collect::<Result<_, _>>()
        .map_err(|_| FileFault::UnknownEncoding)
}

/// Returns whether most characters at the beginning have a NUL as one half, as ASCII has in UTF-16.
fn is_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes).as_chunks::<2>();
    let halves = pairs.iter().filter(|[first, second]| (*first == 0) != (*second == 0)).count();
    halves > 1 && halves * 2 > pairs.len()
}

fn windows_1252(bytes: &[u8]) -> Result<String, FileFault> {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for byte in bytes {
        let character = match byte.checked_sub(0x80) {
            Some(high) => HIGH.get(usize::from(high)).copied().unwrap_or(char::from(*byte)),
            None => char::from(*byte),
        };
        if character == '\0' && *byte != 0 {
            return Err(FileFault::UnknownEncoding);
        }
        text.push(character);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_read_from_each_encoding() {
        let text = "name;\"Zoë – Ž€\"\r\n";
        let utf16 = |mark: [u8; 2], encode: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter().chain(text.encode_utf16().flat_map(encode)).collect()
        };
        for (bytes, is_assumed) in [
            (text.as_bytes().to_vec(), false),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), false),
            (utf16([0xff, 0xfe], u16::to_le_bytes), false),
            (utf16([0xfe, 0xff], u16::to_be_bytes), false),
            (b"name;\"Zo\xeb \x96 \x8e\x80\"\r\n".to_vec(), true),
        ] {
            let decoded = decode(&bytes).unwrap();
            assert_eq!((&*decoded.text, decoded.is_assumed), (text, is_assumed));
        }
    }

    #[test]
    fn what_is_in_no_encoding_is_refused() {
        let bare: Vec<u8> = "name,email".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, fault) in [
            (bare, FileFault::Utf16WithoutMark),
            (b"\xff\xfea".to_vec(), FileFault::UnknownEncoding),
            (b"\xff\xfe\x00\xd8a\0".to_vec(), FileFault::UnknownEncoding),
            (b"\xff\xfe\0\0n\0\0\0".to_vec(), FileFault::UnknownEncoding),
            (b"name\n\x81\xff".to_vec(), FileFault::UnknownEncoding),
        ] {
            assert_eq!(decode(&bytes).err(), Some(fault), "{bytes:?}");
        }
    }
}
