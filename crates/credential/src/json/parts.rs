//! Reading a text part by part: an object one of whose members is a long array, of which one element is in memory at a
//! time.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::parser::{MemberNames, ParseState, Parser};
use super::{JsonError, MAX_VALUES, Value};

/// A part of a text.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// The outermost value, which is no object. Of an array only the kind is given, not the elements.
    Other(Value),
    /// A member of the outermost object that is not the long array.
    Member(&'a str, Value),
    /// An element of the long array, with its index.
    Element(usize, Value),
    /// The end of the long array, with the number of its elements. It is given even if no more parts are wanted.
    End(usize),
}

/// Parses exactly one JSON value, and gives its parts to `take` in the order of the document. `array` is the name of the
/// member whose elements are given one by one. Once `take` returns false, the rest of the text is only checked.
///
/// Of each part the first `values` values are kept, so that its memory is bounded: a caller takes the number of values that
/// it can have a use for.
///
/// # Errors
/// See [`JsonError`]: exactly if [`parse`](super::parse) fails. Parts may have been given before.
pub fn read_parts(
    bytes: &[u8],
    array: &str,
    values: usize,
    take: &mut dyn FnMut(Part<'_>) -> bool,
) -> Result<(), JsonError> {
    let state = ParseState::new(MAX_VALUES, values);
    let mut reader = PartReader { array, values, take, is_wanted: true };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let outermost = Outermost { parser: Parser::outermost(&state), reader: &mut reader };
    let read = outermost.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    read.map_err(|error| state.rejection(&error))
}

struct PartReader<'a> {
    array: &'a str,
    values: usize,
    take: &'a mut dyn FnMut(Part<'_>) -> bool,
    is_wanted: bool,
}

impl PartReader<'_> {
    /// Returns the number of values that are kept of the next part.
    fn values(&self) -> usize {
        if self.is_wanted { self.values } else { 0 }
    }

    /// Passes a part to the caller, if it was kept.
    fn pass(&mut self, part: Option<Part<'_>>) {
        if let Some(part) = part.filter(|_| self.is_wanted) {
            self.is_wanted = (self.take)(part);
        }
    }

    /// Passes the end of the long array to the caller.
    fn pass_end(&mut self, elements: usize) {
        let goes_on = (self.take)(Part::End(elements));
        self.is_wanted &= goes_on;
    }
}

/// Leaves values that hold no parts to the parser, and passes them on.
macro_rules! visit_scalars {
    () => {
        visit_scalars! {
            visit_unit();
            visit_bool(value: bool);
            visit_i64(value: i64);
            visit_u64(value: u64);
            visit_f64(value: f64);
            visit_str(value: &str);
        }
    };
    ($($visit:ident($($value:ident: $type:ty)?);)*) => {$(
        fn $visit<E: serde::de::Error>(self, $($value: $type)?) -> Result<(), E> {
            let value = self.parser.$visit($($value)?)?;
            self.pass(value);
            Ok(())
        }
    )*};
}

/// The parser of the outermost value.
struct Outermost<'a, 'r> {
    parser: Parser<'a>,
    reader: &'a mut PartReader<'r>,
}

impl Outermost<'_, '_> {
    fn pass(self, value: Option<Value>) {
        self.reader.pass(value.map(Part::Other));
    }
}

impl<'de> DeserializeSeed<'de> for Outermost<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.parser.state().count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Outermost<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parser.expecting(formatter)
    }

    visit_scalars!();

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<(), A::Error> {
        self.parser.state().keep(1);
        let value = self.parser.visit_seq(elements)?;
        self.pass(value);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Self { parser, reader } = self;
        let inner = parser.nested()?;
        let mut names = MemberNames::new(parser.state());
        while let Some(name) = entries.next_key::<String>()? {
            names.add(&name)?;
            parser.state().keep(reader.values());
            if name == reader.array {
                entries.next_value_seed(LongArray { parser: inner, reader: &mut *reader })?;
            } else {
                let value = entries.next_value_seed(inner)?;
                reader.pass(value.map(|value| Part::Member(&name, value)));
            }
        }
        Ok(())
    }
}

/// The parser of the member that should be the long array.
struct LongArray<'a, 'r> {
    parser: Parser<'a>,
    reader: &'a mut PartReader<'r>,
}

impl LongArray<'_, '_> {
    /// Passes a value that is no array to the caller.
    fn pass(self, value: Option<Value>) {
        let name = self.reader.array;
        self.reader.pass(value.map(|value| Part::Member(name, value)));
    }
}

impl<'de> DeserializeSeed<'de> for LongArray<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.parser.state().count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for LongArray<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parser.expecting(formatter)
    }

    visit_scalars!();

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        let value = self.parser.visit_map(entries)?;
        self.pass(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let Self { parser, reader } = self;
        let inner = parser.nested()?;
        let mut index = 0;
        loop {
            parser.state().keep(reader.values());
            let Some(element) = elements.next_element_seed(inner)? else { break };
            reader.pass(element.map(|element| Part::Element(index, element)));
            index += 1;
        }
        reader.pass_end(index);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn parts(text: &str, values: usize, wanted: usize) -> Result<Vec<String>, JsonError> {
        let mut seen = Vec::new();
        let mut take = |part: Part<'_>| {
            seen.push(match part {
                Part::Other(value) => value.to_compact_string(),
                Part::Member(name, value) => format!("{name}={}", value.to_compact_string()),
                Part::Element(index, value) => format!("{index}:{}", value.to_compact_string()),
                Part::End(elements) => format!("end {elements}"),
            });
            seen.len() < wanted
        };
        read_parts(text.as_bytes(), "list", values, &mut take).map(|()| seen)
    }

    #[test]
    fn parts_come_in_the_order_of_the_document() {
        let text = r#" {"a":[1,{"b":2}],"list":[{"x":1},[],"y"],"z":null} "#;
        let all = [r#"a=[1,{"b":2}]"#, r#"0:{"x":1}"#, "1:[]", r#"2:"y""#, "end 3", "z=null"];
        assert_eq!(parts(text, 100, 100).unwrap(), all);
        // What is not wanted is not given, except how many elements there are.
        assert_eq!(parts(text, 100, 2).unwrap(), [all[0], all[1], "end 3"]);
        assert_eq!(parts(r#"{"list":[]}"#, 9, 9).unwrap(), ["end 0"]);
        for other in ["null", "true", "-1", "1", "1.5", r#""x""#] {
            assert_eq!(parts(other, 9, 9).unwrap(), [other]);
            assert_eq!(parts(&format!(r#"{{"list":{other}}}"#), 9, 9).unwrap(), [format!("list={other}")]);
        }
        assert_eq!(parts("[1,2]", 9, 9).unwrap(), ["[]"]);
        assert_eq!(parts(r#"{"list":{"list":[1]}}"#, 9, 9).unwrap(), [r#"list={"list":[1]}"#]);
        assert!(parts("{}", 9, 9).unwrap().is_empty());
    }

    #[test]
    fn of_a_part_its_first_values_are_kept() {
        let text = r#"{"a":[1,[2,3],4],"list":[[1,2,3,4],{"b":1,"c":{"d":1},"e":2}]}"#;
        let kept = ["a=[1,[2]]", "0:[1,2,3]", r#"1:{"b":1,"c":{"d":1}}"#, "end 2"];
        assert_eq!(parts(text, 4, 9).unwrap(), kept);
    }

    #[test]
    fn a_text_is_refused_exactly_if_it_is_when_it_is_read_whole() {
        let many: Vec<_> = (0..40).map(|n| format!("\"m{n}\":{n}")).collect();
        let many = many.join(",");
        let texts = [
            "".to_owned(),
            "{".to_owned(),
            "[1,]".to_owned(),
            "{} {}".to_owned(),
            "1e999".to_owned(),
            r#"{"list":[1],"list":[2]}"#.to_owned(),
            r#"{"list":[1],"a":1,"\u0061":2}"#.to_owned(),
            r#"{"list":[{"b":[{"a":1,"a":1}]}]}"#.to_owned(),
            r#"{"list":[1,2],"#.to_owned(),
            r#"{"list":["\ud800"]}"#.to_owned(),
            format!("{{{many},\"m39\":0}}"),
            format!("{{\"list\":[{{{many},\"m3\":0}}]}}"),
            format!("{{\"list\":{}{}}}", "[".repeat(31), "]".repeat(31)),
            format!("{{\"list\":{}{}}}", "[".repeat(32), "]".repeat(32)),
            format!("{{\"list\":[{}0]}}", "0,".repeat(super::super::MAX_VALUES - 2)),
            format!("{{\"list\":[{}0]}}", "0,".repeat(super::super::MAX_VALUES - 1)),
        ];
        for text in texts {
            let shown: String = text.chars().take(80).collect();
            let whole = parse(text.as_bytes()).map(|_| ());
            for wanted in [0, 1, 9] {
                assert_eq!(parts(&text, 3, wanted).map(|_| ()), whole, "{shown}");
            }
        }
    }
}
