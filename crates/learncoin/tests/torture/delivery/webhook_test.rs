//! The moments before and after a test of a webhook endpoint is sent.

use std::sync::{Arc, Mutex};

use learncoin_store::kill;
use reqwest::Method;
use serde_json::json;

use crate::support::client::Call;
use crate::support::deployment::{Deployment, PLAIN, Start};

/// The requests of a receiver: the event's id and the body.
type Received = Arc<Mutex<Vec<(String, String)>>>;

/// Starts a tenant's backend on this machine.
async fn backend() -> (Received, String) {
    let received = Received::default();
    let seen = Arc::clone(&received);
    let receive = axum::routing::post(async move |headers: axum::http::HeaderMap, body: String| {
        let event_id = headers["x-learncoin-event-id"].to_str().expect("text").to_owned();
        seen.lock().expect("not poisoned").push((event_id, body));
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, axum::Router::new().route("/hook", receive)).await });
    (received, url)
}

#[tokio::test]
async fn a_test_that_is_sent_again_after_a_kill_is_the_same_event() {
    for (point, deliveries) in kill::WEBHOOK_TEST.iter().zip([1, 2]) {
        let (received, url) = backend().await;
        let mut deployment = Deployment::new();
        let uni = deployment.tenant("Example University").await;
        deployment.start(Start { kill_point: Some(point), ..PLAIN }).await;
        let endpoint = json!({ "url": url, "events": ["webhook.test"] }).to_string();
        let made =
            uni.door.call(&Call { path: "/v1/webhooks", ..uni.post_call("register", &endpoint) }).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let made: serde_json::Value = serde_json::from_str(&made.body).expect("JSON");
        let path = format!("/v1/webhooks/{}/test", made["id"].as_str().expect("an id"));
        let test = Call { method: Method::POST, path: &path, ..uni.post_call("test", "{}") };
        let address = uni.door.address().await;
        uni.door.attempt(&address, &test).await.expect_err("it dies before it answers");
        deployment.until_aborted(point).await;

        deployment.start(PLAIN).await;
        let first = uni.door.call(&test).await;
        assert_eq!((first.status, first.replayed), (200, false), "{point}: {}", first.body);
        assert!(first.body.contains("\"delivered\":true"), "{}", first.body);
        let again = uni.door.call(&test).await;
        assert_eq!((again.status, again.replayed, &again.body), (200, true, &first.body));
        deployment.stop().await;
        let received = received.lock().expect("not poisoned");
        assert_eq!(received.len(), deliveries, "{point}");
        assert!(received.iter().all(|delivery| *delivery == received[0]), "{received:?}");
    }
}
