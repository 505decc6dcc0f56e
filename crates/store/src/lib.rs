//! Every table and every SQL statement of LearnCoin.
//!
//! In: typed records, ids, times and randomness as parameters. Out: the same, or an [`Error`]. Not here: any rule of
//! the business, any outside effect, any clock.
//!
//! One SQL text serves SQLite and PostgreSQL; what truly differs stands in `dialect`, `sqlite` and `postgres`. Columns
//! are TEXT and BIGINT, times milliseconds since 1970, hashes lower-case hex.
//!
//! - Invariant: what writes goes through a [`WriteTx`]; a transition and its event share one.
//! - Invariant: what answers a tenant takes a [`scope::TenantScope`]; what the pipeline moves stands in `work`.
//! - Invariant: secrets and personal fields are sealed before they reach a statement ([`seal`]).
//!
//! Begin reading at `store.rs`, then one file per record.

pub mod anchor_transactions;
pub mod api_keys;
pub mod audit;
mod backup;
pub mod batches;
pub mod branding;
pub mod changes;
pub mod clock;
#[cfg(feature = "kill-points")]
pub mod commits;
#[cfg(not(feature = "kill-points"))]
mod commits;
pub mod copy;
pub mod credentials;
pub mod deliveries;
pub mod delivery_log;
mod dialect;
pub mod doctor;
pub mod erasures;
pub mod error;
pub mod events;
pub mod host_keys;
pub mod host_transactions;
pub mod id;
pub mod idempotency;
pub mod key_balances;
pub mod key_life;
pub mod key_statements;
pub mod kill;
pub mod location;
pub mod logos;
pub mod mails;
pub mod metrics;
pub mod operations;
pub mod own_dids;
mod postgres;
pub mod protected_key;
#[cfg(test)]
mod query_plans;
pub mod rate;
mod row;
pub mod scope;
pub mod seal;
pub mod settings;
pub mod signing_keys;
mod sqlite;
mod store;
pub mod tenants;
pub mod unknown_transactions;
mod usage;
mod values;
pub mod webhook_tests;
pub mod webhooks;
pub mod work;

pub use error::{Attempts, Error, Result};
pub use location::Location;
pub use store::{Store, WriteTx};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
