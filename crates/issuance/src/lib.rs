//! A batch's life in order: accept → sign → anchor (replace, adopt) → confirm → watch; or fail.
//!
//! In: validated requests, a store, a clock, randomness, chains. Out: rows, events, and signed documents rendered
//! from them. Not here: HTTP, validation of what a caller sent, SQL, bytes of the credential format.
//!
//! - Invariant: stages meet in tables; none calls another back.
//! - Invariant: everything that goes into a document is fixed at acceptance ([`accept`]), so that signing again
//!   after a kill or a restore gives the same root.
//! - Invariant: what is sent was stored before it is sent (`sign`, `anchor`).
//! - Invariant: one transaction per transition, with its event; no outside effect within one.
//!
//! Reading the files in the order of this list is reading the flow.

pub mod accept;
mod adopt;
pub mod allowlist;
mod anchor;
pub mod branding;
mod broadcast;
pub mod change;
mod confirm;
pub mod context;
mod documents;
pub mod erasures;
pub mod evidence;
pub mod examine;
mod fail;
pub mod host;
mod host_documents;
mod key_failover;
pub mod key_life;
pub mod keys;
pub mod metrics;
pub mod new_keys;
pub mod provision;
pub mod reanchor;
pub mod render;
mod replace;
pub mod request;
mod retention;
mod sign;
mod standing;
mod statements;
mod step;
pub mod time;
mod watch;
pub mod worker;

pub use accept::{Accept, AcceptError, Accepted};
pub use context::{Chain, Chains, Issuance, api_chain_name, verify_url};
pub use documents::StoredDocumentError;
