//! The pauses that endpoints ask for by `Retry-After`, and the reasons of failed attempts in the log.

use learncoin_delivery::webhook::MAX_RETRY_AFTER_MS;
use learncoin_testkit::{Reaction, Received, Receiver, TestApp, one};

use crate::delivery::webhooks::{app, attempts, register};

const SECOND_MS: i64 = 1_000;

/// Returns the time of a request, in seconds since 1970.
fn sent_at(request: &Received) -> u64 {
    request.header("webhook-timestamp").parse().unwrap()
}

/// Returns the pause before the second attempt at an endpoint that asks for one by this header, in milliseconds.
async fn pause_after(status: u16, value: impl Fn(&Received) -> String + Send + Sync + 'static) -> i64 {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(move |request| match request.header("x-learncoin-delivery-attempt") {
        "1" => Reaction::RetryAfter(status, value(request)),
        _ => Reaction::status(204),
    })
    .await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver_until_idle().await;
    let log = attempts(&app, &endpoint).await;
    assert_eq!(log.len(), 2, "{log:?}");
    let (first, second) = (&log[0], &log[1]);
    assert_eq!(first.next_attempt_at, Some(second.at));
    second.at - first.at
}

#[tokio::test]
async fn an_endpoint_is_not_called_before_the_time_that_it_asks_for() {
    for status in [429, 503, 500] {
        assert_eq!(pause_after(status, |_| "120".to_owned()).await, 120 * SECOND_MS, "{status}");
    }
    let date = |request: &Received| {
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(sent_at(request) + 90);
        httpdate::fmt_http_date(at)
    };
    let pause = pause_after(429, date).await;
    assert!((89 * SECOND_MS..=90 * SECOND_MS).contains(&pause), "{pause}");
    assert_eq!(pause_after(503, |_| "9999999".to_owned()).await, MAX_RETRY_AFTER_MS);
    // What is shorter than the schedule's pause, or nonsense, changes nothing.
    for value in ["0", "-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"] {
        let pause = pause_after(503, move |_| value.to_owned()).await;
        assert!((SECOND_MS..=SECOND_MS * 6 / 5).contains(&pause), "{value}: {pause}");
    }
}

#[tokio::test]
async fn none_of_an_endpoints_deliveries_is_attempted_in_the_pause_that_it_asked_for() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::reacting(|request| match request.path.as_str() {
        "/busy" => Reaction::RetryAfter(429, "300".to_owned()),
        _ => Reaction::status(204),
    })
    .await;
    register(&uni, &backend.url("/busy"), &["batch.created"]).await;
    register(&uni, &backend.url("/free"), &["batch.created"]).await;
    let count = |path: &str| backend.seen().iter().filter(|one| one.path == path).count();
    let mut worker = app.delivery_worker().await;
    uni.post_batch(one("Ada Lovelace")).await;
    let due = worker.step().await.unwrap().unwrap();
    assert_eq!(due, app.now_ms() + 300 * SECOND_MS);
    uni.post_batch(one("Alan Turing")).await;
    app.clock().advance_ms(299 * SECOND_MS);
    assert_eq!(worker.step().await.unwrap(), Some(due));
    assert_eq!((count("/busy"), count("/free")), (1, 2));
    app.clock().advance_to(due);
    worker.step().await.unwrap();
    assert!(count("/busy") > 1, "it is called again");
}

async fn logged_error(app: &TestApp, url: &str) -> String {
    let uni = app.tenant("Example University").await;
    let endpoint = register(&uni, url, &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver().await;
    attempts(app, &endpoint).await[0].error.clone().unwrap()
}

#[tokio::test]
async fn the_log_of_deliveries_holds_the_reason_of_a_failed_attempt() {
    let app = app().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let refused = logged_error(&app, &format!("http://127.0.0.1:{port}/hook?token=secret")).await;
    assert!(refused.starts_with("no connection: Connection refused"), "{refused}");
    let unknown = logged_error(&app, "http://no-such-name.invalid/hook?token=secret").await;
    assert!(unknown.starts_with("no connection: ") && unknown.contains("lookup"), "{unknown}");
    // A server that speaks in clear where TLS is asked for.
    let backend = Receiver::start().await;
    let url = backend.url("/hook?token=secret").replace("http://", "https://");
    let tls = logged_error(&app, &url).await;
    assert!(tls.starts_with("no connection: ") && tls.len() > "no connection: ".len(), "{tls}");
    for reason in [refused, unknown, tls] {
        assert!(!reason.contains("secret") && reason.len() < 400, "{reason}");
    }
}
