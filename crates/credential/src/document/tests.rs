use serde_json::{Value as Json, json};

use super::*;
use crate::testing::batches;
use crate::{Hash, Host, json as strict};

fn read(json: &Json) -> Result<Document, DocumentError> {
    let document = Document::from_json(&strict::Value::from(json.clone()))?;
    document.validate()?;
    Ok(document)
}

fn example() -> Json {
    batches()[4]["credentials"][0]["unsigned_full"].clone()
}

#[test]
fn every_vector_is_read_redacted_hashed_and_written() {
    for batch in batches() {
        for credential in batch["credentials"].as_array().unwrap() {
            let redacted = read(&credential["unsigned_redacted"]).unwrap();
            assert!(redacted.is_redacted());
            assert_eq!(redacted.to_json().to_string(), credential["unsigned_redacted"].to_string());
            assert_eq!(redacted.canonical(), credential["canonical_redacted"].as_str().unwrap());
            assert_eq!(redacted.leaf().to_string(), credential["leaf_redacted"].as_str().unwrap());
            if credential["unsigned_full"].is_null() {
                continue;
            }
            let full = read(&credential["unsigned_full"]).unwrap();
            assert!(!full.is_redacted());
            assert_eq!(full.redacted(), redacted);
            assert_eq!(full.to_json().to_string(), credential["unsigned_full"].to_string());
            assert_eq!(full.canonical(), credential["canonical_full"].as_str().unwrap());
            assert_eq!(full.leaf(), credential["leaf_full"].as_str().unwrap().parse::<Hash>().unwrap());
        }
    }
}

#[test]
fn every_invalid_document_is_rejected() {
    let file: Json = serde_json::from_str(include_str!("../../tests/data/vectors/reject.json")).unwrap();
    let mut refused = 0;
    for list in ["cases", "refuse_although_jsonld_accepts"] {
        for case in file[list].as_array().unwrap() {
            assert!(read(&case["document"]).is_err(), "{}", case["description"]);
            refused += 1;
        }
    }
    assert_eq!(refused, 19);
}

/// Returns a document in which the member at a JSON pointer is set or removed.
fn edited(pointer: &str, value: Option<Json>) -> Json {
    let mut document = example();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.remove(name).expect("a member to remove")),
    }
    document
}

#[test]
fn faults_contain_the_path_of_their_member() {
    let long_ago = "must be a real UTC date";
    for (pointer, value, path, reason) in [
        ("/@context", Some(json!("https://www.w3.org/ns/credentials/v2")), "@context", "arrays of contexts"),
        ("/@context", Some(json!([])), "@context", "arrays of contexts"),
        ("/@context", Some(json!(["https://learncoin.me/contexts/v1"])), "@context", "arrays of contexts"),
        ("/id", None, "id", "is missing"),
        ("/id", Some(json!("crd_1")), "id", "https://HOST/c/"),
        ("/id", Some(json!("https://learncoin.me/c/crd_1")), "id", "https://HOST/c/"),
        ("/id", Some(json!("https://other.me/c/crd_01KPX4MQ00XZ22KESRT8JTNY8E")), "id", "https://HOST/c/"),
        (
            "/id",
            Some(json!("https://learncoin.me/c/crd_01kpx4mq00xz22kesrt8jtny8e")),
            "id",
            "https://HOST/c/",
        ),
        ("/type", Some(json!(["OpenBadgeCredential", "VerifiableCredential"])), "type", "exactly"),
        ("/type", Some(json!("VerifiableCredential")), "type", "exactly"),
        ("/issuer", Some(json!("did:web:learncoin.me")), "issuer", "must be an object, but is a string"),
        ("/issuer/id", Some(json!("https://learncoin.me")), "issuer.id", "must be a DID"),
        ("/issuer/id", Some(json!("did:web:")), "issuer.id", "absolute URI"),
        ("/issuer/name", Some(json!(["A"])), "issuer.name", "must be a string, but is an array"),
        ("/issuer/name", Some(json!("a\u{1}")), "issuer.name", "control characters"),
        ("/issuer/url", Some(json!("example.edu")), "issuer.url", "absolute URI"),
        ("/issuer/image/type", Some(json!(["Image"])), "issuer.image.type", "exactly Image"),
        ("/issuer/image/id", Some(json!("/logo.png")), "issuer.image.id", "absolute URI"),
        ("/issuer/awardingBody", Some(json!("x")), "issuer.awardingBody", "not a member"),
        ("/validFrom", Some(json!("2026-04-23T12:00:01Z")), "validFrom", "equal to issuanceDate"),
        ("/validFrom", None, "validFrom", "is missing"),
        ("/issuanceDate", Some(json!(1)), "issuanceDate", "must be a string, but is a number"),
        ("/validUntil", None, "validUntil", "equal to expirationDate"),
        ("/expirationDate", None, "validUntil", "equal to expirationDate"),
        ("/expirationDate", Some(Json::Null), "expirationDate", "must be a string, but is null"),
        ("/nonce", Some(json!("4D3CD35BB2CD1095EF27A4D90E361D42")), "nonce", "lower-case hex"),
        ("/nonce", Some(json!("4d3c")), "nonce", "lower-case hex"),
        ("/nonce", Some(json!({"@value": "4d3cd35bb2cd1095ef27a4d90e361d42"})), "nonce", "must be a string"),
        ("/credentialSubject", Some(json!([])), "credentialSubject", "must be an object, but is an array"),
        ("/credentialSubject/id", Some(json!("_:b0")), "credentialSubject.id", "absolute URI"),
        ("/credentialSubject/name", None, "evidence", "absent where credentialSubject.name is absent"),
        ("/credentialSubject/name", Some(json!("\u{FFFF}")), "credentialSubject.name", "non-characters"),
        ("/credentialSubject/role", Some(json!("Rector")), "credentialSubject.role", "not a member"),
        ("/credentialSubject/@id", Some(json!("urn:ab:c")), "credentialSubject.@id", "not a member"),
        (
            "/credentialSubject/achievement/@context",
            Some(json!({})),
            "credentialSubject.achievement.@context",
            "not a member",
        ),
        ("/credentialSubject/achievement/id", None, "credentialSubject.achievement.id", "is missing"),
        (
            "/credentialSubject/achievement/id",
            Some(json!("intro-ml")),
            "credentialSubject.achievement.id",
            "absolute URI",
        ),
        (
            "/credentialSubject/achievement/criteria",
            Some(json!("x")),
            "credentialSubject.achievement.criteria",
            "an object",
        ),
        (
            "/credentialSubject/achievement/criteria/id",
            Some(json!("urn:ab:c")),
            "credentialSubject.achievement.criteria.id",
            "not a member",
        ),
        (
            "/credentialSubject/achievement/alignment",
            Some(json!([])),
            "credentialSubject.achievement.alignment",
            "be empty",
        ),
        (
            "/credentialSubject/achievement/alignment",
            Some(json!({"type": ["Alignment"]})),
            "credentialSubject.achievement.alignment",
            "must be an array of objects, but is an object",
        ),
        (
            "/credentialSubject/achievement/alignment/0/targetUrl",
            None,
            "credentialSubject.achievement.alignment[0].targetUrl",
            "is missing",
        ),
        ("/evidence", Some(json!([])), "evidence", "must not be empty"),
        ("/evidence/1/id", None, "evidence[1].id", "is missing"),
        (
            "/evidence/1/id",
            Some(json!("https://yourschool.edu/evidence/42")),
            "evidence[1].id",
            "differ from every other id",
        ),
        ("/evidence/1/id", Some(json!("https://yourschool.edu/a b")), "evidence[1].id", "absolute URI"),
        (
            "/evidence/0/narrative",
            Some(json!(["a", "b"])),
            "evidence[0].narrative",
            "must be a string, but is an array",
        ),
        ("/credentialStatus", Some(json!({})), "credentialStatus", "not a member"),
        ("/proof", Some(json!({})), "proof", "not a member"),
        ("/grade", Some(json!("A")), "grade", "not a member"),
    ] {
        // The parent of a pointer must be an object, even within an array, which holds here.
        let error = read(&edited(pointer, value)).expect_err(pointer);
        assert_eq!(error.path, path, "{error}");
        assert!(error.fault.to_string().contains(reason), "{error}");
    }
    let mut both = edited("/validFrom", Some(json!("2026-04-23")));
    both["issuanceDate"] = json!("2026-04-23");
    let error = read(&both).unwrap_err();
    assert_eq!(error.path, "issuanceDate");
    assert!(error.to_string().contains(long_ago), "{error}");
}

#[test]
fn an_expiration_before_issuance_is_rejected() {
    for (end, accepted) in [
        ("2026-04-23T12:00:00Z", false),
        ("2026-04-23T12:00:00.000Z", false),
        ("2026-04-23T12:00:00.000000001Z", true),
        ("9999-12-31T23:59:59Z", true),
    ] {
        let mut document = example();
        document["validUntil"] = json!(end);
        document["expirationDate"] = json!(end);
        assert_eq!(read(&document).is_ok(), accepted, "{end}");
    }
}

#[test]
fn no_two_nodes_share_an_identifier() {
    let pointers = [
        "/issuer/image/id",
        "/credentialSubject/id",
        "/credentialSubject/achievement/id",
        "/evidence/0/id",
        "/evidence/1/id",
    ];
    let document = example();
    for target in pointers {
        for other in ["/id", "/issuer/id"].into_iter().chain(pointers) {
            if target == other {
                continue;
            }
            let same = document.pointer(other).unwrap().clone();
            let error = read(&edited(target, Some(same))).unwrap_err();
            assert_eq!(error.fault, Fault::SameId, "{target} = {other}");
        }
    }
}

#[test]
fn the_own_context_is_normalized() {
    for own in [
        "https://LEARNCOIN.me/contexts/v1",
        "https://learncoin.me:443/contexts/v1",
        "http://learncoin.me/contexts/v1",
        "https://learncoin.me/contexts/v2",
        "https://learncoin.me/x/contexts/v1",
        "https://127.0.0.1/contexts/v1",
        "https://user@learncoin.me/contexts/v1",
    ] {
        let mut document = example();
        document["@context"][3] = json!(own);
        let error = read(&document).unwrap_err();
        assert_eq!(error.path, "@context", "{own}");
    }
}

#[test]
fn documents_of_loopback_hosts_are_valid() {
    let host = Host::parse("http://localhost:8080").unwrap();
    let mut document = example();
    document["@context"][3] = json!(host.context_url());
    document["id"] = json!(host.credential_url("crd_01KPX4MQ00XZ22KESRT8JTNY8E"));
    assert_eq!(read(&document).unwrap().host(), Some(host));
}

#[test]
fn alignments_without_a_url_get_a_default() {
    let url = |framework, code| default_target_url("https://learncoin.me", framework, code);
    assert_eq!(url("ESCO", "S1.4.0").as_deref(), Some("https://learncoin.me/alignments/esco/S1.4.0"));
    assert_eq!(
        url("O*NET", "a/b é~").as_deref(),
        Some("https://learncoin.me/alignments/onet/a%2Fb%20%C3%A9~")
    );
    assert_eq!(url("ISCED-F", "").as_deref(), Some("https://learncoin.me/alignments/isced-f/"));
    assert_eq!(url("CUSTOM", "..").as_deref(), Some("https://learncoin.me/alignments/custom/.."));
    assert_eq!(url("esco", "1"), None);
}
