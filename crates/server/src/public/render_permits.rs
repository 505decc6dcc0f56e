//! Limits how many files are drawn at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most files that are drawn at a time.
pub(crate) const MAX_CONCURRENT: usize = 2;
/// The longest time that a request waits for a permit.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// The permits to draw a file.
pub(crate) struct RenderPermits(Arc<Semaphore>);

impl Default for RenderPermits {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_CONCURRENT)))
    }
}

impl RenderPermits {
    /// Waits for a permit. Returns `None` if there is none within 10 s.
    pub(crate) async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        let permit = tokio::time::timeout(MAX_WAIT, Arc::clone(&self.0).acquire_owned()).await;
        permit.ok().and_then(Result::ok)
    }
}
