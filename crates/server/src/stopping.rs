//! Whether this process was asked to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The mark of a process that is about to end. Cheap to clone; all clones are one mark.
#[derive(Clone, Default)]
pub(crate) struct Stopping(Arc<AtomicBool>);

impl Stopping {
    /// Sets the mark.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns whether the mark is set.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
