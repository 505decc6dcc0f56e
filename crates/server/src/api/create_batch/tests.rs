mod every_fault;
mod part_by_part;
mod spreadsheet;

use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV";

fn rules() -> BatchRules {
    let egress = Egress::new(false, std::sync::Arc::new(learncoin_http_client::SystemResolver));
    BatchRules { issuer_did: ISSUER.to_owned(), egress }
}

/// Returns the seeds' own example, with its literal text in place of the address.
fn example() -> Value {
    json!({ "credentials": [{
        "recipient": {
            "id": "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
            "name": "Ada Lovelace",
            "email": "[email protected]"
        },
        "achievement": {
            "id": "https://yourschool.edu/credentials/intro-ml",
            "name": "Introduction to Machine Learning",
            "description": "Completed the 12-week introductory course with distinction.",
            "criteria": { "narrative": "Passing grade (≥ 70%) on the final project." },
            "alignment": [{
                "targetFramework": "ESCO",
                "targetCode": "S1.4.0",
                "targetName": "Machine learning",
                "targetUrl": "https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0"
            }]
        },
        "issuanceDate": "2026-04-23T12:00:00Z",
        "expirationDate": "2031-04-23T12:00:00Z"
    }]})
}

/// Returns the example with the value at a JSON pointer within the credential replaced, or removed.
fn with(pointer: &str, value: Option<Value>) -> Value {
    let mut body = example();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(&format!("/credentials/0{parent}")).unwrap();
    match (parent, value) {
        (Value::Object(members), Some(value)) => {
            members.insert(member.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.shift_remove(member);
        }
        (Value::Array(elements), Some(value)) => elements[member.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    body
}

fn accepted(body: &Value) -> Vec<CredentialRequest> {
    match read(body.to_string().as_bytes(), &rules()) {
        Ok(credentials) => credentials,
        Err(error) => panic!("{}: {}", error.code, error.message),
    }
}

fn refused(body: &str) -> (&'static str, String) {
    match read(body.as_bytes(), &rules()) {
        Ok(_) => panic!("accepted: {body}"),
        Err(error) => (error.code.as_str(), error.message),
    }
}

#[test]
fn the_example_of_the_documentation_is_accepted() {
    let credentials = accepted(&example());
    let [one] = credentials.as_slice() else { panic!("{}", credentials.len()) };
    assert_eq!(one.recipient_id, "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f");
    assert_eq!(one.recipient_name, "Ada Lovelace");
    assert_eq!(one.recipient_email.as_deref(), Some("[email protected]"));
    assert_eq!(one.achievement.id.as_deref(), Some("https://yourschool.edu/credentials/intro-ml"));
    assert_eq!(one.achievement.name, "Introduction to Machine Learning");
    assert_eq!(one.achievement.criteria.as_deref(), Some("Passing grade (≥ 70%) on the final project."));
    assert_eq!(one.achievement.alignments.len(), 1);
    assert_eq!(one.achievement.alignments[0].framework, "ESCO");
    assert_eq!(one.achievement.alignments[0].code, "S1.4.0");
    assert_eq!(one.achievement.alignments[0].name, "Machine learning");
    assert!(one.achievement.alignments[0].url.as_deref().unwrap().ends_with("S1.4.0"));
    assert_eq!(one.issuance_date, "2026-04-23T12:00:00Z");
    assert_eq!(one.expiration_date.as_deref(), Some("2031-04-23T12:00:00Z"));
    assert!(one.evidence.is_empty());
}

#[test]
fn every_optional_field_may_be_absent_or_null() {
    for pointer in [
        "/recipient/email",
        "/achievement/id",
        "/achievement/criteria",
        "/achievement/criteria/narrative",
        "/achievement/alignment",
        "/achievement/alignment/0/targetUrl",
        "/achievement/alignment/0/type",
        "/achievement/evidence",
        "/achievement/type",
        "/expirationDate",
        "/evidence",
        "/type",
        "/recipient/type",
    ] {
        accepted(&with(pointer, None));
        accepted(&with(pointer, Some(Value::Null)));
    }
    let one = accepted(&with("/achievement/criteria", Some(json!({})))).remove(0);
    assert_eq!(one.achievement.criteria, None);
    let one = accepted(&with("/achievement/criteria/narrative", Some(json!("")))).remove(0);
    assert_eq!(one.achievement.criteria.as_deref(), Some(""));
    let one = accepted(&with("/evidence", Some(json!([{ "id": null, "narrative": "x" }])))).remove(0);
    assert_eq!((one.evidence.len(), &one.evidence[0].id), (1, &None));
}

#[test]
fn every_required_field_is_missed_by_its_path() {
    for (pointer, path) in [
        ("/recipient", "credentials[0].recipient"),
        ("/recipient/id", "credentials[0].recipient.id"),
        ("/recipient/name", "credentials[0].recipient.name"),
        ("/achievement", "credentials[0].achievement"),
        ("/achievement/name", "credentials[0].achievement.name"),
        ("/achievement/description", "credentials[0].achievement.description"),
        ("/issuanceDate", "credentials[0].issuanceDate"),
        (
            "/achievement/alignment/0/targetFramework",
            "credentials[0].achievement.alignment[0].targetFramework",
        ),
        ("/achievement/alignment/0/targetCode", "credentials[0].achievement.alignment[0].targetCode"),
        ("/achievement/alignment/0/targetName", "credentials[0].achievement.alignment[0].targetName"),
    ] {
        let (code, message) = refused(&with(pointer, None).to_string());
        assert_eq!(code, "missing_required_field", "{pointer}");
        assert_eq!(message, format!("{path} is required."));
    }
    for body in ["{}", r#"{"credentials":[]}"#] {
        let (code, message) = refused(body);
        assert_eq!(code, "missing_required_field", "{body}");
        assert_eq!(message, "credentials is required: an array of 1 to 500 credentials.");
    }
}

#[test]
fn every_malformed_field_is_named_with_what_is_expected() {
    let long_name = json!("n".repeat(257));
    let long_url = json!(format!("https://example.edu/{}", "u".repeat(2_030)));
    let cases = [
        ("/recipient", json!([]), "recipient"),
        ("/recipient", json!(null), "recipient"),
        ("/recipient/name", json!(""), "recipient.name"),
        ("/recipient/name", json!("\u{200b} "), "recipient.name"),
        ("/recipient/name", json!("Redacted on recipient request"), "recipient.name"),
        ("/recipient/name", json!("Ada\u{202e}"), "recipient.name"),
        ("/recipient/name", json!("Ada\u{7}"), "recipient.name"),
        ("/recipient/name", json!("Ada\tLovelace"), "recipient.name"),
        ("/recipient/name", json!("Ada\u{fffe}"), "recipient.name"),
        ("/recipient/name", long_name.clone(), "recipient.name"),
        ("/recipient/name", json!(5), "recipient.name"),
        ("/recipient/email", json!(""), "recipient.email"),
        ("/recipient/email", json!("a@b\r\nBcc: c@d"), "recipient.email"),
        ("/recipient/email", json!("e".repeat(255)), "recipient.email"),
        ("/recipient/email", json!(["a@b"]), "recipient.email"),
        ("/recipient/email", json!("ada"), "recipient.email"),
        ("/recipient/email", json!("ada@"), "recipient.email"),
        ("/recipient/email", json!("ada@127.0.0.1"), "recipient.email"),
        ("/recipient/email", json!("ada@example.edu, eve@example.edu"), "recipient.email"),
        ("/recipient/email", json!(" ada@example.edu"), "recipient.email"),
        ("/recipient/email", json!("ada@example.edu "), "recipient.email"),
        ("/recipient/email", json!("[email protected] "), "recipient.email"),
        ("/recipient/name", json!("Ada\nLovelace"), "recipient.name"),
        ("/recipient/name", json!("Ada Lovelace\r"), "recipient.name"),
        ("/recipient/name", json!("Ada\u{2028}Lovelace"), "recipient.name"),
        ("/recipient/nickname", json!("Ada"), "recipient.nickname"),
        ("/recipient/type", json!(["Person"]), "recipient.type"),
        ("/achievement", json!("x"), "achievement"),
        ("/achievement/id", json!("intro-ml"), "achievement.id"),
        ("/achievement/id", json!("schema:intro"), "achievement.id"),
        ("/achievement/id", json!("https://example.edu/caf\u{e9}"), "achievement.id"),
        ("/achievement/id", json!(""), "achievement.id"),
        ("/achievement/id", long_url.clone(), "achievement.id"),
        ("/achievement/id", json!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"), "achievement.id"),
        ("/achievement/id", json!(ISSUER), "achievement.id"),
        ("/achievement/name", json!(""), "achievement.name"),
        ("/achievement/name", long_name, "achievement.name"),
        ("/achievement/name", json!("Machine\nLearning"), "achievement.name"),
        ("/achievement/description", json!(""), "achievement.description"),
        ("/achievement/description", json!(null), "achievement.description"),
        ("/achievement/criteria", json!("x"), "achievement.criteria"),
        ("/achievement/criteria/narrative", json!(1), "achievement.criteria.narrative"),
        ("/achievement/criteria/id", json!("https://example.edu"), "achievement.criteria.id"),
        ("/achievement/alignment", json!({}), "achievement.alignment"),
        ("/achievement/alignment/0", json!("ESCO"), "achievement.alignment[0]"),
        ("/achievement/alignment/0/targetCode", json!(""), "achievement.alignment[0].targetCode"),
        ("/achievement/alignment/0/targetCode", json!("S1\n"), "achievement.alignment[0].targetCode"),
        ("/achievement/alignment/0/targetName", json!("a\nb"), "achievement.alignment[0].targetName"),
        ("/achievement/alignment/0/targetUrl", json!("urn:x:y"), "achievement.alignment[0].targetUrl"),
        ("/achievement/alignment/0/targetUrl", json!("/relative"), "achievement.alignment[0].targetUrl"),
        ("/achievement/alignment/0/targetUrl", long_url, "achievement.alignment[0].targetUrl"),
        ("/achievement/alignment/0/type", json!("Alignment"), "achievement.alignment[0].type"),
        ("/achievement/type", json!(["Achievement", "Badge"]), "achievement.type"),
        ("/achievement/image", json!({}), "achievement.image"),
        ("/achievement/evidence", json!("x"), "achievement.evidence"),
        ("/issuanceDate", json!("2026-04-23"), "issuanceDate"),
        ("/issuanceDate", json!("2026-02-30T12:00:00Z"), "issuanceDate"),
        ("/issuanceDate", json!("2026-04-23T12:00:00+02:00"), "issuanceDate"),
        ("/issuanceDate", json!("2026-04-23t12:00:00z"), "issuanceDate"),
        ("/issuanceDate", json!("2026-04-23T12:00:60Z"), "issuanceDate"),
        ("/issuanceDate", json!("2026-04-23T12:00:00.0123456789Z"), "issuanceDate"),
        ("/issuanceDate", json!(1_776_945_601), "issuanceDate"),
        ("/issuanceDate", json!("0001-01-01T00:00:00Z"), "issuanceDate"),
        ("/issuanceDate", json!("1899-12-31T23:59:59Z"), "issuanceDate"),
        ("/expirationDate", json!("0001-01-01T00:00:00Z"), "expirationDate"),
        ("/expirationDate", json!("2026-04-23T12:00:00Z"), "expirationDate"),
        ("/expirationDate", json!("2026-04-23T11:59:59.999Z"), "expirationDate"),
        ("/evidence", json!({}), "evidence"),
        ("/evidence", json!([{ "id": "page" }]), "evidence[0].id"),
        ("/evidence", json!([{ "narrative": "x" }, { "narrative": "\u{0}" }]), "evidence[1].narrative"),
        ("/evidence", json!([{}]), "evidence[0]"),
        ("/evidence", json!([{ "id": null, "narrative": "" }]), "evidence[0]"),
        ("/evidence", json!([{ "type": ["Evidence"] }]), "evidence[0]"),
        ("/evidence", json!([{ "url": "https://example.edu" }]), "evidence[0].url"),
        ("/evidence", json!([{ "narrative": "x".repeat(65_536) }]), "evidence"),
        ("/type", json!(["VerifiableCredential"]), "type"),
        ("/expirationdate", json!("2031-04-23T12:00:00Z"), "expirationdate"),
    ];
    for (pointer, value, path) in cases {
        let shown: String = value.to_string().chars().take(80).collect();
        let (code, message) = refused(&with(pointer, Some(value)).to_string());
        assert_eq!(code, "invalid_field_format", "{pointer} {shown}");
        assert!(message.starts_with(&format!("credentials[0].{path}: ")), "{shown}: {message}");
        assert!(message.contains("expected "), "{message}");
    }
    let mut unknown = example();
    unknown["dryRun"] = json!(true);
    assert_eq!(refused(&unknown.to_string()).0, "invalid_field_format");
    for body in
        ["[]", "\"x\"", "null", r#"{"credentials":null}"#, r#"{"credentials":{}}"#, r#"{"credentials":[1]}"#]
    {
        assert_eq!(refused(body).0, "invalid_field_format", "{body}");
    }
}

#[test]
fn fields_with_a_code_of_their_own_get_it() {
    for id in [
        json!("ada@example.com"),
        json!(""),
        json!("4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"),
        json!("urn:uuid:4e0c7f2e-6b1a-1f5a-9c8e-8a1b2c3d4e5f"),
        json!("urn:uuid:4e0c7f2e-6b1a-4f5a-cc8e-8a1b2c3d4e5f"),
        json!("URN:UUID:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"),
        json!(7),
        json!(null),
    ] {
        let (code, message) = refused(&with("/recipient/id", Some(id)).to_string());
        assert_eq!(code, "recipient_id_invalid");
        assert!(message.starts_with("credentials[0].recipient.id: expected urn:uuid:"), "{message}");
    }
    for framework in [json!("SFIA"), json!("esco"), json!(""), json!(null), json!(["ESCO"])] {
        let pointer = "/achievement/alignment/0/targetFramework";
        let (code, message) = refused(&with(pointer, Some(framework)).to_string());
        assert_eq!(code, "alignment_framework_unknown");
        assert!(message.contains("alignment[0].targetFramework: expected ESCO, O*NET, ISCED-F or CUSTOM"));
    }
    for framework in ["ESCO", "O*NET", "ISCED-F", "CUSTOM"] {
        accepted(&with("/achievement/alignment/0/targetFramework", Some(json!(framework))));
    }
}

#[test]
fn an_achievement_is_judged_by_its_size_before_its_members() {
    let sized = |bytes: usize| {
        let rest = json!({ "name": "N", "description": "" }).to_string().len();
        with("/achievement", Some(json!({ "name": "N", "description": "é".repeat((bytes - rest) / 2) })))
    };
    accepted(&sized(65_536));
    let (code, message) = refused(&sized(65_538).to_string());
    assert_eq!(code, "achievement_too_large");
    assert!(message.starts_with("credentials[0].achievement: expected at most 65536 bytes"), "{message}");
    // White space does not count, and what is inside does not matter.
    let spaced = sized(65_536).to_string().replace("\"description\":", "\"description\":          ");
    assert!(read(spaced.as_bytes(), &rules()).is_ok());
    let huge = with("/achievement", Some(json!({ "unknown": "x".repeat(70_000) })));
    assert_eq!(refused(&huge.to_string()).0, "achievement_too_large");
}

#[test]
fn a_batch_has_at_most_500_credentials() {
    let many = |count: usize| {
        let one = example()["credentials"][0].clone();
        json!({ "credentials": vec![one; count] })
    };
    assert_eq!(accepted(&many(500)).len(), 500);
    let (code, message) = refused(&many(501).to_string());
    assert_eq!(code, "batch_too_large");
    assert!(message.contains("at most 500") && message.contains("found 501"), "{message}");
}

#[test]
fn the_first_fault_in_document_order_is_reported() {
    let swap = |body: &Value| refused(&body.to_string());
    let mut body = example();
    body["credentials"] = json!([example()["credentials"][0], { "issuanceDate": "x", "recipient": 1 }]);
    assert!(swap(&body).1.starts_with("credentials[1].issuanceDate"));
    body["credentials"][1] = json!({ "recipient": 1, "issuanceDate": "x" });
    assert!(swap(&body).1.starts_with("credentials[1].recipient:"));
    // What is missing is noticed at the end of its object.
    body["credentials"][1] = json!({ "recipient": { "id": "x" }, "issuanceDate": "x" });
    assert!(swap(&body).1.starts_with("credentials[1].recipient.id"));
    // A rule over two members is checked at the later one, before what follows it.
    let dates =
        json!({ "expirationDate": "2026-01-01T00:00:00Z", "issuanceDate": "2026-01-02T00:00:00Z", "x": 1 });
    body["credentials"] = json!([dates]);
    assert!(swap(&body).1.starts_with("credentials[0].issuanceDate: expected an expirationDate after"));
}

#[test]
fn dates_stay_as_given_but_for_the_offset() {
    for (given, kept) in [
        ("2026-04-23T12:00:00Z", "2026-04-23T12:00:00Z"),
        ("2026-04-23T12:00:00.123456789Z", "2026-04-23T12:00:00.123456789Z"),
        ("2026-04-23T12:00:00+00:00", "2026-04-23T12:00:00Z"),
        ("2026-04-23T12:00:00.500+00:00", "2026-04-23T12:00:00.500Z"),
    ] {
        assert_eq!(accepted(&with("/issuanceDate", Some(json!(given))))[0].issuance_date, kept);
    }
    let nanosecond = with("/expirationDate", Some(json!("2026-04-23T12:00:00.000000001Z")));
    accepted(&nanosecond);
}

#[test]
fn evidence_of_both_places_is_joined_in_the_contracts_order() {
    // Within the achievement it is first in the document, and still comes second.
    let mut body = with("/achievement/evidence", Some(json!([{ "narrative": "within" }])));
    body["credentials"][0]["evidence"] =
        json!([{ "id": "https://example.edu/e1", "narrative": "beside", "type": ["Evidence"] }]);
    let one = accepted(&body).remove(0);
    let narratives: Vec<_> =
        one.evidence.iter().map(|evidence| evidence.narrative.as_deref().unwrap()).collect();
    assert_eq!(narratives, ["beside", "within"]);
    assert_eq!(one.evidence[0].id.as_deref(), Some("https://example.edu/e1"));
    assert_eq!(one.evidence[1].id, None);
}

#[test]
fn identifiers_of_one_credential_are_pairwise_different() {
    let same = "https://example.edu/same";
    let mut body = with("/achievement/evidence", Some(json!([{ "id": same }])));
    body["credentials"][0]["evidence"] = json!([{ "id": same }]);
    let (code, message) = refused(&body.to_string());
    assert_eq!(code, "invalid_field_format");
    assert!(message.starts_with("credentials[0].evidence[0].id: expected an identifier"), "{message}");
    let mut body = with("/achievement/id", Some(json!(same)));
    body["credentials"][0]["evidence"] = json!([{ "id": same }]);
    assert!(refused(&body.to_string()).1.starts_with("credentials[0].evidence[0].id"));
    // Two credentials may say the same.
    let one = example()["credentials"][0].clone();
    accepted(&json!({ "credentials": [one.clone(), one] }));
}

#[test]
fn what_open_badges_says_anyway_is_accepted() {
    let mut body = example();
    let one = &mut body["credentials"][0];
    one["type"] = json!(["VerifiableCredential", "OpenBadgeCredential"]);
    one["recipient"]["type"] = json!(["AchievementSubject"]);
    one["achievement"]["type"] = json!(["Achievement"]);
    one["achievement"]["alignment"][0]["type"] = json!(["Alignment"]);
    one["evidence"] = json!([{ "type": ["Evidence"], "narrative": "x" }]);
    accepted(&body);
}

#[test]
fn what_is_not_strict_json_is_invalid_json() {
    let duplicate =
        example().to_string().replace("\"name\":\"Ada Lovelace\"", "\"name\":\"Ada\",\"name\":\"Ada\"");
    let deep = format!("{{\"credentials\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        "",
        " ",
        "{",
        "{}{}",
        "{'credentials':[]}",
        "NaN",
        &duplicate,
        &deep,
        r#"{"credentials":["\ud800"]}"#,
    ] {
        assert_eq!(refused(body).0, "invalid_json");
    }
    let error = read(b"{\"credentials\":[\"\xff\"]}", &rules()).err().unwrap();
    assert_eq!(error.code, ErrorCode::InvalidJson);
}

#[test]
fn a_long_or_unprintable_name_is_shortened_in_the_message() {
    let mut body = example();
    body["credentials"][0]["x".repeat(10_000)] = json!(1);
    assert!(refused(&body.to_string()).1.len() < 300);
    let mut body = example();
    body["credentials"][0]["a\u{1b}[31m"] = json!(1);
    assert!(!refused(&body.to_string()).1.contains('\u{1b}'));
}

#[test]
fn evidence_has_a_limit_of_entries() {
    let entries = |count: usize| with("/evidence", Some(json!(vec![json!({ "narrative": "x" }); count])));
    assert_eq!(accepted(&entries(256))[0].evidence.len(), 256);
    let (code, message) = refused(&entries(257).to_string());
    assert_eq!(code, "invalid_field_format");
    assert_eq!(message, "credentials[0].evidence: expected at most 256 entries, found 257");
}

#[test]
fn a_picture_is_named_by_an_https_url_that_may_be_fetched() {
    let image = |value: Value| with("/achievement/image", Some(value));
    let taken = read(image(json!("https://school.example/ml.png")).to_string().as_bytes(), &rules()).unwrap();
    assert_eq!(taken[0].achievement.image.as_deref(), Some("https://school.example/ml.png"));
    assert_eq!(read(image(Value::Null).to_string().as_bytes(), &rules()).unwrap()[0].achievement.image, None);
    for (value, why) in [
        (json!("http://school.example/ml.png"), "must be an https URL"),
        (json!("https://ada:secret@school.example/ml.png"), "must not hold a user name or password"),
        (json!("https://127.0.0.1/ml.png"), "must not lead to a private"),
        (json!("https://[::1]/ml.png"), "must not lead to a private"),
        (json!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f"), "http"),
        (json!("/ml.png"), "http"),
        (json!("data:image/png;base64,AAAA"), "http"),
        (json!(""), "http"),
        (json!(7), "a string"),
        (json!({ "id": "https://school.example/ml.png" }), "a string"),
    ] {
        let error = read(image(value.clone()).to_string().as_bytes(), &rules()).err().unwrap();
        assert_eq!(error.code, ErrorCode::InvalidFieldFormat, "{value}");
        assert!(error.message.starts_with("credentials[0].achievement.image: "), "{}", error.message);
        assert!(error.message.contains(why), "{value}: {}", error.message);
    }
}
