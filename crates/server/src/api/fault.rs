//! Faults of a request's fields: an ordinary request is refused with the first one, a dry run lists them all.

use std::fmt::{self, Write as _};

use learncoin_credential::json::Value;

use super::field_path::{FieldPath, shortened};
use crate::error::{ApiError, ErrorCode};

/// The most characters of a text that a fault repeats.
const SHOWN_CHARS: usize = 100;

/// A field that is not as expected.
#[derive(Debug)]
pub(crate) struct FieldFault {
    /// The code of the catalog.
    pub(super) code: ErrorCode,
    /// The path of the field.
    pub(super) path: String,
    /// The expected form.
    pub(super) expected: String,
    /// The value that was found, shortened; `None` for a field that is absent.
    pub(super) found: Option<String>,
    /// The fault in a sentence, which names the path.
    message: String,
}

impl FieldFault {
    /// Creates the fault of a field with a code of its own, in the words `path: expected …`.
    pub(super) fn new(code: ErrorCode, path: &FieldPath<'_>, expected: impl fmt::Display) -> Self {
        let (path, expected) = (path.to_string(), expected.to_string());
        Self { code, message: format!("{path}: expected {expected}"), path, expected, found: None }
    }

    /// Creates the fault of a malformed field.
    pub(super) fn malformed(path: &FieldPath<'_>, expected: impl fmt::Display) -> Self {
        Self::new(ErrorCode::InvalidFieldFormat, path, expected)
    }

    /// Creates the fault of a value of another kind than `expected`.
    pub(super) fn of_kind(path: &FieldPath<'_>, expected: &str, value: &Value) -> Self {
        Self::malformed(path, expected).but_found(value.kind()).with_value(value)
    }

    /// Creates the fault of a member that the contract does not know.
    pub(super) fn unknown(path: &FieldPath<'_>) -> Self {
        let expected = "only the fields that the endpoint documents";
        let fault = Self::malformed(path, expected);
        Self { message: format!("{path}: unknown field; expected {expected}"), ..fault }
    }

    /// Creates the fault of a required field that is absent.
    pub(super) fn missing(path: &FieldPath<'_>) -> Self {
        let fault = Self::new(ErrorCode::MissingRequiredField, path, "a value: the field is required");
        Self { message: format!("{path} is required."), ..fault }
    }

    /// Names the expected form of a field that is absent.
    pub(super) fn expecting(self, expected: String) -> Self {
        Self { message: format!("{} is required: {expected}.", self.path), expected, ..self }
    }

    /// Adds what was found, to the sentence too.
    pub(super) fn but_found(mut self, found: impl fmt::Display) -> Self {
        // Writing to a text can't fail.
        let _ = write!(self.message, ", found {found}");
        self.found = Some(found.to_string());
        self
    }

    /// Sets the value that was found.
    pub(super) fn with_value(self, value: &Value) -> Self {
        Self { found: Some(shown(value)), ..self }
    }
}

impl From<FieldFault> for ApiError {
    fn from(fault: FieldFault) -> Self {
        Self::new(fault.code, fault.message)
    }
}

/// Returns a value as a fault shows it: short, and without anything that is inside an object or an array.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => shortened(text, SHOWN_CHARS),
        Value::Array(elements) => format!("an array of {} elements", elements.len()),
        Value::Object(object) => format!("an object of {} members", object.iter().count()),
    }
}

/// The faults of a request in the order of the document, up to a limit.
#[derive(Debug)]
pub(crate) struct Faults {
    most: usize,
    found: Vec<FieldFault>,
}

/// A member of an object while it is read: `None` if it is absent so far, `Some(None)` if it has a fault.
pub(super) type Slot<T> = Option<Option<T>>;

impl Faults {
    /// Creates an empty list for at most so many faults. What comes after them is passed over.
    pub(super) fn at_most(most: usize) -> Self {
        Self { most, found: Vec::new() }
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Returns whether no more are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    /// Adds a fault after those that are there.
    pub(super) fn add(&mut self, fault: FieldFault) {
        if !self.is_full() {
            self.found.push(fault);
        }
    }

    /// Adds a fault before the one at this index; the last one gives way if there are too many then.
    pub(super) fn insert(&mut self, index: usize, fault: FieldFault) {
        self.found.insert(index.min(self.found.len()), fault);
        self.found.truncate(self.most);
    }

    /// Keeps the first `count` ones.
    pub(super) fn truncate(&mut self, count: usize) {
        self.found.truncate(count);
    }

    /// Returns what was read of a value, or records its fault.
    pub(super) fn take<T>(&mut self, read: Result<T, FieldFault>, value: &Value) -> Option<T> {
        match read {
            Ok(read) => Some(read),
            Err(fault) => {
                if !self.is_full() {
                    let fault = if fault.found.is_none() { fault.with_value(value) } else { fault };
                    self.found.push(fault);
                }
                None
            }
        }
    }

    /// Returns what was read of a required member at the end of its object; records that it is absent if it is.
    pub(super) fn required<T>(&mut self, slot: Slot<T>, path: &FieldPath<'_>) -> Option<T> {
        if slot.is_none() {
            self.add(FieldFault::missing(path));
        }
        slot.flatten()
    }

    /// Returns the first one.
    pub(super) fn into_first(self) -> Option<FieldFault> {
        self.found.into_iter().next()
    }
}

impl IntoIterator for Faults {
    type Item = FieldFault;
    type IntoIter = std::vec::IntoIter<FieldFault>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use learncoin_credential::json;

    use super::*;

    fn parsed(text: &str) -> Value {
        json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_found_is_short_and_visible() {
        for (value, expected) in [
            ("null", "null"),
            ("true", "true"),
            ("-1.5", "-1.5"),
            ("\"\"", ""),
            ("\"2026-13-01\"", "2026-13-01"),
            ("\"a\\n\\u202eb\\u0000\"", "a\\n\\u{202e}b\\u{0}"),
            ("[\"Ada Lovelace\", 2]", "an array of 2 elements"),
            ("{\"name\": \"Ada Lovelace\"}", "an object of 1 members"),
        ] {
            assert_eq!(shown(&parsed(value)), expected, "{value}");
        }
        let long = shown(&Value::String("é".repeat(10_000)));
        assert_eq!(long, format!("{}…", "é".repeat(100)));
    }

    #[test]
    fn a_fault_is_a_sentence_for_a_refusal_and_its_parts_for_a_list() {
        let root = FieldPath::Root;
        let path = root.member("reason");
        let value = parsed("[1]");
        for (fault, message, expected, found) in [
            (FieldFault::missing(&path), "reason is required.", "a value: the field is required", None),
            (
                FieldFault::of_kind(&path, "a string", &value),
                "reason: expected a string, found an array",
                "a string",
                Some("an array of 1 elements"),
            ),
            (
                FieldFault::malformed(&path, "at most 2 entries").but_found(3),
                "reason: expected at most 2 entries, found 3",
                "at most 2 entries",
                Some("3"),
            ),
        ] {
            assert_eq!((&*fault.expected, fault.found.as_deref()), (expected, found));
            assert_eq!(ApiError::from(fault).message, message);
        }
    }

    #[test]
    fn a_list_has_the_first_faults_and_no_more_than_are_wanted() {
        let root = FieldPath::Root;
        let names = |faults: Faults| faults.into_iter().map(|fault| fault.path).collect::<Vec<_>>();
        let mut faults = Faults::at_most(2);
        for name in ["a", "b", "c"] {
            faults.add(FieldFault::missing(&root.member(name)));
        }
        assert!(faults.is_full());
        faults.insert(1, FieldFault::missing(&root.member("x")));
        assert_eq!(names(faults), ["a", "x"]);
    }
}
