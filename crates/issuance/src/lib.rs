//! A batch's life: accept → sign → anchor → confirm → watch; or fail. And what may happen to its credentials and its keys.
//!
//! In: validated requests, a store, a clock, randomness, chains. Out: rows, events, and signed documents rendered
//! from them. Not here: HTTP, validation of requests, SQL, the bytes of the credential format.
//!
//! - Invariant: stages meet in tables. No file calls back into one that calls it.
//! - Invariant: everything that goes into a document is fixed at acceptance ([`batch::accept`]), so that signing a second time,
//!   after a kill or a restore, results in the same root.
//! - Invariant: what is sent was stored before it is sent (`anchor`, `outgoing`).
//! - Invariant: one transaction per transition, with its event; no outside effect within one.
//!
//! # Structs
//!
//! There is no object that every operation hangs on. Each struct owns what it needs, and [`wiring`] is the only file that knows
//! all of them. They are cut by who calls: handlers take [`batch::accept::BatchAcceptor`], [`credential::change::CredentialChanges`],
//! [`tenant::endpoints::Endpoints`] and [`credential::host_documents::HostDocuments`]; workers take [`pipeline::Pipeline`]; the operator's commands take
//! [`tenant::provision::Tenants`], [`tenant::api_keys::ApiKeys`] and [`key::life::Keys`]. What has no state of its own is a
//! function over a store or a transaction ([`tenant::allowlist`], key failover, rendering).
//!
//! # Modules, in the order of the flow
//!
//! First what has to be there before a batch can be accepted, then the batch's way, then what may happen to its credentials, and
//! at the end what every module uses. `rustfmt` keeps this order (`reorder_modules = false`).

pub mod tenant;
pub mod key;
pub mod batch;
pub mod anchor;
pub(crate) mod outgoing;
pub mod host;
pub mod worker;
pub mod credential;

pub mod wiring;
pub mod pipeline;
pub mod keyed_write;
mod step;
pub mod metrics;
pub mod chains;
pub mod options;
pub mod names;
pub mod time;

pub use batch::accept::{Accept, AcceptError};
pub use chains::{Chain, Chains};
pub use wiring::{Issuance, Parts};
