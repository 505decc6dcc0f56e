//! `learncoin-types.ts`: the description's types in TypeScript, to be dropped into a codebase without installing anything.
//!
//! In: the description as JSON. Out: one exported type for each of its schemas. Identifiers become template literals, so
//! that a batch's id does not pass for a credential's.

use std::fmt::Write as _;

use serde_json::Value;

const HEAD: &str = "\
// learncoin-types.ts: drop into your own codebase, no npm install.
// Generated from /openapi.json of the deployment that serves it.

/** API key. The prefix determines the environment. */
export type ApiKey = `lrn_test_${string}` | `lrn_live_${string}`;
";

const TAIL: &str = "
/** The envelope that every event has. */
export interface WebhookEventEnvelope<T extends WebhookEventType, D> {
  id: EventId;
  type: T;
  created_at: IsoDateTime;
  tenant_id: TenantId;
  data: D;
}
";

/// Writes the types.
pub(super) fn write(description: &Value) -> String {
    let mut text = HEAD.to_owned();
    let schemas = description.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        text.push('\n');
        comment(schema, "", &mut text);
        let declared = expression(schema, "");
        // Writing to a text can't fail.
        let _ = match is_plain_object(schema) {
            true => writeln!(text, "export interface {name} {declared}"),
            false => writeln!(text, "export type {name} = {declared};"),
        };
    }
    text.push_str(TAIL);
    let events: Vec<String> = description["webhooks"].as_object().into_iter().flatten().map(event).collect();
    let _ = writeln!(text, "\n/** Any event. */\nexport type WebhookEvent = {};", events.join(" | "));
    text
}

/// Returns the type of the body that is sent to one of the description's webhooks.
fn event((_, item): (&String, &Value)) -> String {
    let schema = item.pointer("/post/requestBody/content/application~1json/schema");
    schema.map(|schema| expression(schema, "")).unwrap_or_default()
}

fn is_plain_object(schema: &Value) -> bool {
    schema["type"] == "object" && schema.get("allOf").is_none()
}

fn comment(schema: &Value, indent: &str, text: &mut String) {
    // The description of a member that may be null is beside the reference.
    let parts = schema["oneOf"].as_array().into_iter().flatten();
    let words = std::iter::once(schema).chain(parts).find_map(|part| part["description"].as_str());
    if let Some(words) = words {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "*\\/");
        let _ = writeln!(text, "{indent}/** {words} */");
    }
}

/// Returns a type's expression. `indent` is that of the line on which it begins.
fn expression(schema: &Value, indent: &str) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    for (keyword, sign) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(parts) = schema[keyword].as_array() {
            let parts: Vec<String> = parts.iter().map(|part| expression(part, indent)).collect();
            return parts.join(sign);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Value::Array(types) => {
            let types: Vec<String> = types.iter().map(|kind| of_type(kind, schema, indent)).collect();
            types.join(" | ")
        }
        kind => of_type(kind, schema, indent),
    }
}

fn of_type(kind: &Value, schema: &Value, indent: &str) -> String {
    match kind.as_str().unwrap_or_default() {
        "string" => schema["pattern"].as_str().and_then(template).unwrap_or_else(|| "string".to_owned()),
        "integer" | "number" => "number".to_owned(),
        "boolean" => "boolean".to_owned(),
        "null" => "null".to_owned(),
        "array" => format!("Array<{}>", expression(&schema["items"], indent)),
        "object" => object(schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn object(schema: &Value, indent: &str) -> String {
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let inner = format!("{indent}  ");
    let mut text = "{\n".to_owned();
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        comment(member, &inner, &mut text);
        let shown = match name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            true => name.clone(),
            false => format!("\"{name}\""),
        };
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        let _ = writeln!(text, "{inner}{shown}{mark}: {};", expression(member, &inner));
    }
    text.push_str(indent);
    text.push('}');
    text
}

/// Returns the template literal of an identifier's pattern: a prefix of letters and underscores or colons, then anything.
fn template(pattern: &str) -> Option<String> {
    let rest = pattern.strip_prefix('^')?;
    let prefix: String =
        rest.chars().take_while(|next| next.is_ascii_alphanumeric() || "_:".contains(*next)).collect();
    let identifier = prefix.ends_with(['_', ':']) && prefix != "did:web:";
    identifier.then(|| format!("`{prefix}${{string}}`"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_has_its_expression() {
        for (schema, expected) in [
            (json!({"$ref": "#/components/schemas/BatchId"}), "BatchId"),
            (json!({"type": ["string", "null"]}), "string | null"),
            (json!({"oneOf": [{"type": "null"}, {"$ref": "#/x/Chain"}]}), "null | Chain"),
            (json!({"type": "string", "enum": ["a", "b"]}), "\"a\" | \"b\""),
            (json!({"type": "array", "items": {"type": "integer"}}), "Array<number>"),
            (json!({"type": "string", "pattern": "^bat_[0-9]{26}$"}), "`bat_${string}`"),
            (json!({"type": "string", "pattern": "^https?://[!-~]+$"}), "string"),
            (
                json!({"type": "object", "required": ["a"], "properties": {
                    "a": {"type": "boolean", "description": "It is."}, "@b": {"type": "string"}
                }}),
                "{\n  /** It is. */\n  a: boolean;\n  \"@b\"?: string;\n}",
            ),
        ] {
            assert_eq!(expression(&schema, ""), expected);
        }
    }
}
