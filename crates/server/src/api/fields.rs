//! The kinds of fields: one function for each, which returns the value or the error.

use jiff::civil::DateTime;
use learncoin_credential::json::{self, Object, Value};
use learncoin_credential::text::{self, TextError, UriKind};

use super::field_path::FieldPath;
use crate::error::{ApiError, ErrorCode};

/// Parses the body as strict JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, ApiError> {
    json::parse(body).map_err(|error| {
        ApiError::new(ErrorCode::InvalidJson, format!("The request body is not valid JSON: {error}."))
    })
}

/// Returns the error for a malformed field, in the words `path: expected …`.
pub(super) fn malformed(path: &FieldPath<'_>, expected: impl std::fmt::Display) -> ApiError {
    ApiError::new(ErrorCode::InvalidFieldFormat, format!("{path}: expected {expected}"))
}

/// Returns the error for a member that the contract does not know.
pub(super) fn unknown(path: &FieldPath<'_>) -> ApiError {
    ApiError::new(
        ErrorCode::InvalidFieldFormat,
        format!("{path}: unknown field; expected only the fields that the endpoint documents"),
    )
}

/// Fills the slot of a member. JSON with a member twice was refused before, so a slot is filled once.
pub(super) fn set<T>(slot: &mut Option<T>, value: T) {
    *slot = Some(value);
}

/// Returns the value of a slot at the end of its object, or the error for a missing field.
pub(super) fn required<T>(slot: Option<T>, path: &FieldPath<'_>) -> Result<T, ApiError> {
    slot.ok_or_else(|| {
        ApiError::new(ErrorCode::MissingRequiredField, format!("{path}: required, but absent"))
    })
}

/// Returns the value of an optional member: `null` counts as absent.
pub(super) fn present(value: &Value) -> Option<&Value> {
    match value {
        Value::Null => None,
        _ => Some(value),
    }
}

pub(super) fn object<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v Object, ApiError> {
    value.as_object().ok_or_else(|| malformed(path, format_args!("an object, found {}", value.kind())))
}

pub(super) fn array<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v [Value], ApiError> {
    value.as_array().ok_or_else(|| malformed(path, format_args!("an array, found {}", value.kind())))
}

pub(super) fn string<'v>(value: &'v Value, path: &FieldPath<'_>) -> Result<&'v str, ApiError> {
    value.as_str().ok_or_else(|| malformed(path, format_args!("a string, found {}", value.kind())))
}

/// Reads a text that may be empty.
pub(super) fn optional_text(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    checked(value, path, text::check_written)
}

/// Reads a text that must not be empty.
pub(super) fn required_text(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    checked(value, path, text::check_required)
}

/// Reads a text that must not be empty, of at most so many characters.
pub(super) fn short_text(value: &Value, path: &FieldPath<'_>, max_chars: usize) -> Result<String, ApiError> {
    let text = required_text(value, path)?;
    match text.chars().count() <= max_chars {
        true => Ok(text),
        false => Err(malformed(path, format_args!("text of at most {max_chars} characters"))),
    }
}

/// Reads one of a closed set of words.
pub(super) fn one_of<T: Copy>(
    value: &Value,
    path: &FieldPath<'_>,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, ApiError> {
    let given = value.as_str();
    all.iter().copied().find(|one| Some(word(*one)) == given).ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
        malformed(path, format_args!("one of {}", words.join(", ")))
    })
}

/// Reads a name: short, and with at least one visible character.
pub(super) fn name(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    checked(value, path, text::check_name)
}

/// Reads an absolute URI.
pub(super) fn uri(value: &Value, path: &FieldPath<'_>, kind: UriKind) -> Result<String, ApiError> {
    checked(value, path, |uri| text::check_uri(uri, kind))
}

/// Reads a date, in the form that it has in the document.
pub(super) fn date(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    text::normalize_request_date(string(value, path)?).map_err(|error| malformed(path, expected(error)))
}

/// Returns the civil time in UTC of a date that [`date`] returned, to compare two dates exactly.
pub(super) fn civil(date: &str) -> Option<DateTime> {
    date.strip_suffix('Z')?.parse().ok()
}

/// Checks Open Badges' `type`, which may be given if it is the type of the document anyway.
pub(super) fn type_names(value: &Value, path: &FieldPath<'_>, names: &[&str]) -> Result<(), ApiError> {
    let given = value.as_array().unwrap_or_default();
    let same = given.len() == names.len()
        && given.iter().zip(names).all(|(given, name)| given.as_str() == Some(*name));
    match value {
        Value::Null => Ok(()),
        _ if same => Ok(()),
        _ => Err(malformed(path, format_args!("{names:?}, or no such field"))),
    }
}

fn checked(
    value: &Value,
    path: &FieldPath<'_>,
    check: impl Fn(&str) -> Result<(), TextError>,
) -> Result<String, ApiError> {
    let text = string(value, path)?;
    check(text).map_err(|error| malformed(path, expected(error)))?;
    Ok(text.to_owned())
}

/// Returns the form that a text lacks, in words that follow "expected".
fn expected(error: TextError) -> &'static str {
    match error {
        TextError::Control => "text without control characters other than line feed and carriage return",
        TextError::Noncharacter => "text without Unicode non-characters",
        TextError::Bidirectional => "text without bidirectional controls and tag characters",
        TextError::Empty => "text that is not empty",
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
