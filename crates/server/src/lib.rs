//! The HTTP interface of LearnCoin: the API, the pages that people read, the documents that verifiers read.
//!
//! In: requests, and an [`AppState`] that holds the pipeline's context. Out: answers. Not here: what issuing means
//! (`learncoin-issuance`), any SQL (`learncoin-store`), the listening socket (the binary).
//!
//! - Invariant: every route is in `router.rs`, every response passes `middleware/boundary.rs`.
//! - Invariant: a handler's only error is [`error::ApiError`], whose codes are exactly the contract's.
//! - Invariant: an answer to a key's holder was decided while the key was active.
//! - Invariant: URLs in answers come from the configured host, never from the request.
//!
//! Begin reading at `router.rs`.

mod api;
mod dev_chain;
mod docs;
pub mod error;
mod mailbox;
mod middleware;
mod openapi;
pub mod operations;
pub mod pages;
mod public;
mod router;
mod state;
mod stopping;
mod turns;

#[doc(hidden)]
pub use api::parsers;
pub use mailbox::store::Mailbox;
pub use middleware::client_address::client_network;
pub use middleware::metrics;
pub use public::browser_nodes::BrowserNodes;
#[doc(hidden)]
pub use public::parameters::public_parameters;
pub use public::verify_form::verdict::{VerdictInWords, VerdictSentence};
pub use router::{authenticated, describe, layered, router, router_with};
pub use state::AppState;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
