//! Nodes that report falsehoods, are behind, or answer nonsense.

use std::collections::BTreeSet;
use std::sync::Arc;

use learncoin_chain::RpcError;
use learncoin_chain::rpc::{Client, Transport};
use learncoin_issuance::Chain;
use learncoin_issuance::metrics::ALARMS;
use learncoin_testkit::Counted;
use serde_json::{Value, json};

use crate::support::node::Node;
use crate::support::story::{CONFIRMATIONS, Story};
use learncoin_testkit::{Interception, Interceptor};

#[tokio::test]
async fn a_receipt_ahead_of_its_block_is_no_inclusion() {
    let story = Story::begin().await;
    let id = story.post().await;
    story.pass(0).await;
    let hash = format!("0x{}", story.attempts(&id).await[0].hash);
    // As Base's nodes do for the fifth of a second before the block.
    let served = hash.clone();
    story.line.set(move |method, _| {
        let receipt = json!({
            "transactionHash": served,
            "blockHash": format!("0x{}", "ab".repeat(32)),
            "blockNumber": "0x5",
            "status": "0x1",
        });
        (method == "eth_getTransactionReceipt").then(|| Interception::Instead(Ok(receipt)))
    });
    for _ in 0..CONFIRMATIONS * 2 {
        story.node.mine(1).await;
        story.pass(2_000).await;
        assert_eq!(story.status(&id).await, "signed");
    }
    story.line.stop();
    story.come_to_rest([&id]).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn a_head_that_runs_ahead_is_held_against_the_other_nodes() {
    // Two nodes in one: the one that is asked reports a wrong height, its witness does not. They agree about the block, so the false
    // height only brings the anchor forward; if the witness has another block, the anchor is not accepted.
    let counted = Counted::begin();
    let other = Arc::new(Node::start().transport());
    let witness = Interceptor::on(other.clone());
    let for_clients = witness.clone();
    let story = Story::begin_with(move |chain| {
        let witness: Arc<dyn Transport> = Arc::new(for_clients.clone());
        Chain { witnesses: vec![Client::new(witness)], ..chain }
    })
    .await;
    // This witness is on another branch, and far ahead.
    witness.set(|method, _| match method {
        "eth_getTransactionByHash" => Some(Interception::Instead(Ok(Value::Null))),
        "eth_blockNumber" => Some(Interception::Instead(Ok(json!("0xffff")))),
        _ => None,
    });
    let id = story.post().await;
    for _ in 0..CONFIRMATIONS * 2 {
        story.node.mine(1).await;
        story.pass(2_000).await;
        assert_eq!(
            story.status(&id).await,
            "signed",
            "a node that has come further does not have the anchor"
        );
    }
    let raised = counted.page().get(ALARMS, &[("alarm", "nodes_disagree")]).unwrap();
    assert!(raised > 0.0);
    // One that does not answer, or is behind, holds nothing up.
    witness.set(|_, _| Some(Interception::Instead(Err(RpcError::Timeout))));
    story.come_to_rest([&id]).await;
    let behind = story.post().await;
    witness.set(|method, _| match method {
        "eth_getTransactionByHash" => Some(Interception::Instead(Ok(Value::Null))),
        "eth_blockNumber" => Some(Interception::Instead(Ok(json!("0x1")))),
        _ => None,
    });
    story.come_to_rest([&behind]).await;
    story.assert_anchored_once().await;
    assert_eq!(counted.page().moved(ALARMS), BTreeSet::from([format!("alarm=nodes_disagree {raised}")]));
}

#[tokio::test]
async fn no_nonsense_from_a_node_fails_a_batch_or_takes_a_nonce() {
    let story = Story::begin().await;
    let answers: Vec<Arc<dyn Fn() -> Result<Value, RpcError> + Send + Sync>> = vec![
        Arc::new(|| Err(RpcError::Timeout)),
        Arc::new(|| Err(RpcError::Unreachable { reason: "reset".into() })),
        Arc::new(|| Err(RpcError::Http { status: 429 })),
        Arc::new(|| Err(RpcError::Http { status: 502 })),
        Arc::new(|| Err(RpcError::Malformed { reason: "HTML".into() })),
        Arc::new(|| Err(RpcError::Node { code: -32000, message: "internal".into() })),
        Arc::new(|| Ok(Value::Null)),
        Arc::new(|| Ok(json!({}))),
        Arc::new(|| Ok(json!("0x"))),
        Arc::new(|| Ok(json!([]))),
    ];
    let methods = [
        "eth_getTransactionCount",
        "eth_sendRawTransaction",
        "eth_getTransactionByHash",
        "eth_getTransactionReceipt",
        "eth_blockNumber",
        "eth_getBlockByNumber",
        "eth_feeHistory",
    ];
    let mut ids = Vec::new();
    for method in methods {
        for answer in &answers {
            let answer = Arc::clone(answer);
            story.line.set(move |called, _| (called == method).then(|| Interception::Instead(answer())));
            ids.push(story.post().await);
            story.pass(2_000).await;
            story.node.mine(1).await;
            story.pass(2_000).await;
            assert_ne!(story.status(ids.last().unwrap()).await, "failed");
            story.line.stop();
            story.node.mine(1).await;
            story.pass(60_000).await;
        }
    }
    assert_eq!(ids.len(), 70);
    story.come_to_rest(&ids).await;
    story.assert_anchored_once().await;
}
