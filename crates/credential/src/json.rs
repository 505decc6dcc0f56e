//! A strict JSON parser (RFC 8259): texts that two programs could parse differently are rejected.
//!
//! Members keep the order of the document, so that a validation can report the first fault in document order. The
//! parser rejects invalid UTF-8, a byte order mark, trailing bytes, unpaired surrogates, duplicate members at any depth
//! (also if they are spelled with different escapes), nesting deeper than [`MAX_DEPTH`], objects of more than
//! [`MAX_MEMBERS`] members, and more than [`MAX_VALUES`] values.

mod parser;
mod parts;

use std::io;

use serde::de::DeserializeSeed as _;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use parser::{ParseState, Parser};
pub use parts::{Part, read_parts};

/// The limit of nested arrays and objects. The outermost one counts as 1.
pub const MAX_DEPTH: usize = 32;

/// The limit of values (of every kind) in one text. It is more than 500 credentials at their size limit need, and
/// bounds the memory that a body of `[[],[],…` can allocate.
pub const MAX_VALUES: usize = 4_194_304;

/// The limit of members of one object. No object that is read here has as many names; finding duplicates among millions of
/// them would take seconds.
pub const MAX_MEMBERS: usize = 65_536;

/// A JSON value whose objects keep the order of the document.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number: 64-bit integers exactly, others as the nearest double.
    Number(Number),
    /// A string, with its escapes resolved.
    String(String),
    /// An array.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// The members of a JSON object, in the order of the document and without duplicates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Object {
    members: Vec<(String, Value)>,
}

/// The limit of values in a document of a host: its DID document, an issuer profile or a revocation list. It is more than
/// such a document of 4 MiB needs.
pub const MAX_HOST_VALUES: usize = 262_144;

/// The reasons why a text is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Invalid UTF-8, invalid JSON, an unpaired surrogate, or bytes after the value. Line and column count from 1.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// The line of the fault.
        line: usize,
        /// The column of the fault, in bytes.
        column: usize,
    },
    /// An object has two members of this name.
    #[error("the member {0:?} stands twice in one object")]
    DuplicateMember(String),
    /// Arrays and objects are nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// An object has more than [`MAX_MEMBERS`] members.
    #[error("more than {MAX_MEMBERS} members in one object")]
    TooManyMembers,
    /// The text has more values than this.
    #[error("more than {0} values")]
    TooManyValues(usize),
}

/// Parses exactly one JSON value.
///
/// # Errors
/// See [`JsonError`].
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    parse_limited(bytes, MAX_VALUES)
}

/// Parses exactly one JSON value, in which there are at most so many values. It is for documents of strangers' hosts, whose
/// trees take up to twenty times their bytes.
///
/// # Errors
/// See [`JsonError`].
pub fn parse_limited(bytes: &[u8], values: usize) -> Result<Value, JsonError> {
    let state = ParseState::new(values, usize::MAX);
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = Parser::outermost(&state)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    read.map(|value| value.unwrap_or(Value::Null)).map_err(|error| state.rejection(&error))
}

impl Value {
    /// Returns the text of a string, or `None` for another kind of value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the members of an object, or `None` for another kind of value.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// Returns the elements of an array, or `None` for another kind of value.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// Serializes to compact JSON: no white space, members in document order, only the escapes that JSON requires.
    pub fn to_compact_string(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the length of [`to_compact_string`](Self::to_compact_string) in bytes of UTF-8, without building it.
    pub fn compact_len(&self) -> usize {
        struct Counter(usize);
        impl io::Write for Counter {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0 = self.0.saturating_add(bytes.len());
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut counter = Counter(0);
        // Counting bytes cannot fail, and every value here can be serialized.
        match serde_json::to_writer(&mut counter, self) {
            Ok(()) => counter.0,
            Err(_) => usize::MAX,
        }
    }

    /// Returns the kind of the value with its article, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl Object {
    /// Iterates over the members in document order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the member of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// Returns the number of members.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::String(value) => serializer.serialize_str(value),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(value) => Self::Number(value),
            Value::String(value) => Self::String(value),
            Value::Array(elements) => Self::Array(elements.into_iter().map(Self::from).collect()),
            Value::Object(object) => Self::Object(
                object.members.into_iter().map(|(name, value)| (name, Self::from(value))).collect(),
            ),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(value: serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(value) => Self::Number(value),
            serde_json::Value::String(value) => Self::String(value),
            serde_json::Value::Array(elements) => Self::Array(elements.into_iter().map(Self::from).collect()),
            serde_json::Value::Object(members) => Self::Object(Object {
                members: members.into_iter().map(|(name, value)| (name, Self::from(value))).collect(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_the_order_of_the_document() {
        let value = parse(br#" {"b":1,"a":[true,null,-2.5,"x\n\u00e9"]} "#).unwrap();
        let names: Vec<_> = value.as_object().unwrap().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["b", "a"]);
        assert_eq!(value.to_compact_string(), "{\"b\":1,\"a\":[true,null,-2.5,\"x\\né\"]}");
        assert_eq!(value.compact_len(), value.to_compact_string().len());
        assert_eq!(Value::from(serde_json::Value::from(value.clone())), value);
    }

    #[test]
    fn duplicate_members_are_refused_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"b":2,"\u0061":3}]}"#] {
            assert_eq!(parse(text.as_bytes()), Err(JsonError::DuplicateMember("a".to_owned())), "{text}");
        }
        let many: Vec<_> = (0..40).map(|n| format!("\"m{n}\":{n}")).collect();
        let text = format!("{{{}}}", many.join(","));
        assert_eq!(parse(text.as_bytes()).unwrap().as_object().unwrap().len(), 40);
        for repeated in ["m3", "m15", "m16", "m39"] {
            let text = format!("{{{},\"{repeated}\":0}}", many.join(","));
            assert_eq!(parse(text.as_bytes()), Err(JsonError::DuplicateMember(repeated.to_owned())));
        }
    }

    #[test]
    fn the_depth_has_a_limit() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(parse(nested(100_000).as_bytes()), Err(JsonError::TooDeep));
        assert_eq!(parse("{\"a\":".repeat(40).as_bytes()), Err(JsonError::TooDeep));
    }

    #[test]
    fn the_number_of_values_has_a_limit() {
        let text = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(parse(text.as_bytes()), Err(JsonError::TooManyValues(MAX_VALUES)));
        assert_eq!(parse_limited(b"[1,[2],{}]", 5), parse(b"[1,[2],{}]"));
        assert_eq!(parse_limited(b"[1,[2],{}]", 4), Err(JsonError::TooManyValues(4)));
    }

    #[test]
    fn the_number_of_members_of_an_object_has_a_limit() {
        let object = |members: usize| {
            let members: Vec<_> = (0..members).map(|n| format!("\"{n}\":0")).collect();
            format!("[{{{}}}]", members.join(","))
        };
        assert!(parse(object(MAX_MEMBERS).as_bytes()).is_ok());
        assert_eq!(parse(object(MAX_MEMBERS + 1).as_bytes()), Err(JsonError::TooManyMembers));
    }

    #[test]
    fn invalid_json_is_rejected() {
        let cases: [&[u8]; 12] = [
            b"",
            b"{",
            b"{} {}",
            b"{}x",
            b"\xef\xbb\xbf{}",
            b"\"\xff\"",
            br#""\ud800""#,
            br#""\udc00\ud800""#,
            br#""\ud800\u0041""#,
            b"\"\x01\"",
            b"[1,]",
            b"1e999",
        ];
        for case in cases {
            assert!(
                matches!(parse(case), Err(JsonError::Syntax { .. })),
                "{}",
                String::from_utf8_lossy(case)
            );
        }
    }

    #[test]
    fn a_surrogate_pair_is_one_character() {
        assert_eq!(parse(br#""\ud842\udfb7""#), Ok(Value::String("\u{20BB7}".to_owned())));
    }
}
