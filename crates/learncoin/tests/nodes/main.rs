//! Four equal nodes on one PostgreSQL database, each with its own pool, router and workers, all at once. The database is
//! the one that `LEARNCOIN_TEST_POSTGRES` names; `LEARNCOIN_TEST_DATABASE` must be `postgres`.

// The lints that leave tests alone know them by this, in what the stories share too.
#![cfg(test)]

mod commands;
mod health;
mod host;
mod pipeline;
mod poolers;
mod requests;
mod undone;
