//! What leaves LearnCoin for others.
//!
//! In: a URL and what to send. Out: the answer, bounded in time and size, or why there is none. Not here: what the
//! answer means, and what is stored of it.
//!
//! - Invariant: nothing here follows a redirect, uses a proxy of the environment, or reads an answer without limit.
//! - Invariant: what a tenant names is reached through [`egress`] alone.
//!
//! Begin reading at [`fetch`] for what the operator names, at [`webhook`] and [`named`] for what tenants name.

mod address;
pub mod egress;
pub mod fetch;
pub mod named;
pub mod signature;
pub mod webhook;
