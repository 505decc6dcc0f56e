use serde_json::Value;

use super::*;
use crate::json;

fn cases() -> Vec<Value> {
    let file: Value =
        serde_json::from_str(include_str!("../../tests/data/vectors/canonicalization.json")).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn document(value: &Value) -> Document {
    Document::from_json(&json::Value::from(value.clone())).unwrap()
}

#[test]
fn the_vectors_have_their_canonical_forms() {
    let cases = cases();
    let mut canonicalizer = Canonicalizer::default();
    let mut out = String::from("what an earlier document left");
    for case in &cases {
        let document = document(&case["document"]);
        canonicalizer.canonicalize(&document, &mut out);
        assert_eq!(out, case["nquads"].as_str().unwrap(), "{}", case["description"]);
        assert_eq!(document.leaf().to_string(), case["sha256"].as_str().unwrap());
    }
    assert_eq!(cases.len(), 10);
}

#[test]
fn leaves_are_those_of_both_documents() {
    let mut canonicalizer = Canonicalizer::default();
    for case in &cases() {
        let document = document(&case["document"]);
        let leaves = canonicalizer.leaves(&document);
        assert_eq!(leaves, Leaves { full: document.leaf(), redacted: document.redacted().leaf() });
        let mut out = String::new();
        canonicalizer.canonicalize_redacted(&document, &mut out);
        assert_eq!(out, document.redacted().canonical());
    }
}

#[test]
fn labels_sort_as_text_not_as_numbers() {
    let mut document = document(&cases()[1]["document"]);
    let first = document.subject.achievement.alignment[0].clone();
    document.subject.achievement.alignment = (0..12)
        .map(|n| crate::document::Alignment { target_code: format!("code {n}"), ..first.clone() })
        .collect();
    let canonical = document.canonical();
    let lines: Vec<&str> = canonical.lines().collect();
    let mut sorted = lines.clone();
    sorted.sort_unstable();
    assert_eq!(lines, sorted);
    assert!(canonical.contains("_:c14n13 "));
}

#[test]
fn nodes_that_share_an_identifier_become_one() {
    let mut document = document(&cases()[2]["document"]);
    document.subject.achievement.id = Some(document.subject.id.clone());
    document.subject.achievement.name = document.subject.name.clone().unwrap();
    let canonical = document.canonical();
    let lines: Vec<&str> = canonical.lines().collect();
    assert!(lines.is_sorted());
    let name = format!("<{}> <https://schema.org/name> \"Ada Lovelace\" .", document.subject.id);
    assert_eq!(lines.iter().filter(|line| **line == name).count(), 1);
}
