//! What leaves LearnCoin for others.
//!
//! In: a URL and what to send; for events and mails, what the store holds of them. Out: the answer, bounded in time and
//! size, or why there is none; for events and mails, what became of them. Not here: which events happen, and what the
//! answer to a fetch means.
//!
//! - Invariant: nothing here follows a redirect, uses a proxy of the environment, or reads an answer without limit.
//! - Invariant: what a tenant names is reached through [`egress`] alone.
//! - Invariant: an event has the same body on each attempt ([`event`]), and an endpoint that is slow or dead holds
//!   nothing that another one needs (`scheduler`).
//!
//! - Invariant: a mail is handed to a mail server at most once unless somebody asks for it again ([`mail`]).
//!
//! Begin reading at [`worker`] for events, at [`mail`] for mails, at [`fetch`] for what the operator names, at [`named`] for what tenants name.

mod address;
pub mod egress;
pub mod event;
pub mod fetch;
pub mod mail;
pub mod metrics;
pub mod named;
pub mod rotation;
pub mod schedule;
mod scheduler;
pub mod signature;
pub mod webhook;
pub mod worker;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
