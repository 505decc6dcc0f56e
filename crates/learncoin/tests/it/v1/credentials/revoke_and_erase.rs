//! `POST /v1/credentials/{id}/revoke`, `POST /v1/credentials/{id}/erase`, and all that shows them.

use std::path::Path;

use learncoin_server::error::ErrorCode;
use learncoin_testkit::ledger::{Acceptance, assert_clean};
use learncoin_testkit::{Answer, Caller, Method, TestApp, batch_of, credential, one, traces};
use serde_json::{Value, json};
use tokio::task::JoinSet;

fn revocation() -> Value {
    json!({ "reason": "Superseded by a re-issued version.", "reason_code": "reissued" })
}

fn erasure() -> Value {
    json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" })
}

fn body_of(change: &str) -> Value {
    if change == "revoke" { revocation() } else { erasure() }
}

async fn change(caller: &Caller, id: &str, change: &str, body: &Value) -> Answer {
    caller.post(&format!("/v1/credentials/{id}/{change}"), body.to_string()).await
}

async fn issue(uni: &Caller, body: Value) -> Vec<String> {
    let posted = uni.post_batch(body).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let credentials = batch["credentials"].as_array().unwrap();
    credentials.iter().map(|credential| credential["id"].as_str().unwrap().to_owned()).collect()
}

async fn issue_one(uni: &Caller) -> String {
    issue(uni, one("Ada Lovelace")).await.remove(0)
}

async fn revoked_list(app: &TestApp, id: &str) -> Value {
    let url = format!("{}/c/{id}", app.public_url());
    let encoded = url.replace(':', "%3A").replace('/', "%2F");
    app.get(&format!("/revocations?assertionId={encoded}")).await.expect(200)["revokedAssertions"].clone()
}

#[tokio::test]
async fn a_revocation_shows_everywhere_at_once() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    app.run_until_idle().await;
    assert_eq!(revoked_list(&app, &id).await, json!([]));
    let answer = change(&uni, &id, "revoke", &revocation()).await;
    let revoked_at = learncoin_issuance::time::iso8601(app.now_ms());
    assert_eq!(
        answer.expect(200),
        json!({
            "id": id,
            "revoked": true,
            "revoked_at": revoked_at,
            "reason": "Superseded by a re-issued version.",
            "reason_code": "reissued",
        })
    );
    let shown = uni.credential(&id).await;
    assert_eq!((&shown["revoked"], &shown["erased"]), (&json!(true), &json!(false)));
    assert_eq!(shown["signed_credential"]["credentialSubject"]["name"], "Ada Lovelace");
    let listed = revoked_list(&app, &id).await;
    assert_eq!(listed[0]["id"], format!("https://learncoin.example/c/{id}"));
    assert_eq!(listed[0]["revocationReason"], "Superseded by a re-issued version.");
    let page = app.get(&format!("/c/{id}")).await;
    assert!(page.text().contains("Status: Revoked"));
    assert!(page.text().contains("Superseded by a re-issued version."));
    let events = app.events(&id).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event_type, "credential.revoked");
}

#[tokio::test]
async fn an_erased_credential_is_redacted_and_verifies() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = batch_of(vec![credential("Ada Lovelace"), credential("Grace Hopper")]);
    let answer = uni.post_batch_under("key", &request).await.expect(202);
    app.run_until_idle().await;
    let batch = uni.batch(answer["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    let erased = change(&uni, id, "erase", &erasure()).await.expect(200);
    assert_eq!(
        erased,
        json!({
            "id": id,
            "erased": true,
            "erased_at": learncoin_issuance::time::iso8601(app.now_ms()),
            "verification_status_after_erasure": "verifiable",
        })
    );
    let shown = uni.credential(id).await;
    assert_eq!((&shown["revoked"], &shown["erased"]), (&json!(false), &json!(true)));
    assert_eq!(shown["signed_credential"]["credentialSubject"]["name"], Value::Null);
    assert_eq!(shown["status"], "anchored");
    let page = app.get(&format!("/c/{id}")).await;
    assert!(page.text().contains("Redacted on recipient request"));
    assert!(!page.text().contains("Lovelace"));
    // Every proof, of the erased and of its neighbor, is judged from what is served.
    let accepted = vec![Acceptance::new(&uni.key, Some("key"), &request, &answer)];
    assert_clean(&app.observe(accepted, &[&uni]).await);
    let events = app.events(id).await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event_type, "credential.erased");
}

#[tokio::test]
async fn each_change_is_made_once_in_either_order_at_any_status() {
    for status in ["pending", "signed", "anchored", "failed"] {
        for order in [["revoke", "erase"], ["erase", "revoke"]] {
            let app = TestApp::builder().confirmations(3).start().await;
            let uni = app.tenant("Example University").await;
            app.set_chain_down(status == "failed");
            let request = one("Ada Lovelace");
            let answer = uni.post_batch_under("key", &request).await.expect(202);
            let batch_id = answer["id"].as_str().unwrap();
            match status {
                "pending" => {}
                "signed" => app.run_steps(2).await,
                _ => app.run_until_idle().await,
            }
            let batch = uni.batch(batch_id).await;
            assert_eq!(batch["status"], status);
            let id = batch["credentials"][0]["id"].as_str().unwrap();
            for name in order {
                let body = body_of(name);
                let changed = change(&uni, id, name, &body).await.expect(200);
                if name == "erase" {
                    let expected = if status == "failed" { "invalid" } else { "verifiable" };
                    assert_eq!(changed["verification_status_after_erasure"], expected, "{status} {order:?}");
                }
                let code = match name {
                    "revoke" => ErrorCode::CredentialAlreadyRevoked,
                    _ => ErrorCode::CredentialAlreadyErased,
                };
                change(&uni, id, name, &body).await.expect_error(code);
            }
            app.set_chain_down(false);
            app.run_until_idle().await;
            let shown = uni.credential(id).await;
            assert_eq!((&shown["revoked"], &shown["erased"]), (&json!(true), &json!(true)));
            let page = app.get(&format!("/c/{id}")).await;
            assert!(!page.text().contains("Lovelace"), "{status} {order:?}");
            if status == "failed" {
                continue;
            }
            assert_eq!(shown["status"], "anchored");
            assert_eq!(shown["signed_credential"]["credentialSubject"]["name"], Value::Null);
            assert!(page.text().contains("Status: Revoked"), "{status} {order:?}");
            // The words of an erased one are gone, or were not kept: it is shown by its code.
            assert_eq!(revoked_list(&app, id).await[0]["revocationReason"], "reissued", "{status} {order:?}");
        }
    }
}

#[tokio::test]
async fn a_credential_erased_before_it_is_signed_is_issued_redacted_and_verifies() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = batch_of(vec![credential("Ada Lovelace"), credential("Grace Hopper")]);
    let answer = uni.post_batch_under("key", &request).await.expect(202);
    let batch = uni.batch(answer["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    change(&uni, id, "erase", &erasure()).await.expect(200);
    app.run_until_idle().await;
    let signed = &uni.credential(id).await["signed_credential"];
    assert_eq!(signed["credentialSubject"]["name"], Value::Null);
    assert!(signed["proof"]["proofValue"].is_string());
    let accepted = vec![Acceptance::new(&uni.key, Some("key"), &request, &answer)];
    assert_clean(&app.observe(accepted, &[&uni]).await);
}

#[tokio::test]
async fn an_unreachable_chain_never_makes_an_erasure_invalid() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    app.run_until_idle().await;
    app.set_chain_down(true);
    let erased = change(&uni, &id, "erase", &erasure()).await.expect(200);
    assert_eq!(erased["verification_status_after_erasure"], "verifiable");
}

#[tokio::test]
async fn only_the_owner_in_its_environment_changes_a_credential() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    let before = uni.credential(&id).await;
    let (other, live) = (app.tenant("Other").await, uni.live().await);
    for name in ["revoke", "erase"] {
        let body = body_of(name);
        change(&other, &id, name, &body).await.expect_error(ErrorCode::CredentialNotOwned);
        change(&live, &id, name, &body).await.expect_error(ErrorCode::EnvironmentMismatch);
        for id in ["crd_01KPX4MRGJZZZZZZZZZZZZZZZZ", "crd_", "%ff", "1"] {
            change(&uni, id, name, &body).await.expect_error(ErrorCode::CredentialNotFound);
        }
    }
    assert_eq!(uni.credential(&id).await, before);
    assert!(app.events(&id).await.is_empty());
}

#[tokio::test]
async fn bodies_are_validated() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    let long = "é".repeat(1_025);
    for (name, body, code, named) in [
        ("revoke", json!({}), ErrorCode::MissingRequiredField, "reason"),
        ("revoke", json!({ "reason": "x" }), ErrorCode::MissingRequiredField, "reason_code"),
        ("revoke", json!({ "reason_code": "other" }), ErrorCode::MissingRequiredField, "reason"),
        ("revoke", json!({ "reason": "", "reason_code": "other" }), ErrorCode::InvalidFieldFormat, "reason"),
        (
            "revoke",
            json!({ "reason": long, "reason_code": "other" }),
            ErrorCode::InvalidFieldFormat,
            "reason",
        ),
        (
            "revoke",
            json!({ "reason": "x", "reason_code": "mood" }),
            ErrorCode::InvalidFieldFormat,
            "reason_code",
        ),
        ("revoke", json!({ "reason": 1, "reason_code": "other" }), ErrorCode::InvalidFieldFormat, "reason"),
        (
            "revoke",
            json!({ "reason": "x", "reason_code": "other", "until": 1 }),
            ErrorCode::InvalidFieldFormat,
            "until",
        ),
        ("revoke", json!([]), ErrorCode::InvalidFieldFormat, "body"),
        ("erase", json!({}), ErrorCode::MissingRequiredField, "requester"),
        ("erase", json!({ "requester": "dpo" }), ErrorCode::MissingRequiredField, "verified_at"),
        (
            "erase",
            json!({ "requester": "me", "verified_at": "2026-11-19T13:30:00Z" }),
            ErrorCode::InvalidFieldFormat,
            "requester",
        ),
        (
            "erase",
            json!({ "requester": "dpo", "verified_at": "yesterday" }),
            ErrorCode::InvalidFieldFormat,
            "verified_at",
        ),
        (
            "erase",
            json!({ "requester": "dpo", "verified_at": "2026-11-19T13:30:00+02:00" }),
            ErrorCode::InvalidFieldFormat,
            "verified_at",
        ),
    ] {
        let message = change(&uni, &id, name, &body).await.expect_error(code);
        assert!(message.contains(named), "{body}: {message}");
    }
    for name in ["revoke", "erase"] {
        let path = format!("/v1/credentials/{id}/{name}");
        uni.post(&path, "{").await.expect_error(ErrorCode::InvalidJson);
        uni.post(&path, "").await.expect_error(ErrorCode::InvalidJson);
        uni.post(&path, " ".repeat(64 * 1024 + 1)).await.expect_error(ErrorCode::PayloadTooLarge);
    }
    change(&uni, &id, "revoke", &json!({ "reason": "é".repeat(1_024), "reason_code": "other" }))
        .await
        .expect(200);
    change(
        &uni,
        &id,
        "erase",
        &json!({ "requester": "supervisory_authority", "verified_at": "2026-11-19T13:30:00+00:00" }),
    )
    .await
    .expect(200);
}

#[tokio::test]
async fn a_change_is_repeated_under_its_idempotency_key() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    for name in ["revoke", "erase"] {
        let path = format!("/v1/credentials/{id}/{name}");
        let headers = [("Idempotency-Key", name)];
        let body = body_of(name).to_string();
        let first = uni.send(Method::POST, &path, &headers, body.clone()).await;
        first.expect(200);
        app.clock().advance_ms(5_000);
        let again = uni.send(Method::POST, &path, &headers, body.clone()).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.header("idempotent-replayed"), "true");
        let other = uni.send(Method::POST, &path, &headers, format!("{body} ")).await;
        other.expect_error(ErrorCode::IdempotencyKeyReused);
        uni.post(&path, body).await.json();
    }
    // The words of the reason are gone from the kept answer too.
    let headers = [("Idempotency-Key", "revoke")];
    let path = format!("/v1/credentials/{id}/revoke");
    let again = uni.send(Method::POST, &path, &headers, revocation().to_string()).await.expect(200);
    assert_eq!((&again["reason"], &again["reason_code"]), (&json!(""), &json!("reissued")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_at_once_one_is_made() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for name in ["revoke", "erase"] {
        let id = issue_one(&uni).await;
        let mut posts = JoinSet::new();
        for _ in 0..16 {
            let (uni, id) = (uni.clone(), id.clone());
            posts.spawn(async move { change(&uni, &id, name, &body_of(name)).await.status });
        }
        let mut statuses = posts.join_all().await;
        statuses.sort_unstable();
        let mut expected = vec![409; 16];
        expected[0] = 200;
        assert_eq!(statuses, expected);
        assert_eq!(app.events(&id).await.len(), 1);
    }
}

/// Returns those of the texts that occur in any file under the directory.
fn found<'t>(directory: &Path, texts: &[&'t str]) -> Vec<&'t str> {
    texts.iter().filter(|text| !traces(directory, text).is_empty()).copied().collect()
}

#[tokio::test]
async fn after_an_erasure_no_file_holds_the_person() {
    const PERSON: [&str; 5] = [
        "Zuzanna Kowalska",
        "zuzanna@example.edu",
        "her thesis on hawks",
        "urn:uuid:hawk-thesis",
        "Zuzanna withdrew",
    ];
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut erased = credential(PERSON[0]);
    erased["recipient"]["email"] = json!(PERSON[1]);
    erased["evidence"] = json!([{ "id": PERSON[3], "narrative": PERSON[2] }]);
    let body = batch_of(vec![erased, credential("Grace Hopper")]);
    let answer = uni.post_batch_under("a key", &body).await.expect(202);
    let batch = uni.batch(answer["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    app.run_until_idle().await;
    let path = format!("/v1/credentials/{id}/revoke");
    let reason = json!({ "reason": PERSON[4], "reason_code": "recipient_request" });
    let headers = [("Idempotency-Key", "another key")];
    uni.send(Method::POST, &path, &headers, reason.to_string()).await.expect(200);
    app.get(&format!("/c/{id}")).await;
    // The scan finds what is there: a reason is public, so it is not sealed.
    assert_eq!(found(app.files().await, &PERSON), [PERSON[4]]);
    change(&uni, id, "erase", &erasure()).await.expect(200);
    assert_eq!(found(app.files().await, &PERSON), [""; 0]);
    app.restart().await;
    assert_eq!(found(app.files().await, &PERSON), [""; 0]);
    assert_eq!(uni.credential(id).await["erased"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_erasure_that_races_with_the_pipeline_leaves_every_proof_whole() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut accepted = Vec::new();
    for round in 0..20 {
        let key = format!("round {round}");
        let request = batch_of(vec![credential("Ada Lovelace"), credential("Grace Hopper")]);
        let answer = uni.post_batch_under(&key, &request).await.expect(202);
        accepted.push(Acceptance::new(&uni.key, Some(&key), &request, &answer));
        let batch = uni.batch(answer["id"].as_str().unwrap()).await;
        let id = batch["credentials"][0]["id"].as_str().unwrap().to_owned();
        let pipeline = tokio::spawn({
            let app = app.clone();
            async move { app.run_until_idle().await }
        });
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        let erased = change(&uni, &id, "erase", &erasure()).await.expect(200);
        assert_eq!(erased["verification_status_after_erasure"], "verifiable");
        pipeline.await.unwrap();
        app.run_until_idle().await;
        assert_eq!(uni.credential(&id).await["signed_credential"]["credentialSubject"]["name"], Value::Null);
    }
    assert_clean(&app.observe(accepted, &[&uni]).await);
}

#[tokio::test]
async fn a_retry_after_an_erasure_does_not_issue_the_person_again() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let first = uni.post_batch_under("key", &request).await;
    let batch = uni.batch(first.json()["id"].as_str().unwrap()).await;
    change(&uni, batch["credentials"][0]["id"].as_str().unwrap(), "erase", &erasure()).await.expect(200);
    assert_eq!(uni.post_batch_under("key", &request).await.body, first.body);
    assert_eq!(uni.all_batches().await.len(), 1);
}
