//! Documents as a forger or a careless issuer would write them: a valid one with one to three changes.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value as Json, json};

use crate::source::{character, date, text, uri};

/// Returns the JSON text of a changed document. Most texts must be rejected; the others must keep their meaning.
pub(crate) fn mutated(rng: &mut StdRng, document: &Json) -> String {
    let mut document = document.clone();
    for _ in 0..rng.random_range(1..=3) {
        let mut pointers = Vec::new();
        collect(&document, String::new(), &mut pointers);
        let pointer = pointers.choose(rng).unwrap().clone();
        change(rng, &mut document, &pointer);
    }
    let text = document.to_string();
    if rng.random_bool(0.1) { repeat_a_member(rng, &text) } else { text }
}

/// Collects the JSON pointers of all values except the root.
fn collect(value: &Json, at: String, pointers: &mut Vec<String>) {
    if !at.is_empty() {
        pointers.push(at.clone());
    }
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                collect(value, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        Json::Array(elements) => {
            for (index, value) in elements.iter().enumerate() {
                collect(value, format!("{at}/{index}"), pointers);
            }
        }
        _ => {}
    }
}

fn change(rng: &mut StdRng, document: &mut Json, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = &name.replace("~1", "/").replace("~0", "~");
    match rng.random_range(0..12) {
        // A change that may be allowed.
        0..=3 => replace_text(rng, document.pointer_mut(pointer).unwrap()),
        4 => wrap(document.pointer_mut(pointer).unwrap(), |value| json!([value])),
        5 => wrap(document.pointer_mut(pointer).unwrap(), |value| json!({ "@value": value })),
        6 => wrap(document.pointer_mut(pointer).unwrap(), |value| match value {
            Json::Array(mut elements) if !elements.is_empty() => elements.remove(0),
            Json::Object(mut members) => members.remove("id").unwrap_or(Json::Null),
            _ => Json::Null,
        }),
        7 => {
            if let Some(members) = document.pointer_mut(parent).and_then(Json::as_object_mut) {
                members.remove(name);
            }
        }
        8 => {
            let added = [
                ("@id", json!("urn:ab:c")),
                ("@type", json!(["Achievement"])),
                ("@context", json!({ "name": "https://schema.org/alternateName" })),
                ("@included", json!([])),
                ("@graph", json!([])),
                ("@reverse", json!({})),
                ("@index", json!("x")),
                ("@nest", json!({})),
                ("name", json!("Mallory")),
                ("grade", json!("A")),
                ("image", json!("https://a.example/x.png")),
                ("credentialStatus", json!({ "id": "urn:ab:c" })),
                ("awardedDate", json!("2026-01-01T00:00:00Z")),
                ("https://schema.org/name", json!("Mallory")),
            ];
            let (name, value) = added.choose(rng).unwrap().clone();
            if let Some(members) = document.pointer_mut(parent).and_then(Json::as_object_mut) {
                members.insert(name.to_owned(), value);
            }
        }
        9 => {
            // The same value under a name that JSON-LD treats as an alias.
            if let Some(members) = document.pointer_mut(parent).and_then(Json::as_object_mut)
                && let Some(value) = members.remove(name)
            {
                let other = match name.as_str() {
                    "id" => "@id",
                    "type" => "@type",
                    "name" => "https://schema.org/name",
                    _ => "@set",
                };
                members.insert(other.to_owned(), value);
            }
        }
        10 => {
            if let Some(elements) = document.pointer_mut(parent).and_then(Json::as_array_mut)
                && let Some(first) = elements.first().cloned()
            {
                elements.push(first);
            }
        }
        _ => {
            // The order of members and of elements.
            match document.pointer_mut(parent) {
                Some(Json::Array(elements)) => elements.reverse(),
                Some(Json::Object(members)) => members.sort_keys(),
                _ => {}
            }
        }
    }
}

fn wrap(value: &mut Json, with: impl FnOnce(Json) -> Json) {
    *value = with(value.take());
}

fn replace_text(rng: &mut StdRng, value: &mut Json) {
    if let Json::String(old) = value {
        *value = match rng.random_range(0..6) {
            0 => json!(uri(rng)),
            1 => json!(date(rng)),
            2 => json!(format!("{old}{}", character(rng))),
            3 => json!(format!("{old}\u{1}")),
            4 => json!(format!("_:{old}")),
            _ => json!(text(rng)),
        };
    }
}

/// Duplicates a member in a JSON text.
fn repeat_a_member(rng: &mut StdRng, text: &str) -> String {
    let member = *["\"id\":\"urn:ab:c\",", "\"nonce\":\"x\",", "\"@context\":[],"].choose(rng).unwrap();
    format!("{{{member}{}", &text[1..])
}
