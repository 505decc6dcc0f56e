//! Tests that need PostgreSQL: many processes on one database, each with connections of its own. Every test has a
//! schema of its own in the database that `LEARNCOIN_TEST_POSTGRES` names.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that can't go on has failed"
)]

#[expect(dead_code, reason = "shared with the tests of both databases")]
#[path = "../store/direct.rs"]
mod direct;
#[expect(dead_code, reason = "shared with the tests of both databases")]
#[path = "../store/fixture.rs"]
mod fixture;

mod races;
mod schema;
