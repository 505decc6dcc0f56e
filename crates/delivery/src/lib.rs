//! Outgoing webhooks and mails.
//!
//! In: the events and mails in the store. Out: requests to endpoints, mails to a mail server, and their outcomes in the
//! store. Not here: which events happen.
//!
//! - Invariant: an endpoint is reached through [`learncoin_http_client::Egress`] alone.
//! - Invariant: an event has the same body on each attempt ([`event`]), and an endpoint that is slow or dead takes no
//!   capacity that another one needs (`scheduler`).
//! - Invariant: a mail is passed to a mail server at most once unless it is requested again ([`mail`]).
//!
//! Begin reading at [`worker`] for events, at [`mail`] for mails.

pub mod event;
pub mod mail;
pub mod metrics;
pub mod rotation;
pub mod schedule;
mod scheduler;
pub mod signature;
pub mod webhook;
pub mod worker;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
