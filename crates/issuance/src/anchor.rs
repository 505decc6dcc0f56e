//! Anchoring: a batch's root gets into the chain and stays there.

mod account;
mod attempts;
pub(crate) mod confirm;
pub(crate) mod drive;
mod owner;
pub mod reanchor;
pub(crate) mod recovery;
pub(crate) mod sign;
pub(crate) mod watch;
