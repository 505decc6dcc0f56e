//! `POST /v1/batches?dry_run=true`: everything that is wrong with a batch, while nothing is stored or counted.

use std::collections::BTreeMap;

use learncoin_server::error::ErrorCode;
use learncoin_store::maintenance::TABLES;
use learncoin_testkit::{Caller, Method, TestApp, credential, many, one, patient_plans};
use serde_json::{Value, json};

/// A fault in a row: the place of the member, its value if it is not left out, and the path, code and expected form of the fault.
type Planted = (usize, &'static str, Option<Value>, &'static str, &'static str, &'static str);

async fn dry_run(caller: &Caller, body: &Value) -> Value {
    caller.post("/v1/batches?dry_run=true", body.to_string()).await.expect(200)
}

/// Returns the number of rows of each table, but for the audit log and what keeps the rate.
async fn sizes(app: &TestApp) -> BTreeMap<&'static str, usize> {
    let store = app.issuance().store.clone();
    let mut sizes = BTreeMap::new();
    for table in TABLES.into_iter().filter(|table| !["audit_log", "rate_windows"].contains(table)) {
        sizes.insert(table, store.rows(table).await.unwrap().len());
    }
    sizes
}

#[tokio::test]
async fn three_hundred_rows_with_nine_faults_give_nine_faults_each_at_its_place() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut body = many(300);
    let planted: [Planted; 9] = [
        (0, "/recipient/name", None, "recipient.name", "missing_required_field", "a value"),
        (
            17,
            "/recipient/id",
            Some(json!("urn:uuid:17")),
            "recipient.id",
            "recipient_id_invalid",
            "urn:uuid:",
        ),
        (
            42,
            "/recipient/email",
            Some(json!("ada(at)example")),
            "recipient.email",
            "invalid_field_format",
            "e-mail",
        ),
        (99, "/issuanceDate", Some(json!("23.04.2026")), "issuanceDate", "invalid_field_format", "ISO 8601"),
        (
            100,
            "/expirationDate",
            Some(json!("0001-01-01T00:00:00Z")),
            "expirationDate",
            "invalid_field_format",
            "1900",
        ),
        (
            150,
            "/achievement/name",
            Some(json!("a\nb")),
            "achievement.name",
            "invalid_field_format",
            "one line",
        ),
        (
            201,
            "/achievement/alignment/0/targetFramework",
            Some(json!("SFIA")),
            "achievement.alignment[0].targetFramework",
            "alignment_framework_unknown",
            "ESCO",
        ),
        (298, "/evidence", Some(json!([{}])), "evidence[0]", "invalid_field_format", "a narrative"),
        (299, "/nickname", Some(json!("A")), "nickname", "invalid_field_format", "only the fields"),
    ];
    for (row, pointer, value, ..) in &planted {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = body["credentials"][row].pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => _ = parent.insert(member.to_owned(), value.clone()),
            None => _ = parent.remove(member),
        }
    }
    let before = sizes(&app).await;
    let result = dry_run(&uni, &body).await;
    assert_eq!((&result["valid"], &result["warnings"]), (&json!(false), &json!([])));
    let faults = result["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 9, "{faults:?}");
    for (fault, (row, _, value, path, code, expected)) in faults.iter().zip(planted) {
        assert_eq!(fault["path"], format!("credentials[{row}].{path}"));
        assert_eq!(fault["code"], code);
        assert!(fault["expected"].as_str().unwrap().contains(expected), "{fault}");
        let found = fault["found"].as_str();
        match value {
            None => assert_eq!(found, None),
            Some(Value::String(text)) => assert_eq!(found, Some(text.replace('\n', "\\n").as_str())),
            Some(_) => assert_eq!(found, Some("an object of 0 members")),
        }
    }
    assert_eq!(sizes(&app).await, before);
    // The ordinary call names the first one.
    let message =
        uni.post("/v1/batches", body.to_string()).await.expect_error(ErrorCode::MissingRequiredField);
    assert_eq!(message, "credentials[0].recipient.name is required.");
}

#[tokio::test]
async fn a_dry_run_stores_and_counts_nothing_and_leaves_the_idempotency_key_free() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let before = sizes(&app).await;
    let clean = json!({ "valid": true, "faults": [], "warnings": [] });
    let headers = [("Idempotency-Key", "key")];
    for body in [many(3), many(500)] {
        let answer = uni.send(Method::POST, "/v1/batches?dry_run=true", &headers, body.to_string()).await;
        assert_eq!(answer.expect(200), clean);
    }
    app.run_until_idle().await;
    assert_eq!(sizes(&app).await, before);
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 0);
    assert!(uni.all_batches().await.is_empty());
    let headers = [("Idempotency-Key", "")];
    let answer = uni.send(Method::POST, "/v1/batches?dry_run=true", &headers, one("Ada").to_string()).await;
    answer.expect_error(ErrorCode::InvalidFieldFormat);
    let headers = [("Idempotency-Key", "key")];
    // The key is still free, for another body too, and a dry run is not answered with what is kept under one.
    uni.post_batch_under("key", &one("Ada Lovelace")).await.expect(202);
    let answer = uni.send(Method::POST, "/v1/batches?dry_run=true", &headers, many(2).to_string()).await;
    assert_eq!(answer.expect(200), clean);
    let body = one("Ada Lovelace").to_string();
    uni.post("/v1/batches?dry_run=false", body.clone()).await.expect(202);
    uni.post("/v1/batches?utm_source=form", body).await.expect(202);
}

#[tokio::test]
async fn a_mistyped_parameter_issues_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for query in
        ["dryrun=true", "dryRun=true", "dry-run=true", "dry_run=1", "dry_run=", "dry_run=true&dry_run=true"]
    {
        let answer = uni.post(&format!("/v1/batches?{query}"), one("Ada").to_string()).await;
        let message = answer.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains("dry_run"), "{message}");
    }
    assert!(uni.all_batches().await.is_empty());
}

#[tokio::test]
async fn what_is_no_json_is_refused_as_ever() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post("/v1/batches?dry_run=true", "{").await.expect_error(ErrorCode::InvalidJson);
    let result = dry_run(&uni, &json!([])).await;
    assert_eq!(result["faults"][0]["path"], "the request body");
    let result = dry_run(&uni, &json!({})).await;
    assert_eq!((&result["faults"][0]["path"], &result["faults"][1]), (&json!("credentials"), &Value::Null));
}

#[tokio::test]
async fn what_would_keep_a_batch_from_being_accepted_now_is_a_warning() {
    let mut plans = patient_plans();
    plans.starter.credentials_per_month = 2;
    let app = TestApp::builder().plans(plans).start().await;
    let uni = app.tenant("Example University").await;
    let result = dry_run(&uni, &many(3)).await;
    assert_eq!(result["valid"], true);
    let warning = &result["warnings"][0];
    assert_eq!(warning["path"], "credentials");
    assert!(warning["message"].as_str().unwrap().starts_with("monthly_quota_exceeded: "), "{warning}");
    uni.post("/v1/batches", many(3).to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    let app = TestApp::builder().chains(true, false).start().await;
    let live = crate::access::api_keys::insert_live_key(&app.tenant("Example University").await).await;
    let result = dry_run(&live, &one("Ada")).await;
    let message = result["warnings"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("anchoring_chain_unavailable: "), "{message}");
}

#[tokio::test]
async fn what_may_not_be_meant_is_a_warning() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut rows = vec![credential("Ada"), credential("Eve"), credential("Bob")];
    rows[0]["recipient"]["email"] = json!("[email protected]");
    rows[1]["issuanceDate"] = json!("2001-04-23T12:00:00Z");
    rows[1]["expirationDate"] = json!("2002-04-23T12:00:00Z");
    rows[2]["issuanceDate"] = json!("2030-04-23T12:00:00Z");
    rows.push(rows[0].clone());
    let result = dry_run(&uni, &json!({ "credentials": rows })).await;
    assert_eq!((&result["valid"], &result["faults"]), (&json!(true), &json!([])));
    let warnings = result["warnings"].as_array().unwrap();
    let paths: Vec<&str> = warnings.iter().map(|warning| warning["path"].as_str().unwrap()).collect();
    let expected = [
        "credentials[0].recipient.email",
        "credentials[1].expirationDate",
        "credentials[2].issuanceDate",
        "credentials[3].recipient.email",
        "credentials[3]",
    ];
    assert_eq!(paths, expected);
    assert!(warnings[4]["message"].as_str().unwrap().contains("credentials[0]"));
    uni.post("/v1/batches", json!({ "credentials": rows }).to_string()).await.expect(202);
}
