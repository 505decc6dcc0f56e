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
    reason = "a test that can't go on has failed, and its message is the reason"
)]

mod delivery {
    pub(crate) mod mails;
    pub(crate) mod webhook_test;
    pub(crate) mod webhooks;
}
mod environment {
    pub(crate) mod cut_statements;
    pub(crate) mod effects;
    pub(crate) mod failover;
    pub(crate) mod full_disk;
}
mod operations {
    pub(crate) mod backup;
    pub(crate) mod first_start;
    pub(crate) mod keys;
}
mod pipeline {
    pub(crate) mod anchors;
    pub(crate) mod chain_file;
    pub(crate) mod chain_points;
    pub(crate) mod host;
    pub(crate) mod kill_points;
    pub(crate) mod lasting_chain;
    pub(crate) mod random_kills;
}
mod postgres {
    pub(crate) mod cut_line;
    pub(crate) mod many_nodes;
}
mod requests {
    pub(crate) mod answers;
    pub(crate) mod changes;
}
mod support {
    pub(crate) mod client;
    pub(crate) mod deployment;
    pub(crate) mod judge;
    pub(crate) mod mail_sink;
    pub(crate) mod node;
    pub(crate) mod own_server;
    pub(crate) mod server_pair;
    pub(crate) mod small_disk;
    pub(crate) mod webhook_log;
    pub(crate) mod write_lock;
}
