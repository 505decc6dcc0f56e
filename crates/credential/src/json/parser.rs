//! The parser of one value. It checks everything, and keeps as many values as it may.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasher as _, BuildHasherDefault, Hasher, RandomState};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{JsonError, MAX_DEPTH, MAX_MEMBERS, Object, Value};

/// The number of members from which duplicates are detected by hashes instead of a scan.
const MANY_MEMBERS: usize = 16;

/// The state that the nested parsers of one text share.
pub(super) struct ParseState {
    /// The error of a rejection by this parser. Serde's errors carry only text.
    rejection: RefCell<Option<JsonError>>,
    /// The limit of values, and how many are left of it.
    values: usize,
    values_left: Cell<usize>,
    /// The number of values that are still kept. What comes after them is checked and dropped.
    kept_left: Cell<usize>,
    hashes: RandomState,
}

impl ParseState {
    /// Creates the state of a text that has at most `values` values, of which so many are kept.
    pub(super) fn new(values: usize, kept: usize) -> Self {
        Self {
            rejection: RefCell::new(None),
            values,
            values_left: Cell::new(values),
            kept_left: Cell::new(kept),
            hashes: RandomState::new(),
        }
    }

    /// Keeps so many of the values that follow.
    pub(super) fn keep(&self, values: usize) {
        self.kept_left.set(values);
    }

    /// Returns the reason why the text is rejected, of which serde's error is the other half.
    pub(super) fn rejection(&self, error: &serde_json::Error) -> JsonError {
        let own = self.rejection.take();
        own.unwrap_or(JsonError::Syntax { line: error.line(), column: error.column() })
    }

    /// Counts a value.
    pub(super) fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        match self.values_left.get().checked_sub(1) {
            Some(left) => self.values_left.set(left),
            None => return Err(self.reject(JsonError::TooManyValues(self.values))),
        }
        Ok(())
    }

    fn reject<E: serde::de::Error>(&self, error: JsonError) -> E {
        let message = E::custom(&error);
        self.rejection.replace(Some(error));
        message
    }

    /// Returns whether the value that comes now is kept.
    fn keeps_one(&self) -> bool {
        let left = self.kept_left.get();
        self.kept_left.set(left.saturating_sub(1));
        left > 0
    }
}

/// The names of the members of one object so far.
///
/// A few are compared. Of more only keyed hashes of 64 bits are kept: two different names that have the same one would have to be
/// met by chance.
pub(super) struct MemberNames<'a> {
    state: &'a ParseState,
    few: Vec<String>,
    hashes: HashSet<u64, BuildHasherDefault<AsItIs>>,
}

/// The hash of a number that is a hash already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

impl<'a> MemberNames<'a> {
    /// Creates the names of an object that has no members yet.
    pub(super) fn new(state: &'a ParseState) -> Self {
        Self { state, few: Vec::new(), hashes: HashSet::default() }
    }

    /// Adds a name, and rejects the text if the object has it already, or has too many.
    pub(super) fn add<E: serde::de::Error>(&mut self, name: &str) -> Result<(), E> {
        if self.hashes.len() >= MAX_MEMBERS {
            return Err(self.state.reject(JsonError::TooManyMembers));
        }
        let is_new = if self.few.len() < MANY_MEMBERS {
            let is_new = self.few.iter().all(|one| one != name);
            self.few.push(name.to_owned());
            is_new
        } else {
            let hash = |name: &str| self.state.hashes.hash_one(name);
            if self.hashes.is_empty() {
                self.hashes = self.few.iter().map(|name| hash(name)).collect();
            }
            self.hashes.insert(hash(name))
        };
        if is_new { Ok(()) } else { Err(self.state.reject(JsonError::DuplicateMember(name.to_owned()))) }
    }
}

/// A parser of one value at a depth. It returns `None` for a value that is not kept.
#[derive(Clone, Copy)]
pub(super) struct Parser<'a> {
    state: &'a ParseState,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Creates the parser of the outermost value.
    pub(super) fn outermost(state: &'a ParseState) -> Self {
        Self { state, depth: 0 }
    }

    /// Returns the state of the text.
    pub(super) fn state(self) -> &'a ParseState {
        self.state
    }

    /// Returns the parser of what is inside the array or object at this depth.
    pub(super) fn nested<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(self.state.reject(JsonError::TooDeep));
        }
        Ok(Self { state: self.state, depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Parser<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error> {
        self.state.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Parser<'_> {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Option<Value>, E> {
        Ok(self.state.keeps_one().then_some(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Option<Value>, E> {
        Ok(self.state.keeps_one().then_some(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Option<Value>, E> {
        Ok(self.state.keeps_one().then(|| Value::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Option<Value>, E> {
        Ok(self.state.keeps_one().then(|| Value::Number(value.into())))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Option<Value>, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number out of range"))?;
        Ok(self.state.keeps_one().then_some(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Option<Value>, E> {
        Ok(self.state.keeps_one().then(|| Value::String(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Option<Value>, A::Error> {
        let is_kept = self.state.keeps_one();
        let inner = self.nested()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(inner)? {
            array.extend(element);
        }
        Ok(is_kept.then_some(Value::Array(array)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<Value>, A::Error> {
        let is_kept = self.state.keeps_one();
        let inner = self.nested()?;
        let mut members: Vec<(String, Value)> = Vec::new();
        let mut names = MemberNames::new(self.state);
        while let Some(name) = entries.next_key::<String>()? {
            names.add(&name)?;
            if let Some(value) = entries.next_value_seed(inner)? {
                members.push((name, value));
            }
        }
        Ok(is_kept.then_some(Value::Object(Object { members })))
    }
}
