//! The fault matrix: each effect on the world outside, each way in which it goes wrong, and each state in which it is
//! taken up again. On SQLite; or, where `LEARNCOIN_TEST_DATABASE` is `postgres`, over two nodes on PostgreSQL, where a
//! lease ends while its holder is slow and the other node does the work.
//!
//! `table.rs` says which rows there are, `runner.rs` walks one, `story.rs` is the deployment that it walks, and each
//! effect's own file knows how it goes wrong. A row ends with the ledger, and with the effect's own count: signatures,
//! transactions, deliveries of each event, mails to each person.
//!
//! - Invariant: a process that dies here is one whose work is dropped where it stands, and everything is opened again
//!   on what is left. Real ends of real processes are in `tests/torture`.
//! - Invariant: a row whose fault was not met has failed.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed, and says why"
)]

mod commit;
mod line;
mod mail;
mod runner;
mod signer;
mod story;
mod table;
mod webhook;

use table::{Effect, Row};

/// Walks the rows of an effect, one after the other.
async fn walk(effect: Effect) {
    for row in Row::all().filter(|row| row.effect == effect) {
        match row.absence() {
            None => {
                eprintln!("{row:?}");
                Box::pin(runner::run(row)).await;
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
