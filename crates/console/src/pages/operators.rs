//! The pages for operators: tenants, what each may issue, and who owns it; and the signing keys.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::tenant::provision::{TenantError, TenantUpdate};
use learncoin_server::pages::{When, page};
use learncoin_store::id::TenantId;
use learncoin_store::members::{Email, Role};
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Plan, Tenant};

use super::members::{MemberRow, invite_member};
use super::overview::grouped;
use super::tenant_mails::{self, MailSettingsView};
use crate::access::Operator;
use crate::accounts::{AddedMember, Grant, LastOwner};
use crate::frame::{Failure, Frame, Place, about, respond, see_other};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "tenants.html")]
struct TenantsPage {
    frame: Frame,
    tenants: Vec<TenantRow>,
    plans: [&'static str; 4],
    name: String,
    fault: Option<String>,
}

struct TenantRow {
    id: TenantId,
    name: String,
    plan: &'static str,
    created: When,
    is_unconfirmed: bool,
}

#[derive(Template)]
#[template(path = "tenant.html")]
struct TenantPage {
    frame: Frame,
    id: TenantId,
    name: String,
    plan: &'static str,
    plans: [&'static str; 4],
    quota: String,
    plan_quota: String,
    unconfirmed_since: Option<When>,
    issuer_name: String,
    members: Vec<MemberRow>,
    signing_keys: Vec<KeyRow>,
    mails: MailSettingsView,
    fault: Option<String>,
}

/// A signing key of a tenant.
struct KeyRow {
    number: u64,
    environment: &'static str,
    address: String,
    created: When,
    is_disabled: bool,
}

/// Serves `GET /console/operator`.
pub(crate) async fn tenants(
    State(state): State<ConsoleState>,
    operator: Operator,
) -> Result<Response, Failure> {
    let template = compose(&state, &operator, None).await?;
    Ok(respond(operator.visit.language, &template))
}

async fn compose(
    state: &ConsoleState,
    operator: &Operator,
    fault: Option<String>,
) -> Result<TenantsPage, Failure> {
    let language = operator.visit.language;
    let frame = Frame::of_operator(state, operator, Place::Tenants);
    let store = &state.issuance.store;
    let mut tenants = Vec::new();
    for tenant in store.list_tenants().await.map_err(Failure::store(language))? {
        let branding = store.get_branding(&tenant.id).await.map_err(Failure::store(language))?;
        tenants.push(TenantRow {
            plan: tenant.plan.as_str(),
            created: frame.when(tenant.created_at),
            is_unconfirmed: branding.changed_at.is_some(),
            id: tenant.id,
            name: tenant.name,
        });
    }
    tenants.reverse();
    let name = operator.visit.form.text("name").unwrap_or_default().to_owned();
    Ok(TenantsPage { frame, tenants, plans: Plan::ALL.map(Plan::as_str), name, fault })
}

/// Serves `POST /console/operator/tenants`: creates a tenant.
pub(crate) async fn create(
    State(state): State<ConsoleState>,
    operator: Operator,
) -> Result<Response, Failure> {
    let language = operator.visit.language;
    let form = &operator.visit.form;
    let plan = form.parsed::<Plan>("plan").unwrap_or(Plan::Developer);
    match state.issuance.tenants.create_tenant(form.text("name").unwrap_or_default(), plan).await {
        Ok(tenant) => Ok(about(
            see_other(&format!("/console/operator/tenants/{}?done=tenant-created", tenant.id)),
            &tenant.id,
        )),
        Err(TenantError::Store(error)) => Err(Failure::store(language)(error)),
        Err(error) => {
            let template = compose(&state, &operator, Some(error.to_string())).await?;
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, language, &template))
        }
    }
}

async fn find(state: &ConsoleState, operator: &Operator, id: &str) -> Result<Tenant, Failure> {
    let language = operator.visit.language;
    let id: TenantId = id.parse().map_err(|_| Failure::Missing(language))?;
    let found = state.issuance.store.find_tenant(&id).await.map_err(Failure::store(language))?;
    found.ok_or(Failure::Missing(language))
}

/// Serves `GET /console/operator/tenants/{tenant}`.
pub(crate) async fn tenant(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let tenant = find(&state, &operator, &id).await?;
    let template = compose_tenant(&state, &operator, tenant, None).await?;
    Ok(respond(operator.visit.language, &template))
}

async fn compose_tenant(
    state: &ConsoleState,
    operator: &Operator,
    tenant: Tenant,
    fault: Option<String>,
) -> Result<TenantPage, Failure> {
    let language = operator.visit.language;
    let frame = Frame::of_operator(state, operator, Place::Tenants);
    let store = &state.issuance.store;
    let branding = store.get_branding(&tenant.id).await.map_err(Failure::store(language))?;
    let members = store.list_tenant_members(&tenant.id).await.map_err(Failure::store(language))?;
    let mut signing_keys = Vec::new();
    for environment in Environment::ALL {
        let Some(chain) = state.issuance.chains.of(environment) else { continue };
        let keys = store.list_signing_keys_of(&tenant.id, &[chain.chain_id]).await;
        let keys = keys.map_err(Failure::store(language))?;
        signing_keys.extend(keys.into_iter().filter(|key| key.environment == environment).map(|key| {
            KeyRow {
                number: key.number,
                environment: environment.as_str(),
                address: key.address.to_string(),
                created: frame.when(key.created_at),
                is_disabled: key.disabled_at.is_some(),
            }
        }));
    }
    let settings = store.get_mail_settings(&tenant.id).await.map_err(Failure::store(language))?;
    let limits = state.issuance.plans.of(tenant.plan);
    let quota = tenant.exceptions.credentials_per_month.map(|quota| quota.to_string()).unwrap_or_default();
    Ok(TenantPage {
        members: members.into_iter().map(|one| MemberRow::of(&frame, one, None)).collect(),
        plan: tenant.plan.as_str(),
        plans: Plan::ALL.map(Plan::as_str),
        plan_quota: grouped(limits.credentials_per_month),
        mails: MailSettingsView::of(&frame, settings, &tenant, limits.mails_per_day),
        unconfirmed_since: branding.changed_at.map(|at| frame.when(at)),
        issuer_name: branding.issuer_name(&tenant.name).to_owned(),
        id: tenant.id,
        name: tenant.name,
        quota,
        signing_keys,
        fault,
        frame,
    })
}

/// Serves `POST /console/operator/tenants/{tenant}`: changes plan and quota, or confirms the branding.
pub(crate) async fn update(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let language = operator.visit.language;
    let tenant = find(&state, &operator, &id).await?;
    let form = &operator.visit.form;
    let quota = match form.text("quota") {
        None => None,
        Some(text) => match text.parse::<u64>() {
            Ok(quota) => Some(quota),
            Err(_) => {
                let fault = language.console().operators.bad_quota.clone();
                return refused(&state, &operator, tenant, fault).await;
            }
        },
    };
    let update = match form.text("confirm") {
        Some(_) => TenantUpdate { confirm_face: true, ..TenantUpdate::default() },
        None => TenantUpdate {
            plan: form.parsed::<Plan>("plan"),
            credentials_per_month: Some(quota),
            ..TenantUpdate::default()
        },
    };
    apply(&state, &operator, tenant, update).await
}

/// Serves `POST /console/operator/tenants/{tenant}/mails`: turns its mails on or off, or changes their other settings.
pub(crate) async fn mails(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let tenant = find(&state, &operator, &id).await?;
    match tenant_mails::read(&operator.visit.form, operator.visit.language.console()) {
        Ok(update) => apply(&state, &operator, tenant, update).await,
        Err(fault) => refused(&state, &operator, tenant, fault).await,
    }
}

async fn apply(
    state: &ConsoleState,
    operator: &Operator,
    tenant: Tenant,
    update: TenantUpdate,
) -> Result<Response, Failure> {
    match state.issuance.tenants.update_tenant(&tenant.id, update).await {
        Ok(_) => Ok(about(see_other(&path(&tenant.id, "tenant-changed")), &tenant.id)),
        Err(TenantError::Store(error)) => Err(Failure::store(operator.visit.language)(error)),
        Err(error) => refused(state, operator, tenant, error.to_string()).await,
    }
}

/// Serves `POST /console/operator/tenants/{tenant}/members`: adds an owner.
pub(crate) async fn add_owner(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let language = operator.visit.language;
    let tenant = find(&state, &operator, &id).await?;
    let Some(email) = operator.visit.form.parsed::<Email>("email") else {
        let fault = language.console().members.no_address.clone();
        return refused(&state, &operator, tenant, fault).await;
    };
    let grant = Grant::Tenant(tenant.id.clone(), Role::Owner);
    let added = state.accounts().add(&email, &grant, LastOwner::MayGo).await;
    let AddedMember { member, had_role } = added.map_err(Failure::internal(language))?;
    let done = match had_role {
        true => "role-changed",
        false => invite_member(&state, &member, &grant, language).await.done(),
    };
    let response = see_other(&path(&tenant.id, done));
    Ok(about(response, &format_args!("{} {}", tenant.id, member.id)))
}

/// Serves `POST /console/operator/tenants/{tenant}/members/{member}/remove`.
pub(crate) async fn remove_member(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path((id, member)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let language = operator.visit.language;
    let tenant = find(&state, &operator, &id).await?;
    let member = member.parse().map_err(|_| Failure::Missing(language))?;
    match state.accounts().remove_from_tenant(&member, &tenant.id, LastOwner::MayGo).await {
        Ok(()) => {}
        Err(crate::accounts::AccountError::Store(error)) => return Err(Failure::store(language)(error)),
        Err(_) => return Err(Failure::Missing(language)),
    }
    Ok(about(see_other(&path(&tenant.id, "member-removed")), &format_args!("{} {member}", tenant.id)))
}

async fn refused(
    state: &ConsoleState,
    operator: &Operator,
    tenant: Tenant,
    fault: String,
) -> Result<Response, Failure> {
    let template = compose_tenant(state, operator, tenant, Some(fault)).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, operator.visit.language, &template))
}

fn path(id: &TenantId, done: &str) -> String {
    format!("/console/operator/tenants/{id}?done={done}")
}
