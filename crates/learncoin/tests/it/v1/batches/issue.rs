//! `POST /v1/batches`, `GET /v1/batches/{id}`.

use learncoin_server::error::ErrorCode;
use learncoin_store::scope::Environment;
use learncoin_testkit::{Body, Caller, Method, TestApp, batch_of, credential, many, one};
use serde_json::{Value, json};

#[tokio::test]
async fn the_202_has_exactly_its_five_members() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let answer = uni.post("/v1/batches", one("Ada Lovelace").to_string()).await;
    let batch = answer.expect(202);
    let id = batch["id"].as_str().unwrap();
    assert!(id.parse::<learncoin_store::id::BatchId>().is_ok());
    assert_eq!(
        answer.text(),
        format!(
            r#"{{"id":"{id}","status":"pending","credentials_count":1,"created_at":"2026-11-20T12:00:00.000Z","environment":"test"}}"#
        )
    );
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("idempotent-replayed"), "");
}

#[tokio::test]
async fn a_pending_batch_lists_its_credentials_and_nothing_of_the_chain() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let posted = uni.post_batch(request.clone()).await;
    let id = posted["id"].as_str().unwrap();
    let batch = uni.batch(id).await;
    let credential_id = batch["credentials"][0]["id"].as_str().unwrap();
    assert!(credential_id.parse::<learncoin_store::id::CredentialId>().is_ok());
    assert_eq!(
        batch,
        json!({
            "id": id,
            "status": "pending",
            "credentials_count": 1,
            "created_at": "2026-11-20T12:00:00.000Z",
            "environment": "test",
            "anchored_at": null,
            "merkle_root": null,
            "anchor_transaction": null,
            "credentials": [{
                "id": credential_id,
                "recipient_id": request["credentials"][0]["recipient"]["id"],
                "verify_url": format!("https://learncoin.example/c/{credential_id}"),
            }],
            "error": null,
        })
    );
}

#[tokio::test]
async fn an_anchored_batch_names_its_root_and_its_transaction() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let posted = uni.post_batch(many(3)).await;
    app.run_until_idle().await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    assert_eq!(batch["status"], "anchored");
    assert_eq!(batch["error"], Value::Null);
    assert_eq!(batch["credentials"].as_array().unwrap().len(), 3);
    assert!(batch["anchored_at"].as_str().unwrap().ends_with('Z'));

    let root = batch["merkle_root"].as_str().unwrap();
    let anchor = &batch["anchor_transaction"];
    let hash = anchor["hash"].as_str().unwrap();
    let members: Vec<&String> = anchor.as_object().unwrap().keys().collect();
    assert_eq!(members, ["chain", "hash", "block_number", "explorer_url"]);
    assert_eq!(anchor["chain"], "base-sepolia");
    assert_eq!(anchor["block_number"], 1);
    assert_eq!(anchor["explorer_url"], format!("https://learncoin.example/dev/chain/tx/{hash}"));

    let mut bytes = [0; 32];
    hex::decode_to_slice(hash.strip_prefix("0x").unwrap(), &mut bytes).unwrap();
    let transaction = app.chain().transaction(&bytes).unwrap();
    assert_eq!(format!("0x{}", hex::encode(&transaction.data)), root);
    assert_eq!(transaction.from, transaction.to);
}

#[tokio::test]
async fn a_signed_batch_has_its_root_and_no_transaction_yet() {
    let app = TestApp::builder().confirmations(3).start().await;
    let uni = app.tenant("Example University").await;
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    app.run_steps(2).await;
    let batch = uni.batch(&id).await;
    assert_eq!(batch["status"], "signed");
    assert!(batch["merkle_root"].as_str().unwrap().starts_with("0x"));
    assert_eq!(batch["anchor_transaction"], Value::Null);
    assert_eq!(batch["anchored_at"], Value::Null);
}

#[tokio::test]
async fn a_failed_batch_reports_the_reason() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    let batch = uni.batch(&id).await;
    assert_eq!(batch["status"], "failed");
    assert!(batch["error"].as_str().unwrap().starts_with("anchoring_chain_unavailable: "));
    assert_eq!(batch["merkle_root"], Value::Null);
    assert_eq!(batch["credentials"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn credentials_are_listed_in_the_order_of_the_request() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = many(60);
    let sent: Vec<&Value> =
        request["credentials"].as_array().unwrap().iter().map(|one| &one["recipient"]["id"]).collect();
    let posted = uni.post_batch(request.clone()).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let listed: Vec<&Value> =
        batch["credentials"].as_array().unwrap().iter().map(|one| &one["recipient_id"]).collect();
    assert_eq!(listed, sent);
}

#[tokio::test]
async fn the_live_environment_names_its_own_chain() {
    let app = TestApp::start().await;
    let live = app.tenant("Example University").await.live().await;
    let posted = live.post_batch(one("Ada Lovelace")).await;
    assert_eq!(posted["environment"], "live");
    app.run_until_idle().await;
    let batch = live.batch(posted["id"].as_str().unwrap()).await;
    assert_eq!(batch["anchor_transaction"]["chain"], "base-mainnet");
}

#[tokio::test]
async fn a_foreign_key_cannot_read_the_batch() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other").await);
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/batches/{id}");
    let message = other.get(&path).await.expect_error(ErrorCode::BatchNotFound);
    assert!(message.contains(&id) && message.contains(other.tenant_id.as_str()), "{message}");
    other.live().await.get(&path).await.expect_error(ErrorCode::BatchNotFound);
    uni.live().await.get(&path).await.expect_error(ErrorCode::EnvironmentMismatch);
    uni.with_new_key(Environment::Test).await.get(&path).await.expect(200);
}

#[tokio::test]
async fn what_is_no_batch_is_not_found() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for id in [
        "bat_01KPX4MRGJZZZZZZZZZZZZZZZZ",
        "bat_x",
        "x",
        "crd_01KPX4MRGJZZZZZZZZZZZZZZZZ",
        "bat_01kpx4mrgjzzzzzzzzzzzzzzzz",
        "%00",
        "%ff",
        "bat_01KPX4MRGJZZZZZZZZZZZZZZZZ%20",
        "..%2f..",
        "'%20OR%201=1",
    ] {
        uni.get(&format!("/v1/batches/{id}")).await.expect_error(ErrorCode::BatchNotFound);
    }
}

/// Checks that neither the API, the chain nor the outbox holds anything new.
async fn assert_nothing_was_stored(uni: &Caller) {
    assert_eq!(uni.get("/v1/batches").await.expect(200)["data"], json!([]));
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 0);
    uni.app.run_until_idle().await;
    assert_eq!(uni.app.chain().pending_count(), 0);
    assert!(uni.app.chain().latest_blocks(10).iter().all(|block| block.transactions.is_empty()));
}

#[tokio::test]
async fn one_bad_credential_refuses_the_batch_whole() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for index in [0, 1, 250, 498, 499] {
        let mut request = many(500);
        request["credentials"][index]["achievement"]["name"] = json!("");
        let answer = uni.post("/v1/batches", request.to_string()).await;
        let message = answer.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(
            message.starts_with(&format!("credentials[{index}].achievement.name: expected")),
            "{message}"
        );
    }
    assert_nothing_was_stored(&uni).await;
}

#[tokio::test]
async fn every_refusal_of_a_body_has_its_code_and_stores_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let with = |pointer: &str, value: Value| {
        let mut body = one("Ada Lovelace");
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string()
    };
    let cases = [
        (String::new(), ErrorCode::InvalidJson, ""),
        ("{".to_owned(), ErrorCode::InvalidJson, ""),
        (r#"{"credentials":[],"credentials":[]}"#.to_owned(), ErrorCode::InvalidJson, ""),
        ("{}".to_owned(), ErrorCode::MissingRequiredField, "credentials"),
        (r#"{"credentials":[]}"#.to_owned(), ErrorCode::MissingRequiredField, "credentials"),
        (batch_of(vec![json!({})]).to_string(), ErrorCode::MissingRequiredField, "credentials[0].recipient"),
        (
            with("/credentials/0/issuanceDate", json!("yesterday")),
            ErrorCode::InvalidFieldFormat,
            "credentials[0].issuanceDate",
        ),
        (
            with("/credentials/0/recipient/id", json!("ada@example.com")),
            ErrorCode::RecipientIdInvalid,
            "credentials[0].recipient.id",
        ),
        (
            with("/credentials/0/achievement/description", json!("x".repeat(70_000))),
            ErrorCode::AchievementTooLarge,
            "credentials[0].achievement",
        ),
        (many(501).to_string(), ErrorCode::BatchTooLarge, "credentials"),
        (
            with("/credentials/0/achievement/alignment/0/targetFramework", json!("SFIA")),
            ErrorCode::AlignmentFrameworkUnknown,
            "credentials[0].achievement.alignment[0].targetFramework",
        ),
    ];
    for (body, code, path) in cases {
        let message = uni.post("/v1/batches", body).await.expect_error(code);
        assert!(message.starts_with(path), "{message}");
    }
    assert_nothing_was_stored(&uni).await;
}

#[tokio::test]
async fn an_identifier_that_is_the_issuers_own_is_refused() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut request = one("Ada Lovelace");
    request["credentials"][0]["achievement"]["id"] =
        uni.get("/v1/tenants/me").await.expect(200)["did"].clone();
    let answer = uni.post("/v1/batches", request.to_string()).await;
    assert!(
        answer
            .expect_error(ErrorCode::InvalidFieldFormat)
            .starts_with("credentials[0].achievement.id: expected")
    );
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for content_type in ["text/plain", "application/json; charset=utf-8", ""] {
        let headers = [("Content-Type", content_type)];
        let body = one("Ada Lovelace").to_string();
        uni.send(Method::POST, "/v1/batches", &headers, body).await.expect(202);
    }
    uni.send(Method::GET, "/v1/batches", &[("Content-Type", "application/json")], Body::empty())
        .await
        .expect(200);
}

#[tokio::test]
async fn every_optional_field_comes_through() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut full = credential("Ada Lovelace");
    full["recipient"]["email"] = json!("[email protected]");
    full["evidence"] =
        json!([{ "id": "https://example.edu/work/1", "narrative": "beside" }, { "narrative": "no id" }]);
    full["achievement"]["evidence"] = json!([{ "narrative": "within" }]);
    let mut bare = credential("Grace Hopper");
    bare.as_object_mut().unwrap().remove("expirationDate");
    bare["achievement"] = json!({ "name": "Bare", "description": "Only what is required." });
    bare["issuanceDate"] = json!("2026-04-23T12:00:00.5+00:00");
    let id = uni.post_batch(batch_of(vec![full, bare])).await["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    let batch = uni.batch(&id).await;
    let signed = |index: usize| {
        let id = batch["credentials"][index]["id"].as_str().unwrap().to_owned();
        let uni = uni.clone();
        async move { uni.credential(&id).await["signed_credential"].clone() }
    };

    let full = signed(0).await;
    assert!(!full.to_string().contains("email"), "an address stays off the chain and out of the document");
    let evidence = full["evidence"].as_array().unwrap();
    let narratives: Vec<&Value> = evidence.iter().map(|one| &one["narrative"]).collect();
    assert_eq!(narratives, ["beside", "no id", "within"]);
    assert_eq!(evidence[0]["id"], "https://example.edu/work/1");
    assert!(evidence[1]["id"].as_str().unwrap().starts_with("urn:uuid:"));

    let bare = signed(1).await;
    let achievement = &bare["credentialSubject"]["achievement"];
    assert!(achievement["id"].as_str().unwrap().starts_with("urn:uuid:"));
    assert_eq!(achievement["criteria"]["narrative"], "Only what is required.");
    assert_eq!(achievement.get("alignment"), None);
    assert_eq!(bare["issuanceDate"], "2026-04-23T12:00:00.5Z");
    assert_eq!(bare.get("expirationDate"), None);
    assert_eq!(bare.get("evidence"), None);
}
