//! One webhook endpoint: the attempts to deliver to it and their answers, and what can be done with it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_delivery::rotation::rotate_within;
use learncoin_issuance::tenant::endpoints::DeleteError;
use learncoin_language::fill;
use learncoin_server::operations::{WebhookTestResult, test_endpoint};
use learncoin_server::pages::{When, page};
use learncoin_store::batches::Scoped;
use learncoin_store::id::{EventId, RequestId, WebhookId};
use learncoin_store::webhooks::{AttemptRow, KEPT_FOR_MS, Replay, WebhookEndpoint};

use super::overview::{MOST_COUNTED, counted, grouped};
use super::webhooks::SecretPage;
use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::desk::begin_write;
use crate::frame::{Failure, Frame, Place, about, respond, see_other};
use crate::id_in_path::IdInPath;
use crate::lists::{PAGE, cut_to_page, place};
use crate::state::ConsoleState;

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
    id: WebhookId,
) -> Result<WebhookEndpoint, Failure> {
    let language = member.visit.language;
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
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let endpoint = find(&state, &member, id).await?;
    let template = compose(&state, &member, endpoint, None).await?;
    Ok(respond(member.visit.language, &template))
}

async fn compose<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    endpoint: WebhookEndpoint,
    tested: Option<WebhookTestResult>,
) -> Result<WebhookPage, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Webhooks);
    let store = &state.issuance.store;
    let before = member.visit.query.text("after").and_then(place);
    let is_first = before.is_none();
    let before = before.as_ref().map(|(at, id)| (*at, id));
    let listed = store.page_attempts(&endpoint.id, before, PAGE + 1).await;
    let mut rows = listed.map_err(Failure::store(language))?;
    let is_more = cut_to_page(&mut rows);
    let last = rows.last().filter(|_| is_more);
    let older = last.map(|last| format!("?after={}.{}", last.at, last.request_id));
    let failed = store.count_failed_deliveries(&endpoint.id, MOST_COUNTED).await;
    let failed = failed.map_err(Failure::store(language))?;
    Ok(WebhookPage {
        attempts: rows.into_iter().map(|row| attempt(&frame, row)).collect(),
        created: frame.when(endpoint.created_at),
        failed: fill(&frame.words.overview.failed_deliveries, &[("count", &counted(&frame, failed))]),
        has_failed: failed > 0,
        endpoint,
        older,
        is_first,
        tested,
        frame,
    })
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
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, id).await?;
    let id = endpoint.id.clone();
    let tested = test_endpoint(&state.issuance, &state.egress, &endpoint).await;
    let tested = tested.map_err(|error| Failure::internal(language)(error.message))?;
    let template = compose(&state, &member, endpoint, Some(tested)).await?;
    Ok(about(page(StatusCode::OK, language, &template), &id))
}

/// Serves `POST …/webhooks/{id}/replay`: sends again what failed for good; or, if asked, all that is kept. An endpoint that is off gets
/// nothing.
pub(crate) async fn replay(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, id).await?;
    if !endpoint.is_active() {
        return Ok(about(see_other(&path(&member, &endpoint.id)), &endpoint.id));
    }
    let (mut tx, now) = begin_write(&state, &member).await?;
    let range = Replay::Range {
        endpoint_id: &endpoint.id,
        from_ms: now.saturating_sub(KEPT_FOR_MS),
        to_ms: now.saturating_add(1),
    };
    let failed_only = member.visit.form.text("which") != Some("all");
    tx.replay_deliveries(range, failed_only, now).await.map_err(Failure::store(language))?;
    tx.commit().await.map_err(Failure::store(language))?;
    Ok(about(see_other(&format!("{}?done=replayed", path(&member, &endpoint.id))), &endpoint.id))
}

/// Serves `POST …/webhooks/{id}/rotate`: a new secret, shown this once.
pub(crate) async fn rotate_secret(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let (language, issuance) = (member.visit.language, &state.issuance);
    let endpoint = find(&state, &member, id).await?;
    let (mut tx, now) = begin_write(&state, &member).await?;
    let rotated = rotate_within(&mut tx, now, &*issuance.entropy, &endpoint.id).await;
    let rotated = rotated.map_err(Failure::store(language))?.ok_or(Failure::Missing(language))?;
    tx.commit().await.map_err(Failure::store(language))?;
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
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, id).await?;
    let (mut tx, _) = begin_write(&state, &member).await?;
    tx.enable_webhook(&endpoint.id).await.map_err(Failure::store(language))?;
    tx.commit().await.map_err(Failure::store(language))?;
    Ok(about(see_other(&format!("{}?done=activated", path(&member, &endpoint.id))), &endpoint.id))
}

/// Serves `POST …/webhooks/{id}/delete`.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<WebhookId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let endpoint = find(&state, &member, id).await?;
    match state.issuance.endpoints.delete(&member.scope, member.actor(), &endpoint.id).await {
        Ok(()) => {}
        Err(DeleteError::RightLost) => return Err(Failure::RightLost(language)),
        Err(DeleteError::Absent) => return Err(Failure::Missing(language)),
        Err(DeleteError::Store(error)) => return Err(Failure::store(language)(error)),
    }
    let to = format!("{}/webhooks?done=endpoint-deleted", member.base());
    Ok(about(see_other(&to), &endpoint.id))
}

fn path(member: &AuthorizedMember<Owner>, id: &WebhookId) -> String {
    format!("{}/webhooks/{id}", member.base())
}
