//! The worker: runs the steps of the batches that are due.
//!
//! [`Worker::step`] does what is due and returns; [`Worker::run`] repeats it in the loop that all workers share.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt as _;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::{Error as StoreError, Result};
pub use learncoin_worker_loop::Progress;
use learncoin_worker_loop::{Steps, run_until};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::context::Issuance;
use crate::metrics::{self, Step};
use crate::step::StepError;

/// How many batches of a status one step looks at.
const BATCHES_PER_STEP: u32 = 64;
/// The pause after the first failure, in milliseconds; it doubles with each further one.
const FIRST_BACKOFF_MS: i64 = 1_000;

/// The shortest pause after a failure, in milliseconds, whatever the settings say: a chain that is away must not keep
/// a core busy.
const SHORTEST_BACKOFF_MS: i64 = 20;

/// Runs a batch's life after acceptance.
pub struct Worker {
    pub(super) issuance: Arc<Issuance>,
}

impl Worker {
    /// A worker over this context.
    pub fn new(issuance: Arc<Issuance>) -> Self {
        Self { issuance }
    }

    /// Signs, sends, confirms and watches what is due. One batch's failure holds up no other.
    ///
    /// # Errors
    /// Where the store can't even say what is due.
    pub async fn step(&self) -> Result<Progress> {
        let store = &self.issuance.store;
        let now = self.issuance.clock.now_ms();
        let mut worked = false;
        // Signed first: what is under way ends before new work begins.
        for status in [BatchStatus::Signed, BatchStatus::Pending, BatchStatus::Anchored] {
            let due = store.due_batches(status, now, BATCHES_PER_STEP).await?;
            if store.is_shared() {
                worked |= super::leases::step(self, due).await?;
                continue;
            }
            for batch in due {
                worked |= self.move_on(&batch).await?;
            }
        }
        if worked {
            return Ok(Progress::Worked);
        }
        let now = self.issuance.clock.now_ms();
        let pending = store.next_due(BatchStatus::Pending, now).await?;
        let signed = store.next_due(BatchStatus::Signed, now).await?;
        Ok(Progress::Idle { next_due_ms: [pending, signed].into_iter().flatten().min() })
    }

    /// Does what is next for an open batch. Answers whether it moved.
    pub(super) async fn move_on(&self, batch: &Batch) -> Result<bool> {
        let span = tracing::info_span!(
            "pipeline step",
            step = Empty,
            otel.status_code = Empty,
            batch.id = %batch.id,
            environment = batch.scope.environment.as_str(),
            moved = Empty,
        );
        self.run_step(batch).instrument(span).await
    }

    async fn run_step(&self, batch: &Batch) -> Result<bool> {
        let began = Instant::now();
        let span = tracing::Span::current();
        // A panic is a failure of this step, and no end of the pipeline. What it left half done it left in a transaction, which is
        // undone with it.
        let working = AssertUnwindSafe(work(&self.issuance, batch)).catch_unwind();
        let (step, outcome) = working.await.unwrap_or((Step::of(batch.status()), Err(StepError::Aborted)));
        span.record("step", step.as_str());
        match outcome {
            Ok(moved) => {
                span.record("moved", moved);
                if moved {
                    metrics::step_took(step, began.elapsed().as_secs_f64());
                }
                Ok(moved)
            }
            Err(error) => {
                span.record("otel.status_code", "ERROR");
                metrics::step_failed(batch.scope.environment, step, error.reason());
                self.failed(batch, &error).await
            }
        }
    }

    /// Works until `shutdown` completes. A step that has begun is finished.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.issuance.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
    }

    /// Puts a batch off after a failed attempt, or ends it where it was given up. Answers whether it moved.
    async fn failed(&self, batch: &Batch, error: &StepError) -> Result<bool> {
        let issuance = &self.issuance;
        let now = issuance.clock.now_ms();
        tracing::warn!(batch.id = %batch.id, status = %batch.status(), attempts = batch.attempts, %error, "step failed");
        let given_up = now.saturating_sub(batch.created_at) >= issuance.options.give_up_after_ms;
        if batch.status() == BatchStatus::Pending && given_up {
            return match issuance.fail(batch, error.failure_code()).await {
                Ok(()) => Ok(true),
                // It was signed after all, by another node.
                Err(StoreError::Conflict { .. }) => Ok(false),
                Err(error) => Err(error),
            };
        }
        let pause = pause_after(batch.attempts, issuance.options.max_backoff_ms);
        let mut tx = issuance.store.begin().await?;
        tx.defer(&batch.id, batch.status(), now.saturating_add(pause), true).await?;
        tx.commit().await?;
        Ok(false)
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
        self.issuance.wake.notified().await;
    }
}

/// Does what is next for a batch. Answers which step that was, and whether the batch moved.
async fn work(issuance: &Issuance, batch: &Batch) -> (Step, std::result::Result<bool, StepError>) {
    match batch.status() {
        BatchStatus::Pending => (Step::Sign, issuance.sign(batch).await.map(|()| true)),
        BatchStatus::Signed => issuance.anchor(batch).await,
        BatchStatus::Anchored => (Step::Watch, issuance.watch(batch).await),
        // Nothing is next for it, and nobody asks.
        BatchStatus::Failed => (Step::Sign, Ok(false)),
    }
}

/// The pause after a failure that so many came before, in milliseconds.
pub(crate) fn pause_after(failures: u64, longest_ms: i64) -> i64 {
    let doubling = u32::try_from(failures.min(16)).unwrap_or(16);
    FIRST_BACKOFF_MS.saturating_mul(1 << doubling).min(longest_ms).max(SHORTEST_BACKOFF_MS)
}
