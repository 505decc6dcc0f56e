//! The answers of real nodes that are no answer: limits, refusals, gateways and nonsense, at each method. Beside a healthy node they
//! delay nothing; alone they make batches wait, and nothing else.

use learncoin_chain::RpcError;
use learncoin_issuance::metrics::STEP_FAILURES;
use learncoin_testkit::{Counted, Interception};
use serde_json::{Value, json};

use crate::support::story::{CONFIRMATIONS, Story};

type Answer = Result<Value, RpcError>;

/// The longest time that a batch may take beside a healthy node, apart from its confirmations, in milliseconds.
const AT_MOST_MS: i64 = 10_000;
/// The interval at which a test looks, in milliseconds.
const LOOK_MS: i64 = 2_000;

/// Returns what nodes and gateways answer in place of a result.
fn answers() -> Vec<Answer> {
    let refusals = [
        (-32700, "parse error"),
        (-32600, "invalid request"),
        (-32601, "the method does not exist or is not available"),
        (-32602, "invalid argument"),
        (-32603, "internal error"),
        (-32000, "header not found"),
        (-32000, "txpool is full"),
        (-32000, "request timed out"),
        (-32001, "resource not found"),
        (-32002, "resource unavailable"),
        (-32003, "transaction rejected"),
        (-32004, "method not supported"),
        (-32005, "daily request count exceeded, request rate limited"),
        (-32007, "50/second request limit reached"),
        (-32016, "over rate limit"),
        (-32029, "too many requests"),
        (-32097, "rate limit"),
        (-32099, "upstream is unavailable"),
        (-39001, "unknown block"),
        (429, "your app has exceeded its compute units per second capacity"),
        (3, "execution reverted"),
        (0, ""),
    ];
    let statuses = [400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 521, 529];
    let nonsense = [json!({}), json!([]), json!("0x"), json!("nonsense"), json!(true)];
    let refusals = refusals.map(|(code, message)| Err(RpcError::node(code, message)));
    let statuses = statuses.map(|status| Err(RpcError::Http { status }));
    let silence = [
        Err(RpcError::Timeout),
        Err(RpcError::Unreachable { reason: "connection reset".into() }),
        Err(RpcError::Malformed { reason: "HTML".into() }),
    ];
    refusals.into_iter().chain(statuses).chain(silence).chain(nonsense.map(Ok)).collect()
}

/// Lets every kind of answer come from the first node at this method, and expects each batch to be anchored in time.
async fn delays_nothing(method: &'static str) {
    let story = Story::begin_beside_a_healthy_node().await;
    let answers = answers();
    assert!(answers.len() >= 40);
    for answer in answers {
        let given = answer.clone();
        story.line.set(move |called, _| (called == method).then(|| Interception::Instead(given.clone())));
        let id = story.post().await;
        let mut waited_ms = 0;
        while story.status(&id).await != "anchored" {
            assert!(waited_ms <= AT_MOST_MS, "{answer:?}: {}", story.uni.batch(&id).await);
            story.pass(LOOK_MS).await;
            story.node.mine(CONFIRMATIONS).await;
            waited_ms += LOOK_MS;
        }
        story.line.stop();
    }
    story.until_final().await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn no_answer_to_a_count_of_transactions_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_getTransactionCount").await;
}

#[tokio::test]
async fn no_answer_to_a_transaction_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_sendRawTransaction").await;
}

#[tokio::test]
async fn no_answer_to_a_look_up_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_getTransactionByHash").await;
}

#[tokio::test]
async fn no_answer_about_a_receipt_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_getTransactionReceipt").await;
}

#[tokio::test]
async fn no_answer_about_the_height_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_blockNumber").await;
}

#[tokio::test]
async fn no_answer_about_a_block_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_getBlockByNumber").await;
}

#[tokio::test]
async fn no_answer_about_fees_delays_a_batch_beside_a_healthy_node() {
    delays_nothing("eth_feeHistory").await;
    delays_nothing("eth_maxPriorityFeePerGas").await;
}

#[tokio::test]
async fn a_node_that_does_not_answer_makes_batches_wait_and_nothing_else() {
    let counted = Counted::begin();
    let story = Story::begin().await;
    let mut ids = Vec::new();
    for answer in answers() {
        let (before, given) = (counted.page().moved(STEP_FAILURES), answer.clone());
        story.line.set(move |_, _| Some(Interception::Instead(given.clone())));
        let id = story.post().await;
        for milliseconds in [0, 1_000, 60_000] {
            story.pass(milliseconds).await;
            assert_eq!(story.status(&id).await, "pending", "{answer:?}");
        }
        assert_ne!(counted.page().moved(STEP_FAILURES), before, "{answer:?} is counted");
        story.line.stop();
        let mut waited_ms = 0;
        while story.status(&id).await != "anchored" {
            assert!(waited_ms <= 60_000, "{answer:?}: {}", story.uni.batch(&id).await);
            story.pass(LOOK_MS).await;
            story.node.mine(CONFIRMATIONS).await;
            waited_ms += LOOK_MS;
        }
        ids.push(id);
    }
    story.come_to_rest(&ids).await;
    story.assert_anchored_once().await;
}
