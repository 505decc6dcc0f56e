//! The reorganizations of [`reorgs`](crate::reorgs), for the payloads of the host: key statements and top-ups. 256 cases each.

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::Inclusion;
use learncoin_issuance::options::FundsOptions;
use learncoin_store::onchain::{RawTransaction, TxHash};
use learncoin_store::transactions::{HostAttempt, HostStatus, HostTransaction};

use crate::host::HostStory;
use crate::reorgs::{DEEPEST, Fate, reorganize};
use crate::support::story::{CONFIRMATIONS, ETHER, REPLACE_AFTER_MS};

/// The balance up to which keys are filled, in gwei.
const FILL: u64 = 20_000_000;

/// The payload of the host's transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Payload {
    KeyStatement,
    TopUp,
}

#[tokio::test]
async fn a_key_statement_that_is_kept_stays() {
    every_depth(Payload::KeyStatement, Fate::Kept).await;
}

#[tokio::test]
async fn a_key_statement_that_is_dropped_is_sent_again_in_the_same_bytes() {
    every_depth(Payload::KeyStatement, Fate::Dropped).await;
}

#[tokio::test]
async fn a_key_statement_that_moves_is_found_where_it_is() {
    every_depth(Payload::KeyStatement, Fate::Moved).await;
}

#[tokio::test]
async fn an_older_attempt_at_a_key_statement_that_is_mined_in_its_place_counts() {
    every_depth(Payload::KeyStatement, Fate::Replaced).await;
}

#[tokio::test]
async fn a_top_up_that_is_kept_stays() {
    every_depth(Payload::TopUp, Fate::Kept).await;
}

#[tokio::test]
async fn a_top_up_that_is_dropped_is_sent_again_in_the_same_bytes() {
    every_depth(Payload::TopUp, Fate::Dropped).await;
}

#[tokio::test]
async fn a_top_up_that_moves_is_found_where_it_is() {
    every_depth(Payload::TopUp, Fate::Moved).await;
}

#[tokio::test]
async fn an_older_attempt_at_a_top_up_that_is_mined_in_its_place_counts() {
    every_depth(Payload::TopUp, Fate::Replaced).await;
}

/// Begins a story whose host sends this payload whenever [`provoke`] asks for one.
pub(crate) async fn begin(payload: Payload) -> HostStory {
    let funds = match payload {
        Payload::KeyStatement => FundsOptions::default(),
        Payload::TopUp => FundsOptions {
            low_below_anchors: 50,
            look_every_ms: 10_000,
            top_up_to_gwei: FILL,
            // No cap keeps the host from giving twice.
            top_up_daily_cap_per_key_gwei: 1_000 * FILL,
            top_up_daily_cap_gwei: 1_000 * FILL,
        },
    };
    let mut host = HostStory::begin_without_funds(funds).await;
    host.story.node.give(&host.address, 1_000 * ETHER).await;
    // The statement of the first key, and for a top-up the first one, are sent before the cases begin.
    host.story.node.mine(1).await;
    host.come_to_rest().await;
    host
}

/// Brings about what the host sends the payload for.
pub(crate) async fn provoke(host: &HostStory, payload: Payload) {
    match payload {
        Payload::KeyStatement => host.rotate().await,
        Payload::TopUp => host.story.node.give(&host.story.address, 0).await,
    }
    // It is older than what a reorganization undoes.
    host.story.node.mine(1).await;
}

async fn every_depth(payload: Payload, fate: Fate) {
    let mut host = begin(payload).await;
    let before = host.known().await.len();
    for depth in 1..=DEEPEST {
        // What the cases before it left is deeper than the deepest reorganization.
        host.story.node.mine(DEEPEST + CONFIRMATIONS).await;
        case(&mut host, payload, depth, fate).await;
    }
    let known = host.known().await;
    assert_eq!(known.len() - before, 64, "one transaction for each case");
    assert_eq!(host.mined().await.len(), known.len(), "each of them is in the chain once");
    host.assert_examined().await;
}

async fn case(host: &mut HostStory, payload: Payload, depth: u64, fate: Fate) {
    provoke(host, payload).await;
    host.pass(10_000).await;
    if fate == Fate::Replaced {
        host.pass(REPLACE_AFTER_MS).await;
        host.pass(2_000).await;
    }
    let sent = newest(host).await;
    let attempts = attempts(host, &sent).await;
    assert_eq!(attempts.len(), if fate == Fate::Replaced { 2 } else { 1 }, "{payload:?} {fate:?} {depth}");
    assert!(attempts.iter().all(|attempt| attempt.sent_at.is_some()), "{payload:?} {fate:?} {depth}");
    for _ in 0..depth {
        host.story.node.mine(1).await;
        host.pass(2_000).await;
    }
    let is_confirmed = depth >= CONFIRMATIONS;
    let status = if is_confirmed { HostStatus::Confirmed } else { HostStatus::Open };
    assert_eq!(newest(host).await.status, status, "{payload:?} {fate:?} {depth}");

    let raws: Vec<(TxHash, RawTransaction)> =
        attempts.iter().map(|attempt| (attempt.hash, attempt.raw.clone())).collect();
    reorganize(&host.story.node, depth, fate, &raws).await;
    // A confirmed transaction is looked at once a minute, an open one every two seconds.
    let look_ms = if is_confirmed { 60_000 } else { 2_000 };
    host.pass(look_ms).await;
    come_to_rest(host, sent.nonce, look_ms).await;
    let due = if fate == Fate::Replaced { attempts.first() } else { attempts.last() };
    let mined = newest(host).await;
    assert_eq!(mined.nonce, sent.nonce, "nothing new was begun: {payload:?} {fate:?} {depth}");
    assert_eq!(mined.mined.unwrap().hash, due.unwrap().hash, "{payload:?} {fate:?} {depth}");
    assert_eq!(
        self::attempts(host, &sent).await.len(),
        attempts.len(),
        "nothing new was signed: {fate:?} {depth}"
    );
}

/// Makes blocks until the transaction is confirmed where the node has it.
pub(crate) async fn come_to_rest(host: &mut HostStory, nonce: u64, look_ms: i64) {
    for _ in 0..100 {
        host.story.node.mine(1).await;
        host.pass(look_ms).await;
        let newest = newest(host).await;
        assert_eq!(newest.nonce, nonce, "another transaction was begun: {newest:?}");
        let Some(recorded) = &newest.mined else { continue };
        if let Inclusion::Included(seen) = host.story.inclusion(&recorded.hash).await
            && seen.confirmations >= CONFIRMATIONS
            && *recorded.block.hash.as_bytes() == seen.block_hash
        {
            return;
        }
    }
    panic!("it does not come to rest: {:#?}", newest(host).await);
}

pub(crate) async fn newest(host: &HostStory) -> HostTransaction {
    host.known().await.pop().unwrap()
}

pub(crate) async fn attempts(host: &HostStory, transaction: &HostTransaction) -> Vec<HostAttempt> {
    let store = &host.story.app.issuance().store;
    store.list_host_attempts(BASE_SEPOLIA, transaction.nonce).await.unwrap()
}
