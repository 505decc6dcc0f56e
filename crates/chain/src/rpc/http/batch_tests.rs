//! Requests with several calls, and nodes that take none or only short ones.

use std::sync::Mutex;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A node's answer to a body: a status and a body.
type Answer = fn(&Value) -> (u16, String);

/// A node on loopback, and the bodies that it received.
struct FakeNode {
    transport: HttpTransport,
    received: Arc<Mutex<Vec<Value>>>,
}

impl FakeNode {
    async fn start(answer: Answer) -> FakeNode {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&received);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(respond(connection, answer, Arc::clone(&log)));
            }
        });
        FakeNode { transport: HttpTransport::new(url, Timeouts::default()).unwrap(), received }
    }

    /// Makes these calls in one request, if the node takes it.
    async fn results(&self, count: u64) -> Vec<Result<Value, RpcError>> {
        let calls: Vec<Call> = (0..count).map(|number| call("double", number)).collect();
        self.transport.node.results(&calls).await
    }

    /// Returns the number of calls of each request that was received.
    fn lengths(&self) -> Vec<usize> {
        let received = self.received.lock().unwrap();
        received.iter().map(|body| body.as_array().map_or(1, Vec::len)).collect()
    }
}

fn call(method: &str, number: u64) -> Call {
    Call { method: method.to_owned(), params: json!([number]) }
}

async fn respond(mut connection: TcpStream, answer: Answer, received: Arc<Mutex<Vec<Value>>>) {
    let mut request = Vec::new();
    let body: Value = loop {
        if connection.read_buf(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&request);
        let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
        if let Some(body) = body {
            break body;
        }
    };
    let (status, text) = answer(&body);
    received.lock().unwrap().push(body);
    let length = text.len();
    let response =
        format!("HTTP/1.1 {status} Some\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}");
    let _ = connection.write_all(response.as_bytes()).await;
}

/// Returns the response to one call: twice its parameter, and a refusal of 13.
fn double(call: &Value) -> Value {
    match call["params"][0].as_u64().unwrap() {
        13 => {
            json!({ "jsonrpc": "2.0", "id": call["id"], "error": { "code": -32000, "message": "unlucky" } })
        }
        number => json!({ "jsonrpc": "2.0", "id": call["id"], "result": number * 2 }),
    }
}

/// Returns the responses to one call or many, the last call first.
fn honest(body: &Value) -> (u16, String) {
    match body.as_array() {
        Some(calls) => (200, Value::Array(calls.iter().rev().map(double).collect()).to_string()),
        None => (200, double(body).to_string()),
    }
}

fn expected(count: u64) -> Vec<Result<Value, RpcError>> {
    (0..count)
        .map(
            |number| {
                if number == 13 { Err(RpcError::node(-32000, "unlucky")) } else { Ok(json!(number * 2)) }
            },
        )
        .collect()
}

#[tokio::test]
async fn each_call_of_a_batch_gets_its_own_result() {
    let node = FakeNode::start(honest).await;
    assert_eq!(node.results(20).await, expected(20));
    assert_eq!(node.lengths(), [20]);
}

#[tokio::test]
async fn what_a_node_refuses_together_it_is_asked_one_by_one() {
    let nodes: [Answer; 5] = [
        |body| match body {
            Value::Array(_) => {
                (200, json!({ "id": null, "error": { "code": -32600, "message": "none" } }).to_string())
            }
            single => honest(single),
        },
        |body| if body.is_array() { (400, "Bad Request".to_owned()) } else { honest(body) },
        |body| if body.is_array() { (413, String::new()) } else { honest(body) },
        |body| if body.is_array() { (200, "[] trailing".to_owned()) } else { honest(body) },
        |body| if body.is_array() { (200, "x".repeat(MAX_RESPONSE_BYTES + 1)) } else { honest(body) },
    ];
    for answer in nodes {
        let node = FakeNode::start(answer).await;
        assert_eq!(node.results(20).await, expected(20));
        assert_eq!(node.lengths().len(), 1 + 20);
        // It is remembered.
        for number in 0..30 {
            node.transport.node.queue.push(call("double", number), oneshot::channel().0);
        }
        let waiting = node.transport.node.queue.take();
        assert!(waiting.is_none(), "no caller waits for these");
        let replies: Vec<_> = (0..30)
            .map(|number| {
                let (reply, result) = oneshot::channel();
                node.transport.node.queue.push(call("double", number), reply);
                result
            })
            .collect();
        assert_eq!(node.transport.node.queue.take().map(|calls| calls.len()), Some(10));
        drop(replies);
    }
}

#[tokio::test]
async fn an_outage_is_not_asked_about_one_by_one() {
    let outages: [(Answer, u16); 2] = [(|_| (429, String::new()), 429), (|_| (503, String::new()), 503)];
    for (answer, status) in outages {
        let expected = RpcError::Http { status };
        let node = FakeNode::start(answer).await;
        assert_eq!(node.results(3).await, vec![Err(expected); 3]);
        assert_eq!(node.lengths(), [3]);
    }
}

#[tokio::test]
async fn a_batch_that_lacks_an_answer_lacks_only_that_one() {
    let node = FakeNode::start(|body| {
        let calls = body.as_array().unwrap();
        let answers = calls.iter().filter(|call| call["params"][0] != 1).map(double);
        (200, Value::Array(answers.collect()).to_string())
    })
    .await;
    let results = node.results(3).await;
    assert_eq!((&results[0], &results[2]), (&Ok(json!(0)), &Ok(json!(4))));
    assert!(matches!(results[1], Err(RpcError::Malformed { .. })), "{results:?}");
}

#[tokio::test]
async fn calls_that_wait_for_a_busy_node_share_a_request_and_equal_ones_are_made_once() {
    let node = FakeNode::start(honest).await;
    let queue = &node.transport.node.queue;
    let mut results = Vec::new();
    let push = |number| {
        let (reply, result) = oneshot::channel();
        queue.push(call("double", number), reply);
        result
    };
    // As many requests are under way as allowed.
    let mut under_way = Vec::new();
    for number in 0..8 {
        results.push(push(number));
        under_way.push(queue.take().unwrap());
    }
    for number in (20..30).chain(20..30) {
        results.push(push(number));
    }
    assert!(queue.take().is_none());
    queue.ended();
    let together = queue.take().unwrap();
    assert_eq!(
        (together.len(), together.iter().map(|waiting| waiting.replies.len()).sum::<usize>()),
        (10, 20)
    );
    node.transport.node.send(together).await;
    for (result, number) in results.split_off(8).into_iter().zip((20..30).chain(20..30)) {
        assert_eq!(result.await.unwrap(), Ok(json!(number * 2)));
    }
    assert_eq!(node.lengths(), [10]);
}

#[tokio::test]
async fn a_thousand_calls_at_once_all_get_their_results_in_few_requests() {
    let node = FakeNode::start(honest).await;
    let calls = (100..1_100).map(|number| node.transport.call("double", json!([number])));
    for (result, number) in join_all(calls).await.into_iter().zip(100..) {
        assert_eq!(result, Ok(json!(number * 2)));
    }
    let requests = node.lengths();
    assert_eq!(requests.iter().sum::<usize>(), 1_000);
    assert!(requests.len() <= 100, "{requests:?}");
}
