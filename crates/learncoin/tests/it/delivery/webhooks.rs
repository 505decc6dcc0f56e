//! Events on their way to webhook endpoints: what is sent, when it is sent again, and when no more.

use learncoin_delivery::rotation;
use learncoin_delivery::schedule::PAUSES_MS;
use learncoin_delivery::signature::sign;
use learncoin_issuance::options::PipelineOptions;
use learncoin_issuance::time::iso8601;
use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::{AttemptRow, Replay};
use learncoin_testkit::{Caller, Method, Reaction, Received, Receiver, TestApp, one};
use serde_json::{Value, json};

/// Every event that the outbox holds; `webhook.test` is sent by hand alone.
pub(crate) const EVERYTHING: [&str; 6] = [
    "batch.created",
    "batch.signed",
    "batch.anchored",
    "batch.failed",
    "credential.revoked",
    "credential.erased",
];
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// An endpoint that was registered.
pub(crate) struct Endpoint {
    pub(crate) id: WebhookId,
    pub(crate) secret: String,
}

pub(crate) async fn app() -> TestApp {
    TestApp::builder().private_targets().start().await
}

pub(crate) async fn register(caller: &Caller, url: &str, events: &[&str]) -> Endpoint {
    let body = json!({ "url": url, "events": events });
    let made = caller.post("/v1/webhooks", body.to_string()).await.expect(201);
    Endpoint {
        id: made["id"].as_str().unwrap().parse().unwrap(),
        secret: made["signing_secret"].as_str().unwrap().to_owned(),
    }
}

pub(crate) async fn attempts(app: &TestApp, endpoint: &Endpoint) -> Vec<AttemptRow> {
    let store = app.issuance().store.clone();
    store.list_attempts(&endpoint.id, i64::MIN, i64::MAX, None, 10_000).await.unwrap()
}

async fn is_active(caller: &Caller, endpoint: &Endpoint) -> bool {
    let listed = caller.get("/v1/webhooks").await.expect(200);
    let listed = listed["data"].as_array().unwrap().iter();
    let found = listed.clone().find(|one| one["id"] == endpoint.id.as_str());
    found.unwrap()["active"].as_bool().unwrap()
}

pub(crate) async fn replay(app: &TestApp, replay: Replay<'_>, failed_only: bool) -> u64 {
    let mut tx = app.issuance().store.begin().await.unwrap();
    let count = tx.replay_deliveries(replay, failed_only, app.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    count
}

/// Issues one credential, anchored, and gives the ids of its batch and its own.
async fn issue(app: &TestApp, uni: &Caller) -> (String, String) {
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let id = batch["id"].as_str().unwrap().to_owned();
    let credential = uni.batch(&id).await["credentials"][0]["id"].as_str().unwrap().to_owned();
    (id, credential)
}

async fn change(uni: &Caller, credential: &str, what: &str, body: Value) -> Value {
    uni.post(&format!("/v1/credentials/{credential}/{what}"), body.to_string()).await.expect(200)
}

async fn revoke(uni: &Caller, credential: &str, reason: &str) -> Value {
    change(uni, credential, "revoke", json!({ "reason": reason, "reason_code": "issuer_error" })).await
}

async fn erase(uni: &Caller, credential: &str) -> Value {
    let body = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
    change(uni, credential, "erase", body).await
}

fn of_type(seen: &[Received], event_type: &str) -> Value {
    let mut found = seen.iter().filter(|one| one.event_type() == event_type);
    let event = found.next().unwrap_or_else(|| panic!("no {event_type} came")).json();
    assert!(found.next().is_none(), "{event_type} came twice");
    event
}

#[tokio::test]
async fn every_transition_is_sent_in_the_shape_of_the_types() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    register(&uni, &backend.url("/hook"), &EVERYTHING).await;
    let (batch_id, credential_id) = issue(&app, &uni).await;
    let revoked = revoke(&uni, &credential_id, "Issued in \"error\".").await;
    app.deliver_until_idle().await;
    let erased = erase(&uni, &credential_id).await;
    app.deliver_until_idle().await;

    let seen = backend.seen();
    let batch = uni.batch(&batch_id).await;
    let data = |event_type: &str| {
        let event = of_type(&seen, event_type);
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "type", "created_at", "tenant_id", "data"]);
        assert_eq!(event["tenant_id"], uni.tenant_id.as_str());
        event["data"].clone()
    };
    assert_eq!(
        data("batch.created"),
        json!({ "batch_id": batch_id, "credentials_count": 1, "environment": "test" })
    );
    assert_eq!(
        data("batch.signed"),
        json!({ "batch_id": batch_id, "merkle_root": batch["merkle_root"], "signed_at": batch["created_at"] }),
        "no time passed before it was signed"
    );
    assert_eq!(
        data("batch.anchored"),
        json!({
            "batch_id": batch_id,
            "merkle_root": batch["merkle_root"],
            "anchor_transaction": batch["anchor_transaction"],
            "anchored_at": batch["anchored_at"],
            "credentials": [{
                "id": credential_id,
                "recipient_id": batch["credentials"][0]["recipient_id"],
                "verify_url": batch["credentials"][0]["verify_url"],
            }],
        })
    );
    assert_eq!(
        data("credential.revoked"),
        json!({
            "credential_id": credential_id,
            "batch_id": batch_id,
            "revoked_at": revoked["revoked_at"],
            "reason": "Issued in \"error\".",
            "reason_code": "issuer_error",
        })
    );
    assert_eq!(
        data("credential.erased"),
        json!({
            "credential_id": credential_id,
            "erased_at": erased["erased_at"],
            "verification_status_after_erasure": "verifiable",
        })
    );
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_batch_that_fails_sends_an_event() {
    let options = PipelineOptions { give_up_after_ms: 0, ..PipelineOptions::default() };
    let app = TestApp::builder().private_targets().pipeline(options).start().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    register(&uni, &backend.url("/hook"), &["batch.failed"]).await;
    app.set_chain_down(true);
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let id = batch["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    app.deliver_until_idle().await;
    let data = of_type(&backend.seen(), "batch.failed")["data"].clone();
    let text = |member: &str| data[member].as_str().unwrap().to_owned();
    assert_eq!((text("batch_id"), text("failed_at")), (id.clone(), iso8601(app.now_ms())));
    let error = format!("{}: {}", text("error_code"), text("error_message"));
    assert_eq!(uni.batch(&id).await["error"], error);
    assert_eq!(
        (text("error_code").as_str(), data.as_object().unwrap().len()),
        ("anchoring_chain_unavailable", 4)
    );
}

#[tokio::test]
async fn only_endpoints_subscribed_when_it_happened_receive_an_event() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    for (caller, path, events) in [
        (&uni, "/created", &["batch.created"][..]),
        (&uni, "/both", &["batch.created", "batch.signed"]),
        (&uni, "/anchored", &["batch.anchored", "webhook.test"]),
        (&uni.live().await, "/live", &EVERYTHING),
        (&app.tenant("Other").await, "/other", &EVERYTHING),
    ] {
        register(caller, &backend.url(path), events).await;
    }
    let deleted = register(&uni, &backend.url("/deleted"), &EVERYTHING).await;
    issue(&app, &uni).await;
    let path = format!("/v1/webhooks/{}", deleted.id);
    uni.send(Method::DELETE, &path, &[], String::new()).await.expect(200);
    register(&uni, &backend.url("/late"), &EVERYTHING).await;
    app.deliver_until_idle().await;
    let mut received: Vec<_> =
        backend.seen().iter().map(|one| (one.path.clone(), one.event_type())).collect();
    received.sort();
    let received: Vec<_> = received.iter().map(|(path, event)| (path.as_str(), event.as_str())).collect();
    assert_eq!(
        received,
        [
            ("/anchored", "batch.anchored"),
            ("/both", "batch.created"),
            ("/both", "batch.signed"),
            ("/created", "batch.created"),
        ]
    );
}

#[tokio::test]
async fn what_fails_is_tried_again_on_schedule_and_is_always_the_same() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|_| Reaction::Answer(500, "out of order".to_owned())).await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver_until_idle().await;

    let log = attempts(&app, &endpoint).await;
    let pauses: Vec<i64> = log.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert_eq!(pauses.len(), PAUSES_MS.len());
    for (pause, promised) in pauses.iter().zip(PAUSES_MS) {
        assert!((promised..=promised + promised / 5).contains(pause), "{pause} ms instead of {promised} ms");
    }
    for (row, following) in log.iter().zip(log.iter().skip(1)) {
        assert_eq!(row.next_attempt_at, Some(following.at), "it comes at the time in the log");
    }
    let last = log.last().unwrap();
    assert_eq!((last.next_attempt_at, last.status_code), (None, Some(500)));
    assert_eq!(last.answer_bytes, Some(12), "of the answer its length is kept");

    let seen = backend.seen();
    assert_eq!(seen.len(), log.len());
    for (number, (request, row)) in (1..).zip(seen.iter().zip(&log)) {
        assert_eq!(request.body, seen[0].body);
        let id = request.json()["id"].as_str().unwrap().to_owned();
        assert_eq!((request.header("x-learncoin-event-id"), request.header("webhook-id")), (&*id, &*id));
        assert_eq!(row.event_id.as_str(), id);
        assert_eq!(request.header("x-learncoin-delivery-attempt"), number.to_string());
        assert_eq!((row.number, request.header("x-request-id")), (number, row.request_id.as_str()));
        // Each attempt is signed anew, at its own time.
        let signed = sign(&endpoint.secret, &id, row.at / 1_000, &request.body);
        assert_eq!(request.header("x-learncoin-signature"), signed.learncoin);
        assert_eq!(request.header("webhook-signature"), signed.standard);
        assert_eq!(request.header("webhook-timestamp"), (row.at / 1_000).to_string());
        assert!(request.header("user-agent").starts_with("learncoin/"));
        assert_eq!(request.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn whatever_is_no_success_is_a_failure() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let elsewhere = Receiver::start().await;
    let target = elsewhere.url("/");
    let backend = Receiver::reacting(move |request| match request.path.as_str() {
        "/moved" => Reaction::Redirect(target.clone()),
        path => Reaction::status(path.trim_start_matches('/').parse().unwrap()),
    })
    .await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, status) in [
        (backend.url("/moved"), Some(307)),
        (backend.url("/304"), Some(304)),
        (backend.url("/404"), Some(404)),
        (backend.url("/503"), Some(503)),
        (format!("http://{closed}/"), None),
    ] {
        let endpoint = register(&uni, &url, &["batch.created"]).await;
        uni.post_batch(one("Ada Lovelace")).await;
        app.deliver().await;
        let log = attempts(&app, &endpoint).await;
        let [first, ..] = log.as_slice() else { panic!("{url}: not attempted") };
        assert_eq!(first.status_code, status, "{url}");
        assert!(first.next_attempt_at.is_some(), "{url}");
        assert_eq!(first.error.is_some(), status.is_none(), "{url}");
    }
    assert_eq!(elsewhere.count(), 0, "a redirect is not followed");
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_turned_off() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|_| Reaction::status(410)).await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    for _ in 0..3 {
        uni.post_batch(one("Ada Lovelace")).await;
    }
    assert!(is_active(&uni, &endpoint).await);
    assert_eq!(app.deliver().await, None, "nothing is tried again");
    assert!(!is_active(&uni, &endpoint).await);
    let log = attempts(&app, &endpoint).await;
    assert!(log.iter().all(|row| (row.status_code, row.next_attempt_at) == (Some(410), None)));
    let before = backend.count();
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver_until_idle().await;
    assert_eq!(backend.count(), before, "nothing goes there any more");
    let all = Replay::Range { endpoint_id: &endpoint.id, from_ms: 0, to_ms: i64::MAX };
    assert_eq!(replay(&app, all, false).await, 0, "not even by a replay");
}

#[tokio::test]
async fn five_days_of_failures_alone_turn_an_endpoint_off() {
    for recovers in [false, true] {
        let app = app().await;
        let uni = app.tenant("Example University").await;
        let backend = Receiver::reacting(move |request| {
            let recovered = recovers && request.event_type() == "batch.signed";
            Reaction::status(if recovered { 200 } else { 500 })
        })
        .await;
        let endpoint = register(&uni, &backend.url("/hook"), &["batch.created", "batch.signed"]).await;
        let mut worker = app.delivery_worker().await;
        let began = app.now_ms();
        for day in 0..5 {
            app.clock().advance_to(began + day * DAY_MS);
            uni.post_batch(one("Ada Lovelace")).await;
            worker.step().await.unwrap();
            if day == 3 {
                app.run_steps(1).await;
                worker.step().await.unwrap();
            }
        }
        assert!(is_active(&uni, &endpoint).await, "the fifth day is not over");
        app.clock().advance_to(began + 5 * DAY_MS);
        worker.step().await.unwrap();
        assert_eq!(is_active(&uni, &endpoint).await, recovers);
        if !recovers {
            assert_eq!(worker.step().await.unwrap(), None, "nothing is tried again");
        }
    }
}

#[tokio::test]
async fn a_replay_begins_a_new_round() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|request| {
        Reaction::status(if request.path == "/bad" && request.event_type() == "batch.created" {
            500
        } else {
            200
        })
    })
    .await;
    let events = ["batch.created", "batch.signed"];
    let good = register(&uni, &backend.url("/good"), &events).await;
    let bad = register(&uni, &backend.url("/bad"), &events).await;
    let before = app.now_ms();
    issue(&app, &uni).await;
    app.deliver_until_idle().await;
    let count = |path: &str, event_type: &str| {
        let seen = backend.seen();
        seen.iter().filter(|one| one.path == path && one.event_type() == event_type).count()
    };
    assert_eq!((count("/good", "batch.created"), count("/bad", "batch.created")), (1, 8));

    let to_ms = app.now_ms() + 1;
    let range = |endpoint_id| Replay::Range { endpoint_id, from_ms: before, to_ms };
    assert_eq!(replay(&app, range(&good.id), true).await, 0, "nothing failed there");
    assert_eq!(replay(&app, range(&bad.id), true).await, 1);
    assert_eq!(replay(&app, range(&bad.id), true).await, 0, "it waits already");
    app.deliver_until_idle().await;
    assert_eq!((count("/bad", "batch.created"), count("/bad", "batch.signed")), (16, 1));
    let log = attempts(&app, &bad).await;
    assert_eq!(log.iter().filter(|row| row.number == 8).count(), 2);

    assert_eq!(replay(&app, range(&good.id), false).await, 2);
    let none = Replay::Range { endpoint_id: &good.id, from_ms: to_ms, to_ms: i64::MAX };
    assert_eq!(replay(&app, none, false).await, 0);
    app.deliver_until_idle().await;
    assert_eq!((count("/good", "batch.created"), count("/good", "batch.signed")), (2, 2));

    // One event goes to everybody who is subscribed now, also to who was not when it happened.
    register(&uni, &backend.url("/late"), &["batch.signed"]).await;
    register(&app.tenant("Other").await, &backend.url("/other"), &EVERYTHING).await;
    let signed = backend.seen().into_iter().find(|one| one.event_type() == "batch.signed").unwrap();
    let signed = signed.header("webhook-id").parse().unwrap();
    assert_eq!(replay(&app, Replay::Event(&signed), false).await, 3);
    app.deliver_until_idle().await;
    assert_eq!((count("/late", "batch.signed"), count("/good", "batch.signed")), (1, 3));
    let ids: std::collections::BTreeSet<_> = backend
        .seen()
        .iter()
        .filter(|one| one.event_type() == "batch.signed")
        .map(|one| (one.header("webhook-id").to_owned(), one.body.clone()))
        .collect();
    assert_eq!(ids.len(), 1, "the same id and body each time, to everybody");
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_old_one_for_a_day() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    let issuance = app.issuance();
    let rotate = || rotation::rotate(&issuance.store, &*issuance.clock, &*issuance.entropy, &endpoint.id);
    let rotated = rotate().await.unwrap().unwrap();
    assert_eq!(rotated.previous_until, app.now_ms() + DAY_MS);

    let signatures = async |secrets: &[&str]| {
        uni.post_batch(one("Ada Lovelace")).await;
        app.deliver_until_idle().await;
        uni.post(&format!("/v1/webhooks/{}/test", endpoint.id), "").await.expect(200);
        let seen = backend.seen();
        for request in &seen[seen.len() - 2..] {
            let expected = secrets.iter().map(|secret| {
                sign(secret, request.header("webhook-id"), app.now_ms() / 1_000, &request.body)
            });
            let expected: Vec<_> = expected.collect();
            let standard: Vec<&str> = expected.iter().map(|signed| signed.standard.as_str()).collect();
            assert_eq!(request.header("webhook-signature"), standard.join(" "));
            let own: Vec<&str> =
                expected.iter().map(|signed| signed.learncoin.split_once(',').unwrap().1).collect();
            let t = format!("t={},", app.now_ms() / 1_000);
            assert_eq!(request.header("x-learncoin-signature"), t + &own.join(","));
        }
    };
    signatures(&[rotated.secret.as_str(), &endpoint.secret]).await;
    app.clock().advance_ms(DAY_MS - 1);
    signatures(&[rotated.secret.as_str(), &endpoint.secret]).await;
    app.clock().advance_ms(1);
    signatures(&[rotated.secret.as_str()]).await;
    // Once it is invalid it is forgotten; of two rotations in a day only the last one's old secret counts.
    app.issuance().retention.purge().await.unwrap();
    let second = rotate().await.unwrap().unwrap();
    let third = rotate().await.unwrap().unwrap();
    signatures(&[third.secret.as_str(), second.secret.as_str()]).await;
    let missing = "whk_01KPX4MRGJZZZZZZZZZZZZZZZZ".parse().unwrap();
    let unknown = rotation::rotate(&issuance.store, &*issuance.clock, &*issuance.entropy, &missing).await;
    assert!(unknown.unwrap().is_none());
}

#[tokio::test]
async fn erasure_takes_a_revocations_words_out_of_later_attempts_and_no_log_has_them() {
    const WORDS: &str = "Ada Lovelace was confused with Grace Hopper";
    let app = app().await;
    let uni = app.tenant("Example University").await;
    // It refuses until it is set to succeed, and repeats the body that it receives.
    let backend = Receiver::reacting(|request| Reaction::Answer(500, request.body.clone())).await;
    let endpoint = register(&uni, &backend.url("/hook"), &["credential.revoked", "credential.erased"]).await;
    let (_, credential) = issue(&app, &uni).await;
    revoke(&uni, &credential, WORDS).await;
    app.deliver().await;
    let length = u64::try_from(backend.seen()[0].body.len()).unwrap();
    assert_eq!(attempts(&app, &endpoint).await[0].answer_bytes, Some(length));
    erase(&uni, &credential).await;
    app.deliver_until_idle().await;

    let seen = backend.seen();
    let reasons: Vec<_> = seen
        .iter()
        .filter(|one| one.event_type() == "credential.revoked")
        .map(|one| one.json()["data"]["reason"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(reasons.len(), 8);
    assert_eq!(reasons[0], WORDS);
    assert!(reasons[1..].iter().all(String::is_empty), "{reasons:?}");
    app.issuance().store.scrub().await.unwrap();
    for entry in std::fs::read_dir(app.files().await).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes.windows(WORDS.len()).any(|window| window == WORDS.as_bytes());
        assert!(!found, "{}", path.display());
    }
}
