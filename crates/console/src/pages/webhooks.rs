//! A tenant's webhook endpoints: the list, and how to add one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::keyed_write::{KeyedResponse, KeyedWrite};
use learncoin_server::error::ErrorCode;
use learncoin_server::operations::{EVENTS, register_endpoint};
use learncoin_server::pages::{When, page};
use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::MAX_ENDPOINTS;
use serde_json::{Value, json};

use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::frame::{Failure, Frame, Place, about, respond_to_form};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    endpoints: Vec<EndpointRow>,
    url: String,
    description: String,
    events: Vec<(&'static str, bool)>,
    fault: Option<String>,
}

/// The page with a new secret.
#[derive(Template)]
#[template(path = "webhook_secret.html")]
pub(crate) struct SecretPage {
    pub(crate) frame: Frame,
    pub(crate) id: WebhookId,
    pub(crate) secret: String,
    /// Until when the previous secret signs too.
    pub(crate) previous_until: Option<When>,
}

struct EndpointRow {
    id: WebhookId,
    url: String,
    description: Option<String>,
    is_active: bool,
    created: When,
}

/// Serves `GET …/webhooks`.
pub(crate) async fn webhooks(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    show(&state, &member, None).await
}

async fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Webhooks);
    let most = u32::try_from(MAX_ENDPOINTS).unwrap_or(u32::MAX);
    let listed = state.issuance.store.list_webhooks(&member.scope, None, most).await;
    let row = |endpoint: learncoin_store::webhooks::WebhookEndpoint| EndpointRow {
        is_active: endpoint.is_active(),
        created: frame.when(endpoint.created_at),
        id: endpoint.id,
        url: endpoint.url,
        description: endpoint.description,
    };
    let endpoints = listed.map_err(Failure::store(language))?.into_iter().map(row).collect();
    let form = &member.visit.form;
    let text = |name| form.text(name).unwrap_or_default().to_owned();
    let chosen: Vec<&str> = form.texts("event").collect();
    let events = EVENTS.map(|event| (event, chosen.contains(&event)));
    let (url, description) = (text("url"), text("description"));
    let has_fault = fault.is_some();
    let template = WebhooksPage { url, description, events: events.into(), endpoints, fault, frame };
    Ok(respond_to_form(language, has_fault, &template))
}

/// Serves `POST …/webhooks`: registers an endpoint as the API does, and shows its secret this once.
pub(crate) async fn add(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let form = &member.visit.form;
    let body = json!({
        "url": form.text("url").unwrap_or_default(),
        "events": form.texts("event").collect::<Vec<_>>(),
        "description": form.text("description"),
    });
    let write = KeyedWrite { scope: &member.scope, actor: member.actor(), claim: None };
    let registered =
        register_endpoint(&state.issuance, &state.egress, write, body.to_string().as_bytes()).await;
    let (body, id) = match registered {
        Ok(KeyedResponse::New { body, subject_id }) => (body, subject_id),
        Ok(KeyedResponse::Kept { .. }) => {
            return Err(Failure::internal(language)("a write without a key was kept"));
        }
        Err(error) if error.code == ErrorCode::InternalError => {
            return Err(Failure::internal(language)(error.message));
        }
        Err(error) if error.code == ErrorCode::ApiKeyRevoked => return Err(Failure::RightLost(language)),
        Err(error) => return show(&state, &member, Some(error.message)).await,
    };
    let created: Value = serde_json::from_str(&body).map_err(Failure::internal(language))?;
    let secret = created.get("signing_secret").and_then(Value::as_str).unwrap_or_default().to_owned();
    let id: WebhookId = id.parse().map_err(Failure::internal(language))?;
    let frame = Frame::of_tenant(&state, &member, Place::Webhooks);
    let template = SecretPage { frame, id: id.clone(), secret, previous_until: None };
    Ok(about(page(StatusCode::CREATED, language, &template), &id))
}
