//! The way of batches into the chain: many under one root, in one transaction, watched until it is final.

mod account;
mod attempts;
pub(crate) mod composition;
pub(crate) mod confirm;
pub(crate) mod drive;
mod owner;
pub mod reanchor;
pub(crate) mod recovery;
pub(crate) mod sign;
pub(crate) mod watch;
