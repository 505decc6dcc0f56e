//! Fixtures that several stories read and none changes: made by the first, dropped with the last that holds them.

use std::sync::{Arc, Mutex, PoisonError, Weak};

/// A place for one such thing. A `static` of the thing itself would never be dropped, and its server never stopped.
pub(crate) struct Shared<T>(Mutex<Weak<T>>);

impl<T> Shared<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Weak::new()))
    }

    /// Returns the fixture; makes it if no story holds it, while others that ask wait.
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> Arc<T> {
        // A story that failed while it made the thing has left nothing behind.
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = place.upgrade() {
            return held;
        }
        let made = Arc::new(make());
        *place = Arc::downgrade(&made);
        made
    }
}
