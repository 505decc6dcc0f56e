//! A database that is ten batches old comes back: anchors whose batches it has, and that the chain has already, are not sent again,
//! whether or not people were erased meanwhile.

use std::path::PathBuf;

use crate::support::story::{REPLACE_AFTER_MS, Story};

/// The database's file, while nothing has it open.
pub(crate) struct Backup(PathBuf);

pub(crate) async fn back_up(story: &Story) -> Backup {
    let (database, copy) = paths(story);
    story.app.lose_database().await;
    std::fs::copy(&database, &copy).unwrap();
    story.app.restart().await;
    Backup(copy)
}

pub(crate) async fn restore(story: &Story, backup: &Backup) {
    let (database, _) = paths(story);
    story.app.lose_database().await;
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(database.with_extension(format!("db{suffix}")));
    }
    std::fs::copy(&backup.0, &database).unwrap();
    story.app.restart().await;
}

fn paths(story: &Story) -> (PathBuf, PathBuf) {
    let directory = story.app.directory();
    (directory.join("learncoin.db"), directory.join("backup"))
}

#[tokio::test]
async fn what_a_restored_database_has_not_anchored_yet_and_the_chain_has_is_recovered() {
    let story = Story::begin().await;
    let before = story.post().await;
    story.come_to_rest([&before]).await;
    // Ten batches that the backup knows of: five of them sent, in two anchors, and five only accepted.
    let mut known = vec![before];
    for together in [2, 3] {
        for _ in 0..together {
            known.push(story.post().await);
        }
        story.pass(0).await;
    }
    for _ in 0..5 {
        known.push(story.post().await);
    }
    let backup = back_up(&story).await;
    // They are all anchored after it, one of them by a replacement that the backup does not know of; and ten more.
    story.pass(REPLACE_AFTER_MS).await;
    story.pass(2_000).await;
    story.come_to_rest(&known).await;
    let mut forgotten = Vec::new();
    for _ in 0..10 {
        forgotten.push(story.post().await);
    }
    story.come_to_rest(&forgotten).await;
    let sent = story.node.transactions().await.len();
    assert_eq!(sent, 5);
    let mut hashes = Vec::new();
    for id in &known {
        hashes.push(story.uni.batch(id).await["anchor_transaction"]["hash"].clone());
    }

    restore(&story, &backup).await;
    story.pass(60_000).await;
    story.come_to_rest(&known).await;
    assert_eq!(story.node.transactions().await.len(), sent, "nothing was sent again");
    for (id, hash) in known.iter().zip(&hashes) {
        assert_eq!(&story.uni.batch(id).await["anchor_transaction"]["hash"], hash);
    }
    // What is new goes on after what was forgotten.
    let new = story.post().await;
    story.come_to_rest([&new]).await;
    assert_eq!(story.attempts(&new).await[0].nonce, 5);
    story.until_final().await;
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn what_waits_at_the_nodes_after_a_restore_is_waited_for() {
    let story = Story::begin().await;
    let ids = [story.post().await, story.post().await];
    let backup = back_up(&story).await;
    story.pass(0).await;
    assert_eq!(story.status(&ids[1]).await, "signed");
    // Both wait in the pool; the database that comes back knows of neither transaction.
    restore(&story, &backup).await;
    story.pass(2_000).await;
    assert_eq!(story.status(&ids[0]).await, "pending");
    story.node.mine(12).await;
    story.pass(60_000).await;
    story.come_to_rest(&ids).await;
    assert_eq!(story.node.transactions().await.len(), 1);
    story.assert_anchored_once().await;
}

#[tokio::test]
async fn what_shared_an_anchor_with_batches_that_are_lost_is_anchored_anew() {
    let story = Story::begin().await;
    let ids = [story.post().await, story.post().await];
    let backup = back_up(&story).await;
    let lost = story.post().await;
    story.come_to_rest([&ids[0], &ids[1], &lost]).await;
    assert_eq!(story.node.transactions().await.len(), 1);

    restore(&story, &backup).await;
    story.pass(60_000).await;
    story.come_to_rest(&ids).await;
    assert_eq!(story.node.transactions().await.len(), 2);
    assert_eq!(story.attempts(&ids[0]).await, story.attempts(&ids[1]).await);
    story.until_final().await;
    story.assert_anchored_once().await;
}

/// Erases the person of a batch's one credential.
async fn erase(story: &Story, batch_id: &str) -> String {
    let id = story.uni.batch(batch_id).await["credentials"][0]["id"].as_str().unwrap().to_owned();
    let body = serde_json::json!({ "requester": "recipient", "verified_at": "2026-04-23T12:00:00Z" });
    story.uni.post(&format!("/v1/credentials/{id}/erase"), body.to_string()).await.expect(200);
    id
}

/// Checks both with the journal and without it, when the people are not erased again: the roots are the same.
#[tokio::test]
async fn an_erasure_before_or_after_signing_changes_nothing_of_the_root() {
    for journal_is_lost in [false, true] {
        let story = Story::begin().await;
        let batches = [story.post().await, story.post().await, story.post().await];
        erase(&story, &batches[0]).await;
        let backup = back_up(&story).await;
        let before_signing = erase(&story, &batches[1]).await;
        story.pass(0).await;
        story.come_to_rest(&batches).await;
        let after_anchoring = erase(&story, &batches[2]).await;
        let sent = story.node.transactions().await.len();
        assert_eq!(sent, 1);
        if journal_is_lost {
            std::fs::remove_file(story.app.directory().join("erasures.log")).unwrap();
        }

        restore(&story, &backup).await;
        for id in [&before_signing, &after_anchoring] {
            assert_eq!(story.uni.credential(id).await["erased"], !journal_is_lost);
        }
        story.pass(60_000).await;
        story.come_to_rest(&batches).await;
        assert_eq!(story.node.transactions().await.len(), sent, "nothing was sent again");
        let erased = story.app.issuance().store.list_erasures().await.unwrap();
        assert_eq!(erased.len(), if journal_is_lost { 1 } else { 3 });
        story.until_final().await;
        story.assert_anchored_once().await;
    }
}
