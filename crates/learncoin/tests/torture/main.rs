//! The real binary, ended without warning: at every kill point, at random moments, in the middle of a write. On SQLite,
//! or, where `LEARNCOIN_TEST_DATABASE` is `postgres`, on PostgreSQL, where each story has a schema of its own.
//!
//! Each test starts `learncoin serve` on a data directory of its own, lets clients post batches and repeat each
//! request under its idempotency key until it is answered, ends the process as a crash would, starts it again on
//! what is left, and lets the ledger judge from outside. What must hold: every 202 is anchored, once.
//!
//! - Invariant: a client never gives up on a request, and takes nothing but a 202 for an answer.
//! - Invariant: the process can't prepare for its end: SIGKILL ends it from without, a kill point from within, and
//!   neither runs a destructor or flushes anything.
//!
//! `deployment.rs` is the process, `client.rs` who calls it, `judge.rs` what must be true afterwards; the other files
//! are the stories. The random one takes `LEARNCOIN_SEED` and `LEARNCOIN_KILLS`. A seed fixes what is posted and when
//! the kills fall, not how the threads of two processes take turns.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that can't go on has failed, and says why"
)]

mod answers;
mod backup;
mod chain_file;
mod chain_points;
mod changes;
mod client;
mod cut_line;
mod deployment;
mod first_start;
mod host;
mod judge;
mod keys;
mod kill_points;
mod lasting_chain;
mod mail_sink;
mod mails;
mod many_nodes;
mod node;
mod random_kills;
mod told;
mod webhook_test;
mod webhooks;
