//! Whether a JSON value has the shape of an example.

use std::collections::BTreeSet;

use serde_json::Value;

/// Checks that both have the same members all the way down; `null` matches anything.
pub(super) fn same_shape(seen: &Value, example: &Value, place: &str) {
    match (seen, example) {
        (Value::Object(seen), Value::Object(example)) => {
            let optional = |name: &&String| !matches!(name.as_str(), "description" | "signing_secret");
            let names = |object: &serde_json::Map<String, Value>| -> BTreeSet<String> {
                object.keys().filter(optional).cloned().collect()
            };
            assert_eq!(names(seen), names(example), "{place}");
            for (name, value) in seen {
                if let Some(example) = example.get(name) {
                    same_shape(value, example, &format!("{place}.{name}"));
                }
            }
        }
        (Value::Array(seen), Value::Array(example)) => {
            if let (Some(seen), Some(example)) = (seen.first(), example.first()) {
                same_shape(seen, example, &format!("{place}[]"));
            }
        }
        (Value::Null, _) | (_, Value::Null) => {}
        _ => assert_eq!(kind(seen), kind(example), "{place}"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
