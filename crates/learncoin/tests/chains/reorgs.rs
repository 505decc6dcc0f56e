//! Reorganizations of every depth from 1 to 64, with each of the four things that can become of an anchor: 256 cases. An anchor is
//! announced 10 blocks deep, so nine of each kind come before the announcement, and 55 after it.

use learncoin_store::onchain::{RawTransaction, TxHash};
use serde_json::json;

use crate::support::node::Node;
use crate::support::story::{CONFIRMATIONS, REPLACE_AFTER_MS, Story};

pub(crate) const DEEPEST: u64 = 64;

/// The content of the new blocks, as to an anchor that the old ones held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is where it was, in another block of that height.
    Kept,
    /// It is gone, from the pool too.
    Dropped,
    /// It is in another block.
    Moved,
    /// An older attempt of ours, which offers less, is there in its place.
    Replaced,
}

#[tokio::test]
async fn an_anchor_that_is_kept_stays() {
    every_depth(Fate::Kept).await;
}

#[tokio::test]
async fn an_anchor_that_is_dropped_is_sent_again_in_the_same_bytes() {
    every_depth(Fate::Dropped).await;
}

#[tokio::test]
async fn an_anchor_that_moves_is_found_where_it_is() {
    every_depth(Fate::Moved).await;
}

#[tokio::test]
async fn an_older_attempt_that_is_mined_in_its_place_is_the_anchor() {
    every_depth(Fate::Replaced).await;
}

async fn every_depth(fate: Fate) {
    let story = Story::begin().await;
    for depth in 1..=DEEPEST {
        // What the cases before it left is deeper than the deepest reorganization.
        story.node.mine(DEEPEST + CONFIRMATIONS).await;
        case(&story, depth, fate).await;
    }
    story.until_final().await;
    story.assert_anchored_once().await;
    assert_eq!(story.uni.all_batches().await.len(), 64);
}

async fn case(story: &Story, depth: u64, fate: Fate) {
    let id = story.post().await;
    story.pass(0).await;
    if fate == Fate::Replaced {
        story.pass(REPLACE_AFTER_MS).await;
        story.pass(2_000).await;
    }
    let attempts = story.attempts(&id).await;
    assert_eq!(attempts.len(), if fate == Fate::Replaced { 2 } else { 1 }, "{fate:?} {depth}");
    assert!(attempts.iter().all(|attempt| attempt.sent_at.is_some()), "{fate:?} {depth}");
    for _ in 0..depth {
        story.node.mine(1).await;
        story.pass(2_000).await;
    }
    let is_announced = depth >= CONFIRMATIONS;
    assert_eq!(story.status(&id).await, if is_announced { "anchored" } else { "signed" }, "{fate:?} {depth}");

    let newest = attempts.last().unwrap();
    let raws: Vec<(TxHash, RawTransaction)> =
        attempts.iter().map(|attempt| (attempt.hash, attempt.raw.clone())).collect();
    reorganize(&story.node, depth, fate, &raws).await;
    // An announced anchor is looked at once a minute, an open one every two seconds.
    story.pass(if is_announced { 60_000 } else { 2_000 }).await;
    story.come_to_rest([&id]).await;
    let anchor = story.uni.batch(&id).await["anchor_transaction"]["hash"].clone();
    let due = if fate == Fate::Replaced { &attempts[0] } else { newest };
    assert_eq!(anchor, format!("0x{}", due.hash), "{fate:?} {depth}");
    assert_eq!(story.attempts(&id).await.len(), attempts.len(), "nothing new was signed: {fate:?} {depth}");
}

/// Replaces the newest blocks, the oldest of which holds the last of these attempts.
pub(crate) async fn reorganize(node: &Node, depth: u64, fate: Fate, attempts: &[(TxHash, RawTransaction)]) {
    let raw = |index: usize| format!("0x{}", attempts[index].1);
    let last = attempts.len() - 1;
    match fate {
        Fate::Kept => node.reorganize(depth, &[(raw(last), 0)]).await,
        Fate::Moved => node.reorganize(depth, &[(raw(last), depth - 1)]).await,
        Fate::Replaced => node.reorganize(depth, &[(raw(0), 0)]).await,
        Fate::Dropped => {
            let hash = format!("0x{}", attempts[last].0);
            node.reorganize(depth, &[]).await;
            node.drop_transaction(&hash).await;
            assert!(node.call("eth_getTransactionByHash", json!([hash])).await.is_null(), "{depth}");
        }
    }
}
