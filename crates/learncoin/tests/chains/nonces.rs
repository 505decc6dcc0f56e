//! Nonces that a foreign transaction used.

use serde_json::json;

use crate::support::story::{CONFIRMATIONS, REPLACE_AFTER_MS, Story};

#[tokio::test]
async fn a_nonce_that_is_stolen_before_the_anchor_is_sent_costs_nothing_but_time() {
    let story = Story::begin().await;
    // Nothing that is sent arrives, until the foreign transaction has the nonce.
    story.line.set(|method, _| {
        (method == "eth_sendRawTransaction")
            .then(|| learncoin_testkit::Interception::Instead(Err(learncoin_chain::RpcError::Timeout)))
    });
    let first = story.post().await;
    story.pass(0).await;
    let second = story.post().await;
    story.pass(0).await;
    story.send_elsewhere(&story.sign_elsewhere(0, [7; 32]).await).await;
    story.node.mine(1).await;
    story.line.stop();
    story.pass(2_000).await;
    assert_eq!(story.status(&first).await, "signed");
    story.come_to_rest([&first, &second]).await;
    story.assert_anchored_once().await;
    // The second batch had the nonce after it, and the first one was signed anew under the one after that.
    let nonces: Vec<u64> = story.attempts(&first).await.iter().map(|attempt| attempt.nonce).collect();
    assert_eq!(nonces, [0, 2]);
    assert_eq!(story.attempts(&second).await[0].nonce, 1);
    // The next ones go on from there, in this process and in the next.
    let third = story.post().await;
    story.come_to_rest([&third]).await;
    story.app.restart().await;
    let fourth = story.post().await;
    story.come_to_rest([&fourth]).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn a_nonce_that_was_used_while_the_process_was_down_is_passed_over_once_it_is_deep() {
    let story = Story::begin().await;
    let first = story.post().await;
    story.come_to_rest([&first]).await;
    story.app.restart().await;
    story.send_elsewhere(&story.sign_elsewhere(1, [7; 32]).await).await;
    let second = story.post().await;
    story.pass(0).await;
    assert_eq!(story.status(&second).await, "pending", "what waits at the nodes may yet be mined");
    story.node.mine(1).await;
    story.pass(60_000).await;
    assert_eq!(story.status(&second).await, "pending", "one block is not deep enough to pass a nonce over");
    story.node.mine(CONFIRMATIONS).await;
    story.pass(60_000).await;
    assert_eq!(story.attempts(&second).await[0].nonce, 2);
    story.come_to_rest([&second]).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn a_node_that_counts_too_many_makes_no_gap() {
    let story = Story::begin().await;
    story.line.set(|method, _| {
        (method == "eth_getTransactionCount")
            .then(|| learncoin_testkit::Interception::Instead(Ok(json!("0x2a"))))
    });
    let id = story.post().await;
    for _ in 0..5 {
        story.node.mine(1).await;
        story.pass(REPLACE_AFTER_MS).await;
    }
    assert_eq!(story.status(&id).await, "pending", "forty-two transactions were counted, and none was seen");
    story.line.stop();
    story.pass(60_000).await;
    story.come_to_rest([&id]).await;
    assert_eq!(story.attempts(&id).await[0].nonce, 0);
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn of_300_anchors_with_faults_on_the_line_none_is_lost_and_no_nonce() {
    use rand::{Rng as _, SeedableRng as _};
    let story = Story::begin().await;
    let random = std::sync::Mutex::new(rand::rngs::StdRng::seed_from_u64(learncoin_testkit::seed()));
    // Three calls in ten fail: half of them undone, half of them done.
    story.line.set(move |_, _| {
        use learncoin_testkit::Interception::{AfterAll, Instead};
        let timeout = || Err(learncoin_chain::RpcError::Timeout);
        match random.lock().unwrap().random_range(0..20) {
            0..3 => Some(Instead(timeout())),
            3..6 => Some(AfterAll(timeout())),
            _ => None,
        }
    });
    let mut ids = Vec::new();
    for _ in 0..30 {
        for _ in 0..10 {
            ids.push(story.post().await);
        }
        story.node.mine(1).await;
        story.pass(2_000).await;
    }
    for _ in 0..60 {
        story.node.mine(1).await;
        story.pass(10_000).await;
    }
    story.line.stop();
    story.pass(60_000).await;
    story.come_to_rest(&ids).await;
    story.assert_anchored_once().await;
}
