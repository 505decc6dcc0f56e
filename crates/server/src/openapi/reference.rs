//! The reference of the operations as Markdown, for the pages under `/docs/api`.
//!
//! In: the description as JSON. Out: a list of all operations; for each operation what it does and, for below its samples,
//! its members and errors, under marks that the files of the documentation hold; and the events.

use std::fmt::Write as _;

use serde_json::Value;

use super::DEFAULT;
use super::errors::CODES_EXTENSION;

/// The reference, in parts.
pub(crate) struct Reference {
    /// The operations by group, each with its route and a link to its place.
    pub(crate) operations: String,
    /// The parts of the operations: the mark in a file, and the Markdown that takes its place.
    pub(crate) parts: Vec<(String, String)>,
    /// The events that endpoints are sent.
    pub(crate) events: String,
}

/// An operation: its path, its method, and the rest.
type Operation<'d> = (&'d str, &'d str, &'d Value);

/// Writes the reference. Writing to a text can't fail, so the results of `write!` are let go.
pub(crate) fn reference(description: &Value) -> Reference {
    let all: Vec<Operation<'_>> = operations(&description["paths"]).collect();
    let everywhere = codes_of_all(&all);
    let mut parts = Vec::new();
    for (path, method, operation) in &all {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let route = format!("`{} {path}`\n\n{}\n", method.to_uppercase(), words(operation));
        parts.push((format!("<!-- {id} -->"), route));
        let mut members = request(description, operation);
        response(description, operation, &everywhere, &mut members);
        parts.push((format!("<!-- {id}: members -->"), members));
    }
    let mut events = String::new();
    for (event, _, operation) in operations(&description["webhooks"]) {
        write_event(description, event, operation, &mut events);
    }
    Reference { operations: list(description, &all, &everywhere), parts, events }
}

/// Lists the operations by group, and the errors of all.
fn list(description: &Value, all: &[Operation<'_>], everywhere: &[Code<'_>]) -> String {
    let mut text = String::new();
    for tag in description["tags"].as_array().into_iter().flatten() {
        let name = tag["name"].as_str().unwrap_or_default();
        let page = format!("/docs/api/{}.md", name.to_lowercase());
        let _ = writeln!(text, "## {name}\n\n{}\n", words(tag));
        let own: Vec<_> = all.iter().filter(|(_, _, operation)| is_tagged(operation, name)).collect();
        if own.is_empty() {
            let _ = writeln!(text, "[All events]({page}), each with its members.\n");
            continue;
        }
        text.push_str("| Operation | Request |\n| --- | --- |\n");
        for (path, method, operation) in own {
            let summary = operation["summary"].as_str().unwrap_or_default();
            let anchor = summary.to_lowercase().replace(' ', "-");
            let _ = writeln!(text, "| [{summary}]({page}#{anchor}) | `{} {path}` |", method.to_uppercase());
        }
        text.push('\n');
    }
    text.push_str("## Errors of every operation\n\n| Status | Code |\n| --- | --- |\n");
    for (status, code) in everywhere {
        let _ = writeln!(text, "| {status} | [`{code}`](/docs/api/errors.md#{code}) |");
    }
    text
}

/// A status, and a code of an error with it.
type Code<'d> = (&'d str, &'d str);

/// Returns the errors of an operation.
fn codes<'d>(operation: &'d Value) -> impl Iterator<Item = Code<'d>> {
    operation["responses"].as_object().into_iter().flatten().flat_map(|(status, response)| {
        let codes = response[CODES_EXTENSION].as_array();
        let codes = codes.into_iter().flatten().filter_map(Value::as_str);
        codes.map(move |code| (status.as_str(), code))
    })
}

/// Returns the errors that every operation has.
fn codes_of_all<'d>(all: &[Operation<'d>]) -> Vec<Code<'d>> {
    let Some(((_, _, first), others)) = all.split_first() else { return Vec::new() };
    codes(first)
        .filter(|code| others.iter().all(|(_, _, operation)| codes(operation).any(|other| other == *code)))
        .collect()
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

/// Writes what an operation takes.
fn request(description: &Value, operation: &Value) -> String {
    let mut text = String::new();
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
    table("Parameter", &parameters, &mut text);
    if let Some(content) = operation.pointer("/requestBody/content/application~1json") {
        table("Body", &members(description, &content["schema"], (REQUIRED, "")), &mut text);
    }
    text
}

/// Writes what an operation returns, and how it fails.
fn response(description: &Value, operation: &Value, everywhere: &[Code<'_>], text: &mut String) {
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let Some(content) = response.pointer("/content/application~1json") else { continue };
        if status.starts_with('2') || status == DEFAULT {
            let status = if status == DEFAULT { "200" } else { status.as_str() };
            let _ = writeln!(text, "`{status}`: {}\n", words(response));
            let members = members(description, &content["schema"], ("", MAY_BE_ABSENT));
            table("Response", &members, text);
        }
    }
    text.push_str("Errors: ");
    for (status, code) in codes(operation).filter(|code| !everywhere.contains(code)) {
        let _ = write!(text, "{status} [`{code}`](/docs/api/errors.md#{code}), ");
    }
    text.push_str("[those of every operation](/docs/api/endpoints.md#errors-of-every-operation).\n");
}

fn write_event(description: &Value, event: &str, operation: &Value, text: &mut String) {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let _ = writeln!(text, "## {event}\n\n{summary}\n");
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
