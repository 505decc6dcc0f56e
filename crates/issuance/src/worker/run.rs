//! The worker: runs the steps of the batches that are due.
//!
//! [`Worker::step`] runs what is due and returns; [`Worker::run`] repeats it in the loop that all workers share.

use std::future::Future;
use std::sync::Arc;

use learncoin_store::Result;
use learncoin_store::batches::BatchStatus;
pub use learncoin_worker_loop::Progress;
use learncoin_worker_loop::{Steps, run_until};

use crate::pipeline::Pipeline;
use crate::worker::{batch_step, leases};

/// The most batches of a status that one step reads.
const BATCHES_PER_STEP: u32 = 64;

/// Runs the pipeline.
pub struct Worker {
    pipeline: Arc<Pipeline>,
}

impl Worker {
    /// Creates a worker.
    pub fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline }
    }

    /// Works on what is due: signs, sends, confirms and watches. The failure of one batch delays no other.
    ///
    /// # Errors
    /// If the store can't read what is due.
    pub async fn step(&self) -> Result<Progress> {
        let store = &self.pipeline.store;
        let now = self.pipeline.clock.now_ms();
        let mut worked = false;
        // Signed first: open work is finished before new work begins.
        for status in [BatchStatus::Signed, BatchStatus::Pending, BatchStatus::Anchored] {
            let due = store.due_batches(status, now, BATCHES_PER_STEP).await?;
            if store.is_shared() {
                worked |= leases::step(&self.pipeline, due).await?;
                continue;
            }
            for batch in due {
                worked |= batch_step::move_on(&self.pipeline, &batch).await?;
            }
        }
        if worked {
            return Ok(Progress::Worked);
        }
        let now = self.pipeline.clock.now_ms();
        let pending = store.next_due(BatchStatus::Pending, now).await?;
        let signed = store.next_due(BatchStatus::Signed, now).await?;
        Ok(Progress::Idle { next_due_ms: [pending, signed].into_iter().flatten().min() })
    }

    /// Runs until `shutdown` completes. A step that has begun is finished.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.pipeline.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
    }
}

impl Steps for Worker {
    async fn next_step(&mut self) -> Progress {
        self.step().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the pipeline can't read its work");
            Progress::Idle { next_due_ms: None }
        })
    }

    async fn woken(&mut self) {
        self.pipeline.wake.notified().await;
    }
}
