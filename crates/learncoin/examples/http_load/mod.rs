//! A load of one kind of request over connections that stay open. It costs little, since it runs beside the server on the same cores.

pub(crate) mod callers;

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A request, for one of several paths in turn.
#[derive(Clone)]
pub(crate) struct Target {
    method: &'static str,
    authority: String,
    paths: Vec<String>,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Target {
    /// Creates one that reads these paths of the server at `url`.
    pub(crate) fn get(url: &str, paths: Vec<String>) -> Self {
        let authority = url.strip_prefix("http://").expect("an http URL").to_owned();
        Self { method: "GET", authority, paths, headers: Vec::new(), body: Bytes::new() }
    }

    /// Creates one that posts JSON.
    pub(crate) fn post(url: &str, path: &str, body: String) -> Self {
        let target = Self::get(url, vec![path.to_owned()]).header("content-type", "application/json");
        Self { method: "POST", body: body.into(), ..target }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends one request over a connection of its own, and returns the JSON of the answer.
    pub(crate) async fn fetch(&self) -> Value {
        serde_json::from_slice(&self.fetch_bytes().await).expect("JSON")
    }

    /// Sends one request over a connection of its own, and returns the body of the answer as it was sent.
    pub(crate) async fn fetch_bytes(&self) -> Bytes {
        let mut connection = self.connect().await;
        self.send(&mut connection, 0).await
    }

    async fn connect(&self) -> SendRequest<Full<Bytes>> {
        let stream = TcpStream::connect(&self.authority).await.expect("the server accepts");
        stream.set_nodelay(true).expect("a socket");
        let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a connection");
        tokio::spawn(connection);
        sender
    }

    async fn send(&self, connection: &mut SendRequest<Full<Bytes>>, number: usize) -> Bytes {
        let path = self.paths[number % self.paths.len()].as_str();
        let mut request = Request::builder().method(self.method).uri(path).header("host", &self.authority);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(self.body.clone())).expect("a request");
        connection.ready().await.expect("the connection stays open");
        let answer: Response<_> = connection.send_request(request).await.expect("the server answers");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        assert!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&body));
        body
    }
}

/// A target, and how many connections ask for it at the same time.
pub(crate) struct Load {
    pub(crate) target: Target,
    pub(crate) connections: usize,
}

/// The times of the requests of a load.
pub(crate) struct Measured {
    /// The time of each request, in milliseconds, in ascending order.
    times: Vec<f64>,
    seconds: f64,
    /// The processor time of the server for each request, in milliseconds.
    pub(crate) processor_ms: f64,
}

impl Measured {
    pub(crate) fn count(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn a_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        self.times[(self.times.len() * percent / 100).min(self.times.len() - 1)]
    }
}

impl Load {
    /// Asks for `duration`, at least once, each connection for the next as soon as it is answered. `processor_seconds` reads the processor time of
    /// the server.
    pub(crate) async fn run(&self, duration: Duration, processor_seconds: impl Fn() -> f64) -> Measured {
        let mut asking = JoinSet::new();
        let (began, used) = (Instant::now(), processor_seconds());
        for first in 0..self.connections {
            let target = self.target.clone();
            asking.spawn(async move {
                let mut connection = target.connect().await;
                let (mut times, mut number) = (Vec::new(), first);
                while times.is_empty() || began.elapsed() < duration {
                    let sent = Instant::now();
                    target.send(&mut connection, number).await;
                    times.push(sent.elapsed().as_secs_f64() * 1e3);
                    number += 1;
                }
                times
            });
        }
        let mut times: Vec<f64> = asking.join_all().await.into_iter().flatten().collect();
        times.sort_by(f64::total_cmp);
        let seconds = began.elapsed().as_secs_f64();
        let processor_ms = (processor_seconds() - used) * 1e3 / times.len() as f64;
        Measured { times, seconds, processor_ms }
    }
}
