//! Receivers that misbehave, and processes that end: what they may not do to others.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use learncoin_delivery::webhook::MAX_BODY_BYTES;
use learncoin_delivery::worker::DeliveryOptions;
use learncoin_store::id::RequestId;
use learncoin_store::webhooks::{AttemptOutcome, AttemptRow, Attempted, Lease};
use learncoin_testkit::{Method, Reaction, Receiver, TestApp, one};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use crate::delivery::webhooks::{app, attempts, register};

/// As long as it takes: a machine that is busy is no failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a deployment that waits for an answer for this long.
async fn waiting_for(timeout: Duration) -> TestApp {
    let options = DeliveryOptions { timeout, ..DeliveryOptions::default() };
    TestApp::builder().private_targets().delivery(options).start().await
}

#[tokio::test]
async fn an_endless_answer_is_read_to_its_first_bytes_and_kept_as_their_number() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|request| match request.path.as_str() {
        "/flood" => Reaction::Flood,
        "/trickle" => Reaction::Trickle,
        _ => Reaction::Answer(200, "\u{1b}[31mred\r\n\u{202e}".repeat(100)),
    })
    .await;
    let mut endpoints = Vec::new();
    for path in ["/flood", "/trickle", "/control"] {
        endpoints.push(register(&uni, &backend.url(path), &["batch.created"]).await);
    }
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver_until_idle().await;
    let mut answers = Vec::new();
    for endpoint in &endpoints {
        let log = attempts(&app, endpoint).await;
        assert_eq!((log.len(), log[0].status_code), (1, Some(200)), "the status is the outcome");
        answers.push(log[0].answer_bytes.unwrap());
    }
    let most = u64::try_from(MAX_BODY_BYTES).unwrap();
    assert!(answers[0] == most && (1..most).contains(&answers[1]), "{answers:?}");
    assert_eq!(answers[2], most);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_has_failed() {
    let app = waiting_for(Duration::from_millis(50)).await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|_| Reaction::Hang).await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    assert!(app.deliver().await.is_some());
    let log = attempts(&app, &endpoint).await;
    assert_eq!((log[0].status_code, log[0].error.as_deref()), (None, Some("no answer in time")));
}

#[tokio::test]
async fn one_that_never_answers_delays_none_of_the_other_forty_nine() {
    const BATCHES: usize = 20;
    let app = waiting_for(PATIENCE).await;
    let (dead, alive) = (Receiver::reacting(|_| Reaction::Hang).await, Receiver::start().await);
    let mut tenants = Vec::new();
    for number in 0..50 {
        // A tenant may have sixteen endpoints.
        if number % 10 == 0 {
            tenants.push(app.tenant(&format!("University {number}")).await);
        }
        let url = if number == 0 { dead.url("/hook") } else { alive.url(&format!("/{number}")) };
        register(tenants.last().unwrap(), &url, &["batch.created"]).await;
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = app.delivery_worker().await;
    let running = tokio::spawn(worker.run(async {
        let _ = stopped.await;
    }));
    let mut posting = JoinSet::new();
    for tenant in tenants {
        posting.spawn(async move {
            for _ in 0..BATCHES {
                tenant.post_batch(one("Ada Lovelace")).await;
            }
        });
    }
    posting.join_all().await;
    // The dead one holds its attempts open all the while: it times out much later.
    tokio::time::timeout(PATIENCE / 2, alive.until_seen(49 * BATCHES))
        .await
        .expect("the others receive their events");
    assert!((1..=8).contains(&dead.count()), "{} attempts at the dead one", dead.count());
    drop(stop);
    running.await.unwrap();
}

#[tokio::test]
async fn what_was_under_way_when_a_process_ended_is_sent_again_as_it_was() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let first = AtomicUsize::new(0);
    let backend = Receiver::reacting(move |_| match first.fetch_add(1, Ordering::SeqCst) {
        0 => Reaction::Hang,
        _ => Reaction::status(200),
    })
    .await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    let mut worker = app.delivery_worker().await;
    tokio::select! {
        _ = worker.step() => panic!("the endpoint hangs"),
        () = backend.until_seen(1) => {}
    }
    drop(worker);
    assert!(attempts(&app, &endpoint).await.is_empty(), "an attempt of unknown outcome is not in the log");
    app.restart().await;
    match app.deliver().await {
        None => assert!(!app.issuance().store.is_shared(), "it is due at once"),
        Some(lease_ends_at) => {
            assert!(app.issuance().store.is_shared(), "another node may have it under way");
            app.clock().advance_to(lease_ends_at);
            assert_eq!(app.deliver().await, None);
        }
    }
    let seen = backend.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!((&seen[0].body, seen[0].header("webhook-id")), (&seen[1].body, seen[1].header("webhook-id")));
    let log = attempts(&app, &endpoint).await;
    assert_eq!((log.len(), log[0].number), (1, 1), "an attempt of unknown outcome is not counted");
}

#[tokio::test]
async fn a_lease_that_has_ended_decides_nothing() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let endpoint = register(&uni, "http://127.0.0.1:1/hook", &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    let store = app.issuance().store.clone();
    let lease = async |now_ms: i64| {
        let mut tx = store.begin().await.unwrap();
        let mut leases = tx.lease_deliveries(&endpoint.id, now_ms, now_ms + 100, 8).await.unwrap();
        tx.commit().await.unwrap();
        leases.pop()
    };
    let record = async |lease: &Lease| {
        let row = AttemptRow {
            endpoint_id: lease.endpoint_id.clone(),
            event_id: lease.event_id.clone(),
            request_id: RequestId::generate(app.clock(), &*app.issuance().entropy),
            number: 1,
            at: app.now_ms(),
            duration_ms: 1,
            status_code: Some(200),
            error: None,
            answer_bytes: None,
            next_attempt_at: None,
        };
        let one = Attempted { lease: lease.clone(), row, outcome: AttemptOutcome::Delivered };
        let mut tx = store.begin().await.unwrap();
        let held = tx.record_attempts(&[one]).await.unwrap();
        tx.commit().await.unwrap();
        held.len()
    };
    let now = app.now_ms();
    let first = lease(now).await.unwrap();
    assert_eq!(lease(now + 99).await, None, "no other worker sends it");
    let second = lease(now + 100).await.unwrap();
    assert_eq!(record(&first).await, 0, "another worker holds the lease now");
    assert_eq!(record(&second).await, 1);
    assert_eq!(record(&second).await, 0, "once");
    assert_eq!(attempts(&app, &endpoint).await.len(), 1);
    // Deleted while it is under way: there is nothing to write it to.
    uni.post_batch(one("Grace Hopper")).await;
    let third = lease(app.now_ms()).await.unwrap();
    let path = format!("/v1/webhooks/{}", endpoint.id);
    uni.send(Method::DELETE, &path, &[], String::new()).await.expect(200);
    assert_eq!(record(&third).await, 0);
}
