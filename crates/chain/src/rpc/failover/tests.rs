//! The order in which nodes are called, and the response that is returned.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::*;

/// A node of a test: its response, and the calls that it received.
#[derive(Clone)]
struct Script {
    chain_id: u64,
    outcome: Arc<Mutex<Result<Value, RpcError>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn answering(answer: &str) -> Self {
        Self::with(Ok(json!(answer)))
    }

    fn with(outcome: Result<Value, RpcError>) -> Self {
        Self { chain_id: 8453, outcome: Arc::new(Mutex::new(outcome)), asked: Arc::default() }
    }

    fn becomes(&self, outcome: Result<Value, RpcError>) {
        *self.outcome.lock().unwrap() = outcome;
    }

    fn times_asked(&self, method: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == method).count()
    }
}

impl Transport for Script {
    fn call<'a>(&'a self, method: &'a str, _params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        self.asked.lock().unwrap().push(method.to_owned());
        let outcome = self.outcome.lock().unwrap().clone();
        let outcome = match (method, &outcome) {
            ("eth_chainId", Ok(_) | Err(RpcError::Node { .. })) => Ok(json!(format!("{:#x}", self.chain_id))),
            _ => outcome,
        };
        Box::pin(std::future::ready(outcome))
    }
}

fn failover(nodes: &[&Script]) -> Failover {
    failover_on(None, nodes)
}

fn failover_on(genesis: Option<[u8; 32]>, nodes: &[&Script]) -> Failover {
    let clients = nodes.iter().map(|&node| Client::new(Arc::new(node.clone())));
    Failover::new(ExpectedChain { id: 8453, genesis }, clients.collect())
}

fn down() -> Result<Value, RpcError> {
    Err(RpcError::unreachable("connection refused"))
}

async fn ask(failover: &Failover) -> Result<Value, RpcError> {
    failover.call("eth_blockNumber", json!([])).await
}

#[tokio::test]
async fn the_first_node_is_asked_while_it_answers() {
    let (first, second) = (Script::answering("first"), Script::answering("second"));
    let failover = failover(&[&first, &second]);
    for _ in 0..3 {
        assert_eq!(ask(&failover).await, Ok(json!("first")));
    }
    assert_eq!((first.times_asked("eth_chainId"), second.asked.lock().unwrap().len()), (1, 0));
}

#[tokio::test]
async fn whatever_keeps_a_node_from_answering_leads_to_the_next() {
    for fault in [
        RpcError::unreachable("connection reset"),
        RpcError::Timeout,
        RpcError::Http { status: 429 },
        RpcError::Http { status: 502 },
        RpcError::malformed("the answer is not a JSON object"),
        RpcError::node(-32005, "limit exceeded"),
        RpcError::node(-32603, "internal error"),
    ] {
        let (first, second) = (Script::with(Err(fault.clone())), Script::answering("second"));
        assert_eq!(ask(&failover(&[&first, &second])).await, Ok(json!("second")), "{fault}");
    }
}

const REFUSALS: [i64; 10] = [-32000, -32001, -32005, -32007, -32016, -32029, -32601, -32602, -39001, 429];

#[tokio::test]
async fn a_node_that_refuses_is_left_for_one_that_answers() {
    for code in REFUSALS {
        for method in ["eth_blockNumber", "eth_sendRawTransaction", "eth_feeHistory"] {
            let (first, second) =
                (Script::with(Err(RpcError::node(code, "no"))), Script::answering("second"));
            let failover = failover(&[&first, &second]);
            assert_eq!(failover.call(method, json!([])).await, Ok(json!("second")), "{code} {method}");
        }
    }
}

#[tokio::test]
async fn a_refusal_counts_when_all_refuse_and_the_first_is_returned() {
    let (first, second) = (
        Script::with(Err(RpcError::node(-32000, "nonce too low"))),
        Script::with(Err(RpcError::node(-32016, "over rate limit"))),
    );
    let nodes = failover(&[&first, &second]);
    assert_eq!(ask(&nodes).await, Err(RpcError::node(-32000, "nonce too low")));
    assert_eq!(second.times_asked("eth_blockNumber"), 1);
    // What the other node would say is not known. A transaction was refused all the same.
    second.becomes(down());
    assert_eq!(ask(&nodes).await, down());
    let sent = nodes.call("eth_sendRawTransaction", json!([])).await;
    assert_eq!(sent, Err(RpcError::node(-32000, "nonce too low")));
}

#[tokio::test]
async fn a_node_that_lacks_one_method_stays_the_preferred_one() {
    let (first, second) = (Script::answering("first"), Script::answering("second"));
    let nodes = failover(&[&first, &second]);
    first.becomes(Err(RpcError::node(-32601, "no such method")));
    assert_eq!(nodes.call("eth_maxPriorityFeePerGas", json!([])).await, Ok(json!("second")));
    first.becomes(Ok(json!("first")));
    assert_eq!(ask(&nodes).await, Ok(json!("first")));
    // One that is over its limit is left for a while.
    first.becomes(Err(RpcError::node(-32016, "over rate limit")));
    assert_eq!(ask(&nodes).await, Ok(json!("second")));
    first.becomes(Ok(json!("first")));
    assert_eq!(ask(&nodes).await, Ok(json!("second")));
}

#[tokio::test]
async fn a_node_of_another_chain_is_asked_for_nothing_but_its_chain() {
    let foreign = Script { chain_id: 1, ..Script::answering("foreign") };
    let second = Script::answering("second");
    let nodes = failover(&[&foreign, &second]);
    for _ in 0..3 {
        assert_eq!(ask(&nodes).await, Ok(json!("second")));
    }
    assert_eq!(*foreign.asked.lock().unwrap(), ["eth_chainId"]);
    assert!(matches!(ask(&failover(&[&foreign])).await, Err(RpcError::Malformed { .. })));
}

#[tokio::test]
async fn a_node_with_another_first_block_is_asked_for_nothing_more() {
    let genesis = |byte: u8| Ok(json!({ "hash": format!("0x{byte:064x}") }));
    let nodes = |node: &Script| failover_on(Some([7; 32]), &[node]);
    let right = Script::with(Ok(json!({ "hash": format!("0x{}", "07".repeat(32)) })));
    assert!(ask(&nodes(&right)).await.is_ok());
    assert_eq!(right.times_asked("eth_getBlockByNumber"), 1);
    let wrong = Script::with(genesis(9));
    let asked = nodes(&wrong);
    for _ in 0..3 {
        assert!(matches!(ask(&asked).await, Err(RpcError::Malformed { .. })));
    }
    assert_eq!(*wrong.asked.lock().unwrap(), ["eth_chainId", "eth_getBlockByNumber"]);
    // A pruned node no longer has it, and one that is busy is asked again.
    assert_eq!(ask(&nodes(&Script::with(Ok(Value::Null)))).await, Ok(Value::Null));
    let busy = Script::with(Err(RpcError::node(-32016, "over rate limit")));
    let asked = nodes(&busy);
    assert_eq!(ask(&asked).await, Err(RpcError::node(-32016, "over rate limit")));
    busy.becomes(Ok(json!({ "hash": format!("0x{}", "07".repeat(32)) })));
    assert!(ask(&asked).await.is_ok());
}

#[tokio::test]
async fn the_first_node_is_tried_again_in_the_end() {
    let (first, second) = (Script::with(down()), Script::answering("second"));
    let failover = failover(&[&first, &second]);
    assert_eq!(ask(&failover).await, Ok(json!("second")));
    first.becomes(Ok(json!("first")));
    assert_eq!(ask(&failover).await, Ok(json!("second")), "not at once: it has only just failed");
    let mut answers = Vec::new();
    for _ in 0..TRY_THE_FIRST_AGAIN_AFTER {
        answers.push(ask(&failover).await.unwrap());
    }
    assert_eq!(answers.last(), Some(&json!("first")));
}

#[tokio::test]
async fn if_no_node_answers_the_last_reason_is_returned() {
    let (first, second) = (Script::with(down()), Script::with(Err(RpcError::Timeout)));
    let nodes = failover(&[&first, &second]);
    assert_eq!(ask(&nodes).await, Err(RpcError::Timeout));
    second.becomes(Ok(json!("second")));
    assert_eq!(ask(&nodes).await, Ok(json!("second")));
    assert!(matches!(ask(&failover(&[])).await, Err(RpcError::Unreachable { .. })));
}
