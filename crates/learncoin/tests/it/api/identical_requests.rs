//! The same request 64 times at once, under one idempotency key: one of them executes, and all get its answer.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, Method, TestApp, many, one};
use serde_json::{Value, json};

const REQUESTS: usize = 64;

/// Sends the request 64 times at once, and gives the one body that all were answered with.
async fn at_once(caller: &Caller, path: &str, key: &str, body: &Value, status: u16) -> Value {
    let body = body.to_string();
    let request = || {
        let (caller, path, key, body) = (caller.clone(), path.to_owned(), key.to_owned(), body.clone());
        tokio::spawn(
            async move { caller.send(Method::POST, &path, &[("Idempotency-Key", &key)], body).await },
        )
    };
    let requests: Vec<_> = (0..REQUESTS).map(|_| request()).collect();
    let answers: Vec<_> = join_all(requests).await.into_iter().map(|answer| answer.unwrap()).collect();
    let bodies: BTreeSet<&str> = answers.iter().map(|answer| answer.text()).collect();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    let executed = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_empty());
    assert_eq!(executed.count(), 1, "{bodies:?}");
    for answer in &answers {
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    answers[0].json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_each_of_200_rounds_one_batch_is_accepted() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut ids = BTreeSet::new();
    for round in 0..200 {
        let answer = at_once(&uni, "/v1/batches", &format!("round {round}"), &one("Ada Lovelace"), 202).await;
        ids.insert(answer["id"].to_string());
    }
    let listed: BTreeSet<String> =
        uni.all_batches().await.iter().map(|batch| batch["id"].to_string()).collect();
    assert_eq!((listed.len(), listed), (200, ids));
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_credential_is_revoked_and_erased_once() {
    const ROUNDS: usize = 30;
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let posted = uni.post_batch(many(ROUNDS)).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let revocation = json!({ "reason": "Superseded.", "reason_code": "reissued" });
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
    for credential in batch["credentials"].as_array().unwrap() {
        let id = credential["id"].as_str().unwrap();
        for (change, body) in [("revoke", &revocation), ("erase", &erasure)] {
            // The answer contains the time of the change: if two of them were executed, the answers would differ.
            app.clock().advance_ms(1);
            let path = format!("/v1/credentials/{id}/{change}");
            let answer = at_once(&uni, &path, &format!("{change} {id}"), body, 200).await;
            assert_eq!(answer[format!("{change}d")], true, "{answer}");
        }
        let events: Vec<String> = app.events(id).await.into_iter().map(|event| event.event_type).collect();
        assert_eq!(events, ["credential.revoked", "credential.erased"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_webhook_endpoint_is_registered_once_and_its_secret_is_the_same_in_every_answer() {
    const ROUNDS: usize = 32;
    let app = TestApp::builder().egress(Egress::new(true, std::sync::Arc::new(SystemResolver))).start().await;
    let uni = app.tenant_on(Plan::Industry, "Example University").await;
    let callers = [uni.clone(), uni.live().await];
    let mut secrets = BTreeSet::new();
    for round in 0..ROUNDS {
        let body = json!({ "url": format!("http://127.0.0.1:9/{round}"), "events": ["batch.anchored"] });
        let caller = &callers[round % callers.len()];
        let answer = at_once(caller, "/v1/webhooks", &format!("round {round}"), &body, 201).await;
        secrets.insert(answer["signing_secret"].as_str().unwrap().to_owned());
    }
    assert_eq!(secrets.len(), ROUNDS);
    for caller in &callers {
        let listed = caller.get("/v1/webhooks?limit=100").await.expect(200);
        assert_eq!(listed["data"].as_array().unwrap().len(), ROUNDS / callers.len());
    }
}
