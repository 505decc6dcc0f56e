//! The process ends itself at each point that the pipeline names.

use learncoin_store::kill;
use learncoin_testkit::Receiver;
use tokio::task::JoinSet;

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::judge;
use crate::support::webhook_log;

/// The number of batches that each client posts, one after the other: enough for a point to be reached again after a kill.
const BATCHES_PER_CLIENT: usize = 4;

#[tokio::test]
async fn every_point_can_be_the_last_thing_a_process_does() {
    for point in kill::ALL {
        die_at(point, 1).await;
    }
}

#[tokio::test]
async fn a_process_started_after_a_kill_may_die_at_the_same_point() {
    for point in kill::ALL {
        die_at(point, 2).await;
    }
}

#[tokio::test]
async fn a_point_that_was_passed_once_can_be_the_last_at_the_second_time() {
    for point in kill::ALL {
        die_at(&format!("{point}:2"), 1).await;
    }
}

/// Kills at a point while two tenants post and their backends receive events: the process is started armed `times` times and must
/// die of it each time; then it is started unarmed, and all must be well.
async fn die_at(point: &str, times: usize) {
    eprintln!("{point}, {times} times in a row");
    let mut deployment = Deployment::new();
    let clients = [deployment.tenant("Example University").await, deployment.tenant("Example College").await];
    let backend = Receiver::start().await;
    let url = backend.url("/hook");
    let mut posting: JoinSet<Vec<Posted>> =
        clients.iter().map(|client| post_some(client.clone(), url.clone())).collect();
    for _ in 0..times {
        deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
        deployment.until_aborted(point).await;
    }
    deployment.start(PLAIN).await;
    let mut posted = Vec::new();
    while let Some(done) = posting.join_next().await {
        posted.extend(done.expect("a client is answered"));
    }
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    let seen = judge(&mut deployment, &clients, &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
    assert_eq!(posted.len(), clients.len() * BATCHES_PER_CLIENT);
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
}

async fn post_some(client: Client, url: String) -> Vec<Posted> {
    client.register(&url).await;
    let mut posted = Vec::new();
    for number in 0..BATCHES_PER_CLIENT {
        let count = if number % 2 == 0 { 1 } else { 3 };
        posted.push(client.post(&format!("request {number}"), count).await);
    }
    posted
}
