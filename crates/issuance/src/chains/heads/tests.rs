//! Calls that are made, and those that are spared, while the chain grows, pauses and reorganizes.

use std::pin::pin;
use std::sync::{Mutex, MutexGuard};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all, pending, ready};
use learncoin_chain::rpc::Transport;
use serde_json::{Value, json};

use super::*;

const HASH: [u8; 32] = [0xaa; 32];
const POLL_MS: i64 = 1_000;

/// A chain whose blocks have hashes of the test's choice.
#[derive(Default)]
struct Blocks {
    /// The last byte of each block's hash, by height.
    hashes: Vec<u8>,
    asked: Vec<String>,
    is_away: bool,
    /// Whether calls about fees never get a response.
    fees_hang: bool,
}

#[derive(Clone, Default)]
struct Node(Arc<Mutex<Blocks>>);

impl Node {
    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.0.lock().unwrap()
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.blocks().asked)
    }

    fn look(&self, client: &Client, now_ms: i64) -> Look<'static> {
        let client: &'static Client = Box::leak(Box::new(client.clone()));
        Look { client, now_ms, max_age_ms: POLL_MS / 2 }
    }
}

fn hex(byte: u8) -> String {
    format!("0x{byte:064x}")
}

impl Transport for Node {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        let mut blocks = self.blocks();
        blocks.asked.push(format!("{method} {}", params[0].as_str().unwrap_or_default()));
        if blocks.is_away {
            return Box::pin(ready(Err(RpcError::Timeout)));
        }
        if blocks.fees_hang && method == "eth_feeHistory" {
            return Box::pin(pending());
        }
        let newest = blocks.hashes.len() - 1;
        let number = match params[0].as_str() {
            Some("latest") => newest,
            Some("finalized") => newest.saturating_sub(3),
            Some(number) => usize::from_str_radix(number.trim_start_matches("0x"), 16).unwrap(),
            None => return Box::pin(ready(Ok(json!("0x1")))),
        };
        let parent = number.checked_sub(1).map_or(0, |parent| blocks.hashes[parent]);
        let block = blocks.hashes.get(number).map_or(
            Value::Null,
            |hash| json!({ "number": format!("{number:#x}"), "hash": hex(*hash), "parentHash": hex(parent) }),
        );
        Box::pin(ready(Ok(block)))
    }
}

struct Story {
    node: Node,
    client: Client,
    heads: Heads,
    now_ms: i64,
}

impl Story {
    fn new(hashes: &[u8]) -> Story {
        let node = Node::default();
        node.blocks().hashes = hashes.to_vec();
        let client = Client::new(Arc::new(node.clone()));
        Story { node, client, heads: Heads::default(), now_ms: 1_000_000 }
    }

    /// Makes this the chain, and lets a poll pass.
    fn becomes(&mut self, hashes: &[u8]) {
        self.node.blocks().hashes = hashes.to_vec();
        self.now_ms += POLL_MS;
    }

    async fn mark(&self) -> Mark {
        self.heads.mark(self.node.look(&self.client, self.now_ms)).await.unwrap()
    }

    async fn known(&self) -> Option<u64> {
        let mark = self.mark().await;
        self.heads.block_of(&HASH, &mark).await
    }
}

#[tokio::test]
async fn the_newest_block_is_read_once_for_all_that_look_at_the_same_time() {
    let mut story = Story::new(&[0, 1, 2]);
    let marks = join_all((0..100).map(|_| story.mark())).await;
    assert!(marks.iter().all(|mark| mark.confirmations(1) == 2 && mark.confirmations(3) == 0));
    assert_eq!(story.node.asked(), ["eth_getBlockByNumber latest"]);
    story.now_ms += POLL_MS / 2;
    story.mark().await;
    assert_eq!(story.node.asked().len(), 1);
    // A clock that went back is no reason to wait until it has caught up.
    story.now_ms -= 24 * 60 * 60 * 1_000;
    story.mark().await;
    assert_eq!(story.node.asked().len(), 1);
}

#[tokio::test]
async fn a_transaction_is_where_it_was_while_the_heads_are_linked() {
    let mut story = Story::new(&[0, 1, 2]);
    let mark = story.mark().await;
    story.heads.saw(&HASH, 2, &mark).await;
    assert_eq!(story.known().await, Some(2));
    story.becomes(&[0, 1, 2, 3]);
    assert_eq!(story.known().await, Some(2));
    // The blocks between two heads are read.
    story.becomes(&[0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(story.known().await, Some(2));
    assert_eq!(
        story.node.asked()[2..],
        ["eth_getBlockByNumber latest", "eth_getBlockByNumber 0x4", "eth_getBlockByNumber 0x5"]
    );
}

#[tokio::test]
async fn a_reorganization_of_any_kind_leads_to_a_look_up() {
    for after in [
        &[0, 1, 9][..],             // another block at the same height
        &[0, 1, 9, 10],             // a longer branch
        &[0, 1, 9, 10, 11, 12],     // a longer branch, some blocks later
        &[0, 1, 2, 10, 11][..2],    // a shorter chain
        &[0, 8, 9, 10, 11, 12, 13], // a branch from further back
    ] {
        let mut story = Story::new(&[0, 1, 2]);
        let mark = story.mark().await;
        story.heads.saw(&HASH, 1, &mark).await;
        story.becomes(after);
        assert_eq!(story.known().await, None, "{after:?}");
        // What was looked up before it does not count after it.
        story.heads.saw(&HASH, 1, &mark).await;
        assert_eq!(story.known().await, None, "{after:?}");
        let mark = story.mark().await;
        story.heads.saw(&HASH, 1, &mark).await;
        assert_eq!(story.known().await, Some(1), "{after:?}");
    }
}

#[tokio::test]
async fn more_headers_than_look_ups_would_take_are_not_read() {
    let mut story = Story::new(&[0, 1]);
    let mark = story.mark().await;
    story.heads.saw(&HASH, 1, &mark).await;
    story.becomes(&(0..40).collect::<Vec<u8>>());
    assert_eq!(story.known().await, None);
    assert_eq!(story.node.asked().len(), 2);
}

#[tokio::test]
async fn a_transaction_that_waits_is_looked_up_again_once_there_is_a_block() {
    let mut story = Story::new(&[0, 1, 2]);
    let mark = story.mark().await;
    assert!(!story.heads.still_waits(&HASH, &mark).await);
    story.heads.waits(&HASH, &mark).await;
    story.becomes(&[0, 1, 2]);
    let mark = story.mark().await;
    assert!(story.heads.still_waits(&HASH, &mark).await);
    for after in [&[0, 1, 2, 3][..], &[0, 1, 9]] {
        story.becomes(after);
        let mark = story.mark().await;
        assert!(!story.heads.still_waits(&HASH, &mark).await, "{after:?}");
    }
}

#[tokio::test]
async fn fees_and_finality_are_read_once_for_each_head() {
    let mut story = Story::new(&[0, 1, 2, 3, 4, 5]);
    for _ in 0..3 {
        let look = story.node.look(&story.client, story.now_ms);
        assert_eq!(story.heads.finalized(look).await, Ok(Some(2)));
        story.now_ms += POLL_MS;
    }
    let finalized = |asked: Vec<String>| asked.iter().filter(|asked| asked.ends_with("finalized")).count();
    assert_eq!(finalized(story.node.asked()), 1);
    story.becomes(&[0, 1, 2, 3, 4, 5, 6]);
    let look = story.node.look(&story.client, story.now_ms);
    assert_eq!(story.heads.finalized(look).await, Ok(Some(3)));
    assert_eq!(finalized(story.node.asked()), 1);
}

#[tokio::test]
async fn a_call_about_fees_that_hangs_holds_up_no_look_up() {
    let story = Story::new(&[0, 1, 2]);
    story.node.blocks().fees_hang = true;
    let look = story.node.look(&story.client, story.now_ms);
    let mut market = pin!(story.heads.market(look));
    assert!(market.as_mut().now_or_never().is_none());
    let mark = story.mark().now_or_never().unwrap();
    assert_eq!(story.heads.block_of(&HASH, &mark).now_or_never(), Some(None));
    assert_eq!(story.heads.finalized(look).now_or_never(), Some(Ok(Some(0))));
}

#[tokio::test]
async fn a_node_that_is_away_is_asked_once_by_all_and_again_after_a_while() {
    let mut story = Story::new(&[0, 1, 2]);
    story.node.blocks().is_away = true;
    for outcome in
        join_all((0..20).map(|_| story.heads.mark(story.node.look(&story.client, story.now_ms)))).await
    {
        assert_eq!(outcome, Err(RpcError::Timeout));
    }
    assert_eq!(story.node.asked().len(), 1);
    story.node.blocks().is_away = false;
    story.now_ms += POLL_MS / 2;
    story.mark().await;
}

#[tokio::test]
async fn all_look_at_the_same_time() {
    let story = Story::new(&[0, 1, 2]);
    assert_eq!(story.heads.next_read(story.now_ms, POLL_MS).await, story.now_ms + POLL_MS);
    story.mark().await;
    let read_at = story.now_ms;
    for later in [0, 1, 400, 999] {
        assert_eq!(story.heads.next_read(read_at + later, POLL_MS).await, read_at + POLL_MS, "{later}");
    }
    for later in [1_000, 1_500, -1, -86_400_000] {
        assert_eq!(
            story.heads.next_read(read_at + later, POLL_MS).await,
            read_at + later + POLL_MS,
            "{later}"
        );
    }
}
