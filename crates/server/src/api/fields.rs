//! The kinds of fields: one function for each, which returns the value or the error.

use jiff::civil::DateTime;
use learncoin_credential::json::{self, JsonError, Object, Value};
use learncoin_credential::text::{self, TextError, UriKind};

use super::fault::FieldFault;
use super::field_path::FieldPath;
use super::limits::EARLIEST_YEAR;
use crate::error::{ApiError, ErrorCode};

/// The byte order mark of UTF-8, which some programs write before JSON (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Parses the body as strict JSON. A byte order mark before it is skipped.
pub(super) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    let text = without_mark(body);
    json::parse(text).map_err(|error| not_json(text, &error))
}

/// Returns the body without the byte order mark before it.
pub(super) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// Returns the error for a body that is not strict JSON.
pub(super) fn not_json(text: &[u8], error: &JsonError) -> ApiError {
    let message = match other_form(text) {
        Some(found) => format!("The request body is {found}: expected JSON in UTF-8, not compressed."),
        None => format!("The request body is not valid JSON: {error}."),
    };
    ApiError::new(ErrorCode::InvalidJson, message)
}

/// Names what a body is that is no JSON in UTF-8, if its first bytes show it.
fn other_form(body: &[u8]) -> Option<&'static str> {
    match body {
        _ if body.trim_ascii().is_empty() => Some("empty"),
        [0x1f, 0x8b, ..] => Some("compressed with gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("compressed with Zstandard"),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] => {
            Some("in UTF-32")
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("in UTF-16"),
        _ => None,
    }
}

/// Returns the error for a malformed field, in the words `path: expected …`.
pub(super) fn malformed(path: &FieldPath<'_>, expected: impl std::fmt::Display) -> ApiError {
    FieldFault::malformed(path, expected).into()
}

/// Returns the error for a member that the contract does not know.
pub(super) fn unknown(path: &FieldPath<'_>) -> ApiError {
    FieldFault::unknown(path).into()
}

/// Fills the slot of a member. JSON with a member twice was refused before, so a slot is filled once.
pub(super) fn set<T>(slot: &mut Option<T>, value: T) {
    *slot = Some(value);
}

/// Returns the value of a slot at the end of its object, or the fault of a missing field.
pub(super) fn required<T>(slot: Option<T>, path: &FieldPath<'_>) -> Result<T, FieldFault> {
    slot.ok_or_else(|| FieldFault::missing(path))
}

/// Returns the value of an optional member: `null` counts as absent.
pub(super) fn present(value: &Value) -> Option<&Value> {
    match value {
        Value::Null => None,
        _ => Some(value),
    }
}

pub(super) fn object<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v Object, FieldFault> {
    value.as_object().ok_or_else(|| FieldFault::of_kind(path, "an object", value))
}

pub(super) fn array<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v [Value], FieldFault> {
    value.as_array().ok_or_else(|| FieldFault::of_kind(path, "an array", value))
}

pub(super) fn string<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v str, FieldFault> {
    value.as_str().ok_or_else(|| FieldFault::of_kind(path, "a string", value))
}

/// Reads a text that may be empty.
pub(super) fn optional_text(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    checked(value, path, text::check_written)
}

/// Reads a text that must not be empty.
pub(super) fn required_text(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    checked(value, path, text::check_required)
}

/// Reads a text of one line that must not be empty.
pub(super) fn line(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    checked(value, path, text::check_line)
}

/// Reads a text that must not be empty, of at most so many characters.
pub(super) fn short_text(
    value: &Value,
    path: &FieldPath<'_>,
    max_chars: usize,
) -> Result<String, FieldFault> {
    let text = required_text(value, path)?;
    match text.chars().count() <= max_chars {
        true => Ok(text),
        false => Err(FieldFault::malformed(path, format_args!("text of at most {max_chars} characters"))),
    }
}

/// Reads one of a closed set of words.
pub(super) fn one_of<T: Copy>(
    value: &Value,
    path: &FieldPath<'_>,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, FieldFault> {
    let given = value.as_str();
    all.iter().copied().find(|one| Some(word(*one)) == given).ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        FieldFault::malformed(path, format_args!("one of {}", words.join(", ")))
    })
}

/// Reads a name: short, on one line, and with at least one visible character.
pub(super) fn name(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    checked(value, path, text::check_new_name)
}

/// Reads an absolute URI.
pub(super) fn uri(value: &Value, path: &FieldPath<'_>, kind: UriKind) -> Result<String, FieldFault> {
    checked(value, path, |uri| text::check_uri(uri, kind))
}

/// Reads a date, in the form that it has in the document.
pub(super) fn date(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    let date = text::normalize_request_date(string(value, path)?);
    date.map_err(|error| FieldFault::malformed(path, expected(error)))
}

/// Reads a date of a credential, as [`date`] does. A year before [`EARLIEST_YEAR`] is a default value or a typing error.
pub(super) fn credential_date(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    let date = date(value, path)?;
    match civil(&date) {
        Some(civil) if civil.year() < EARLIEST_YEAR => {
            Err(FieldFault::malformed(path, format_args!("a date from the year {EARLIEST_YEAR} on")))
        }
        _ => Ok(date),
    }
}

/// Returns the civil time in UTC of a date that [`date`] returned, to compare two dates exactly.
pub(super) fn civil(date: &str) -> Option<DateTime> {
    date.strip_suffix('Z')?.parse().ok()
}

/// Checks Open Badges' `type`, which may be given if it is the type of the document anyway.
pub(super) fn type_names(value: &Value, path: &FieldPath<'_>, names: &[&str]) -> Result<(), FieldFault> {
    let given = value.as_array().unwrap_or_default();
    let same = given.len() == names.len()
        && given.iter().zip(names).all(|(given, name)| given.as_str() == Some(*name));
    match value {
        Value::Null => Ok(()),
        _ if same => Ok(()),
        _ => Err(FieldFault::malformed(path, format_args!("{names:?}, or no such field"))),
    }
}

fn checked(
    value: &Value,
    path: &FieldPath<'_>,
    check: impl Fn(&str) -> Result<(), TextError>,
) -> Result<String, FieldFault> {
    let text = string(value, path)?;
    check(text).map_err(|error| FieldFault::malformed(path, expected(error)))?;
    Ok(text.to_owned())
}

/// Returns the form that a text lacks, in words that follow "expected".
fn expected(error: TextError) -> &'static str {
    match error {
        TextError::Control => "text without control characters other than line feed and carriage return",
        TextError::Noncharacter => "text without Unicode non-characters",
        TextError::Bidirectional => "text without bidirectional controls and tag characters",
        TextError::Empty => "text that is not empty",
        TextError::LineBreak => "text on one line, without line feeds",
        TextError::Invisible => "a name with at least one visible character",
        TextError::Reserved => "a name other than the text that stands for an erased one",
        TextError::NameTooLong => "a name of at most 256 characters",
        TextError::UrlTooLong => "a URL of at most 2048 characters",
        TextError::WebUri => "an absolute URL in ASCII that starts with https:// or http://",
        TextError::IdentifierUri => {
            "an absolute URI in ASCII that starts with https://, http://, urn: or did:"
        }
        TextError::UuidUrn => "urn:uuid: followed by a version 4 UUID",
        TextError::Date => {
            "an ISO 8601 date and time in UTC such as 2026-04-23T12:00:00Z, with at most 9 digits of fractional seconds"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &[u8]) -> String {
        let error = parse(body).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidJson);
        error.message
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        let json = b"\xef\xbb\xbf{\"a\": 1}";
        assert_eq!(parse(json).unwrap(), parse(&json[3..]).unwrap());
        assert!(refusal(&[BYTE_ORDER_MARK, json].concat()).starts_with("The request body is not valid JSON"));
    }

    #[test]
    fn a_body_in_another_form_is_named() {
        let utf16 = |encode: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "{\"a\": 1}".encode_utf16().flat_map(encode).collect()
        };
        let utf32: Vec<u8> = "{}".chars().flat_map(|character| u32::from(character).to_le_bytes()).collect();
        for (body, named) in [
            (Vec::new(), "empty"),
            (b" \r\n".to_vec(), "empty"),
            (BYTE_ORDER_MARK.to_vec(), "empty"),
            (b"\x1f\x8b\x08\x00\x00".to_vec(), "compressed with gzip"),
            (b"\x28\xb5\x2f\xfd\x04".to_vec(), "compressed with Zstandard"),
            (utf16(u16::to_le_bytes), "in UTF-16"),
            (utf16(u16::to_be_bytes), "in UTF-16"),
            ([b"\xff\xfe".to_vec(), utf16(u16::to_le_bytes)].concat(), "in UTF-16"),
            ([b"\xfe\xff".to_vec(), utf16(u16::to_be_bytes)].concat(), "in UTF-16"),
            (utf32.clone(), "in UTF-32"),
            ([b"\xff\xfe\0\0".to_vec(), utf32].concat(), "in UTF-32"),
        ] {
            let expected = format!("The request body is {named}: expected JSON in UTF-8, not compressed.");
            assert_eq!(refusal(&body), expected, "{body:?}");
        }
        assert!(refusal(b"[1, }").starts_with("The request body is not valid JSON: "));
    }
}
