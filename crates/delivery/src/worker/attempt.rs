//! One attempt of a delivery: the request, and the row that records it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use learncoin_http_client::{GuardedClient, TargetError};
use learncoin_store::id::{EventId, RequestId};
use learncoin_store::webhooks::{AttemptRow, Lease, OutgoingEvent, Target};
use learncoin_store::{Result, Store, kill};
use tracing::Span;
use url::Url;

use super::context::DeliveryContext;
use crate::event;
use crate::webhook::{AttemptError, EndpointResponse, WebhookAttempt, deliver};

/// The status by which an endpoint declares that it is gone for good.
const GONE: u16 = 410;

/// An event that is ready to be sent.
pub(super) struct PreparedEvent {
    body: String,
}

/// An attempt that has ended.
pub(super) struct FinishedAttempt {
    pub(super) lease: Lease,
    pub(super) row: AttemptRow,
    pub(super) is_success: bool,
    /// Whether the endpoint was marked as failing before this attempt.
    pub(super) was_failing: bool,
    /// The pause that the endpoint asked for, in milliseconds.
    pub(super) retry_after_ms: Option<i64>,
}

impl FinishedAttempt {
    /// Returns whether the endpoint responded that it is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.row.status_code == Some(GONE)
    }
}

/// Reads the events and writes their bodies. One that can't be read is left out: it is tried again when its lease ends.
pub(super) async fn prepare_events(
    store: &Store,
    ids: BTreeSet<&EventId>,
) -> Result<HashMap<EventId, Arc<PreparedEvent>>> {
    let ids: Vec<&EventId> = ids.into_iter().collect();
    let events = store.outgoing_events(&ids).await?;
    let readable = events.into_iter().filter_map(|event| match event {
        Ok(event) => Some((event.event.id.clone(), Arc::new(prepare(&event)))),
        Err(error) => {
            tracing::error!(%error, "an event can't be read, and is not delivered");
            None
        }
    });
    Ok(readable.collect())
}

fn prepare(outgoing: &OutgoingEvent) -> PreparedEvent {
    PreparedEvent { body: event::body(outgoing) }
}

/// Creates the span of the next attempt of a leased delivery.
pub(super) fn span(lease: &Lease) -> Span {
    tracing::info_span!(
        "delivery attempt",
        otel.kind = "client",
        webhook.id = %lease.endpoint_id,
        event.id = %lease.event_id,
        number = lease.attempts.saturating_add(1),
        http.response.status_code = tracing::field::Empty,
        otel.status_code = tracing::field::Empty,
    )
}

/// Makes the next attempt of a leased delivery, within its span.
pub(super) async fn attempt(
    context: DeliveryContext,
    client: GuardedClient,
    target: Arc<Target>,
    event: Arc<PreparedEvent>,
    lease: Lease,
) -> FinishedAttempt {
    let began = context.clock.now_ms();
    let request_id = RequestId::generate(&*context.clock, &*context.entropy);
    let number = lease.attempts.saturating_add(1);
    let answer = call(&client, &target, &event, &lease, &request_id, number, began).await;
    kill::reached("deliver.sent");
    let ended = context.clock.now_ms();
    let (is_success, status_code, retry_after_ms, error, answer_bytes) = match answer {
        Ok(answer) => {
            (answer.is_success(), Some(answer.status), answer.retry_after_ms, None, Some(answer.body_bytes))
        }
        Err(error) => (false, None, None, Some(error.to_string()), None),
    };
    let span = Span::current();
    if let Some(status) = status_code {
        span.record("http.response.status_code", status);
    }
    if !is_success {
        span.record("otel.status_code", "ERROR");
    }
    let row = AttemptRow {
        endpoint_id: lease.endpoint_id.clone(),
        event_id: lease.event_id.clone(),
        request_id,
        number,
        at: began,
        duration_ms: u64::try_from(ended.saturating_sub(began)).unwrap_or(0),
        status_code,
        error,
        answer_bytes,
        next_attempt_at: None,
    };
    FinishedAttempt {
        lease,
        row,
        is_success,
        was_failing: target.is_failing,
        retry_after_ms: retry_after_ms.filter(|_| !is_success),
    }
}

async fn call(
    client: &GuardedClient,
    target: &Target,
    event: &PreparedEvent,
    lease: &Lease,
    request_id: &RequestId,
    number: u64,
    now_ms: i64,
) -> std::result::Result<EndpointResponse, AttemptError> {
    let url = Url::parse(&target.url).map_err(|_| TargetError::NoHost)?;
    let attempt = WebhookAttempt {
        url: &url,
        secrets: &target.secrets,
        event_id: lease.event_id.as_str(),
        request_id: request_id.as_str(),
        number,
        unix_seconds: now_ms.div_euclid(1_000),
        body: &event.body,
    };
    deliver(client, attempt).await
}
