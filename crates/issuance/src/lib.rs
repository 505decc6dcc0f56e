//! A batch's life in order: accept → sign → anchor (replace, adopt) → confirm → watch; or fail.
//!
//! In: validated requests, a store, a clock, randomness, chains. Out: rows, events, and signed documents rendered
//! from them. Not here: HTTP, validation of what a caller sent, SQL, bytes of the credential format.
//!
//! - Invariant: stages meet in tables; none calls another back.
//! - Invariant: everything that goes into a document is fixed at acceptance ([`batch::accept`]), so that signing again
//!   after a kill or a restore gives the same root.
//! - Invariant: what is sent was stored before it is sent (`sign`, `anchor`).
//! - Invariant: one transaction per transition, with its event; no outside effect within one.
//!
//! Reading the files in the order of this list is reading the flow.

pub mod anchor;
pub mod batch;
pub mod chains;
pub mod credential;
pub mod host;
pub mod key;
pub mod metrics;
pub mod names;
pub mod options;
pub(crate) mod outgoing;
pub mod pipeline;
mod step;
pub mod tenant;
pub mod time;
pub mod wiring;
pub mod worker;

pub use batch::accept::{Accept, AcceptError, Accepted};
pub use batch::documents::StoredDocumentError;
pub use chains::{Chain, Chains};
pub use wiring::{Issuance, Parts};
