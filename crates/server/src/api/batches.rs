//! Batches: accepting one, reading one, listing them.

mod list;
mod view;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use learncoin_issuance::accept::{Accept, Accepted};
use learncoin_issuance::request::CredentialRequest;
use learncoin_store::batches::Scoped;
use learncoin_store::id::BatchId;
use learncoin_store::idempotency::{Claimed, IdempotencyClaim};

use super::idempotency::{self, IDEMPOTENT_REPLAYED};
use super::{create_batch, json, json_text};
use crate::error::{ApiError, ErrorCode, idempotency_key_reused};
use crate::middleware::authentication::Caller;
use crate::middleware::body::{BatchBody, SmallBody};
use crate::middleware::boundary::Committed;
use crate::state::AppState;

/// `POST /v1/batches`: accepts a batch and answers 202; signing and anchoring follow.
///
/// The order is the contract's: who calls and how much (the arguments), idempotency, JSON, validation, and in one
/// transaction acceptance. (The quota stands before acceptance once there are limits.)
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    BatchBody { bytes: body }: BatchBody,
) -> Result<Response, ApiError> {
    let issuance = &state.issuance;
    let claim = idempotency::key(&headers)?.map(|key| {
        let sealer = issuance.store.sealer();
        IdempotencyClaim::new(sealer, &caller.scope, key, method.as_str(), uri.path(), &body)
    });
    if let Some(claim) = &claim {
        match issuance.store.find_claim(&caller.scope, claim, issuance.clock.now_ms()).await? {
            Claimed::Free => {}
            Claimed::Answered { status, body } => return replayed(status, body),
            Claimed::OtherRequest => return Err(idempotency_key_reused()),
        }
    }
    let issuer_did = issuance.host.tenant_did(caller.scope.tenant_id.ulid());
    let accepted = issuance
        .accept(Accept {
            scope: &caller.scope,
            key_id: &caller.key_id,
            credentials: read(body, issuer_did).await?,
            claim: claim.as_ref(),
            respond: &view::accepted,
        })
        .await?;
    match accepted {
        Accepted::New { body } => {
            let mut response = json_text(StatusCode::ACCEPTED, body);
            response.extensions_mut().insert(Committed);
            Ok(response)
        }
        Accepted::Replayed { status, body } => replayed(status, body),
    }
}

/// Up to 40 MiB of JSON are no work for a thread that others wait for.
async fn read(body: axum::body::Bytes, issuer_did: String) -> Result<Vec<CredentialRequest>, ApiError> {
    tokio::task::spawn_blocking(move || create_batch::read(&body, &issuer_did))
        .await
        .map_err(ApiError::internal)?
}

/// The first answer once more, byte for byte.
fn replayed(status: u16, body: String) -> Result<Response, ApiError> {
    let mut response = json_text(StatusCode::from_u16(status).map_err(ApiError::internal)?, body);
    response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// `GET /v1/batches/{id}`
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let tenant_id = &caller.scope.tenant_id;
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<BatchId>().ok()) else {
        let message = format!("No batch with that ID exists in tenant {tenant_id}.");
        return Err(ApiError::new(ErrorCode::BatchNotFound, message));
    };
    match state.issuance.store.find_batch(&caller.scope, &id).await? {
        Scoped::Own(batch) => json(StatusCode::OK, &view::batch(&state.issuance, batch).await?),
        Scoped::OtherEnvironment => Err(ApiError::new(
            ErrorCode::EnvironmentMismatch,
            format!("Batch {id} is in the tenant's other environment. Use a key of that environment."),
        )),
        Scoped::Foreign | Scoped::Absent => Err(ApiError::new(
            ErrorCode::BatchNotFound,
            format!("No batch with ID {id} exists in tenant {tenant_id}."),
        )),
    }
}

/// `GET /v1/batches`: newest first.
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    RawQuery(query): RawQuery,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let query = list::Query::read(query.as_deref().unwrap_or_default())?;
    json(StatusCode::OK, &list::page(&state.issuance, &caller.scope, &query).await?)
}
