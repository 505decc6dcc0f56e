//! A backend that receives events: it keeps the requests and responds as the test chooses.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::gate::Gate;

/// The response to a request.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// A status, and a body.
    Answer(u16, String),
    /// A status, and a `Retry-After`.
    RetryAfter(u16, String),
    /// A redirect to there.
    Redirect(String),
    /// Never anything.
    Hang,
    /// 204, once the gate lets it go.
    Held(Gate),
    /// 200, and then a byte every now and then, without end.
    Trickle,
    /// 200, and then ten gigabytes.
    Flood,
}

impl Reaction {
    /// Creates a status without a body.
    pub fn status(status: u16) -> Self {
        Reaction::Answer(status, String::new())
    }

    fn answers_with(&self) -> Option<u16> {
        match self {
            Reaction::Answer(status, _) | Reaction::RetryAfter(status, _) => Some(*status),
            Reaction::Redirect(_) => Some(307),
            Reaction::Hang => None,
            Reaction::Held(_) => Some(204),
            Reaction::Trickle | Reaction::Flood => Some(200),
        }
    }
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its path.
    pub path: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: String,
    /// The status of the response, once there is one.
    pub answered: Option<u16>,
}

impl Received {
    /// Returns a header as text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("the body is JSON")
    }

    /// Returns the event's type.
    pub fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }
}

type React = dyn Fn(&Received) -> Reaction + Send + Sync;

struct Backend {
    react: Box<React>,
    seen: Mutex<Vec<Received>>,
    count: watch::Sender<usize>,
}

/// A backend on a loopback port. Cheap to clone.
#[derive(Clone)]
pub struct Receiver {
    backend: Arc<Backend>,
    origin: String,
}

impl Receiver {
    /// Starts a backend that responds to everything with 204.
    pub async fn start() -> Self {
        Self::reacting(|_| Reaction::status(204)).await
    }

    /// Starts a backend that chooses the response to each request.
    pub async fn reacting(react: impl Fn(&Received) -> Reaction + Send + Sync + 'static) -> Self {
        let backend = Arc::new(Backend {
            react: Box::new(react),
            seen: Mutex::default(),
            count: watch::Sender::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let origin = format!("http://{}", listener.local_addr().expect("a bound address"));
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&backend));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { backend, origin }
    }

    /// Returns the URL of a path here.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Returns the requests so far, in order of arrival.
    pub fn seen(&self) -> Vec<Received> {
        self.backend.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until so many requests have come.
    pub async fn until_seen(&self, count: usize) {
        let mut counted = self.backend.count.subscribe();
        counted.wait_for(|seen| *seen >= count).await.expect("the backend lives");
    }

    /// Returns the number of requests so far.
    pub fn count(&self) -> usize {
        *self.backend.count.borrow()
    }
}

async fn receive(
    State(backend): State<Arc<Backend>>,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mut received = Received { path: uri.path().to_owned(), headers, body, answered: None };
    let reaction = (backend.react)(&received);
    received.answered = reaction.answers_with();
    backend.seen.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    backend.count.send_modify(|count| *count += 1);
    let Some(status) = reaction.answers_with() else { std::future::pending().await };
    let (header, body) = match reaction {
        Reaction::Answer(_, body) => (None, Body::from(body)),
        Reaction::RetryAfter(_, value) => (Some(("retry-after", value)), Body::empty()),
        Reaction::Redirect(location) => (Some(("location", location)), Body::empty()),
        Reaction::Hang => (None, Body::empty()),
        Reaction::Held(gate) => {
            gate.pass().await;
            (None, Body::empty())
        }
        Reaction::Trickle => (None, Body::from_stream(trickle())),
        Reaction::Flood => (None, Body::from_stream(flood())),
    };
    let mut response = Response::builder().status(status);
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    response.body(body).expect("the answer is well-formed")
}

fn trickle() -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Some((Ok(Bytes::from_static(b".")), ()))
    })
}

fn flood() -> impl stream::Stream<Item = Result<Bytes, Infallible>> {
    let chunk = Bytes::from(vec![b'x'; 1 << 20]);
    stream::repeat(chunk).take(10 << 10).map(Ok)
}
