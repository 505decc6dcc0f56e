//! A chain's node that is far away: what reaches it comes back late, and each call is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// The proxy before a node.
pub(crate) struct DistantNode {
    /// Its address.
    pub(crate) url: String,
    line: Arc<Line>,
}

struct Line {
    http: reqwest::Client,
    node: String,
    latency: Duration,
    calls: AtomicUsize,
    posts: AtomicUsize,
}

impl DistantNode {
    /// Starts a proxy before the node at this URL that delays each round trip.
    pub(crate) async fn start(node: &str, latency: Duration) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let line = Arc::new(Line {
            http,
            node: node.to_owned(),
            latency,
            calls: AtomicUsize::new(0),
            posts: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&line));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, line }
    }

    /// Returns the number of calls so far. Those of a JSON-RPC batch count one by one.
    pub(crate) fn calls(&self) -> usize {
        self.line.calls.load(Ordering::Relaxed)
    }

    /// Returns the number of requests so far, each of which has one call or a batch of them.
    pub(crate) fn posts(&self) -> usize {
        self.line.posts.load(Ordering::Relaxed)
    }
}

async fn pass(State(line): State<Arc<Line>>, body: Bytes) -> impl IntoResponse {
    let calls = match serde_json::from_slice(&body) {
        Ok(Value::Array(calls)) => calls.len(),
        _ => 1,
    };
    line.calls.fetch_add(calls, Ordering::Relaxed);
    line.posts.fetch_add(1, Ordering::Relaxed);
    sleep(line.latency).await;
    let request = line.http.post(&line.node).header(CONTENT_TYPE, "application/json").body(body);
    let response = request.send().await.expect("the node answers").bytes().await.expect("an answer");
    ([(CONTENT_TYPE, "application/json")], response)
}
