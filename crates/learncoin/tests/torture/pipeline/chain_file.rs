//! The embedded chain dies with the process that holds it: its pool is lost, and the block that it was writing may be
//! torn.

use std::path::Path;

use crate::support::deployment::{Deployment, NO_SECOND_BLOCK, PLAIN, Start};
use crate::support::judge::{judge, until_anchored, until_signed};

#[tokio::test]
async fn a_transaction_that_was_lost_with_the_pool_is_sent_again() {
    let mut deployment = Deployment::new();
    let uni = deployment.tenant("Example University").await;
    deployment
        .start(Start { kill_point: Some("anchor.marked:2"), block_time_ms: NO_SECOND_BLOCK, ..PLAIN })
        .await;
    let mined = uni.post("mined", 1).await;
    until_anchored(&uni, &mined.batch_id()).await;
    let lost = uni.post("lost", 3).await;
    deployment.until_aborted("anchor.marked:2").await;
    assert_eq!(lines(&deployment.chain_file()).len(), 2, "the first block, and the first batch's");
    assert!(!deployment.log().contains("sending it again"));

    deployment.start(PLAIN).await;
    until_anchored(&uni, &lost.batch_id()).await;
    assert!(deployment.log().contains("does not know the anchor transaction, sending it again"));
    let seen = judge(&mut deployment, &[uni], &[mined, lost]).await;
    assert_eq!(seen.chain.len(), 2);
}

#[tokio::test]
async fn several_transactions_that_were_lost_with_the_pool_keep_their_order() {
    let mut deployment = Deployment::new();
    let uni = deployment.tenant("Example University").await;
    deployment
        .start(Start { kill_point: Some("anchor.marked:4"), block_time_ms: NO_SECOND_BLOCK, ..PLAIN })
        .await;
    let mut posted = vec![uni.post("mined", 1).await];
    until_anchored(&uni, &posted[0].batch_id()).await;
    for number in 1..=3 {
        // Each has a transaction of its own: the one before is signed.
        if let Some(before) = posted.last() {
            until_signed(&uni, &before.batch_id()).await;
        }
        posted.push(uni.post(&format!("lost {number}"), 1).await);
    }
    deployment.until_aborted("anchor.marked:4").await;
    deployment.start(PLAIN).await;
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), 4);
}

/// Tears the batch's block at `confirm.seen`, when it is in the file and nothing outside has heard of it: just as if the process
/// had died while it wrote the block.
#[tokio::test]
async fn a_block_that_was_torn_is_cut_off_and_mined_again() {
    let mut deployment = Deployment::new();
    let uni = deployment.tenant("Example University").await;
    let armed = Start { kill_point: Some("confirm.seen"), ..PLAIN };
    deployment.start(armed).await;
    let posted = uni.post("torn", 3).await;
    deployment.until_aborted("confirm.seen").await;

    type Tear = fn(&str) -> Vec<u8>;
    let tears: [(&str, Tear); 6] = [
        ("nothing was written", |_| Vec::new()),
        ("one byte", |line| line.as_bytes()[..1].to_vec()),
        ("half", |line| line.as_bytes()[..line.len() / 2].to_vec()),
        ("all but the end of the line", |line| line.as_bytes().to_vec()),
        ("half, and the length of all", |line| {
            let mut torn = line.as_bytes().to_vec();
            torn[line.len() / 2..].fill(0);
            torn
        }),
        ("the length alone", |line| vec![0; line.len()]),
    ];
    for (what, tear) in tears {
        eprintln!("{what}");
        let mut whole = lines(&deployment.chain_file());
        assert_eq!(whole.len(), 2, "the first block, and the batch's");
        let last = whole.pop().expect("a block");
        let mut torn = whole.concat().into_bytes();
        torn.extend(tear(last.trim_end_matches('\n')));
        std::fs::write(deployment.chain_file(), torn).unwrap();
        deployment.spawn(armed);
        deployment.until_aborted("confirm.seen").await;
    }

    deployment.start(PLAIN).await;
    let seen = judge(&mut deployment, &[uni], &[posted]).await;
    assert_eq!(seen.chain.len(), 1);
}

/// Returns the file's lines, each with its end.
fn lines(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("the chain's file");
    text.split_inclusive('\n').map(str::to_owned).collect()
}
