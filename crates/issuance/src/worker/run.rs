//! The worker: runs the steps that are due, those of several signing keys at the same time, so that a slow key delays no other.
//!
//! [`Worker::step`] runs what is due and returns; [`Worker::run`] does so in the loop that all workers share.

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use learncoin_store::Result;
pub use learncoin_worker_loop::Progress;
use learncoin_worker_loop::{Steps, run_until};
use tokio::task::JoinSet;

use crate::pipeline::Pipeline;
use crate::worker::due::{self, Key, KeyWork};
use crate::worker::key_work;

/// The most keys that are worked on at the same time.
const KEYS_AT_ONCE: usize = 32;
/// The pause before work is looked for again while keys are worked on, in milliseconds. Each that is done ends it.
const PAUSE_WHILE_BUSY_MS: i64 = 100;

/// The time for which requests that are accepted are gathered before work is looked for. A busy server looks a hundred times a second
/// and not after each request, of which it can accept thousands.
const GATHERED_FOR: Duration = Duration::from_millis(10);

/// Runs the pipeline.
pub struct Worker {
    pipeline: Arc<Pipeline>,
    /// The keys that are worked on.
    running: JoinSet<Key>,
    busy: BTreeSet<Key>,
}

impl Worker {
    /// Creates a worker.
    pub fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, running: JoinSet::new(), busy: BTreeSet::new() }
    }

    /// Runs the steps that are due: signs, sends, confirms and watches. Returns once all are done. The failure of one key delays no other.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn step(&self) -> Result<Progress> {
        let due = due::find(&self.pipeline, &self.busy).await?;
        let working = due.keys.into_iter().map(|work| key_work::run(&self.pipeline, work));
        let outcomes: Vec<Result<bool>> = stream::iter(working).buffered(KEYS_AT_ONCE).collect().await;
        let mut worked = false;
        for outcome in outcomes {
            worked |= outcome?;
        }
        if worked {
            return Ok(Progress::Worked);
        }
        Ok(Progress::Idle { next_due_ms: due::find(&self.pipeline, &self.busy).await?.next_due_ms })
    }

    /// Runs until `shutdown` completes. A step that has begun is finished.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.pipeline.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
        while self.running.join_next().await.is_some() {}
    }

    /// Begins the work of the keys that are due and not worked on. Returns when to look for more.
    async fn begin_due(&mut self) -> Result<Option<i64>> {
        let due = due::find(&self.pipeline, &self.busy).await?;
        for work in due.keys {
            if self.busy.len() >= KEYS_AT_ONCE {
                break;
            }
            self.busy.insert(work.key.clone());
            self.running.spawn(work_of_key(Arc::clone(&self.pipeline), work));
        }
        if self.busy.is_empty() {
            return Ok(due.next_due_ms);
        }
        let soon = self.pipeline.clock.now_ms().saturating_add(PAUSE_WHILE_BUSY_MS);
        Ok(Some(due.next_due_ms.map_or(soon, |next| next.max(soon))))
    }
}

/// Does the work of a key. Returns the key, also after a failure or a panic: its work is looked for again then.
async fn work_of_key(pipeline: Arc<Pipeline>, work: KeyWork) -> Key {
    let key = work.key.clone();
    match AssertUnwindSafe(key_work::run(&pipeline, work)).catch_unwind().await {
        Ok(Ok(_moved)) => {}
        Ok(Err(error)) => tracing::error!(%error, "the pipeline can't write its work"),
        // The panic itself is in the log.
        Err(_panic) => tracing::error!("the work of a signing key ended early"),
    }
    key
}

impl Steps for Worker {
    async fn next_step(&mut self) -> Progress {
        let next_due_ms = self.begin_due().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the pipeline can't read its work");
            None
        });
        Progress::Idle { next_due_ms }
    }

    async fn woken(&mut self) {
        tokio::select! {
            () = self.pipeline.wake.notified() => tokio::time::sleep(GATHERED_FOR).await,
            // Without a key at work only the wake-up counts.
            Some(ended) = self.running.join_next() => {
                if let Ok(key) = ended {
                    self.busy.remove(&key);
                }
            }
        }
    }
}
