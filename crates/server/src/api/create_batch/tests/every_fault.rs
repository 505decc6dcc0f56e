//! The list of a dry run: every fault, each at its place.

use serde_json::{Value, json};

use super::{example, rules, with};
use crate::api::create_batch::{read, read_all};
use crate::api::fault::FieldFault;
use crate::error::ApiError;

fn listed(body: &str) -> Vec<FieldFault> {
    match read_all(body.as_bytes(), &rules()) {
        Ok((_, faults)) => faults.into_iter().collect(),
        Err(error) => panic!("{}: {}", error.code, error.message),
    }
}

fn places(body: &Value) -> Vec<(String, &'static str, Option<String>)> {
    let faults = listed(&body.to_string()).into_iter();
    faults.map(|fault| (fault.path, fault.code.as_str(), fault.found)).collect()
}

#[test]
fn every_fault_of_a_credential_is_listed_in_the_order_of_the_document() {
    let mut body = example();
    body["credentials"][0] = json!({
        "recipient": { "id": "ada", "name": "Ada\nLovelace", "email": " ada@example.edu", "nick": "A" },
        "achievement": {
            "name": "",
            "criteria": { "narrative": 7 },
            "alignment": [
                { "targetFramework": "SKOS", "targetCode": "1", "targetName": "One", "targetUrl": "/x" },
                { "targetFramework": "ESCO", "targetCode": 2 },
            ],
            "evidence": [{}, { "id": "page", "narrative": "x" }],
        },
        "expirationDate": "0001-01-01T00:00:00Z",
        "evidence": "none",
        "type": ["Credential"],
    });
    body["dryRun"] = json!(true);
    let at = |path: &str| format!("credentials[0].{path}");
    let found = |text: &str| Some(text.to_owned());
    let expected = [
        (at("recipient.id"), "recipient_id_invalid", found("ada")),
        (at("recipient.name"), "invalid_field_format", found("Ada\\nLovelace")),
        (at("recipient.email"), "invalid_field_format", found(" ada@example.edu")),
        (at("recipient.nick"), "invalid_field_format", found("A")),
        (at("achievement.name"), "invalid_field_format", found("")),
        (at("achievement.criteria.narrative"), "invalid_field_format", found("7")),
        (at("achievement.alignment[0].targetFramework"), "alignment_framework_unknown", found("SKOS")),
        (at("achievement.alignment[0].targetUrl"), "invalid_field_format", found("/x")),
        (at("achievement.alignment[1].targetCode"), "invalid_field_format", found("2")),
        (at("achievement.alignment[1].targetName"), "missing_required_field", None),
        (at("achievement.evidence[0]"), "invalid_field_format", found("an object of 0 members")),
        (at("achievement.evidence[1].id"), "invalid_field_format", found("page")),
        (at("achievement.description"), "missing_required_field", None),
        (at("expirationDate"), "invalid_field_format", found("0001-01-01T00:00:00Z")),
        (at("evidence"), "invalid_field_format", found("none")),
        (at("type"), "invalid_field_format", found("an array of 1 elements")),
        (at("issuanceDate"), "missing_required_field", None),
        ("dryRun".to_owned(), "invalid_field_format", found("true")),
    ];
    assert_eq!(places(&body), expected);
}

#[test]
fn a_malformed_member_is_not_missing_too() {
    for pointer in
        ["/recipient", "/recipient/name", "/achievement", "/achievement/description", "/issuanceDate"]
    {
        let faults = listed(&with(pointer, Some(json!(5))).to_string());
        assert_eq!(faults.len(), 1, "{pointer}: {faults:?}");
    }
}

#[test]
fn the_first_one_of_a_list_is_what_the_request_is_refused_with() {
    let valid = example()["credentials"][0].to_string();
    let bodies = [
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"x":1,"credentials":[]}"#.to_owned(),
        r#"{"credentials":{},"x":1}"#.to_owned(),
        format!("{{\"credentials\":[{valid},{{}},5],\"x\":1}}"),
        format!("{{\"x\":1,\"credentials\":[{}]}}", vec!["{}"; 501].join(",")),
        format!("{{\"credentials\":[{}],\"x\":1}}", vec![valid.as_str(); 501].join(",")),
        format!("{{\"credentials\":[{}]}}", vec!["{}"; 700].join(",")),
        with("/expirationDate", Some(json!("2000-01-01T00:00:00Z"))).to_string(),
        with("/achievement/id", Some(json!(rules().issuer_did))).to_string(),
    ];
    for body in bodies {
        let refusal = read(body.as_bytes(), &rules()).err().unwrap();
        let first = ApiError::from(listed(&body).remove(0));
        assert_eq!((first.code, first.message), (refusal.code, refusal.message));
    }
}

#[test]
fn of_too_many_credentials_their_number_is_the_first_fault_and_those_of_the_first_ones_follow() {
    let mut credentials = vec![example()["credentials"][0].clone(); 600];
    credentials[7]["issuanceDate"] = json!("yesterday");
    let faults = places(&json!({ "credentials": credentials }));
    let expected = [
        ("credentials".to_owned(), "batch_too_large", Some("600".to_owned())),
        ("credentials[7].issuanceDate".to_owned(), "invalid_field_format", Some("yesterday".to_owned())),
    ];
    assert_eq!(faults, expected);
}

#[test]
fn a_list_has_an_end_and_what_it_shows_is_short() {
    let row = json!({ "x".repeat(5_000): "y".repeat(5_000) });
    let body = json!({ "credentials": vec![row; 500] });
    let faults = listed(&body.to_string());
    assert_eq!(faults.len(), 1_001, "one more than is listed");
    assert!(faults.iter().all(|fault| fault.path.len() < 200));
    assert!(faults.iter().all(|fault| fault.found.as_ref().is_none_or(|found| found.chars().count() <= 101)));
}

#[test]
fn of_a_credential_that_is_too_large_to_be_kept_only_the_first_fault_is_listed() {
    // The members after the evidence are not kept, and are not missing.
    let valid = example()["credentials"][0].to_string();
    let evidence = vec!["[]"; 80_000].join(",");
    let one = format!("{{\"evidence\":[{evidence}],{}", &valid[1..]);
    let faults = listed(&format!("{{\"credentials\":[{one},{{}}]}}"));
    let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
    let missing = ["recipient", "achievement", "issuanceDate"].map(|name| format!("credentials[1].{name}"));
    assert_eq!(paths[0], "credentials[0].evidence");
    assert_eq!(paths[1..], missing);
}
