//! Every table and every SQL statement of LearnCoin.
//!
//! In: typed records, ids, times and randomness as parameters. Out: the same, or an [`Error`]. Not here: any rule of
//! the business, any outside effect, any clock.
//!
//! One SQL text serves SQLite and PostgreSQL; their differences are in `dialect`, `sqlite` and `postgres`. Columns
//! are TEXT, BIGINT and BYTEA, times milliseconds since 1970, hashes lower-case hex, or bytes in tables that grow with the credentials.
//!
//! - Invariant: what writes goes through a [`WriteTx`]; a transition and its event share one.
//! - Invariant: a query for a tenant takes a [`scope::TenantScope`]; the pipeline's queries are in `work`.
//! - Invariant: secrets and personal fields are sealed before they reach a statement ([`seal`]).
//!
//! Begin reading at `store.rs`, then one file per record.

pub mod anchors;
pub mod batches;
pub mod clock;
pub mod credentials;
mod database;
pub mod deadlines;
mod error;
pub mod events;
pub mod id;
pub mod keys;
pub mod kill;
pub mod mails;
pub mod maintenance;
pub mod members;
pub mod metrics;
pub mod onchain;
pub mod protected_key;
#[cfg(test)]
mod query_plans;
pub mod requests;
pub mod scope;
pub mod seal;
pub mod settings;
pub mod templates;
pub mod tenants;
pub mod transactions;
pub mod uploads;
pub mod wallets;
pub mod webhooks;

#[cfg(feature = "kill-points")]
pub use database::commits::{CommitFate, Commits};
pub use database::failure::{DatabaseError, SqliteError, Unavailable};
pub use database::location::{Location, LocationError, PostgresUrl};
pub use database::store::{Store, WriteTx};
pub use error::{Attempts, Error, Result};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
