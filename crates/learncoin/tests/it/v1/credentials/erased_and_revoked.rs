//! Erased means erased: the words of a revocation are kept nowhere once the person is erased, in whichever order both come.

use learncoin_server::error::ErrorCode;
use learncoin_testkit::{
    Answer, Body, Caller, Method, Reaction, Receiver, Request, TestApp, assert_doctor_is_content, batch_of,
    credential, traces,
};
use serde_json::{Value, json};

use crate::delivery::webhooks::EVERYTHING;

/// The family name of the person, in the credential, in each reason and in each answer of the receiver.
const FAMILY: &str = "Żółkiewska";
/// Every order of the two, repeated ones among them. A change that was made before is refused, under another key.
const ORDERS: [&[&str]; 6] = [
    &["erase"],
    &["revoke", "erase"],
    &["erase", "revoke"],
    &["revoke", "revoke", "erase", "erase"],
    &["erase", "erase", "revoke", "revoke"],
    &["erase", "revoke", "erase", "revoke"],
];

#[tokio::test]
async fn no_order_of_erasing_and_revoking_leaves_or_brings_back_a_word_about_the_person() {
    let app = TestApp::builder().private_targets().confirmations(3).start().await;
    let uni = app.tenant("Example University").await;
    // It knows the person from elsewhere, and names them in each answer.
    let backend = Receiver::reacting(|request| {
        Reaction::Answer(500, format!("{FAMILY} is a student of ours: {}", request.body))
    })
    .await;
    let endpoint = json!({ "url": backend.url("/hook"), "events": EVERYTHING });
    uni.post("/v1/webhooks", endpoint.to_string()).await.expect(201);
    for status in ["failed", "anchored", "signed", "pending"] {
        app.set_chain_down(status == "failed");
        let people = people(&uni, status).await;
        app.deliver().await;
        for (order, id) in ORDERS.iter().zip(&people) {
            change_in_order(&uni, id, order).await;
            app.deliver().await;
            assert_no_answer_names_the_person(&uni, id, status).await;
        }
    }
    app.set_chain_down(false);
    app.run_until_idle().await;
    let sent_before = backend.count();
    app.clock().advance_ms(60_000);
    app.deliver().await;
    assert!(backend.count() > sent_before, "everything is sent again");
    assert!(backend.seen()[sent_before..].iter().all(|request| !request.body.contains(FAMILY)));
    app.issuance().store.scrub().await.unwrap();
    assert_eq!(traces(app.files().await, FAMILY), [""; 0]);
    assert_doctor_is_content(&app.issuance().store).await;
    app.restart().await;
    assert_eq!(traces(app.files().await, FAMILY), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_that_races_with_an_erasure_keeps_no_words() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let people = batch_of((0..24).map(|number| credential(&format!("{FAMILY} {number}"))).collect());
    for id in ids(&uni, &uni.post_batch(people).await).await {
        let (revoked, erased) =
            tokio::join!(change(&uni, &id, "revoke", "a"), change(&uni, &id, "erase", "b"));
        let (at_once, _) = (revoked.expect(200), erased.expect(200));
        assert_eq!(at_once["reason_code"], "other");
        assert_eq!(change(&uni, &id, "revoke", "a").await.expect(200)["reason"], "");
        assert_no_answer_names_the_person(&uni, &id, "raced").await;
    }
    app.issuance().store.scrub().await.unwrap();
    assert_eq!(traces(app.files().await, FAMILY), [""; 0]);
    assert_doctor_is_content(&app.issuance().store).await;
}

/// Issues a person for each order, up to this status.
async fn people(uni: &Caller, status: &str) -> Vec<String> {
    let people = ORDERS.iter().enumerate().map(|(number, _)| credential(&format!("{FAMILY} {number}")));
    let batch = uni.post_batch(batch_of(people.collect())).await;
    match status {
        "pending" => {}
        "signed" => uni.app.run_steps(2).await,
        _ => uni.app.run_until_idle().await,
    }
    assert_eq!(uni.batch(batch["id"].as_str().unwrap()).await["status"], status);
    ids(uni, &batch).await
}

async fn ids(uni: &Caller, batch: &Value) -> Vec<String> {
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let credentials = batch["credentials"].as_array().unwrap().iter();
    credentials.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn change(uni: &Caller, id: &str, change: &str, key: &str) -> Answer {
    let body = match change {
        "revoke" => json!({ "reason": format!("{FAMILY} withdrew"), "reason_code": "other" }),
        _ => json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" }),
    };
    let (path, key) = (format!("/v1/credentials/{id}/{change}"), format!("{change} {id} {key}"));
    uni.send(Method::POST, &path, &[("Idempotency-Key", &key)], body.to_string()).await
}

/// Makes the changes in this order, each under a key of its own, and then each once more under its key.
async fn change_in_order(uni: &Caller, id: &str, order: &[&str]) {
    for (number, name) in order.iter().enumerate() {
        let before = &order[..number];
        let answer = change(uni, id, name, &number.to_string()).await;
        match (*name, before.contains(name)) {
            ("revoke", false) => {
                let reason =
                    if before.contains(&"erase") { String::new() } else { format!("{FAMILY} withdrew") };
                let answer = answer.expect(200);
                assert_eq!((&answer["reason"], &answer["reason_code"]), (&json!(reason), &json!("other")));
            }
            ("revoke", true) => drop(answer.expect_error(ErrorCode::CredentialAlreadyRevoked)),
            (_, false) => drop(answer.expect(200)),
            (_, true) => drop(answer.expect_error(ErrorCode::CredentialAlreadyErased)),
        }
    }
    for (number, name) in order.iter().enumerate() {
        let again = change(uni, id, name, &number.to_string()).await;
        assert!(!again.text().contains(FAMILY), "{order:?}: {}", again.text());
        if !order[..number].contains(name) {
            again.expect(200);
        }
    }
}

/// Requests each form in which a credential is shown, as every kind of reader.
async fn assert_no_answer_names_the_person(uni: &Caller, id: &str, status: &str) {
    let app = &uni.app;
    let page = format!("https://learncoin.example/c/{id}");
    let mut answers = vec![uni.get(&format!("/v1/credentials/{id}")).await];
    for path in [
        format!("/c/{id}"),
        format!("/c/{id}/embed"),
        format!("/oembed?url={page}"),
        format!("/c/{id}/credential.json"),
        format!("/c/{id}/credential.json?redacted=true"),
        format!("/revocations?assertionId={page}"),
    ] {
        answers.push(app.get(&path).await);
        let json = Request::get(&path).header("Accept", "application/vc");
        answers.push(app.send(json.body(Body::empty()).unwrap()).await);
    }
    for answer in answers {
        let named = String::from_utf8_lossy(&answer.body).contains(FAMILY);
        assert!(!named, "{status}: {}", answer.text());
    }
}
