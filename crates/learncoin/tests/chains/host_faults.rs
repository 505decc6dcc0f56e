//! The fault matrix of the host's payloads: whatever becomes of a call to the node for a key statement or a top-up, each is done once.
//!
//! The rows for batches, webhooks and mails are in the ring `faults`; these need a node with blocks of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use learncoin_chain::rpc::RpcError;
use learncoin_store::transactions::HostStatus;
use learncoin_testkit::{Gate, Interception};

use crate::host::HostStory;
use crate::host_reorgs::{Payload, attempts, begin, come_to_rest, newest, provoke};
use crate::support::story::{CONFIRMATIONS, REPLACE_AFTER_MS};

/// The call to the node that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Send,
    Receipt,
    Head,
}

impl Effect {
    const ALL: [Effect; 3] = [Effect::Send, Effect::Receipt, Effect::Head];

    fn method(self) -> &'static str {
        match self {
            Effect::Send => "eth_sendRawTransaction",
            Effect::Receipt => "eth_getTransactionReceipt",
            Effect::Head => "eth_blockNumber",
        }
    }
}

/// The fate of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The node refuses it.
    Refused,
    /// It does not arrive, and nothing is answered.
    Undone,
    /// It arrives, and nothing is answered.
    Done,
    /// The same, twice in a row.
    DoneTwice,
    /// It arrives, and the process ends before it knows.
    Dies,
    /// It arrives, and the answer comes minutes later.
    Slow,
}

impl Outcome {
    const ALL: [Outcome; 6] =
        [Outcome::Refused, Outcome::Undone, Outcome::Done, Outcome::DoneTwice, Outcome::Dies, Outcome::Slow];

    /// Returns the number of calls that meet it.
    fn times(self) -> usize {
        if self == Outcome::DoneTwice { 2 } else { 1 }
    }

    fn interception(self, gate: &Gate) -> Interception {
        match self {
            Outcome::Refused => Interception::Instead(Err(RpcError::node(-32000, "not now"))),
            Outcome::Undone => Interception::Instead(Err(RpcError::Timeout)),
            Outcome::Done | Outcome::DoneTwice | Outcome::Dies => {
                Interception::AfterAll(Err(RpcError::Timeout))
            }
            Outcome::Slow => Interception::Held(gate.clone()),
        }
    }
}

#[tokio::test]
async fn whatever_becomes_of_a_call_each_key_statement_is_anchored_once() {
    every_row(Payload::KeyStatement).await;
}

#[tokio::test]
async fn whatever_becomes_of_a_call_each_top_up_is_given_once() {
    every_row(Payload::TopUp).await;
}

/// Walks every row: each effect with each outcome; a call that sends also where a higher offer follows before the node is back.
async fn every_row(payload: Payload) {
    let mut host = begin(payload).await;
    let before = host.known().await.len();
    let mut rows = 0;
    for effect in Effect::ALL {
        for outcome in Outcome::ALL {
            for outbid in [false, true] {
                let is_sent = effect == Effect::Send;
                // What is in a block is not outbid. And what arrived is found at the node by its hash, so it is not sent twice.
                if (outbid && !is_sent) || (is_sent && outcome == Outcome::DoneTwice) {
                    continue;
                }
                row(&mut host, payload, effect, outcome, outbid).await;
                rows += 1;
            }
        }
    }
    let known = host.known().await;
    assert_eq!((rows, known.len() - before), (22, rows), "one transaction for each row");
    assert!(known.iter().all(|one| one.status != HostStatus::Open));
    assert_eq!(host.mined().await.len(), known.len(), "each of them is in the chain once");
    host.assert_examined().await;
}

async fn row(host: &mut HostStory, payload: Payload, effect: Effect, outcome: Outcome, outbid: bool) {
    let what = format!("{payload:?} {effect:?} {outcome:?} {outbid}");
    provoke(host, payload).await;
    if effect != Effect::Send {
        host.pass(10_000).await;
        host.story.node.mine(1).await;
    }
    let (met, gate) = (Arc::new(AtomicUsize::new(0)), Gate::default());
    host.story.line.set({
        let (met, gate) = (Arc::clone(&met), gate.clone());
        move |method, _| {
            let meets = method == effect.method() && met.fetch_add(1, Ordering::SeqCst) < outcome.times();
            meets.then(|| outcome.interception(&gate))
        }
    });
    let app = host.story.app.clone();
    let answered = async {
        if outcome == Outcome::Slow {
            gate.until_held().await;
            app.clock().advance_ms(5 * REPLACE_AFTER_MS);
            gate.open();
        }
    };
    let passing = async {
        for _ in 0..20 {
            host.pass(2_000).await;
            if met.load(Ordering::SeqCst) >= outcome.times() {
                return;
            }
        }
        panic!("{what}: no call met it");
    };
    tokio::join!(passing, answered);
    host.story.line.stop();
    if outcome == Outcome::Dies {
        host.restart().await;
    }
    if outbid {
        host.pass(REPLACE_AFTER_MS).await;
        host.pass(2_000).await;
    }
    let sent = newest(host).await;
    come_to_rest(host, sent.nonce, 10_000).await;
    host.blocks(usize::try_from(CONFIRMATIONS).unwrap()).await;
    let mined = newest(host).await;
    assert_eq!((mined.nonce, mined.status), (sent.nonce, HostStatus::Confirmed), "{what}");
    let signed = attempts(host, &mined).await.len();
    // Minutes without an answer are long enough for a higher offer.
    let may_be_outbid = outbid || outcome == Outcome::Slow;
    assert!(if may_be_outbid { signed >= 1 } else { signed == 1 }, "{what}: {signed} were signed");
}
