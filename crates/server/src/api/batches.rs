//! Batches: accepting one, reading one, listing them.

pub(crate) mod dry_run;
mod list;
mod view;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::Issuance;
use learncoin_issuance::batch::accept::Accept;
use learncoin_issuance::batch::request::CredentialRequest;
use learncoin_issuance::names;
use learncoin_store::batches::Scoped;
use learncoin_store::id::BatchId;

use super::create_batch::BatchRules;
use super::idempotency::{self, Begun, Head};
use super::paging::PageQuery;
use super::{create_batch, json};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::middleware::large_body::BatchBody;
use crate::openapi::{requests, words};
use crate::state::{AppParts, AppState};
pub(crate) use view::{AnchorJson, BatchCredential};

/// Create a batch
///
/// Accepts 1 to 500 credentials, whole or not at all. Signing and anchoring follow: subscribe to `batch.anchored`, or
/// read the batch until its status is `anchored`. After 202 nothing is lost. The body may have 40 MiB.
///
/// With `dry_run=true` nothing is stored or counted, and no idempotency key is used up: the response lists everything that is
/// wrong with the batch at once.
// Generated clients take the response with the lowest status for the type of every success, so the one to a dry run is described
// as the default.
// The order is the contract's: who calls and how much (the arguments), idempotency, JSON, validation, and in one
// transaction quota and acceptance.
#[utoipa::path(
    post, path = "/v1/batches", operation_id = "createBatch", tag = "Batches",
    params((
        "dry_run" = inline(Option<words::DryRun>), Query,
        description = "`true`: the batch is checked, and not issued. An addition to the published API.",
    )),
    request_body = requests::CreateBatchRequest,
    responses(
        (status = 202, description = "Accepted.", body = view::AcceptedJson),
        (status = "default", description = "The result of a dry run, with the status 200.", body = dry_run::BatchCheck),
    ),
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    head: Head,
    RawQuery(query): RawQuery,
    BatchBody { bytes: body, mut share }: BatchBody,
) -> Result<Response, ApiError> {
    let AppParts { issuance, body_work, body_budget, egress, .. } = &*state;
    if dry_run::is_asked_for(query.as_deref().unwrap_or_default())? {
        idempotency::check(&head)?;
        let branding = issuance.store.get_branding(&caller.scope.tenant_id).await?;
        let issuer_did = names::issuer_did(&issuance.host, &caller.tenant, &branding);
        let rules = BatchRules { issuer_did, egress: egress.clone() };
        let checked = body_work.run(body.len(), move || create_batch::read_all(&body, &rules)).await??;
        let memory = checked.0.iter().map(CredentialRequest::memory).sum();
        body_budget.cover(&caller.scope.tenant_id, &mut share, memory).await?;
        let result = dry_run::rehearse(issuance, &caller.scope, &caller.tenant, &branding, checked).await?;
        drop(share);
        return json(StatusCode::OK, &result);
    }
    let claim = {
        let (issuance, scope, body) = (Arc::clone(issuance), caller.scope.clone(), body.clone());
        body_work
            .run_if_large(body.len(), move || idempotency::claim(&issuance, &scope, &head, &body))
            .await??
    };
    let claim = match idempotency::look_up(issuance, &caller.scope, claim).await? {
        Begun::New(claim) => claim,
        Begun::Replayed(response) => return Ok(response),
    };
    let branding = issuance.store.get_branding(&caller.scope.tenant_id).await?;
    let issuer_did = names::issuer_did(&issuance.host, &caller.tenant, &branding);
    let rules = BatchRules { issuer_did, egress: egress.clone() };
    // The body is dropped when it is read.
    let credentials = body_work.run(body.len(), move || create_batch::read(&body, &rules)).await??;
    let memory = credentials.iter().map(CredentialRequest::memory).sum();
    body_budget.cover(&caller.scope.tenant_id, &mut share, memory).await?;
    let accepted = issuance
        .acceptor
        .accept(Accept {
            scope: &caller.scope,
            actor: caller.actor(),
            tenant: &caller.tenant,
            branding: &branding,
            credentials,
            claim: claim.as_ref(),
            respond: &view::accepted,
            upload_part: None,
            replaced: None,
        })
        .await?;
    drop(share);
    idempotency::respond(StatusCode::ACCEPTED, accepted)
}

/// Read a batch
///
/// Every member is there in every status; what a status does not have is `null`.
#[utoipa::path(
    get, path = "/v1/batches/{id}", operation_id = "getBatch", tag = "Batches",
    params(("id" = words::BatchId, Path, description = "The batch.")),
    responses((status = 200, description = "The batch.", body = view::BatchJson)),
)]
pub(crate) async fn get(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let tenant_id = &caller.scope.tenant_id;
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<BatchId>().ok()) else {
        let message = format!("No batch with that ID exists in tenant {tenant_id}.");
        return Err(ApiError::new(ErrorCode::BatchNotFound, message));
    };
    match issuance.store.find_batch(&caller.scope, &id).await? {
        Scoped::Own(batch) => json(StatusCode::OK, &view::batch(&issuance, batch).await?),
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

/// List batches
///
/// The newest first. Follow `next_cursor` until `has_more` is false. A cursor belongs to its filter, and stays right
/// while new batches arrive.
#[utoipa::path(
    get, path = "/v1/batches", operation_id = "listBatches", tag = "Batches",
    params(
        ("cursor" = inline(Option<words::Cursor>), Query, description = "`next_cursor` of the page before."),
        ("limit" = inline(Option<words::PageLimit>), Query, description = "How many batches a page has at most."),
        ("status" = Option<words::BatchStatus>, Query, description = "Only batches in this status."),
        (
            "recipient_id" = Option<words::RecipientId>, Query,
            description = "Only batches with a credential of this recipient. An addition to the published API.",
        ),
    ),
    responses((status = 200, description = "A page.", body = list::BatchList)),
)]
pub(crate) async fn list(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    RawQuery(query): RawQuery,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let query = PageQuery::parse(query.as_deref().unwrap_or_default(), &list::FILTERS)?;
    list::page(issuance, caller.scope, &query).await
}
