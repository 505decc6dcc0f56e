//! Batches: their rows, and the compare-and-set updates that move them on.

pub(crate) mod batch;
pub(crate) mod work;

pub use batch::{Batch, BatchState, BatchStatus, BatchStatusError, PlaceInAnchor, Scoped};
pub use work::WaitingKey;
