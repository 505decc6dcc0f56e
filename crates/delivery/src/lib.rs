//! What leaves LearnCoin for others.
//!
//! In: a URL and what to send. Out: the answer, bounded in time and size, or why there is none. Not here: what the
//! answer means.
//!
//! Invariant: nothing here follows a redirect, uses a proxy of the environment, or reads an answer without limit.
//!
//! Begin reading at [`fetch`].

pub mod fetch;
