//! The chain lives on while the server is dead: what was sent is in its pool, or mined, when the next process, which
//! does not know that, sends it again.

use learncoin_store::kill;
use learncoin_testkit::Receiver;

use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::{judge, until_anchored};
use crate::support::node::Node;
use crate::support::webhook_log;

#[tokio::test]
async fn what_was_mined_while_the_process_was_dead_is_not_anchored_again() {
    // Anvil mines what it is sent before it answers.
    die_at_every_point(&[]).await;
}

#[tokio::test]
async fn what_still_waits_in_the_nodes_pool_is_not_anchored_again() {
    die_at_every_point(&["--block-time", "1"]).await;
}

/// Kills one deployment at each point in turn, over a batch that the point has not seen, on a node that mines in this way.
async fn die_at_every_point(mining: &[&str]) {
    let node = Node::start(mining);
    let mut deployment = Deployment::on(node.url());
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    node.fund(&uni.signing_address().await).await;
    let first = uni.post("before any kill", 1).await;
    until_anchored(&uni, &first.batch_id()).await;
    let backend = Receiver::start().await;
    uni.register(&backend.url("/hook")).await;
    deployment.kill().await;

    let mut posted = vec![first];
    for point in kill::ALL {
        eprintln!("{point}");
        let armed = Start { kill_point: Some(point), ..PLAIN };
        deployment.spawn(armed);
        let posting = tokio::spawn({
            let uni = uni.clone();
            async move { uni.post(point, 2).await }
        });
        deployment.until_aborted(point).await;
        deployment.start(PLAIN).await;
        let batch = posting.await.expect("it is answered");
        until_anchored(&uni, &batch.batch_id()).await;
        posted.push(batch);
        deployment.kill().await;
    }
    deployment.start(PLAIN).await;
    webhook_log::until_all_are_delivered(&backend, &posted[1..]).await;
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
}
