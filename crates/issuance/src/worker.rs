//! The background work on batches.

mod leases;
mod retention;
pub mod run;
