//! One step of the pipeline: it is done, measured, and retried later if it fails.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use learncoin_store::anchors::{Anchor, AnchorStatus};
use learncoin_store::batches::Batch;
use learncoin_store::id::BatchId;
use learncoin_store::scope::Environment;
use learncoin_store::{Error as StoreError, Result};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::anchor::composition::alike;
use crate::metrics::{self, Step};
use crate::pipeline::Pipeline;
use crate::step::{FailureCode, StepError};
use crate::worker::backoff::pause_after;
use crate::worker::due::Key;

type StepResult = std::result::Result<bool, StepError>;

/// Runs the next step of an anchor. Returns whether it moved. A step that fails is retried later.
///
/// # Errors
/// If the store fails.
pub(super) async fn move_on(pipeline: &Pipeline, anchor: &Anchor) -> Result<bool> {
    let environment = anchor.scope.environment;
    let span = tracing::info_span!(
        "pipeline step",
        step = Empty,
        otel.status_code = Empty,
        anchor.id = %anchor.id,
        environment = environment.as_str(),
        moved = Empty,
    );
    let (first, step) = match anchor.status {
        AnchorStatus::Signed => (Step::Anchor, pipeline.anchor(anchor).boxed()),
        AnchorStatus::Anchored => {
            (Step::Watch, pipeline.watch(anchor).map(|outcome| (Step::Watch, outcome)).boxed())
        }
    };
    match measured(environment, first, step).instrument(span).await {
        Ok(moved) => Ok(moved),
        Err(error) => {
            tracing::warn!(anchor.id = %anchor.id, status = %anchor.status, attempts = anchor.attempts, %error, "step failed");
            let pause = pause_after(anchor.attempts, pipeline.options.max_backoff_ms);
            let at = pipeline.clock.now_ms().saturating_add(pause);
            let mut tx = pipeline.store.begin().await?;
            tx.reschedule_failed_anchor(&anchor.id, anchor.status, at, error.waiting_for()).await?;
            tx.commit().await?;
            Ok(false)
        }
    }
}

/// Signs the batches that wait for a key. Returns whether some moved. If that fails, it is retried later, and those whose give-up window
/// is over fail.
///
/// # Errors
/// If the store fails.
pub(super) async fn sign_pending(pipeline: &Pipeline, (tenant_id, key_number): &Key) -> Result<bool> {
    let (store, options) = (&pipeline.store, &pipeline.options);
    let batches = store.list_pending_batches(tenant_id, *key_number, options.batches_per_anchor).await?;
    let pending = u64::try_from(batches.len()).unwrap_or(u64::MAX);
    let batches = alike(batches);
    let Some(first) = batches.first() else { return Ok(false) };
    if !options.has_room(store.anchors_in_flight(tenant_id, *key_number).await?, pending) {
        // The chain takes nothing more of the key for now.
        return give_up(pipeline, &batches, FailureCode::AnchoringChainUnavailable).await;
    }
    let environment = first.scope.environment;
    let span = tracing::info_span!(
        "pipeline step",
        step = Empty,
        otel.status_code = Empty,
        tenant.id = %tenant_id,
        anchor.id = Empty,
        environment = environment.as_str(),
        moved = Empty,
    );
    let signing = async {
        let outcome = async {
            let batches = pipeline.close_trees(batches.clone()).await?;
            pipeline.sign(batches).await?;
            Ok(true)
        };
        (Step::Sign, outcome.await)
    };
    match measured(environment, Step::Sign, signing).instrument(span).await {
        Ok(moved) => Ok(moved),
        Err(error) => {
            let attempts = batches.iter().map(|batch| batch.attempts).max().unwrap_or_default();
            tracing::warn!(tenant.id = %tenant_id, key.number = key_number, batches = batches.len(), attempts, %error, "step failed");
            let failed = give_up(pipeline, &batches, error.failure_code()).await?;
            let at = pipeline.clock.now_ms().saturating_add(pause_after(attempts, options.max_backoff_ms));
            let ids: Vec<&BatchId> = batches.iter().map(|batch| &batch.id).collect();
            let mut tx = store.begin().await?;
            tx.reschedule_pending(&ids, at, error.waiting_for()).await?;
            tx.commit().await?;
            Ok(failed)
        }
    }
}

/// Fails the pending batches whose give-up window is over. Returns whether one failed.
async fn give_up(pipeline: &Pipeline, batches: &[Batch], code: FailureCode) -> Result<bool> {
    let now = pipeline.clock.now_ms();
    let mut failed = false;
    for batch in batches {
        if now.saturating_sub(batch.created_at) < pipeline.options.give_up_after_ms {
            continue;
        }
        match pipeline.fail(batch, code).await {
            Ok(()) => failed = true,
            // It was signed after all, by another node.
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(failed)
}

/// Runs a step and records what came of it. A panic is a failure of this step, not the end of the pipeline: what it left undone was in a
/// transaction, which is rolled back.
async fn measured(
    environment: Environment,
    first: Step,
    step: impl Future<Output = (Step, StepResult)> + Send,
) -> StepResult {
    let began = Instant::now();
    let span = tracing::Span::current();
    let (step, outcome) =
        AssertUnwindSafe(step).catch_unwind().await.unwrap_or((first, Err(StepError::Aborted)));
    span.record("step", step.as_str());
    match &outcome {
        Ok(moved) => {
            span.record("moved", moved);
            if *moved {
                metrics::step_took(step, began.elapsed().as_secs_f64());
            }
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            metrics::step_failed(environment, step, error.reason());
        }
    }
    outcome
}
