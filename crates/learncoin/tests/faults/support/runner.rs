//! Walks one row.

use crate::support::story::{Fate, Story};
use crate::support::table::{Outcome, Row};

/// The time after the first failure, the second, the third, after which everything is due again, in milliseconds. Together
/// less than a transaction waits until another one offers more.
const UNTIL_DUE_MS: [i64; 3] = [6_000, 6_000, 20_000];
/// Longer than any lease.
const LEASES_END_MS: i64 = 600_000;

pub(crate) async fn run(row: Row) {
    let story = Story::begin(row).await;
    match row.outcome {
        Outcome::Refused => fail(&story, &[Fate::Refused]).await,
        Outcome::Undone => fail(&story, &[Fate::Undone]).await,
        Outcome::Done => fail(&story, &[Fate::Done]).await,
        Outcome::DoneTwice => fail(&story, &[Fate::Done, Fate::Done]).await,
        Outcome::Dies => die(&story).await,
        Outcome::Slow => return be_slow(&story, row).await,
    }
    move_on(&story, row).await;
    story.come_to_rest().await;
    story.judge().await;
}

/// Goes wrong in each of these ways, one after the other; then as a row does.
pub(crate) async fn run_sequence(row: Row, fates: &[Fate]) {
    let story = Story::begin(row).await;
    fail(&story, fates).await;
    move_on(&story, row).await;
    story.come_to_rest().await;
    story.judge_after(fates.iter().filter(|fate| **fate == Fate::Done).count()).await;
}

async fn move_on(story: &Story, row: Row) {
    if let Some(moved) = row.moved() {
        story.move_on(moved).await;
    }
}

/// Drives the effect once with each of these fates.
async fn fail(story: &Story, fates: &[Fate]) {
    let node = story.node(0).unwrap();
    for (before, fate) in fates.iter().enumerate() {
        if let Some(failed) = before.checked_sub(1) {
            story.app.clock().advance_ms(UNTIL_DUE_MS[failed]);
        }
        assert!(story.inject(*fate).is_none());
        story.drive(&node).await;
        assert_eq!(story.met(), before + 1, "how often a fault was met");
    }
    story.inject(Fate::Passes);
}

/// Lets the effect be done, and the process die before it knows.
async fn die(story: &Story) {
    let node = story.node(0).unwrap();
    let gate = story.inject(Fate::Held).unwrap();
    tokio::select! {
        biased;
        () = gate.until_held() => {}
        () = story.drive(&node) => panic!("it went on"),
    }
    drop(node);
    story.inject(Fate::Passes);
    story.app.restart().await;
}

/// Lets the effect be done, and time pass before its answer comes; if there is another node, that one does the work.
async fn be_slow(story: &Story, row: Row) {
    let node = story.node(0).unwrap();
    let gate = story.inject(Fate::Held).unwrap();
    // Where one writes at a time, a COMMIT that is slow holds up all others.
    let holds_up_others = row.effect.is_commit() && !node.store.is_shared();
    let meanwhile = async {
        gate.until_held().await;
        story.inject(Fate::Passes);
        story.app.clock().advance_ms(LEASES_END_MS);
        if !holds_up_others {
            move_on(story, row).await;
        }
        if let Some(other) = story.node(1) {
            story.drive(&other).await;
        }
        gate.open();
    };
    tokio::join!(story.drive(&node), meanwhile);
    if holds_up_others {
        move_on(story, row).await;
    }
    story.come_to_rest().await;
    story.judge().await;
}
