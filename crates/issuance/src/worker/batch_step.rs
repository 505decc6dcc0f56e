//! One step of one batch: what is next for it is done, measured, and retried later if it fails.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::{Error as StoreError, Result};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::metrics::{self, Step};
use crate::pipeline::Pipeline;
use crate::step::StepError;
use crate::worker::backoff::pause_after;

/// Runs the next step of an open batch. Returns whether the batch moved. A step that fails is retried later.
///
/// # Errors
/// If the store fails.
pub(super) async fn move_on(pipeline: &Pipeline, batch: &Batch) -> Result<bool> {
    let span = tracing::info_span!(
        "pipeline step",
        step = Empty,
        otel.status_code = Empty,
        batch.id = %batch.id,
        environment = batch.scope.environment.as_str(),
        moved = Empty,
    );
    run_step(pipeline, batch).instrument(span).await
}

async fn run_step(pipeline: &Pipeline, batch: &Batch) -> Result<bool> {
    let began = Instant::now();
    let span = tracing::Span::current();
    // A panic is a failure of this step, not the end of the pipeline. Whatever it left undone was in a transaction, which is
    // rolled back.
    let working = AssertUnwindSafe(work(pipeline, batch)).catch_unwind();
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
            failed(pipeline, batch, &error).await
        }
    }
}

/// Reschedules a batch after a failed step, or fails it once the give-up window has passed. Returns whether it moved.
async fn failed(pipeline: &Pipeline, batch: &Batch, error: &StepError) -> Result<bool> {
    let now = pipeline.clock.now_ms();
    tracing::warn!(batch.id = %batch.id, status = %batch.status(), attempts = batch.attempts, %error, "step failed");
    let given_up = now.saturating_sub(batch.created_at) >= pipeline.options.give_up_after_ms;
    if batch.status() == BatchStatus::Pending && given_up {
        return match pipeline.fail(batch, error.failure_code()).await {
            Ok(()) => Ok(true),
            // It was signed after all, by another node.
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        };
    }
    let pause = pause_after(batch.attempts, pipeline.options.max_backoff_ms);
    let mut tx = pipeline.store.begin().await?;
    tx.reschedule(&batch.id, batch.status(), now.saturating_add(pause), true).await?;
    tx.commit().await?;
    Ok(false)
}

/// Runs the next step of a batch. Returns which step that was, and whether the batch moved.
async fn work(pipeline: &Pipeline, batch: &Batch) -> (Step, std::result::Result<bool, StepError>) {
    match batch.status() {
        BatchStatus::Pending => (Step::Sign, pipeline.sign(batch).await.map(|()| true)),
        BatchStatus::Signed => pipeline.anchor(batch).await,
        BatchStatus::Anchored => (Step::Watch, pipeline.watch(batch).await),
        // It has no next step, and is never due.
        BatchStatus::Failed => (Step::Sign, Ok(false)),
    }
}
