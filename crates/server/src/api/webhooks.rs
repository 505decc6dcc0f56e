//! Webhook endpoints: the URLs that receive a tenant's events. Each belongs to the environment of the key that created it.

mod create;
mod list;
pub(crate) mod test;
mod view;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_delivery::signature::{SECRET_BYTES, new_secret};
use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::{KeyedResponse, KeyedWrite};
use learncoin_issuance::tenant::endpoints::{DeleteError, RegisterError, Registration};
use learncoin_store::batches::Scoped;
use learncoin_store::clock::random_bytes;
use learncoin_store::id::WebhookId;
use learncoin_store::requests::IdempotencyClaim;
use learncoin_store::webhooks::{MAX_ENDPOINTS, WebhookEndpoint};
use serde::Serialize;
use utoipa::ToSchema;

use super::idempotency::{self, Begun, Head};
use super::paging::PageQuery;
use super::{committed, json_text};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::openapi::{requests, words};

/// An endpoint that is no more.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedWebhook<'a> {
    #[schema(value_type = words::WebhookId)]
    id: &'a str,
    #[schema(value_type = words::True, inline)]
    deleted: bool,
}

/// The id in the path; what is none names no endpoint.
type IdInPath = Result<Path<String>, PathRejection>;

/// Register an endpoint
///
/// Its signing secret is shown this once. It gets the events of the key's environment; there are at most 16 endpoints in
/// each.
#[utoipa::path(
    post, path = "/v1/webhooks", operation_id = "createWebhook", tag = "Webhooks",
    request_body = requests::CreateWebhookRequest,
    responses((status = 201, description = "Registered.", body = view::WebhookJson)),
)]
pub(crate) async fn create(
    State(issuance): State<Arc<Issuance>>,
    State(egress): State<Egress>,
    caller: Caller,
    head: Head,
    body: SmallBody,
) -> Result<Response, ApiError> {
    // The answer holds the endpoint's secret.
    let claim = idempotency::claim(&issuance, &caller.scope, &head, &body.bytes)?;
    let claim = claim.map(IdempotencyClaim::for_secret);
    let claim = match idempotency::look_up(&issuance, &caller.scope, claim).await? {
        Begun::New(claim) => claim,
        Begun::Replayed(response) => return Ok(response),
    };
    let write = KeyedWrite { scope: &caller.scope, actor: caller.actor(), claim: claim.as_ref() };
    idempotency::respond(StatusCode::CREATED, register(&issuance, &egress, write, &body.bytes).await?)
}

/// Registers the endpoint that the body of `POST /v1/webhooks` describes. The response's body holds the endpoint's secret.
///
/// # Errors
/// If the body or the target is not as it should be, if there are too many endpoints, or if the write fails.
pub async fn register(
    issuance: &Issuance,
    egress: &Egress,
    write: KeyedWrite<'_>,
    body: &[u8],
) -> Result<KeyedResponse, ApiError> {
    let wanted = create::read(body)?;
    create::check_target(egress, &wanted.url).await?;

    let secret = new_secret(&random_bytes::<SECRET_BYTES>(&*issuance.entropy));
    let registered = issuance
        .endpoints
        .register(Registration {
            write,
            url: wanted.url.to_string(),
            events: wanted.events.iter().map(|event| (*event).to_owned()).collect(),
            description: wanted.description,
            secret: &secret,
            respond: &|endpoint| serde_json::to_string(&view::created(endpoint, &secret)),
        })
        .await;
    registered.map_err(register_error)
}

fn register_error(error: RegisterError) -> ApiError {
    match error {
        RegisterError::Write(error) => error.into(),
        RegisterError::TooMany => ApiError::new(
            ErrorCode::InvalidFieldFormat,
            format!(
                "url: expected at most {MAX_ENDPOINTS} endpoints in this environment; delete one before adding another"
            ),
        ),
        RegisterError::Response(error) => ApiError::internal(error),
    }
}

/// List endpoints
///
/// Those of the key's environment, the oldest first.
#[utoipa::path(
    get, path = "/v1/webhooks", operation_id = "listWebhooks", tag = "Webhooks",
    params(
        ("cursor" = inline(Option<words::Cursor>), Query, description = "`next_cursor` of the page before."),
        ("limit" = inline(Option<words::PageLimit>), Query, description = "How many endpoints a page has at most."),
    ),
    responses((status = 200, description = "A page.", body = list::WebhookList)),
)]
pub(crate) async fn list(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    RawQuery(query): RawQuery,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let query = PageQuery::parse(query.as_deref().unwrap_or_default(), &[])?;
    Ok(json_text(StatusCode::OK, list::page(&issuance, &caller.scope, &query).await?))
}

/// Delete an endpoint
///
/// No further event is sent there.
#[utoipa::path(
    delete, path = "/v1/webhooks/{id}", operation_id = "deleteWebhook", tag = "Webhooks",
    params(("id" = words::WebhookId, Path, description = "The endpoint.")),
    responses((status = 200, description = "Deleted.", body = DeletedWebhook)),
)]
pub(crate) async fn delete(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    id: IdInPath,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let endpoint = own(&issuance, &caller, id).await?;
    let deleted = issuance.endpoints.delete(&caller.scope, caller.actor(), &endpoint.id).await;
    deleted.map_err(|error| match error {
        DeleteError::RightLost => ApiError::key_revoked(),
        DeleteError::Absent => not_found(endpoint.id.as_str(), &caller),
        DeleteError::Store(error) => error.into(),
    })?;
    let deleted = DeletedWebhook { id: endpoint.id.as_str(), deleted: true };
    let text = serde_json::to_string(&deleted).map_err(ApiError::internal)?;
    Ok(committed(StatusCode::OK, text, endpoint.id.to_string()))
}

async fn own(issuance: &Issuance, caller: &Caller, id: IdInPath) -> Result<WebhookEndpoint, ApiError> {
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<WebhookId>().ok()) else {
        return Err(not_found("of that form", caller));
    };
    match issuance.store.find_webhook(&caller.scope, &id).await? {
        Scoped::Own(endpoint) => Ok(endpoint),
        Scoped::OtherEnvironment => Err(ApiError::new(
            ErrorCode::EnvironmentMismatch,
            format!("Webhook {id} is in the tenant's other environment. Use a key of that environment."),
        )),
        Scoped::Foreign | Scoped::Absent => Err(not_found(id.as_str(), caller)),
    }
}

fn not_found(id: &str, caller: &Caller) -> ApiError {
    let tenant_id = &caller.scope.tenant_id;
    ApiError::new(
        ErrorCode::WebhookNotFound,
        format!("No webhook with ID {id} exists in tenant {tenant_id}."),
    )
}
