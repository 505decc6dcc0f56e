//! Anchors that wait: they are replaced by ones that offer more, up to a cap, and whichever is mined counts.

use learncoin_chain::rpc::Inclusion;
use learncoin_chain::{ReadTransaction, RpcError};
use learncoin_issuance::Chain;
use learncoin_issuance::metrics::{ALARMS, STEP_FAILURES};
use learncoin_store::onchain::RawTransaction;
use learncoin_testkit::{Counted, Interception};
use serde_json::json;

use crate::support::story::{ETHER, REPLACE_AFTER_MS, Story};

fn offers(raw: &RawTransaction) -> u128 {
    ReadTransaction::read(raw.as_bytes()).unwrap().fees.max_fee_per_gas
}

fn alarms(counted: &Counted, alarm: &str) -> f64 {
    counted.page().get(ALARMS, &[("alarm", alarm)]).unwrap()
}

fn failures(counted: &Counted, step: &str, reason: &str) -> f64 {
    let labels = [("environment", "test"), ("step", step), ("reason", reason)];
    counted.page().get(STEP_FAILURES, &labels).unwrap()
}

#[tokio::test]
async fn while_no_block_is_made_offers_rise_one_nonce_is_used_and_one_anchor_is_mined() {
    let story = Story::begin().await;
    let id = story.post().await;
    story.pass(0).await;
    for _ in 0..5 {
        story.pass(REPLACE_AFTER_MS).await;
        story.pass(2_000).await;
    }
    let attempts = story.attempts(&id).await;
    assert_eq!(attempts.len(), 6);
    for pair in attempts.windows(2) {
        assert!(offers(&pair[1].raw) * 10 >= offers(&pair[0].raw) * 11, "each offers a tenth more");
        assert_eq!((pair[1].nonce, &pair[1].address), (pair[0].nonce, &pair[0].address));
    }
    story.come_to_rest([&id]).await;
    story.until_final().await;
    story.assert_anchored_once().await;
    let batch = story.uni.batch(&id).await;
    assert_eq!(batch["anchor_transaction"]["hash"], format!("0x{}", attempts[5].hash));
}

#[tokio::test]
async fn an_older_attempt_that_is_mined_is_the_anchor() {
    let story = Story::begin().await;
    let id = story.post().await;
    story.pass(0).await;
    // The node loses the replacement, so that the older one is mined.
    story.pass(REPLACE_AFTER_MS).await;
    story.pass(2_000).await;
    let attempts = story.attempts(&id).await;
    assert_eq!(attempts.len(), 2);
    story.node.drop_transaction(&format!("0x{}", attempts[1].hash)).await;
    story.send_elsewhere(&format!("0x{}", attempts[0].raw)).await;
    story.node.mine(1).await;
    story.come_to_rest([&id]).await;
    story.assert_anchored_once().await;
    let batch = story.uni.batch(&id).await;
    assert_eq!(batch["anchor_transaction"]["hash"], format!("0x{}", attempts[0].hash));
}

#[tokio::test]
async fn only_the_first_of_those_that_wait_is_replaced() {
    let story = Story::begin().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(story.post().await);
        story.pass(0).await;
    }
    story.pass(REPLACE_AFTER_MS).await;
    story.pass(2_000).await;
    let mut counts = Vec::new();
    for id in &ids {
        counts.push(story.attempts(id).await.len());
    }
    assert_eq!(counts, [2, 1, 1]);
    story.come_to_rest(&ids).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn an_older_attempt_that_is_mined_is_the_anchor_though_no_node_takes_the_replacement() {
    let story = Story::begin().await;
    let id = story.post().await;
    story.pass(0).await;
    // As a gateway that sends a node's refusal with a status of its own.
    story.line.set(|method, _| {
        (method == "eth_sendRawTransaction")
            .then(|| Interception::Instead(Err(RpcError::Http { status: 400 })))
    });
    story.pass(REPLACE_AFTER_MS).await;
    story.pass(2_000).await;
    let attempts = story.attempts(&id).await;
    assert_eq!((attempts.len(), attempts[1].sent_at), (2, None));
    story.come_to_rest([&id]).await;
    let batch = story.uni.batch(&id).await;
    assert_eq!(batch["anchor_transaction"]["hash"], format!("0x{}", attempts[0].hash));
}

#[tokio::test]
async fn offers_never_pass_the_cap() {
    // Enough for a few raises of what Anvil asks for.
    const CAP: u128 = 30_000 * 6_000_000_000;
    let counted = Counted::begin();
    let story = Story::begin_with(|chain| Chain { max_anchor_cost: CAP, ..chain }).await;
    let id = story.post().await;
    story.pass(0).await;
    for _ in 0..20 {
        story.pass(REPLACE_AFTER_MS).await;
        story.pass(2_000).await;
    }
    let attempts = story.attempts(&id).await;
    assert!(attempts.len() > 1 && attempts.len() < 20, "{}", attempts.len());
    assert!(attempts.iter().all(|attempt| offers(&attempt.raw) * 30_000 <= CAP));
    assert!(alarms(&counted, "fee_cap") > 0.0);
    story.come_to_rest([&id]).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn where_the_chain_asks_for_more_than_the_cap_a_batch_waits_unsigned() {
    let counted = Counted::begin();
    let story = Story::begin_with(|chain| Chain { max_anchor_cost: 30_000 * 3_000_000_000, ..chain }).await;
    story.node.call("anvil_setNextBlockBaseFeePerGas", json!(["0x2540be400"])).await;
    story.node.mine(1).await;
    let id = story.post().await;
    story.pass(0).await;
    assert_eq!((story.status(&id).await, story.attempts(&id).await.len()), ("pending".to_owned(), 0));
    assert_eq!((alarms(&counted, "fee_cap"), failures(&counted, "sign", "fee_cap")), (1.0, 1.0));
    assert_eq!(story.uni.batch(&id).await["waiting_for"], "chain");
    // Empty blocks lower the fee by an eighth each.
    story.come_to_rest([&id]).await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn a_key_that_cannot_pay_waits_and_signs_nothing_more() {
    let counted = Counted::begin();
    let story = Story::begin().await;
    story.node.give(&story.address, 1).await;
    let id = story.post().await;
    story.pass(0).await;
    for _ in 0..10 {
        story.pass(REPLACE_AFTER_MS).await;
    }
    assert_eq!((story.status(&id).await, story.attempts(&id).await.len()), ("signed".to_owned(), 1));
    let batch = story.uni.batch(&id).await;
    assert_eq!(batch["waiting_for"], "funds");
    assert!(batch["waiting_for_message"].as_str().unwrap().contains("too little ether"), "{batch}");
    let raised = alarms(&counted, "no_funds");
    assert!(raised > 1.0);
    assert_eq!(failures(&counted, "anchor", "funds"), raised);
    assert_eq!(story.inclusion(&story.attempts(&id).await[0].hash).await, Inclusion::Unknown);
    story.node.give(&story.address, ETHER).await;
    story.pass(60_000).await;
    story.come_to_rest([&id]).await;
    story.assert_anchored_once().await;
    assert_eq!(story.attempts(&id).await.len(), 1, "the bytes that were signed first");
    assert_eq!(story.uni.batch(&id).await.get("waiting_for"), None);
    assert_eq!(alarms(&counted, "no_funds"), raised);
}
