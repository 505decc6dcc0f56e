//! An anchor of many batches, whose announcement takes several transactions.

use learncoin_testkit::Receiver;
use tokio::task::JoinSet;

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, NO_SECOND_BLOCK, PLAIN, Start};
use crate::support::judge::judge;
use crate::support::webhook_log;

/// Programs that post at the same time.
const POSTING: usize = 16;
/// The batches that each of them posts. At most two anchors are made while no second block comes; so one of them, or the one after
/// them, has more batches than one transaction announces.
const BATCHES_EACH: usize = 20;
const POINT: &str = "confirm.part_committed";

#[tokio::test]
async fn a_process_that_dies_within_an_announcement_leaves_the_rest_to_the_next_one() {
    let mut deployment = Deployment::new();
    let uni = deployment.tenant("Example University").await;
    let backend = Receiver::start().await;
    let one_at_a_time = Start { anchors_in_flight: 1, ..PLAIN };
    deployment.start(Start { block_time_ms: NO_SECOND_BLOCK, ..one_at_a_time }).await;
    uni.register(&backend.url("/hook")).await;
    let posting: JoinSet<Vec<Posted>> = (0..POSTING).map(|program| post_some(uni.clone(), program)).collect();
    let posted = posting.join_all().await.concat();
    deployment.kill().await;
    deployment.start(Start { kill_point: Some(POINT), ..one_at_a_time }).await;
    deployment.until_aborted(POINT).await;
    deployment.start(PLAIN).await;
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!((posted.len(), seen.chain.len()), (POSTING * BATCHES_EACH, seen.roots().len()));
    assert!(seen.chain.len() < posted.len() / 8, "{} anchors", seen.chain.len());
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
}

async fn post_some(client: Client, program: usize) -> Vec<Posted> {
    let mut posted = Vec::new();
    for number in 0..BATCHES_EACH {
        posted.push(client.post(&format!("program {program}, {number}"), 1).await);
    }
    posted
}
