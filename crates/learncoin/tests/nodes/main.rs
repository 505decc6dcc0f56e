//! Four equal nodes on one PostgreSQL database, each with its own pool, router and workers, all at once. The database is
//! the one that `LEARNCOIN_TEST_POSTGRES` names; `LEARNCOIN_TEST_DATABASE` must be `postgres`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed"
)]

mod commands;
mod pipeline;
mod requests;
