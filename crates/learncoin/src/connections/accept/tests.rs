//! Connections as clients make them, over loopback.

use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::*;

/// Limits short enough for a test, and long enough for loopback on a busy machine.
fn quick() -> ConnectionLimits {
    ConnectionLimits {
        head: Duration::from_millis(400),
        idle: Duration::from_millis(800),
        stall: Duration::from_millis(400),
        most: 50,
        most_of_a_peer: 50,
        ..ConnectionLimits::public(1_024, Vec::new())
    }
}

struct Served {
    address: SocketAddr,
    end: Option<oneshot::Sender<()>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Served {
    async fn with(limits: ConnectionLimits) -> Served {
        let router = Router::new()
            .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }))
            .route("/echo", post(|body: Bytes| async move { body }))
            .route("/large", get(|| async { vec![b'x'; 50_000_000] }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel::<()>();
        let serving = tokio::spawn(serve(listener, router, limits, async {
            let _ = ended.await;
        }));
        Served { address, end: Some(end), serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends this and returns all that comes until the connection is closed.
    async fn send(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        until_closed(&mut stream).await
    }
}

async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset ends it too.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_request_is_answered_with_its_peer_known() {
    let served = Served::with(quick()).await;
    let answer = served.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("127.0.0.1:"), "{answer}");
}

#[tokio::test]
async fn a_request_of_http_1_1_has_one_host() {
    let served = Served::with(quick()).await;
    for (head, status) in [
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\nConnection: close\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200),
        ("GET / HTTP/1.0\r\n\r\n", 200),
    ] {
        let answer = served.send(head).await;
        assert!(answer.contains(&format!(" {status} ")), "{head:?}: {answer}");
    }
}

#[tokio::test]
async fn every_kind_of_silence_is_cut_off() {
    let served = Served::with(quick()).await;
    for said in [
        "",
        "GET",
        "GET / HTTP/1.1\r\nHost: a\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let began = Instant::now();
        served.send(said).await;
        assert!(began.elapsed() >= quick().head, "{said:?} after {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_cut_off() {
    let served = Served::with(quick()).await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    // It is not asked for the rest before the server has given up.
    let Served { end, serving, .. } = served;
    drop(end);
    serving.await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.len() < 50_000_000, "{}", answer.len());
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let served = Served::with(quick()).await;
    let long = "x".repeat(4 * quick().head_bytes);
    let answer = served.send(&format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {long}\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn silent_connections_make_room_for_a_caller() {
    let served = Served::with(ConnectionLimits { head: Duration::from_secs(600), ..quick() }).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(served.connect().await);
        let answer = served.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    // The first are gone.
    assert_eq!(until_closed(&mut silent[0]).await, "");
}

#[tokio::test]
async fn at_the_end_each_request_that_was_taken_is_answered() {
    let mut served = Served::with(ConnectionLimits { stall: Duration::from_secs(600), ..quick() }).await;
    let mut stream = served.connect().await;
    let head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    // A second connection shows that the first request was read.
    served.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    drop(served.end.take());
    stream.write_all(b"last").await.unwrap();
    assert!(until_closed(&mut stream).await.ends_with("last"));
    served.serving.await.unwrap();
}
