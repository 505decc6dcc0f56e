//! The number of a key's transactions that wait at the nodes, and the fate of batches that are accepted meanwhile.

use crate::support::story::Story;

const IN_FLIGHT: usize = 4;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// Posts more batches, one after the other, than transactions of a key may wait; no block is made.
async fn crowded() -> (Story, Vec<String>) {
    let story = Story::begin().await;
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(story.post().await);
        story.pass(1_000).await;
    }
    (story, ids)
}

#[tokio::test]
async fn what_is_accepted_while_transactions_wait_shares_the_next_one() {
    let (story, ids) = crowded().await;
    for (number, id) in ids.iter().enumerate() {
        assert_eq!(story.status(id).await, if number < IN_FLIGHT { "signed" } else { "pending" });
    }
    story.come_to_rest(&ids).await;
    assert_eq!(story.node.transactions().await.len(), IN_FLIGHT + 1);
    story.until_final().await;
    story.assert_anchored_once().await;
    let shared = story.uni.batch(&ids[IN_FLIGHT]).await["anchor_transaction"]["hash"].clone();
    for id in &ids[IN_FLIGHT..] {
        assert_eq!(story.uni.batch(id).await["anchor_transaction"]["hash"], shared);
    }
}

#[tokio::test]
async fn a_transaction_beside_others_has_half_as_many_batches_again_as_the_largest_of_them() {
    let story = Story::begin().await;
    let mut ids = Vec::new();
    let statuses = async |ids: &[String]| {
        let mut statuses = Vec::new();
        for id in ids {
            statuses.push(story.status(id).await);
        }
        statuses
    };
    for _ in 0..3 {
        ids.push(story.post().await);
    }
    story.pass(1_000).await;
    // Four are half as many again as three, without the fraction.
    for waiting in 1..4 {
        ids.push(story.post().await);
        story.pass(1_000).await;
        assert_eq!(statuses(&ids[3..]).await, vec!["pending"; waiting]);
    }
    ids.push(story.post().await);
    story.pass(1_000).await;
    assert_eq!(statuses(&ids).await, ["signed"; 7]);
    // Once they are in a block, one alone is enough.
    story.node.mine(1).await;
    story.pass(2_000).await;
    ids.push(story.post().await);
    story.pass(1_000).await;
    assert_eq!(statuses(&ids[7..]).await, ["signed"]);
    story.come_to_rest(&ids).await;
    assert_eq!(story.node.transactions().await.len(), 3);
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn what_waits_behind_them_longer_than_the_give_up_window_fails_and_they_do_not() {
    let (story, ids) = crowded().await;
    story.pass(25 * HOUR_MS).await;
    story.pass(2_000).await;
    let (signed, waiting) = ids.split_at(IN_FLIGHT);
    for id in waiting {
        let batch = story.uni.batch(id).await;
        assert!(batch["error"].as_str().unwrap().starts_with("anchoring_chain_unavailable"), "{batch}");
    }
    story.come_to_rest(signed).await;
    assert_eq!(story.node.transactions().await.len(), IN_FLIGHT);
    let new = story.post().await;
    story.come_to_rest([&new]).await;
}
