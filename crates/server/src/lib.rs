//! The HTTP branding of LearnCoin: the API, the pages that people read, the documents that verifiers read.
//!
//! In: requests, and an [`AppState`] that holds the pipeline's context. Out: answers. Not here: what issuing means
//! (`learncoin-issuance`), any SQL (`learncoin-store`), the listening socket (the binary).
//!
//! - Invariant: every route stands in `router.rs`, every answer passes `middleware/boundary.rs`.
//! - Invariant: a handler's only error is [`error::ApiError`], whose codes are exactly the contract's.
//! - Invariant: an answer to a key's holder was decided while the key was active.
//! - Invariant: URLs in answers come from the configured host, never from the request.
//!
//! Begin reading at `router.rs`.

mod api;
mod browser_check;
mod dev_chain;
mod did_documents;
mod docs;
pub mod error;
mod files;
mod group_commit;
mod host_documents;
mod logos;
mod mailbox;
mod middleware;
mod oembed;
mod openapi;
mod reader;
mod router;
mod single_flight;
mod state;
mod verify_form;
mod verify_page;

pub use browser_check::BrowserNodes;
pub use mailbox::Mailbox;
pub use middleware::metrics;
pub use router::{authenticated, describe, layered, router};
pub use state::AppState;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
