//! The reports of a running node to its operators: metrics and traces.
//!
//! In: what the other crates count through `metrics` and span through `tracing`. Out: a page for Prometheus, spans for
//! an OpenTelemetry collector, and a look at another process's health. Not here: what is counted or spanned, who may
//! ask, and the lines of the log.
//!
//! - Invariant: nothing here makes a request wait. Counting is memory; spans go through a bounded queue that drops
//!   what does not fit, and leave on a thread of their own.
//! - Invariant: a report contains no ids of persons, no names and no secrets, since spans and labels contain none.
//!
//! Begin reading at `metrics.rs`, then `traces.rs`.

mod collector;
pub mod health;
pub mod metrics;
mod process;
mod sampler;
pub mod traces;
