//! A key was stolen: what it anchored too late is anchored again with another key, and what it had only signed goes on with that
//! one.

use learncoin_issuance::anchor::reanchor::Reanchored;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_testkit::{Interception, anchor_of_batch};
use serde_json::{Value, json};

use crate::restore::{back_up, restore};
use crate::support::story::{CONFIRMATIONS, ETHER, REPLACE_AFTER_MS, Story};

impl Story {
    fn scope(&self) -> TenantScope {
        TenantScope { tenant_id: self.uni.tenant_id.clone(), environment: Environment::Test }
    }

    /// Creates another key of the tenant, with ether.
    async fn rotate(&self) {
        let rotated = self.app.issuance().keys.rotate_signing_key(&self.scope()).await.unwrap();
        self.node.give(rotated.key.address.as_str(), ETHER).await;
    }

    async fn revoke(&self, number: u64, since_ms: i64) {
        self.app.issuance().keys.revoke_signing_key(&self.uni.tenant_id, number, since_ms).await.unwrap();
    }

    async fn reanchor(&self, number: u64) -> Reanchored {
        self.app.issuance().pipeline.reanchor_lost(&self.uni.tenant_id, number).await.unwrap()
    }

    /// Returns the time of the block of a batch's anchor, in milliseconds since 1970.
    async fn anchored_at(&self, id: &str) -> i64 {
        let attempts = self.attempts(id).await;
        let block = attempts.iter().find_map(|attempt| attempt.block.as_ref()).unwrap();
        i64::try_from(block.time * 1_000).unwrap()
    }

    /// Returns the key that a batch's proofs name, and the transaction.
    async fn proof(&self, id: &str) -> (String, String) {
        let batch = self.uni.batch(id).await;
        let credential = self.uni.credential(batch["credentials"][0]["id"].as_str().unwrap()).await;
        let method = credential["signed_credential"]["proof"]["verificationMethod"].as_str().unwrap();
        let (_, key) = method.split_once("-key-").unwrap();
        (format!("key {key}"), batch["anchor_transaction"]["hash"].as_str().unwrap().to_owned())
    }

    /// Mines block by block until a batch's proofs name this key.
    async fn until_anchored_with(&self, id: &str, key: &str) {
        for _ in 0..200 {
            self.node.mine(1).await;
            self.pass(2_000).await;
            if self.proof(id).await.0 == key {
                return;
            }
        }
        panic!("{id} is not anchored with {key}: {:#?}", self.attempts(id).await);
    }

    /// Counts the transactions that carry the batch's root.
    async fn carriers(&self, id: &str) -> usize {
        let root = self.uni.batch(id).await["merkle_root"].clone();
        self.node.transactions().await.iter().filter(|transaction| transaction["input"] == root).count()
    }

    /// Asserts that the deployment finds nothing wrong with itself, and sent one event of each transition.
    async fn assert_sound(&self, id: &str) {
        let findings = self.app.issuance().store.examine().await.unwrap();
        let broken: Vec<_> = findings.iter().filter(|finding| !finding.broken_by.is_empty()).collect();
        assert!(broken.is_empty(), "{broken:#?}");
        let events = self.app.events(id).await;
        let anchored = events.iter().filter(|event| event.event_type.as_str() == "batch.anchored").count();
        assert_eq!((events.len(), anchored), (3, 1), "{id}");
    }
}

/// Anchors a batch before the theft and one after it, revokes the key, and creates another.
async fn with_stolen_key() -> (Story, String, String) {
    let story = Story::begin().await;
    let before = story.post().await;
    story.come_to_rest([&before]).await;
    // Anvil's blocks of one second have one time.
    story.node.call("evm_increaseTime", json!([10])).await;
    let after = story.post().await;
    story.come_to_rest([&after]).await;
    story.revoke(1, story.anchored_at(&after).await).await;
    story.rotate().await;
    (story, before, after)
}

#[tokio::test]
async fn what_was_anchored_after_a_theft_is_anchored_again_and_what_was_before_is_not() {
    let (story, before, after) = with_stolen_key().await;
    let (old, document) = (story.proof(&after).await, document(&story, &after).await);
    let lost = anchor_of_batch(&story.app.issuance().store, &after.parse().unwrap()).await.unwrap();
    assert_eq!(story.reanchor(1).await.begun, [lost]);
    story.pass(0).await;
    story.node.mine(CONFIRMATIONS - 1).await;
    story.pass(2_000).await;
    assert_eq!(story.proof(&after).await, old, "until the new anchor is deep enough the old one is named");
    story.app.restart().await;
    story.until_anchored_with(&after, "key 2").await;
    assert!(story.confirmations(&after).await >= CONFIRMATIONS);
    assert_ne!(story.proof(&after).await.1, old.1);
    assert_eq!((story.proof(&before).await.0, story.carriers(&before).await), ("key 1".to_owned(), 1));
    assert_eq!(story.carriers(&after).await, 2, "by the stolen key and by the new one, once each");
    assert_eq!(self::document(&story, &after).await, document, "the documents are the same");
    story.until_final().await;
    assert_eq!(story.carriers(&after).await, 2);
    assert_eq!(story.reanchor(1).await.begun, [], "there is nothing more to do");
    for id in [&before, &after] {
        story.assert_sound(id).await;
    }
}

/// Returns the signed document of a batch's credential, without its proof.
async fn document(story: &Story, id: &str) -> Value {
    let batch = story.uni.batch(id).await;
    let credential = story.uni.credential(batch["credentials"][0]["id"].as_str().unwrap()).await;
    let mut signed = credential["signed_credential"].clone();
    signed.as_object_mut().unwrap().remove("proof").unwrap();
    signed
}

#[tokio::test]
async fn a_reorganization_of_the_second_anchor_does_not_bring_the_first_one_back() {
    let (story, _, after) = with_stolen_key().await;
    // The ether of the new key must be older than what the reorganization undoes.
    story.node.mine(4).await;
    story.reanchor(1).await;
    story.until_anchored_with(&after, "key 2").await;
    let anchored = story.proof(&after).await;
    // Blocks that hold the stolen key's transaction stay; those with the new key's go.
    story.node.reorganize(CONFIRMATIONS + 2, &[]).await;
    for _ in 0..4 {
        story.pass(60_000).await;
    }
    assert_eq!(story.proof(&after).await, anchored);
    story.come_to_rest([&after]).await;
    story.until_final().await;
    assert_eq!((story.proof(&after).await, story.carriers(&after).await), (anchored, 2));
    story.assert_sound(&after).await;
}

#[tokio::test]
async fn what_a_revoked_key_had_signed_and_no_block_holds_is_announced_with_another_key_alone() {
    let story = Story::begin().await;
    let id = story.post().await;
    story.pass(0).await;
    // The clock of the blocks is an hour behind at most.
    story.revoke(1, story.app.now_ms() - 3_600_000).await;
    story.node.mine(CONFIRMATIONS + 1).await;
    story.pass(60_000).await;
    assert_eq!(story.status(&id).await, "signed", "the chain has it, and it does not count");
    story.rotate().await;
    story.pass(60_000).await;
    story.come_to_rest([&id]).await;
    assert_eq!((story.proof(&id).await.0, story.carriers(&id).await), ("key 2".to_owned(), 2));
    story.until_final().await;
    story.assert_sound(&id).await;
}

#[tokio::test]
async fn a_batch_whose_nonce_is_stolen_from_a_disabled_key_goes_on_with_the_next_key() {
    let story = Story::begin().await;
    story.line.set(|method, _| {
        (method == "eth_sendRawTransaction")
            .then(|| Interception::Instead(Err(learncoin_chain::RpcError::Timeout)))
    });
    let id = story.post().await;
    story.pass(0).await;
    story.app.issuance().keys.disable_signing_key(&story.uni.tenant_id, 1).await.unwrap();
    story.send_elsewhere(&story.sign_elsewhere(0, [7; 32]).await).await;
    story.node.mine(CONFIRMATIONS).await;
    story.line.stop();
    for _ in 0..4 {
        story.pass(REPLACE_AFTER_MS).await;
    }
    assert_eq!(story.status(&id).await, "signed", "there is no other key");
    story.rotate().await;
    story.pass(REPLACE_AFTER_MS).await;
    story.come_to_rest([&id]).await;
    assert_eq!((story.proof(&id).await.0, story.carriers(&id).await), ("key 2".to_owned(), 1));
    story.assert_sound(&id).await;
}

#[tokio::test]
async fn a_second_key_that_is_stolen_while_it_anchors_again_is_followed_by_a_third() {
    let (story, _, after) = with_stolen_key().await;
    story.reanchor(1).await;
    story.pass(0).await;
    story.revoke(2, story.app.now_ms() - 3_600_000).await;
    story.rotate().await;
    story.until_anchored_with(&after, "key 3").await;
    story.until_final().await;
    assert_eq!(story.reanchor(2).await.begun, []);
    story.assert_sound(&after).await;
}

#[tokio::test]
async fn a_database_from_before_the_second_anchor_finds_it_in_the_chain() {
    let (story, _, after) = with_stolen_key().await;
    story.reanchor(1).await;
    let backup = back_up(&story).await;
    story.until_anchored_with(&after, "key 2").await;
    let (sent, anchored) = (story.node.transactions().await.len(), story.proof(&after).await);

    restore(&story, &backup).await;
    story.until_anchored_with(&after, "key 2").await;
    assert_eq!(story.proof(&after).await, anchored);
    assert_eq!(story.node.transactions().await.len(), sent, "nothing was sent again");
    story.assert_sound(&after).await;
}
