//! Batches: their rows, and the compare-and-set updates that move them on.

pub(crate) mod batch;
pub(crate) mod unsettled;
pub(crate) mod waiting_for;
pub(crate) mod work;

pub use batch::{Batch, BatchFilter, BatchState, BatchStatus, BatchStatusError, PlaceInAnchor, Scoped};
pub use waiting_for::{WaitingFor, WaitingForError};
pub use work::WaitingKey;
