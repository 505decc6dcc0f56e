//! One webhook endpoint: the attempts to deliver to it and their answers, and what can be done with it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_delivery::rotation::rotate;
use learncoin_issuance::tenant::endpoints::DeleteError;
use learncoin_language::fill;
use learncoin_server::operations::{WebhookTestResult, test_endpoint};
use learncoin_server::pages::{When, page};
use learncoin_store::batches::Scoped;
use learncoin_store::id::{EventId, RequestId, WebhookId};
use learncoin_store::webhooks::{AttemptRow, Replay, WebhookEndpoint};

use super::overview::grouped;
use super::webhooks::{SecretPage, about};
use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::frame::{Failure, Frame, Place, respond, see_other};
use crate::state::ConsoleState;

/// The number of attempts on a page.
const PAGE: u32 = 50;
/// The time for which attempts and settled deliveries are kept, and thus the oldest that is replayed, in milliseconds.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;

#[derive(Template)]
#[template(path = "webhook.html")]
struct WebhookPage {
    frame: Frame,
    endpoint: WebhookEndpoint,
    created: When,
    failed: String,
    has_failed: bool,
    attempts: Vec<Attempt>,
    older: Option<String>,
    is_first: bool,
    tested: Option<WebhookTestResult>,
}

/// An attempt at a delivery.
struct Attempt {
    when: When,
    event_id: EventId,
    request_id: RequestId,
    number: u64,
    outcome: String,
    is_success: bool,
    milliseconds: String,
    next: Option<When>,
}

async fn find<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &str,
) -> Result<WebhookEndpoint, Failure> {
    let language = member.visit.language;
    let id: WebhookId = id.parse().map_err(|_| Failure::Missing(language))?;
    let found = state.issuance.store.find_webhook(&member.scope, &id).await;
    match found.map_err(Failure::store(language))? {
        Scoped::Own(endpoint) => Ok(endpoint),
        Scoped::OtherEnvironment | Scoped::Foreign | Scoped::Absent => Err(Failure::Missing(language)),
    }
}

/// Serves `GET …/webhooks/{id}`.
pub(crate) async fn webhook(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let endpoint = find(&state, &member, &id).await?;
    let template = compose(&state, &member, endpoint, None).await?;
    Ok(respond(member.visit.language, &template))
}

async fn compose<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    endpoint: WebhookEndpoint,
    tested: Option<WebhookTestResult>,
) -> Result<WebhookPage, Failure> {
    /// Failed deliveries are counted up to this number.
    const MOST_COUNTED: u32 = 1_000;
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Webhooks);
    let store = &state.issuance.store;
    let before = member.visit.query.text("after").and_then(place);
    let is_first = before.is_none();
    let before = before.as_ref().map(|(at, id)| (*at, id));
    let rows = store.page_attempts(&endpoint.id, before, PAGE).await.map_err(Failure::store(language))?;
    let is_full = rows.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    let last = rows.last().filter(|_| is_full);
    let older = last.map(|last| format!("?after={}.{}", last.at, last.request_id));
    let failed = store.count_failed_deliveries(&endpoint.id, MOST_COUNTED).await;
    let failed = failed.map_err(Failure::store(language))?;
    Ok(WebhookPage {
        attempts: rows.into_iter().map(|row| attempt(&frame, row)).collect(),
        created: frame.when(endpoint.created_at),
        failed: fill(&frame.words.overview.failed_deliveries, &[("count", &grouped(failed))]),
        has_failed: failed > 0,
        endpoint,
        older,
        is_first,
        tested,
        frame,
    })
}

fn place(text: &str) -> Option<(i64, RequestId)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

fn attempt(frame: &Frame, row: AttemptRow) -> Attempt {
    Attempt {
        when: frame.when(row.at),
        outcome: match (row.status_code, &row.error) {
            (Some(code), _) => code.to_string(),
            (None, Some(error)) => error.clone(),
            (None, None) => frame.words.frame.none.clone(),
        },
        is_success: row.status_code.is_some_and(|code| (200..300).contains(&code)),
        milliseconds: format!("{}\u{202f}ms", grouped(row.duration_ms)),
        next: row.next_attempt_at.map(|at| frame.when(at)),
        event_id: row.event_id,
        request_id: row.request_id,
        number: row.number,
    }
}

/// Serves `POST …/webhooks/{id}/test`: sends a test at once, and shows what came of it.
pub(crate) async fn test(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, &id).await?;
    let id = endpoint.id.clone();
    let tested = test_endpoint(&state.issuance, &state.egress, &endpoint).await;
    let tested = tested.map_err(|error| Failure::internal(language)(error.message))?;
    let template = compose(&state, &member, endpoint, Some(tested)).await?;
    Ok(about(page(StatusCode::OK, language, &template), &id))
}

/// Serves `POST …/webhooks/{id}/replay`: sends again what failed for good; or, if asked, all of the last 30 days.
pub(crate) async fn replay(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, &id).await?;
    let now = state.issuance.clock.now_ms();
    let range = Replay::Range {
        endpoint_id: &endpoint.id,
        from_ms: now.saturating_sub(KEPT_MS),
        to_ms: now.saturating_add(1),
    };
    let failed_only = member.visit.form.text("which") != Some("all");
    let replayed = async {
        let mut tx = state.issuance.store.begin().await?;
        tx.replay_deliveries(range, failed_only, now).await?;
        tx.commit().await
    };
    replayed.await.map_err(Failure::store(language))?;
    Ok(about(see_other(&path(&member, &endpoint.id, "replayed")), &endpoint.id))
}

/// Serves `POST …/webhooks/{id}/rotate`: a new secret, shown this once.
pub(crate) async fn rotate_secret(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let (language, issuance) = (member.visit.language, &state.issuance);
    let endpoint = find(&state, &member, &id).await?;
    let rotated = rotate(&issuance.store, &*issuance.clock, &*issuance.entropy, &endpoint.id).await;
    let rotated = rotated.map_err(Failure::store(language))?.ok_or(Failure::Missing(language))?;
    let frame = Frame::of_tenant(&state, &member, Place::Webhooks);
    let previous_until = Some(frame.when(rotated.previous_until));
    let (id, secret) = (endpoint.id.clone(), rotated.secret.as_str().to_owned());
    let template = SecretPage { frame, id: id.clone(), secret, previous_until };
    Ok(about(page(StatusCode::CREATED, language, &template), &id))
}

/// Serves `POST …/webhooks/{id}/activate`: turns on an endpoint that was turned off because it took nothing.
pub(crate) async fn activate(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let endpoint = find(&state, &member, &id).await?;
    let enabled = async {
        let mut tx = state.issuance.store.begin().await?;
        tx.enable_webhook(&endpoint.id).await?;
        tx.commit().await
    };
    enabled.await.map_err(Failure::store(member.visit.language))?;
    Ok(about(see_other(&path(&member, &endpoint.id, "activated")), &endpoint.id))
}

/// Serves `POST …/webhooks/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, &id).await?;
    match state.issuance.endpoints.delete(&member.scope, member.actor(), &endpoint.id).await {
        Ok(()) => {}
        Err(DeleteError::RightLost) => return Err(Failure::RightLost(language)),
        Err(DeleteError::Absent) => return Err(Failure::Missing(language)),
        Err(DeleteError::Store(error)) => return Err(Failure::store(language)(error)),
    }
    let base = format!("/console/t/{}/{}", member.tenant.id, member.scope.environment);
    Ok(about(see_other(&format!("{base}/webhooks?done=endpoint-deleted")), &endpoint.id))
}

fn path(member: &AuthorizedMember<Owner>, id: &WebhookId, done: &str) -> String {
    format!("/console/t/{}/{}/webhooks/{id}?done={done}", member.tenant.id, member.scope.environment)
}
