//! Pages and the operator's node: strangers choose neither how often it is called, nor how long the pipeline waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use learncoin_chain::rpc::{Client, RpcError, Transport};
use learncoin_issuance::Chain;
use learncoin_testkit::{Body, Gate, Interceptor, Request, many};
use serde_json::Value;

use crate::support::story::Story;

/// The calls of one look-up at most.
const CALLS: usize = 4;
/// The time for which the outcome of a look-up is believed, in milliseconds.
const LIFETIME_MS: i64 = 5_000;

/// Returns the ids of a batch's credentials.
async fn credentials(story: &Story, batch_id: &str) -> Vec<String> {
    let batch = story.uni.batch(batch_id).await;
    let id = |credential: &Value| credential["id"].as_str().unwrap().to_owned();
    batch["credentials"].as_array().unwrap().iter().map(id).collect()
}

/// Anchors two batches, of 50 credentials each, in a transaction each. Returns their credentials.
async fn anchored(story: &Story) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..2 {
        story.app.clock().advance_ms(1);
        let batch = story.uni.post_batch(many(50)).await["id"].as_str().unwrap().to_owned();
        story.come_to_rest(std::slice::from_ref(&batch)).await;
        ids.extend(credentials(story, &batch).await);
    }
    ids
}

/// Counts the calls on a line.
fn count(line: &Interceptor) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    line.set(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        None
    });
    calls
}

/// Reads a credential in one of the ways in which a stranger can.
async fn read(story: &Story, id: &str, way: usize) {
    let (method, path) = match way % 4 {
        0 => ("GET", format!("/c/{id}")),
        1 => ("GET", format!("/c/{id}/embed")),
        2 => ("HEAD", format!("/c/{id}")),
        _ => ("POST", "/verify".to_owned()),
    };
    let request = Request::builder().method(method).uri(path).header("Accept", "text/html");
    let request = match method {
        "POST" => {
            let document = story.app.get(&format!("/c/{id}/credential.json")).await;
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            let form = form.append_pair("document", document.text()).finish();
            let request = request.header("Content-Type", "application/x-www-form-urlencoded");
            request.body(Body::from(form)).unwrap()
        }
        _ => request.body(Body::empty()).unwrap(),
    };
    let answer = story.app.send(request).await;
    assert_eq!(answer.status, 200, "{id}");
    // Each way has its own words for it.
    let expected = ["Cryptographically verified", "alid, TEST", "", "alid, TEST"][way % 4];
    assert!(answer.text().contains(expected), "{}", answer.text());
}

#[tokio::test]
async fn pages_look_a_transaction_up_once_in_a_while_and_no_more_once_it_is_final() {
    let story = Story::begin().await;
    let ids = anchored(&story).await;
    let transactions = 2;

    let calls = count(&story.line);
    join_all(ids.iter().enumerate().map(|(way, id)| read(&story, id, way))).await;
    join_all(ids.iter().enumerate().map(|(way, id)| read(&story, id, way + 1))).await;
    let first = calls.load(Ordering::SeqCst);
    assert!((1..=transactions * CALLS).contains(&first), "{first} calls");
    story.app.clock().advance_ms(LIFETIME_MS);
    for (way, id) in ids.iter().enumerate() {
        read(&story, id, way).await;
    }
    assert_eq!(calls.load(Ordering::SeqCst), 2 * first);

    story.until_final().await;
    let calls = count(&story.line);
    for round in 0..4 {
        story.app.clock().advance_ms(LIFETIME_MS);
        join_all(ids.iter().enumerate().map(|(way, id)| read(&story, id, way + round))).await;
    }
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

async fn read_page(story: &Story, id: &str) -> u16 {
    let request = Request::get(format!("/c/{id}")).header("Accept", "text/html");
    story.app.send(request.body(Body::empty()).unwrap()).await.status
}

/// A node that does not respond until the gate opens.
struct Silent(Gate);

impl Transport for Silent {
    fn call<'a>(&'a self, _method: &'a str, _params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        async move {
            self.0.pass().await;
            Err(RpcError::Timeout)
        }
        .boxed()
    }
}

#[tokio::test]
async fn a_flood_of_pages_does_not_delay_the_pipeline() {
    let gate = Gate::default();
    let story = Story::begin_with(|chain| {
        let pages = Client::new(Arc::new(Silent(gate.clone())));
        Chain { pages, ..chain }
    })
    .await;
    let ids = anchored(&story).await;
    let story_goes_on = async {
        gate.until_held().await;
        let batch = story.post().await;
        story.come_to_rest(&[batch]).await;
        gate.open();
    };
    let readers = join_all(ids.iter().map(|id| read_page(&story, id)));
    let (statuses, ()) = tokio::join!(readers, story_goes_on);
    assert!(statuses.iter().all(|status| *status == 200));
}
