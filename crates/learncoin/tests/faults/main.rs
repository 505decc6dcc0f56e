//! The fault matrix: each effect on the world outside, each way in which it goes wrong, and each state in which it is
//! taken up again. On SQLite; or, where `LEARNCOIN_TEST_DATABASE` is `postgres`, over two nodes on PostgreSQL, where a
//! lease ends while its holder is slow and the other node does the work.
//!
//! `table.rs` lists the rows, `runner.rs` walks one, `story.rs` is the deployment that it walks, and each
//! effect's own file knows how it goes wrong. A row ends with the ledger, and with the effect's own count: signatures,
//! transactions, deliveries of each event, mails to each person. `recovery.rs` has faults that last for a while and end.
//!
//! - Invariant: a process that dies here is one whose work is dropped at that place, and everything is opened again
//!   on what is left. Real ends of real processes are in `tests/torture`.
//! - Invariant: a row whose fault was not met has failed.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed, and its message is the reason"
)]

mod effects {
    pub(crate) mod commit;
    pub(crate) mod mail;
    pub(crate) mod node;
    pub(crate) mod signer;
    pub(crate) mod webhook;
}
mod recovery;
mod support {
    pub(crate) mod runner;
    pub(crate) mod story;
    pub(crate) mod table;
}

use learncoin_testkit::seed;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use support::story::Fate;
use support::table::{Effect, Outcome, Recovery, Row};

/// The number of sequences of faults that are walked; `LEARNCOIN_FAULT_SEQUENCES=200` is the long form.
const DEFAULT_SEQUENCES: usize = 8;
/// The most faults in a row.
const LONGEST: usize = 4;

/// Walks the rows of an effect, one after the other.
async fn walk(effect: Effect) {
    for row in Row::all().filter(|row| row.effect == effect) {
        match row.absence() {
            None => {
                eprintln!("{row:?}");
                Box::pin(support::runner::run(row)).await;
            }
            Some(absence) => eprintln!("{row:?} can't be: {}", absence.reason()),
        }
    }
}

#[tokio::test]
async fn signatures_of_cloud_kms() {
    walk(Effect::Signature).await;
}

#[tokio::test]
async fn transactions_that_are_sent() {
    walk(Effect::Send).await;
}

#[tokio::test]
async fn receipts_that_are_read() {
    walk(Effect::Receipt).await;
}

#[tokio::test]
async fn heads_that_are_read() {
    walk(Effect::Head).await;
}

#[tokio::test]
async fn webhooks_that_are_posted() {
    walk(Effect::Webhook).await;
}

#[tokio::test]
async fn mails_that_are_sent() {
    walk(Effect::Mail).await;
}

#[tokio::test]
async fn transactions_that_are_committed() {
    walk(Effect::Commit).await;
}

#[tokio::test]
async fn anchors_that_are_stored() {
    walk(Effect::Anchor).await;
}

#[tokio::test]
async fn batches_that_are_announced_in_parts() {
    walk(Effect::Part).await;
}

/// Injects several faults of the table in a row, in any order.
#[tokio::test]
async fn faults_in_a_row() {
    let sequences = std::env::var("LEARNCOIN_FAULT_SEQUENCES");
    let sequences = sequences.map_or(DEFAULT_SEQUENCES, |text| text.trim().parse().unwrap());
    let mut random = StdRng::seed_from_u64(seed());
    for _ in 0..sequences {
        // Those that are tried again whatever became of them.
        let repeatable = [Effect::Signature, Effect::Send, Effect::Receipt, Effect::Head, Effect::Webhook];
        let row = Row {
            effect: *repeatable.choose(&mut random).unwrap(),
            outcome: Outcome::DoneTwice,
            recovery: *[Recovery::Same, Recovery::MovedOn].choose(&mut random).unwrap(),
        };
        let length = random.random_range(2..=LONGEST);
        let mut fates: Vec<Fate> = std::iter::repeat_with(|| {
            *[Fate::Refused, Fate::Undone, Fate::Done].choose(&mut random).unwrap()
        })
        .take(length)
        .collect();
        // A transaction that was taken is seen to be there once a node answers, and is not sent again.
        if let (Effect::Send, Some(taken)) = (row.effect, fates.iter().position(|fate| *fate == Fate::Done)) {
            fates[taken..].fill(Fate::Done);
        }
        eprintln!("{row:?} after {fates:?}");
        Box::pin(support::runner::run_sequence(row, &fates)).await;
    }
}
