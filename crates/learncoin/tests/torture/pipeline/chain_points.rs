//! The process ends itself where a real chain makes it do more than send and wait: an anchor that is outbid, one that a
//! reorganization moved, one that another key makes again. On Anvil, which mines when a test calls for it.

use std::time::Duration;

use learncoin_store::kill;
use learncoin_testkit::anchor_of_batch;
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::{gather_all, judge_of, now_ms, until_anchored};
use crate::support::node::Node;

/// The time that something may take that ends by itself.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(20);

/// The points, by what leads to them.
const OUTBID: [&str; 2] = ["anchor.raised", "anchor.replaced"];
const MOVED: [&str; 1] = ["watch.moved"];
const FAILED_OVER: [&str; 1] = ["key_failover.committed"];
const REANCHORED: [&str; 2] = ["reanchor.signed", "reanchor.committed"];

#[test]
fn every_point_of_a_real_chain_has_its_story() {
    let covered: Vec<&str> = [&OUTBID[..], &MOVED, &FAILED_OVER, &REANCHORED].concat();
    assert_eq!(covered, kill::CHAIN);
}

/// A deployment on Anvil with one funded tenant, and no process.
struct Story {
    node: Node,
    deployment: Deployment,
    uni: Client,
}

impl Story {
    async fn begin() -> Self {
        let node = Node::start(&["--no-mining"]);
        let mut deployment = Deployment::on(node.url()).hurried();
        let uni = deployment.tenant("Example University").await;
        deployment.start(PLAIN).await;
        node.fund(&uni.signing_address().await).await;
        deployment.stop().await;
        Self { node, deployment, uni }
    }

    fn arm(&mut self, point: &'static str) {
        eprintln!("{point}");
        self.deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
    }

    async fn tenant_id(&self) -> String {
        let tenant = self.uni.get("/v1/tenants/me").await;
        tenant["id"].as_str().expect("an id").to_owned()
    }

    /// Creates a second key of the tenant, with ether.
    async fn rotate(&self) {
        let tenant = self.tenant_id().await;
        self.deployment
            .output(&["signing-key", "rotate", "--tenant", &tenant, "--environment", "test"])
            .await;
        self.node.fund(&self.uni.signing_address_of(2).await).await;
    }

    /// Makes blocks until the process has ended itself.
    async fn mine_until_aborted(&mut self, point: &str) {
        let node = &self.node;
        let mining = async {
            loop {
                node.mine(1).await;
                sleep(PAUSE).await;
            }
        };
        tokio::select! {
            () = self.deployment.until_aborted(point) => {}
            () = mining => {}
        }
    }

    /// Asserts that each of two keys signed one transaction for the batch, that the newer one's is its anchor, and that nothing
    /// is broken but what is so by intent.
    async fn assert_anchored_by_both(mut self, batch: Posted, anchored: &Value) {
        let id = batch.batch_id();
        let first = self.uni.signing_address_of(1).await.to_lowercase();
        let (seen, signed) = gather_all(&mut self.deployment, &[self.uni], &[batch]).await;
        // On a busy machine one that waits for its block is replaced meanwhile: the chain holds one of each key, as is checked below.
        assert!(signed[&id] >= 2, "a transaction of each key: {}", signed[&id]);
        // It is in the chain twice, once from each key; nothing else is broken.
        let violations = learncoin_testkit::ledger::check(&seen);
        let rules: Vec<&str> = violations.iter().map(|violation| violation.rule).collect();
        assert_eq!(rules, ["one transaction per anchored batch"], "{violations:?}");
        let mut carrying: Vec<(bool, &str)> = seen
            .chain
            .iter()
            .filter(|one| anchored["merkle_root"] == one.data)
            .map(|one| (anchored["anchor_transaction"]["hash"] == one.hash, one.from.as_str()))
            .collect();
        carrying.sort_unstable();
        let [(false, old), (true, new)] = carrying[..] else { panic!("{carrying:?}") };
        assert_eq!(old.to_lowercase(), first);
        assert_ne!(old, new);
    }

    /// Makes blocks until the batch is anchored by a transaction of which this holds.
    async fn mine_until(&self, batch_id: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let anchored = async {
            loop {
                self.node.mine(1).await;
                let batch = self.uni.batch(batch_id).await;
                if batch["status"] == "anchored" && holds(&batch["anchor_transaction"]) {
                    return batch;
                }
                sleep(PAUSE).await;
            }
        };
        match timeout(PATIENCE, anchored).await {
            Ok(batch) => batch,
            Err(_) => panic!("{:#}\n{}", self.uni.batch(batch_id).await, self.deployment.log()),
        }
    }
}

#[tokio::test]
async fn an_anchor_that_is_outbid_is_mined_once_wherever_the_process_died() {
    let mut story = Story::begin().await;
    let mut posted = Vec::new();
    for point in OUTBID {
        story.arm(point);
        let batch = story.uni.post(point, 2).await;
        // No block is made, so it waits too long.
        story.deployment.until_aborted(point).await;
        story.deployment.start(PLAIN).await;
        story.mine_until(&batch.batch_id(), |_| true).await;
        posted.push(batch);
        story.deployment.stop().await;
    }
    story.deployment.start(PLAIN).await;
    let (seen, signed) = judge_of(&mut story.deployment, &[story.uni], &posted).await;
    assert_eq!(seen.chain.len(), posted.len());
    // Only where the process died behind it is it sure that the higher offer was stored before a block was made.
    assert!(signed[&posted[1].batch_id()] >= 2, "it was outbid: {signed:?}");
}

#[tokio::test]
async fn an_anchor_that_a_reorganization_moved_is_found_wherever_the_process_died() {
    let mut story = Story::begin().await;
    let mut posted = Vec::new();
    for point in MOVED {
        story.arm(point);
        let batch = story.uni.post(point, 2).await;
        let anchored = story.mine_until(&batch.batch_id(), |_| true).await;
        let anchor = &anchored["anchor_transaction"];
        story.node.move_to_the_next_block(anchor["hash"].as_str().expect("a hash")).await;
        story.deployment.until_aborted(point).await;
        story.deployment.start(PLAIN).await;
        let was = anchor["block_number"].as_u64().expect("a number");
        let is_next = |now: &Value| now["block_number"] == was + 1 && now["hash"] == anchor["hash"];
        assert!(is_next(&story.uni.batch(&batch.batch_id()).await["anchor_transaction"]), "{anchor}");
        posted.push(batch);
        story.deployment.stop().await;
    }
    story.deployment.start(PLAIN).await;
    let (seen, signed) = judge_of(&mut story.deployment, &[story.uni], &posted).await;
    assert_eq!(seen.chain.len(), posted.len());
    assert!(signed.values().all(|count| *count == 1), "{signed:?}");
}

#[tokio::test]
async fn what_another_key_anchors_again_it_anchors_once_wherever_the_process_died() {
    for point in REANCHORED {
        let mut story = Story::begin().await;
        story.deployment.start(PLAIN).await;
        let batch = story.uni.post(point, 2).await;
        let id = batch.batch_id();
        let first = story.mine_until(&id, |_| true).await["anchor_transaction"]["hash"].clone();
        story.rotate().await;
        story.deployment.stop().await;
        let store = story.deployment.open_store().await;
        let anchor = anchor_of_batch(&store, &id.parse().expect("an id")).await.expect("it is signed");
        let mut tx = store.begin().await.expect("a transaction");
        let begun = tx.begin_reanchor(&anchor.id, 2, now_ms()).await;
        assert!(begun.expect("the batch is there"), "it is to be anchored again");
        tx.commit().await.expect("that is recorded");
        store.close().await;

        story.arm(point);
        story.mine_until_aborted(point).await;
        story.deployment.start(PLAIN).await;
        let again = story.mine_until(&id, |anchor| anchor["hash"] != first).await;
        until_anchored(&story.uni, &id).await;

        story.assert_anchored_by_both(batch, &again).await;
    }
}

#[tokio::test]
async fn what_a_revoked_key_had_signed_another_one_anchors_wherever_the_process_died() {
    for point in FAILED_OVER {
        let mut story = Story::begin().await;
        story.deployment.start(PLAIN).await;
        let batch = story.uni.post(point, 2).await;
        let id = batch.batch_id();
        // No block is made, so that it waits.
        let signed = async {
            while story.uni.batch(&id).await["status"] != "signed" {
                sleep(PAUSE).await;
            }
        };
        assert!(timeout(PATIENCE, signed).await.is_ok(), "{}", story.deployment.log());
        story.rotate().await;
        let tenant = story.tenant_id().await;
        story.deployment.stop().await;
        let revoke = [
            "signing-key",
            "revoke",
            "--tenant",
            &tenant,
            "--number",
            "1",
            "--since",
            "2026-01-01T00:00:00Z",
            "--yes",
        ];
        story.deployment.output(&revoke).await;

        story.arm(point);
        story.mine_until_aborted(point).await;
        story.deployment.start(PLAIN).await;
        let anchored = story.mine_until(&id, |_| true).await;
        story.assert_anchored_by_both(batch, &anchored).await;
    }
}
