//! Tenants: the caller's own account.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::Issuance;
use learncoin_issuance::names::issuer_did;
use learncoin_issuance::time;
use learncoin_store::id::TenantId;
use learncoin_store::tenants::{Branding, CertificateBranding, NamedLogo, NamedSignature};
use serde::Serialize;
use utoipa::ToSchema;

use super::change_tenant::BrandingOperations;
use super::{committed, json};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::openapi::{requests, words};

/// A tenant, as its own keys see it.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct TenantJson<'a> {
    #[schema(value_type = words::TenantId)]
    id: &'a str,
    name: &'a str,
    /// The issuer on its credentials.
    did: String,
    #[schema(value_type = words::Plan)]
    plan: &'static str,
    #[schema(value_type = words::Environment)]
    environment: &'static str,
    /// In this environment and calendar month (UTC).
    #[schema(value_type = words::Count, inline)]
    credentials_issued_this_month: u64,
    /// By the tenant's plan, or the operator's exception.
    #[schema(value_type = words::Count, inline)]
    credentials_limit_this_month: u64,
}

/// A tenant as it is answered to a change of it.
#[derive(Serialize, ToSchema)]
#[schema(as = UpdatedTenant)]
pub(crate) struct PatchedTenantJson<'a> {
    #[serde(flatten)]
    tenant: TenantJson<'a>,
    awarding_body: AwardingBodyJson<'a>,
    verify_page_branding: BrandingJson<'a>,
    /// An addition to the published API: absent where the tenant adds nothing to its certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<CertificateJson<'a>>,
}

/// The additions of the tenant to its certificates.
#[derive(Serialize, ToSchema)]
#[schema(as = CertificateBranding)]
pub(crate) struct CertificateJson<'a> {
    #[schema(max_items = 2)]
    signatures: Vec<SignatureJson<'a>>,
    /// Whether a certificate shows its number.
    number: bool,
}

/// A person who signs certificates.
#[derive(Serialize, ToSchema)]
#[schema(as = CertificateSignature)]
pub(crate) struct SignatureJson<'a> {
    name: &'a str,
    #[schema(required)]
    title: Option<&'a str>,
    #[schema(required)]
    image_url: Option<&'a str>,
}

impl<'a> CertificateJson<'a> {
    fn of(certificate: &'a CertificateBranding) -> Option<Self> {
        let signature = |signature: &'a NamedSignature| SignatureJson {
            name: &signature.name,
            title: signature.title.as_deref(),
            image_url: url(&signature.image),
        };
        (!certificate.is_empty()).then(|| Self {
            signatures: certificate.signatures.iter().map(signature).collect(),
            number: certificate.shows_number,
        })
    }
}

/// The body that awards the tenant's credentials.
#[derive(Serialize, ToSchema)]
#[schema(as = AwardingBody)]
pub(crate) struct AwardingBodyJson<'a> {
    #[schema(required)]
    name: Option<&'a str>,
    #[schema(required)]
    url: Option<&'a str>,
    #[schema(required)]
    logo_url: Option<&'a str>,
}

/// The appearance of the tenant's verification pages.
#[derive(Serialize, ToSchema)]
#[schema(as = VerifyPageBranding)]
pub(crate) struct BrandingJson<'a> {
    #[schema(value_type = Option<words::Color>, inline, required)]
    accent_color: Option<&'a str>,
    #[schema(required)]
    logo_url: Option<&'a str>,
}

/// Read the tenant of this key
///
/// With what it has issued this month, in the key's environment.
#[utoipa::path(
    get, path = "/v1/tenants/me", operation_id = "getOwnTenant", tag = "Tenants",
    responses((status = 200, description = "The tenant.", body = TenantJson)),
)]
pub(crate) async fn me(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    own(&issuance, &caller).await
}

/// Change the tenant of this key
///
/// A JSON merge patch: what is absent stays, `null` clears. New credentials carry the change; those that were issued
/// keep what they were signed with. What it names elsewhere, a DID or a logo, is fetched before anything is changed.
///
/// Both environments have one tenant. Once it has had a live key, a test key changes nothing here, and live credentials
/// carry a new name once the operator of the deployment has confirmed it.
#[utoipa::path(
    patch, path = "/v1/tenants/me", operation_id = "updateOwnTenant", tag = "Tenants",
    request_body = requests::UpdateTenantRequest,
    responses((status = 200, description = "The tenant as it is now.", body = PatchedTenantJson)),
)]
pub(crate) async fn update(
    State(issuance): State<Arc<Issuance>>,
    State(operations): State<BrandingOperations>,
    mut caller: Caller,
    body: SmallBody,
) -> Result<Response, ApiError> {
    let (tenant, branding) =
        operations.change(caller.actor(), &caller.scope, &caller.tenant, &body.bytes).await?;
    caller.tenant = tenant;
    let shown = PatchedTenantJson {
        tenant: tenant_json(&issuance, &caller, &branding).await?,
        awarding_body: AwardingBodyJson {
            name: branding.awarding_body_name.as_deref(),
            url: branding.awarding_body_url.as_deref(),
            logo_url: url(&branding.awarding_body_logo),
        },
        verify_page_branding: BrandingJson {
            accent_color: branding.accent_color.as_deref(),
            logo_url: url(&branding.page_logo),
        },
        certificate: CertificateJson::of(&branding.certificate),
    };
    let text = serde_json::to_string(&shown).map_err(ApiError::internal)?;
    Ok(committed(StatusCode::OK, text, caller.tenant.id.to_string()))
}

fn url(logo: &Option<NamedLogo>) -> Option<&str> {
    logo.as_ref().map(|logo| logo.url.as_str())
}

/// Read a tenant by its id
///
/// The key's own tenant, and no other.
#[utoipa::path(
    get, path = "/v1/tenants/{id}", operation_id = "getTenant", tag = "Tenants",
    params(("id" = words::TenantId, Path, description = "The tenant.")),
    responses((status = 200, description = "The tenant.", body = TenantJson)),
)]
pub(crate) async fn get(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    match id.ok().and_then(|Path(id)| id.parse::<TenantId>().ok()) {
        Some(id) if id == caller.scope.tenant_id => own(&issuance, &caller).await,
        _ => Err(ApiError::new(
            ErrorCode::TenantNotFound,
            "No tenant with that ID for this key. A key reads its own tenant alone: GET /v1/tenants/me.",
        )),
    }
}

async fn own(issuance: &Issuance, caller: &Caller) -> Result<Response, ApiError> {
    let branding = issuance.store.get_branding(&caller.tenant.id).await?;
    json(StatusCode::OK, &tenant_json(issuance, caller, &branding).await?)
}

async fn tenant_json<'c>(
    issuance: &Issuance,
    caller: &'c Caller,
    branding: &Branding,
) -> Result<TenantJson<'c>, ApiError> {
    let month = time::month(issuance.clock.now_ms());
    let tenant = &caller.tenant;
    Ok(TenantJson {
        id: tenant.id.as_str(),
        name: &tenant.name,
        did: issuer_did(&issuance.host, tenant, branding),
        plan: tenant.plan.as_str(),
        environment: caller.scope.environment.as_str(),
        credentials_issued_this_month: issuance.store.usage_in_month(&caller.scope, &month).await?,
        credentials_limit_this_month: issuance.plans.limits(tenant).credentials_per_month,
    })
}
