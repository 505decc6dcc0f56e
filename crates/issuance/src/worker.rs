//! The background work on batches.

pub(crate) mod backoff;
mod batch_step;
mod leases;
pub mod retention;
pub mod run;
