//! Tenants: the caller's own account.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::time;
use learncoin_store::id::TenantId;
use serde::Serialize;

use super::json;
use crate::error::{ApiError, ErrorCode};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::state::AppState;

/// A tenant as the API shows it to its own keys.
#[derive(Serialize)]
struct TenantJson<'a> {
    id: &'a str,
    name: &'a str,
    did: String,
    plan: &'static str,
    environment: &'static str,
    credentials_issued_this_month: u64,
    credentials_limit_this_month: u64,
}

/// `GET /v1/tenants/me`
pub(crate) async fn me(
    State(state): State<AppState>,
    caller: Caller,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    own(&state, &caller).await
}

/// `GET /v1/tenants/{id}`: the caller's own tenant, and no other.
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    match id.ok().and_then(|Path(id)| id.parse::<TenantId>().ok()) {
        Some(id) if id == caller.scope.tenant_id => own(&state, &caller).await,
        _ => Err(ApiError::new(
            ErrorCode::TenantNotFound,
            "No tenant with that ID for this key. A key reads its own tenant alone: GET /v1/tenants/me.",
        )),
    }
}

async fn own(state: &AppState, caller: &Caller) -> Result<Response, ApiError> {
    let issuance = &state.issuance;
    let month = time::month(issuance.clock.now_ms());
    let tenant = &caller.tenant;
    json(
        StatusCode::OK,
        &TenantJson {
            id: tenant.id.as_str(),
            name: &tenant.name,
            did: issuance.host.tenant_did(tenant.id.ulid()),
            plan: tenant.plan.as_str(),
            environment: caller.scope.environment.as_str(),
            credentials_issued_this_month: issuance.store.usage_in_month(&caller.scope, &month).await?,
            credentials_limit_this_month: issuance.plans.of(tenant.plan).credentials_per_month,
        },
    )
}
