//! Anchors: the Merkle roots that signing keys send to a chain, each over the roots of one batch or many.

pub(crate) mod anchor;
pub(crate) mod batches;
pub(crate) mod keys;
pub(crate) mod work;

pub use anchor::{Anchor, AnchorStatus};
pub use batches::AnchoredBatch;
pub use work::{InFlight, NEVER};
