//! The main responses of the API, and the page of a valid credential, as they are word for word. The clock and the random bytes are
//! the same in each run, so nothing is left out.
//!
//! `INSTA_UPDATE=always cargo test -p learncoin --test it snapshots` writes them anew; the difference is then reviewed like code.

use learncoin_testkit::{Answer, Caller, Method, TestApp, batch_of, credential};
use serde_json::{Value, json};

use crate::public::credential_page::first_credential;

/// Compares a text with the one in `snapshots/NAME.snap`.
fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn assert_json(name: &str, value: &Value) {
    assert_snapshot(name, &serde_json::to_string_pretty(value).unwrap());
}

/// Starts a deployment that is the same in each run, with a tenant.
async fn start() -> (TestApp, Caller) {
    let app = TestApp::builder().seed(1).equal_nodes(1).start().await;
    let uni = app.tenant("Example University").await;
    (app, uni)
}

/// Returns a request for one person, with everything that a credential can have.
fn request() -> Value {
    let mut request = credential("Ada Lovelace");
    request["recipient"]["id"] = json!("urn:uuid:00000000-0000-4000-8000-000000000001");
    request["recipient"]["email"] = json!("ada@example.org");
    request["evidence"] =
        json!([{ "id": "https://yourschool.edu/evidence/1", "narrative": "The final project." }]);
    request
}

#[tokio::test]
async fn the_life_of_a_credential_in_the_api() {
    let (app, uni) = start().await;
    assert_json("tenant", &uni.get("/v1/tenants/me").await.expect(200));
    let accepted = uni.post_batch(batch_of(vec![request()])).await;
    assert_json("batch_accepted", &accepted);
    app.run_until_idle().await;
    assert_json("batch_anchored", &uni.batch(accepted["id"].as_str().unwrap()).await);
    let shown = first_credential(&uni, &accepted).await;
    assert_json("credential", &shown);
    let path = format!("/v1/credentials/{}", shown["id"].as_str().unwrap());
    let reason = json!({ "reason": "Issued by mistake", "reason_code": "issuer_error" });
    let revoked = post(&uni, &format!("{path}/revoke"), &reason).await;
    assert_json("credential_revoked", &revoked.expect(200));
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    let erased = post(&uni, &format!("{path}/erase"), &erasure).await;
    assert_json("credential_erased", &erased.expect(200));
}

#[tokio::test]
async fn an_error_of_the_api() {
    let (_app, uni) = start().await;
    let mut wrong = request();
    wrong["issuanceDate"] = json!("yesterday");
    let refused = post(&uni, "/v1/batches", &batch_of(vec![wrong])).await;
    assert_json("error", &refused.expect(400));
}

#[tokio::test]
async fn the_page_of_a_valid_credential() {
    let (app, uni) = start().await;
    let accepted = uni.post_batch(batch_of(vec![request()])).await;
    app.run_until_idle().await;
    let shown = first_credential(&uni, &accepted).await;
    let page = app.get(&format!("/c/{}", shown["id"].as_str().unwrap())).await;
    assert_eq!(page.status, 200);
    assert_snapshot("credential_page_valid", page.text());
}

async fn post(uni: &Caller, path: &str, body: &Value) -> Answer {
    // A key for each path.
    let key = path.replace('/', "-");
    uni.send(Method::POST, path, &[("Idempotency-Key", &key)], body.to_string()).await
}
