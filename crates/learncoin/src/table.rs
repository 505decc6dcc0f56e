//! Results as people read them on a terminal: tables, and lists of names and values.
//!
//! In: the JSON that programs get. Out: text. Nothing in it changes the terminal, whatever a value holds.

use std::fmt::Write as _;

use learncoin_http_client::escape_unprintable;
use serde_json::Value;

/// The space between two columns.
const GAP: &str = "  ";
/// The text of a list without entries.
const NOTHING: &str = "(none)\n";
/// The text of a value that is not there.
const ABSENT: &str = "-";

/// A column of a table: its heading, and the JSON pointer to its values.
pub(crate) type Column = (&'static str, &'static str);

/// Returns a table of the rows.
pub(crate) fn table(rows: &[Value], columns: &[Column]) -> String {
    if rows.is_empty() {
        return NOTHING.to_owned();
    }
    let head: Vec<String> = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let body = rows.iter().map(|row| {
        columns.iter().map(|(_, pointer)| row.pointer(pointer).map_or_else(|| ABSENT.into(), text)).collect()
    });
    aligned(&std::iter::once(head).chain(body).collect::<Vec<Vec<String>>>())
}

/// Returns the members of an object, one a line. Members of members are named as `mail.on`.
pub(crate) fn record(value: &Value) -> String {
    let mut lines = Vec::new();
    flatten("", value, &mut lines);
    aligned(&lines)
}

fn flatten(path: &str, value: &Value, lines: &mut Vec<Vec<String>>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            (1_u32..).zip(items).map(|(number, value)| (number.to_string(), value)).collect()
        }
        _ => return lines.push(vec![path.to_owned(), text(value)]),
    };
    for (name, value) in members {
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        flatten(&path, value, lines);
    }
}

/// Returns the cells below each other. The last cell of a row is followed by no space.
fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, &width) in row.iter().zip(&widths) {
            // Writing to a string does not fail.
            let _ = write!(line, "{cell:width$}{GAP}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Returns a value in a line.
fn text(value: &Value) -> String {
    match value {
        Value::Null => ABSENT.into(),
        Value::Bool(is_so) => if *is_so { "yes" } else { "no" }.into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => escape_unprintable(text),
        Value::Array(items) if items.is_empty() => ABSENT.into(),
        Value::Array(items) => items.iter().map(self::text).collect::<Vec<_>>().join(", "),
        Value::Object(members) if members.is_empty() => ABSENT.into(),
        Value::Object(_) => escape_unprintable(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_stand_below_their_headings() {
        let rows = [
            json!({ "id": "key_1", "label": "CI server", "revoked_at": null, "deep": { "on": true } }),
            json!({ "id": "key_23", "label": "Ä", "revoked_at": "2026-11-30", "networks": ["::1", "10.0.0.0/8"] }),
        ];
        let columns = [
            ("ID", "/id"),
            ("LABEL", "/label"),
            ("ON", "/deep/on"),
            ("NETWORKS", "/networks"),
            ("REVOKED", "/revoked_at"),
        ];
        let expected = "\
ID      LABEL      ON   NETWORKS         REVOKED
key_1   CI server  yes  -                -
key_23  Ä          -    ::1, 10.0.0.0/8  2026-11-30
";
        assert_eq!(table(&rows, &columns), expected);
        assert_eq!(table(&[], &columns), "(none)\n");
    }

    #[test]
    fn a_record_has_a_line_for_each_member() {
        let value = json!({
            "id": "tnt_1", "mail": { "on": false, "reply_to": null }, "networks": [], "broken": [{ "rule": "a" }],
        });
        let expected = "\
id             tnt_1
mail.on        no
mail.reply_to  -
networks       -
broken.1.rule  a
";
        assert_eq!(record(&value), expected);
    }

    #[test]
    fn no_value_reaches_the_terminal_as_a_command() {
        let row = json!({ "name": "a\u{1b}[2J\nb\u{202e}c\t" });
        let printed = table(std::slice::from_ref(&row), &[("NAME", "/name")]);
        assert_eq!(printed, "NAME\na\\u{1b}[2J\\u{a}b\\u{202e}c\\u{9}\n");
        assert!(record(&row).ends_with("c\\u{9}\n"));
    }
}
