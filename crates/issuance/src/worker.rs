//! The background work on batches.

pub mod run;
mod leases;
mod batch_step;
pub(crate) mod backoff;
pub mod retention;
