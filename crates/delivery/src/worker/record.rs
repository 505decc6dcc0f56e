//! The records of finished attempts, and the decision whether a delivery is tried again.

use std::collections::{BTreeMap, HashSet};

use learncoin_store::clock::random_bytes;
use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::{AttemptOutcome, Attempted};
use learncoin_store::{Result, WriteTx};

use super::attempt::FinishedAttempt;
use super::context::DeliveryContext;
use super::endpoint_health::{EndpointHealth, EndpointResults};
use crate::metrics;
use crate::schedule::next_attempt_at;

/// Records finished attempts.
pub(super) struct Recorder {
    context: DeliveryContext,
    max_backoff_ms: i64,
    health: EndpointHealth,
}

impl Recorder {
    /// Creates a recorder. `max_backoff_ms` is the longest pause before the next attempt.
    pub(super) fn new(context: DeliveryContext, max_backoff_ms: i64) -> Self {
        Self { context, max_backoff_ms, health: EndpointHealth::default() }
    }

    /// Records the finished attempts. Returns the time of the first retry, in milliseconds since 1970.
    pub(super) async fn record(
        &mut self,
        tx: &mut WriteTx,
        finished: &[FinishedAttempt],
    ) -> Result<Option<i64>> {
        if finished.is_empty() {
            return Ok(None);
        }
        let now = self.context.clock.now_ms();
        let mut attempted = Vec::with_capacity(finished.len());
        for one in finished {
            let outcome = self.outcome(one, now);
            let mut row = one.row.clone();
            if let AttemptOutcome::Retry(at) = outcome {
                row.next_attempt_at = Some(at);
            }
            attempted.push(Attempted { lease: one.lease.clone(), row, outcome });
        }
        // Only an attempt whose lease was still held counts.
        let held = tx.record_attempts(&attempted).await?;
        let held: HashSet<usize> = held.into_iter().collect();
        let mut endpoints: BTreeMap<WebhookId, EndpointResults> = BTreeMap::new();
        let mut next_retry = None;
        for (index, (recorded, one)) in attempted.iter().zip(finished).enumerate() {
            if held.contains(&index) {
                metrics::delivery_attempted(recorded.outcome, recorded.row.duration_ms);
                endpoints.entry(recorded.row.endpoint_id.clone()).or_default().add(one);
                next_retry = [next_retry, recorded.row.next_attempt_at].into_iter().flatten().min();
            }
        }
        self.health.update(tx, endpoints, now).await?;
        Ok(next_retry)
    }

    fn outcome(&self, finished: &FinishedAttempt, now: i64) -> AttemptOutcome {
        if finished.is_success {
            return AttemptOutcome::Delivered;
        }
        if finished.is_gone() {
            return AttemptOutcome::Failed;
        }
        let row = &finished.row;
        let random = u64::from_be_bytes(random_bytes(&*self.context.entropy));
        match next_attempt_at(row.number, now, self.max_backoff_ms, random) {
            Some(at) => {
                let asked = finished.retry_after_ms.map_or(at, |pause| now.saturating_add(pause));
                AttemptOutcome::Retry(at.max(asked))
            }
            None => {
                tracing::warn!(webhook.id = %row.endpoint_id, event.id = %row.event_id, "an event was not delivered, and is not tried again");
                AttemptOutcome::Failed
            }
        }
    }
}
