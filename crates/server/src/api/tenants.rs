//! Tenants: the caller's own account.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::faces::FaceError;
use learncoin_issuance::time;
use learncoin_store::faces::{Face, NamedLogo};
use learncoin_store::id::TenantId;
use serde::Serialize;

use super::patch_tenant::{TenantPatch, did_refused, own_did_needs_institution};
use super::{committed, json};
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

/// A tenant as it is answered to a change of it.
#[derive(Serialize)]
struct PatchedTenantJson<'a> {
    #[serde(flatten)]
    tenant: TenantJson<'a>,
    awarding_body: AwardingBodyJson<'a>,
    verify_page_branding: BrandingJson<'a>,
}

#[derive(Serialize)]
struct AwardingBodyJson<'a> {
    name: Option<&'a str>,
    url: Option<&'a str>,
    logo_url: Option<&'a str>,
}

#[derive(Serialize)]
struct BrandingJson<'a> {
    accent_color: Option<&'a str>,
    logo_url: Option<&'a str>,
}

/// `GET /v1/tenants/me`
pub(crate) async fn me(
    State(state): State<AppState>,
    caller: Caller,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    own(&state, &caller).await
}

/// `PATCH /v1/tenants/me`: changes the display name, the awarding body, the page's branding, the DID. What it names
/// elsewhere is fetched before anything is changed.
pub(crate) async fn update(
    State(state): State<AppState>,
    mut caller: Caller,
    body: SmallBody,
) -> Result<Response, ApiError> {
    let patch = TenantPatch::read(&body.bytes, caller.tenant.plan, &state.issuance.host)?;
    let (patch, fetched) = patch.fetched(&state).await?;
    let changed = state
        .issuance
        .change_face(&caller.key_id, &caller.tenant, fetched, |name, face| patch.apply(name, face))
        .await;
    let (tenant, face) = changed.map_err(refusal)?;
    caller.tenant = tenant;
    let shown = PatchedTenantJson {
        tenant: tenant_json(&state, &caller, &face).await?,
        awarding_body: AwardingBodyJson {
            name: face.awarding_body_name.as_deref(),
            url: face.awarding_body_url.as_deref(),
            logo_url: url(&face.awarding_body_logo),
        },
        verify_page_branding: BrandingJson {
            accent_color: face.accent_color.as_deref(),
            logo_url: url(&face.page_logo),
        },
    };
    Ok(committed(StatusCode::OK, serde_json::to_string(&shown).map_err(ApiError::internal)?))
}

fn url(logo: &Option<NamedLogo>) -> Option<&str> {
    logo.as_ref().map(|logo| logo.url.as_str())
}

fn refusal(error: FaceError) -> ApiError {
    match error {
        FaceError::KeyRevoked => ApiError::key_revoked(),
        FaceError::OwnDidNeedsInstitution => own_did_needs_institution(),
        FaceError::DidDocument(lacking) => did_refused(lacking),
        FaceError::Store(error) => error.into(),
    }
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
    let face = state.issuance.store.get_face(&caller.tenant.id).await?;
    json(StatusCode::OK, &tenant_json(state, caller, &face).await?)
}

async fn tenant_json<'c>(
    state: &AppState,
    caller: &'c Caller,
    face: &Face,
) -> Result<TenantJson<'c>, ApiError> {
    let issuance = &state.issuance;
    let month = time::month(issuance.clock.now_ms());
    let tenant = &caller.tenant;
    Ok(TenantJson {
        id: tenant.id.as_str(),
        name: &tenant.name,
        did: issuance.issuer_did(tenant, face),
        plan: tenant.plan.as_str(),
        environment: caller.scope.environment.as_str(),
        credentials_issued_this_month: issuance.store.usage_in_month(&caller.scope, &month).await?,
        credentials_limit_this_month: issuance.plans.limits(tenant).credentials_per_month,
    })
}
