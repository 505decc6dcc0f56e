//! The console: the pages where the members of tenants, and the operators, work in a browser.
//!
//! In: requests under `/console`, and the state of the server beside whose pages it is. Out: pages. Not here: what an operation means
//! (`learncoin-issuance`), any SQL (`learncoin-store`), the pages for everyone (`learncoin-server`).
//!
//! - Invariant: every route is in `routes.rs` with those whom it is for, and `access.rs` alone decides who that is.
//! - Invariant: every page and every control works without scripts. The one that is there adds the reader's own time.
//! - Invariant: a GET changes nothing, but for the one with which an identity provider sends a browser back (`pages/oidc.rs`); a POST
//!   comes from a form of ours, and is in the audit log under the member's id, once it is known who that is.
//! - Invariant: an operation is the function that the API or a command calls too. Where that takes an `Actor`, the role is read again
//!   within its transaction; elsewhere the gate's reading counts.
//! - Invariant: the address of a member is in no log, no URL and no error.
//!
//! Begin reading at `routes.rs`.

mod access;
pub mod accounts;
mod assets;
mod cookies;
mod desk;
mod credential_form;
mod forgery;
mod form;
mod frame;
mod id_in_path;
pub mod invitations;
mod link_mails;
mod lists;
pub mod oidc;
mod pages;
mod routes;
pub mod sign_in;
mod state;
pub mod uploads;
mod templates;

pub use access::Access;
pub use link_mails::LinkMailer;
pub use routes::{RouteInfo, router, routes};
pub use state::{ConsoleState, LinkRequest};
pub use uploads::worker::UploadWorker;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
