//! How a batch's root gets into the chain and stays there.

pub(crate) mod confirm;
pub(crate) mod drive;
pub mod reanchor;
pub(crate) mod recovery;
pub(crate) mod sign;
pub(crate) mod watch;
