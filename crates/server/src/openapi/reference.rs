//! The reference of the operations as Markdown, for `/docs/api/endpoints`.
//!
//! In: the description as JSON. Out: a section for each group, and in it a part for each operation.

use std::fmt::Write as _;

use serde_json::Value;

use super::DEFAULT;
use super::errors::CODES_EXTENSION;

/// Writes the reference. Writing to a text can't fail, so the results of `write!` are let go.
pub(crate) fn markdown(description: &Value) -> String {
    let mut text = String::new();
    for tag in description["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let _ = writeln!(text, "## {name}\n\n{}\n", words(tag));
        for (path, method, operation) in operations(&description["paths"]) {
            if is_tagged(operation, name) {
                let summary = operation["summary"].as_str().unwrap_or_default();
                let anchor = summary.to_lowercase().replace(' ', "-");
                let _ = writeln!(text, "- [{summary}](#{anchor}): `{} {path}`", method.to_uppercase());
            }
        }
        text.push('\n');
        for (path, method, operation) in operations(&description["paths"]) {
            if is_tagged(operation, name) {
                write_operation(description, path, method, operation, &mut text);
            }
        }
        for (event, _, operation) in operations(&description["webhooks"]) {
            if is_tagged(operation, name) {
                write_event(description, event, operation, &mut text);
            }
        }
    }
    text
}

fn operations(paths: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    paths.as_object().into_iter().flatten().flat_map(|(path, item)| {
        let item = item.as_object().into_iter().flatten();
        item.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn is_tagged(operation: &Value, tag: &str) -> bool {
    operation.pointer("/tags/0").and_then(Value::as_str) == Some(tag)
}

fn write_operation(description: &Value, path: &str, method: &str, operation: &Value, text: &mut String) {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let _ = writeln!(text, "### {summary}\n\n`{} {path}`\n\n{}\n", method.to_uppercase(), words(operation));
    let parameters: Vec<Row> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| resolved(description, parameter))
        .map(|parameter| Row {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            kind: format!(
                "{}, {}",
                parameter["in"].as_str().unwrap_or_default(),
                kind(description, &parameter["schema"])
            ),
            note: if parameter["required"] == true { REQUIRED } else { "" },
            words: words(parameter),
        })
        .collect();
    table("Parameter", &parameters, text);
    if let Some(content) = operation.pointer("/requestBody/content/application~1json") {
        let _ = writeln!(text, "Request body:\n");
        table("Member", &members(description, &content["schema"], (REQUIRED, "")), text);
        example(&content["example"], text);
    }
    let mut errors = Vec::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let Some(content) = response.pointer("/content/application~1json") else { continue };
        if status.starts_with('2') || status == DEFAULT {
            let status = if status == DEFAULT { "200" } else { status.as_str() };
            let _ = writeln!(text, "Answer, `{status}`: {}\n", words(response));
            table("Member", &members(description, &content["schema"], ("", MAY_BE_ABSENT)), text);
            example(&content["example"], text);
        } else {
            let codes = response[CODES_EXTENSION].as_array();
            let codes = codes.into_iter().flatten().filter_map(Value::as_str);
            errors.extend(codes.map(|code| (status.clone(), code)));
        }
    }
    let _ = writeln!(text, "Errors:\n\n| Status | Code |\n| --- | --- |");
    for (status, code) in errors {
        let _ = writeln!(text, "| {status} | [`{code}`](/docs/api/errors.md#{code}) |");
    }
    text.push('\n');
}

fn write_event(description: &Value, event: &str, operation: &Value, text: &mut String) {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let _ = writeln!(text, "### {event}\n\n{summary}\n");
    if let Some(content) = operation.pointer("/requestBody/content/application~1json") {
        table("Member", &members(description, &content["schema"], ("", MAY_BE_ABSENT)), text);
    }
}

/// A line of a table.
struct Row {
    name: String,
    kind: String,
    /// Whether it must or may be there.
    note: &'static str,
    words: String,
}

const REQUIRED: &str = "Required. ";
const MAY_BE_ABSENT: &str = "May be absent. ";

fn table(head: &str, rows: &[Row], text: &mut String) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "| {head} | Type | Notes |\n| --- | --- | --- |");
    for Row { name, kind, note, words } in rows {
        let words = words.replace('|', "\\|");
        let _ = writeln!(text, "| `{name}` | {kind} | {note}{words} |");
    }
    text.push('\n');
}

fn example(example: &Value, text: &mut String) {
    if !example.is_null() {
        let _ = writeln!(text, "```json\n{example:#}\n```\n");
    }
}

/// The notes at a member that is required, and at one that is not.
type Notes = (&'static str, &'static str);

/// Returns the members of a body, those of its parts included: `credentials[].recipient.id`.
fn members(description: &Value, schema: &Value, notes: Notes) -> Vec<Row> {
    let mut rows = Vec::new();
    add_members(description, schema, "", notes, &mut rows);
    rows
}

fn add_members(description: &Value, schema: &Value, prefix: &str, notes: Notes, rows: &mut Vec<Row>) {
    let schema = resolved(description, schema);
    for part in ["allOf", "oneOf"].iter().filter_map(|keyword| schema[*keyword].as_array()).flatten() {
        add_members(description, part, prefix, notes, rows);
    }
    // The signed document has a page of its own.
    if prefix == "signed_credential." {
        return;
    }
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let resolved_member = resolved(description, member);
        let own_words = words(member);
        rows.push(Row {
            name: format!("{prefix}{name}"),
            kind: kind(description, member),
            note: if required.contains(&name.as_str()) { notes.0 } else { notes.1 },
            words: if own_words.is_empty() { words(resolved_member) } else { own_words },
        });
        match resolved_member["items"].is_object() {
            true => add_members(
                description,
                &resolved_member["items"],
                &format!("{prefix}{name}[]."),
                notes,
                rows,
            ),
            false => add_members(description, member, &format!("{prefix}{name}."), notes, rows),
        }
    }
}

/// Returns the schema, parameter or header that a reference names.
fn resolved<'d>(description: &'d Value, value: &'d Value) -> &'d Value {
    let target =
        value["$ref"].as_str().and_then(|reference| description.pointer(reference.strip_prefix('#')?));
    target.unwrap_or(value)
}

/// Describes the form of a value in a few words.
fn kind(description: &Value, schema: &Value) -> String {
    if let Some(parts) = schema["oneOf"].as_array() {
        return parts.iter().map(|part| kind(description, part)).collect::<Vec<_>>().join(" or ");
    }
    let schema = resolved(description, schema);
    if let Some(choices) = schema["enum"].as_array() {
        let choices = choices.iter().map(|choice| format!("`{}`", choice.as_str().unwrap_or("true")));
        return choices.collect::<Vec<_>>().join(", ");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        several => several.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let mut text = types.join(" or ");
    for (unit, least, most) in [
        ("characters", "minLength", "maxLength"),
        ("elements", "minItems", "maxItems"),
        ("", "minimum", "maximum"),
    ] {
        if let Some(most) = schema[most].as_u64() {
            let least = schema[least].as_u64().unwrap_or(0);
            let range = if least == most { format!("{most}") } else { format!("{least} to {most}") };
            let _ = write!(text, ", {range} {unit}");
        }
    }
    text.trim_end().to_owned()
}

/// Returns the description of something, on one line.
fn words(value: &Value) -> String {
    let parts = value["oneOf"].as_array().into_iter().flatten();
    let found = std::iter::once(value).chain(parts).find_map(|part| part["description"].as_str());
    found.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}
