//! Makes the document keys that are missing: those of tenants that are older than document keys, and those that could not be made
//! when they were needed, since Cloud KMS was away. No start and no request waits for it.

use std::future::{Future, pending};
use std::sync::Arc;

use learncoin_store::deadlines::{LONGEST_BACKOFF_MS, is_due};
use learncoin_worker_loop::{Progress, Steps, run_until};

use crate::key::document_keys::DocumentKeys;

/// The number of tenants of a step.
const TENANTS_AT_A_TIME: u32 = 50;
/// The pause between two looks at all tenants, in milliseconds.
const LOOK_AGAIN_MS: i64 = 60_000;

/// Makes missing document keys: once after the start, and then once a minute.
pub struct DocumentKeyWorker {
    keys: DocumentKeys,
    /// The last tenant that was looked at; empty: the next look begins with the first.
    last: String,
    due_at: i64,
}

impl DocumentKeyWorker {
    /// Creates a worker.
    pub fn new(keys: DocumentKeys) -> Self {
        Self { keys, last: String::new(), due_at: 0 }
    }

    /// Works until `shutdown` completes. A step that has begun is finished.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.keys.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
    }
}

impl Steps for DocumentKeyWorker {
    async fn next_step(&mut self) -> Progress {
        let now = self.keys.clock.now_ms();
        if !is_due(self.due_at, now, LONGEST_BACKOFF_MS) {
            return Progress::Idle { next_due_ms: Some(self.due_at) };
        }
        match self.keys.prepare_missing_keys(&self.last, TENANTS_AT_A_TIME).await {
            Ok(Some(last)) => {
                self.last = last.to_string();
                // Other work and the shutdown come between.
                Progress::Idle { next_due_ms: Some(now) }
            }
            Ok(None) => self.rest(now),
            Err(error) => {
                tracing::warn!(%error, "missing document keys could not be made, and are tried again");
                self.rest(now)
            }
        }
    }

    /// Waits forever: no signal announces a missing key.
    async fn woken(&mut self) {
        pending().await
    }
}

impl DocumentKeyWorker {
    fn rest(&mut self, now: i64) -> Progress {
        self.last.clear();
        self.due_at = now.saturating_add(LOOK_AGAIN_MS);
        Progress::Idle { next_due_ms: Some(self.due_at) }
    }
}
