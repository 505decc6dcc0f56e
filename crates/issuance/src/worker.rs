//! The background work on batches and anchors.

pub mod run;
mod due;
mod key_work;
mod steps;
pub(crate) mod backoff;
pub mod retention;
