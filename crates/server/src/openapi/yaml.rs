//! JSON as YAML 1.2, in block style.
//!
//! Texts and names are written as JSON writes them, in double quotes, which YAML reads the same way. The library that
//! was tried (`yaml_serde` 0.10) leaves `0x…` hashes bare, and readers take them for numbers.

use serde_json::Value;

/// Writes the value.
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

/// Writes what has lines of its own: the members of an object, the elements of an array.
fn block(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                indent(depth, text);
                match is_plain(name) {
                    true => text.push_str(name),
                    false => text.push_str(&Value::from(name.as_str()).to_string()),
                }
                text.push(':');
                nested(member, depth, text);
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            for element in elements {
                indent(depth, text);
                text.push('-');
                nested(element, depth, text);
            }
        }
        // What is empty or has no parts is the same in both.
        _ => {
            text.push_str(&value.to_string());
            text.push('\n');
        }
    }
}

/// Writes what follows `name:` or `-`.
fn nested(value: &Value, depth: usize, text: &mut String) {
    let has_parts = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        _ => false,
    };
    text.push(if has_parts { '\n' } else { ' ' });
    block(value, depth.saturating_add(1), text);
}

fn indent(depth: usize, text: &mut String) {
    for _ in 0..depth {
        text.push_str("  ");
    }
}

/// Returns whether a name can't be taken for anything but a text.
fn is_plain(name: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
        && !words.contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn every_kind_of_value_is_written() {
        let value = json!({
            "a": {"b": [1, "0x1f", {"c": null, "d": [[]]}, [true]], "no": {}},
            "/path": "two\nlines: \"quoted\"",
            "200": 0.5,
        });
        let expected = r#"a:
  b:
    - 1
    - "0x1f"
    -
      c: null
      d:
        - []
    -
      - true
  "no": {}
"/path": "two\nlines: \"quoted\""
"200": 0.5
"#;
        assert_eq!(super::write(&value), expected);
    }
}
