//! Nodes that misbehave, on loopback.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A time limit that is enough for loopback on a busy machine, and short enough to wait for if a node hangs.
const PATIENCE: Duration = Duration::from_secs(20);
const IMPATIENCE: Duration = Duration::from_millis(60);

/// The node's behavior on its one connection after it has read the request.
enum Behavior {
    /// Writes this and closes.
    Answer(Vec<u8>),
    /// Writes this and then nothing more, without closing.
    Stall(Vec<u8>),
    /// Writes a header and then this many bytes of a text that never ends.
    Flood(usize),
}

fn http(status: &str, body: impl AsRef<[u8]>) -> Behavior {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    Behavior::Answer([head.as_bytes(), body].concat())
}

async fn behave(mut connection: TcpStream, behavior: Behavior) {
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        if connection.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    match behavior {
        Behavior::Answer(bytes) => {
            let _ = connection.write_all(&bytes).await;
        }
        Behavior::Stall(bytes) => {
            let _ = connection.write_all(&bytes).await;
            // Ends when the client gives up and closes.
            let _ = connection.read_buf(&mut request).await;
        }
        Behavior::Flood(length) => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"result\":\"").await;
            for _ in 0..length / 65_536 {
                if connection.write_all(&[b'x'; 65_536]).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Calls a node that behaves like this.
async fn call(behavior: Behavior, total: Duration) -> Result<Value, RpcError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/secret-path", listener.local_addr().unwrap()).parse().unwrap();
    let transport = HttpTransport::new(url, Timeouts { connect: PATIENCE, total }).unwrap();
    let node = async { behave(listener.accept().await.unwrap().0, behavior).await };
    tokio::join!(transport.call("eth_chainId", json!([])), node).0
}

async fn answered(body: impl AsRef<[u8]>) -> Result<Value, RpcError> {
    call(http("200 OK", body), PATIENCE).await
}

fn is_malformed(answer: &Result<Value, RpcError>) -> bool {
    matches!(answer, Err(RpcError::Malformed { .. }))
}

#[tokio::test]
async fn an_answer_arrives() {
    assert_eq!(answered(r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#).await, Ok(json!("0x1")));
    assert_eq!(answered(r#"{"jsonrpc":"2.0","id":1,"result":null}"#).await, Ok(Value::Null));
    assert_eq!(answered(r#"{"jsonrpc":"2.0","id":1,"result":"0x1","error":null}"#).await, Ok(json!("0x1")));
}

#[tokio::test]
async fn a_node_that_hangs_is_a_timeout() {
    for start in ["", "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"jsonrpc\":\"2.0\""] {
        let answer = call(Behavior::Stall(start.into()), IMPATIENCE).await;
        assert_eq!(answer, Err(RpcError::Timeout), "{start:?}");
    }
}

#[tokio::test]
async fn a_node_that_is_not_there_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/secret-path", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let transport = HttpTransport::new(url, Timeouts { connect: PATIENCE, total: PATIENCE }).unwrap();
    let error = transport.call("eth_chainId", json!([])).await.unwrap_err();
    assert!(matches!(error, RpcError::Unreachable { .. }), "{error:?}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert!(!format!("{transport:?}").contains("secret"));
}

#[tokio::test]
async fn a_connection_that_breaks_is_unreachable() {
    for start in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"jsonrpc\""] {
        let answer = call(Behavior::Answer(start.into()), PATIENCE).await;
        assert!(matches!(answer, Err(RpcError::Unreachable { .. })), "{start:?}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_unreachable() {
    let answer = call(Behavior::Answer(b"SSH-2.0-OpenSSH_9.2\r\n".into()), PATIENCE).await;
    assert!(matches!(answer, Err(RpcError::Unreachable { .. })), "{answer:?}");
}

#[tokio::test]
async fn a_status_other_than_success_is_an_error() {
    let of_another_call = r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"nonce too low"}}"#;
    let result = r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#;
    let bodies = [
        "<html>Bad Gateway</html>",
        "",
        "{}",
        r#"{"error":"slow down"}"#,
        r#"{"error":{}}"#,
        of_another_call,
        result,
    ];
    for (status, body) in
        [429, 502, 500, 401, 400].iter().flat_map(|status| bodies.map(|body| (*status, body)))
    {
        let answer = call(http(&format!("{status} Something"), body), PATIENCE).await;
        assert_eq!(answer, Err(RpcError::Http { status }), "{body}");
    }
}

#[tokio::test]
async fn a_nodes_error_is_read_whatever_the_status() {
    for (status, id) in
        [400, 401, 403, 429, 500, 503].iter().flat_map(|status| [(status, "1"), (status, "null")])
    {
        let body =
            format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32000,"message":"nonce too low"}}}}"#);
        let answer = call(http(&format!("{status} Something"), body), PATIENCE).await;
        assert_eq!(answer, Err(RpcError::node(-32000, "nonce too low")), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer =
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let answer = call(Behavior::Answer(answer.into()), PATIENCE).await;
    assert_eq!(answer, Err(RpcError::Http { status: 307 }));
}

#[tokio::test]
async fn what_is_no_answer_to_the_call_is_malformed() {
    let deep = "[".repeat(100_000);
    for body in [
        "",
        "<html>hello</html>",
        "null",
        "[]",
        "\"0x1\"",
        r#"{"jsonrpc":"2.0","id":1,"result":"0x1""#,
        r#"{"jsonrpc":"2.0","id":1,"result":"0x1"} trailing"#,
        r#"{"jsonrpc":"2.0","id":2,"result":"0x1"}"#,
        r#"{"jsonrpc":"2.0","id":"1","result":"0x1"}"#,
        r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}"#,
        r#"{"jsonrpc":"2.0","result":"0x1"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":"no"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":"0x1","error":"no"}"#,
        &deep,
    ] {
        let answer = answered(body).await;
        assert!(is_malformed(&answer), "{:.60}: {answer:?}", body);
    }
    assert!(is_malformed(&answered(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}").await));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let answer = call(Behavior::Flood(10 << 20), PATIENCE).await;
    assert_eq!(answer, Err(RpcError::malformed("the answer is too long")));
}

#[tokio::test]
async fn a_long_answer_with_a_length_is_cut_off_too() {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"result":"{}"}}"#, "x".repeat(10 << 20));
    assert_eq!(answered(body).await, Err(RpcError::malformed("the answer is too long")));
}

#[tokio::test]
async fn a_nodes_error_keeps_its_code_and_text() {
    let error = |body: &'static str| async move { answered(body).await.unwrap_err() };
    let full =
        error(r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"nonce too low","data":{}}}"#)
            .await;
    assert_eq!(full, RpcError::node(-32000, "nonce too low"));
    let with_null_result =
        error(r#"{"id":1,"result":null,"error":{"code":-32005,"message":"slow down"}}"#).await;
    assert_eq!(with_null_result, RpcError::node(-32005, "slow down"));
    assert_eq!(error(r#"{"id":1,"error":{}}"#).await, RpcError::node(0, ""));
}

#[test]
fn a_url_of_another_scheme_is_refused() {
    for url in ["ftp://127.0.0.1/", "file:///etc/passwd", "ws://127.0.0.1/"] {
        assert!(HttpTransport::new(url.parse().unwrap(), Timeouts::default()).is_err(), "{url}");
    }
}
