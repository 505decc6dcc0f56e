//! Whether a JSON text that is shown has the shape of a real one.

use serde_json::Value;

/// Finds the first difference other than in ids, times, hashes, numbers and prose, which differ from call to call.
pub(crate) fn difference(shown: &Value, real: &Value) -> Option<String> {
    differs("", shown, real)
}

fn differs(place: &str, shown: &Value, real: &Value) -> Option<String> {
    match (shown, real) {
        (Value::Object(shown), Value::Object(real)) => {
            let names = |object: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = object.keys().cloned().collect();
                names.sort_unstable();
                names
            };
            if names(shown) != names(real) {
                return Some(format!("{place}: shown {:?}, really {:?}", names(shown), names(real)));
            }
            shown.iter().find_map(|(name, value)| differs(&format!("{place}/{name}"), value, &real[name]))
        }
        (Value::Array(shown), Value::Array(real)) => {
            if shown.is_empty() != real.is_empty() {
                return Some(format!("{place}: shown {} elements, really {}", shown.len(), real.len()));
            }
            let counterpart = |index: usize| &real[index.min(real.len() - 1)];
            let mut pairs =
                shown.iter().enumerate().map(|(index, element)| (index, element, counterpart(index)));
            pairs.find_map(|(index, shown, real)| differs(&format!("{place}/{index}"), shown, real))
        }
        (Value::String(shown), Value::String(real)) => {
            let (shown, real) = (steady(shown), steady(real));
            (shown != real).then(|| format!("{place}: shown {shown:?}, really {real:?}"))
        }
        (Value::Number(_), Value::Number(_)) => None,
        (shown, real) => (shown != real).then(|| format!("{place}: shown {shown}, really {real}")),
    }
}

/// Returns a text without what differs from call to call.
fn steady(text: &str) -> String {
    let bytes = text.as_bytes();
    if text.contains(' ') {
        return "PROSE".to_owned();
    }
    if bytes.len() >= 20 && bytes[4] == b'-' && bytes[10] == b'T' && text.ends_with('Z') {
        return "TIME".to_owned();
    }
    if let Some(id) = text.strip_prefix("urn:uuid:") {
        return format!("urn:uuid:{}", id.len());
    }
    if text.starts_with("whsec_") {
        return format!("whsec_{}", text.len());
    }
    if text.len() >= 32 && !text.contains([':', '/', '.']) && !has_prefixed_id(text) {
        return "HASH".to_owned();
    }
    let mut steady = String::new();
    for token in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = token.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        steady.push_str(match word {
            word if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) => "9",
            word if word.len() == 26
                && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) =>
            {
                "ULID"
            }
            word if word.len() >= 32 || is_short_hash(word) => "HASH",
            word => word,
        });
        steady.push_str(&token[word.len()..]);
    }
    steady
}

/// Returns whether the word is a hash of 64 bits.
fn is_short_hash(word: &str) -> bool {
    word.len() == 16 && word.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Returns whether the text contains an id such as `crd_…`.
fn has_prefixed_id(text: &str) -> bool {
    text.len() == 30 && text.as_bytes()[3] == b'_'
}

#[test]
fn what_differs_from_call_to_call_is_no_difference() {
    let pairs = [
        ("crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC", "crd_01M8114Q75NHJ9M4EN3975832R", true),
        ("crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC", "bat_01M8114Q75NHJ9M4EN3975832R", false),
        ("2026-04-23T12:00:01.234Z", "2026-11-22T07:04:47.714Z", true),
        ("2026-04-23T12:00:01.234Z", "today", false),
        (
            "http://localhost:1/c/crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC",
            "http://localhost:1/c/crd_01M8114Q75NHJ9M4EN3975832R",
            true,
        ),
        (
            "http://localhost:1/c/crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC",
            "http://localhost:1/d/crd_01M8114Q75NHJ9M4EN3975832R",
            false,
        ),
        ("anchored", "pending", false),
        ("5f0c2a9b7d41e836", "39e56837badecb5a", true),
        ("5f0c2a9b7d41e836", "39e56837badecb5", false),
        (
            "eip155:84532:0xb695B01217E9b9E55CF1E23814ac091352df7D12",
            "eip155:31337:0xa3d1164D6A932640508387f090Ac0EC774b65c3b",
            true,
        ),
    ];
    for (shown, real, same) in pairs {
        assert_eq!(difference(&shown.into(), &real.into()).is_none(), same, "{shown} {real}");
    }
}

#[test]
fn a_member_too_many_or_too_few_or_of_another_type_is_a_difference() {
    let real = serde_json::json!({ "id": "x", "count": 1, "list": [{ "a": null }], "flag": true });
    assert_eq!(difference(&real, &real), None);
    for (pointer, value) in [
        ("/count", "1".into()),
        ("/list/0/a", 1.into()),
        ("/list", Vec::<i32>::new().into()),
        ("/flag", false.into()),
    ] {
        let mut shown = real.clone();
        *shown.pointer_mut(pointer).unwrap() = value;
        assert!(difference(&shown, &real).is_some(), "{pointer}");
    }
    let mut shown = real.clone();
    shown.as_object_mut().unwrap().insert("more".to_owned(), 1.into());
    assert!(difference(&shown, &real).is_some() && difference(&real, &shown).is_some());
}
