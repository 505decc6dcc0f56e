//! The members of a tenant: who they are, and what each may do.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_server::pages::{Subject, When, page};
use learncoin_store::id::MemberId;
use learncoin_store::members::{Email, Role};

use super::home::role_name;
use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::accounts::{AccountError, Grant, LastOwner};
use crate::frame::{Failure, Frame, Place, respond, see_other};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage {
    frame: Frame,
    members: Vec<MemberRow>,
    roles: Vec<RoleChoice>,
    email: String,
    fault: Option<&'static str>,
}

/// A member in the list.
pub(crate) struct MemberRow {
    pub(crate) id: MemberId,
    pub(crate) email: String,
    pub(crate) role: &'static str,
    pub(crate) role_name: &'static str,
    pub(crate) since: When,
    pub(crate) is_self: bool,
}

/// A role that can be chosen.
pub(crate) struct RoleChoice {
    pub(crate) role: &'static str,
    pub(crate) name: &'static str,
    pub(crate) may: &'static str,
}

/// Returns the roles that can be chosen, the one that may do most first.
pub(crate) fn role_choices(frame: &Frame) -> Vec<RoleChoice> {
    let words = &frame.words.roles;
    let choice = |role: Role| {
        let may = match role {
            Role::Owner => &words.owner_may,
            Role::Issuer => &words.issuer_may,
            Role::Auditor => &words.auditor_may,
        };
        RoleChoice { role: role.as_str(), name: role_name(words, role), may }
    };
    Role::ALL.into_iter().rev().map(choice).collect()
}

/// Serves `GET …/members`.
pub(crate) async fn members(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let template = compose(&state, &member, None).await?;
    Ok(respond(member.visit.language, &template))
}

async fn compose<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    fault: Option<&'static str>,
) -> Result<MembersPage, Failure> {
    let frame = Frame::of_tenant(state, member, Place::Members);
    let listed = state.issuance.store.list_tenant_members(&member.tenant.id).await;
    let row = |one: learncoin_store::members::TenantMember| MemberRow {
        email: one.member.email.as_str().to_owned(),
        role: one.role.as_str(),
        role_name: role_name(&frame.words.roles, one.role),
        since: frame.when(one.member.created_at),
        is_self: one.member.id == member.signed_in.member.id,
        id: one.member.id,
    };
    let members = listed.map_err(Failure::store(member.visit.language))?.into_iter().map(row).collect();
    let email = member.visit.form.text("email").unwrap_or_default().to_owned();
    Ok(MembersPage { roles: role_choices(&frame), members, email, fault, frame })
}

/// Serves `POST …/members`: adds a person. One who has a role already gets the new one.
pub(crate) async fn add(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let form = &member.visit.form;
    let words = &member.visit.language.console().members;
    let Some(email) = form.parsed::<Email>("email") else {
        return refused(&state, &member, &words.no_address).await;
    };
    let Some(role) = form.parsed::<Role>("role") else {
        return refused(&state, &member, &words.no_role).await;
    };
    let accounts = state.accounts();
    // The last owner can't lose the role by being added anew.
    if let Some(known) =
        accounts.store.find_member_by_email(&email).await.map_err(Failure::store(member.visit.language))?
        && accounts
            .store
            .find_role(&known.id, &member.tenant.id)
            .await
            .map_err(Failure::store(member.visit.language))?
            .is_some()
    {
        return change_role(&state, &member, &known.id, role).await;
    }
    let added = accounts.add(&email, &Grant::Tenant(member.tenant.id.clone(), role)).await;
    match added {
        Ok(added) => Ok(about(see_other(&path(&member, "member-added")), &added.id)),
        Err(error) => failed(&state, &member, error).await,
    }
}

/// Serves `POST …/members/{id}/role`.
pub(crate) async fn role(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let words = &member.visit.language.console().members;
    let id: MemberId = id.parse().map_err(|_| Failure::Missing(member.visit.language))?;
    match member.visit.form.parsed::<Role>("role") {
        Some(role) => change_role(&state, &member, &id, role).await,
        None => refused(&state, &member, &words.no_role).await,
    }
}

async fn change_role(
    state: &ConsoleState,
    member: &AuthorizedMember<Owner>,
    id: &MemberId,
    role: Role,
) -> Result<Response, Failure> {
    match state.accounts().set_role(id, &member.tenant.id, role, LastOwner::Stays).await {
        Ok(()) => Ok(about(see_other(&path(member, "role-changed")), id)),
        Err(error) => failed(state, member, error).await,
    }
}

/// Serves `POST …/members/{id}/remove`.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let id: MemberId = id.parse().map_err(|_| Failure::Missing(member.visit.language))?;
    let removed = state.accounts().remove_from_tenant(&id, &member.tenant.id, LastOwner::Stays).await;
    match removed {
        Ok(()) if id == member.signed_in.member.id => Ok(about(see_other("/console"), &id)),
        Ok(()) => Ok(about(see_other(&path(&member, "member-removed")), &id)),
        Err(error) => failed(&state, &member, error).await,
    }
}

async fn failed(
    state: &ConsoleState,
    member: &AuthorizedMember<Owner>,
    error: AccountError,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    match error {
        AccountError::NoMember | AccountError::NoTenant(_) => Err(Failure::Missing(language)),
        AccountError::LastOwner => refused(state, member, &language.console().members.last_owner).await,
        AccountError::Store(error) => Err(Failure::store(language)(error)),
    }
}

async fn refused(
    state: &ConsoleState,
    member: &AuthorizedMember<Owner>,
    fault: &'static str,
) -> Result<Response, Failure> {
    let template = compose(state, member, Some(fault)).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, member.visit.language, &template))
}

fn path(member: &AuthorizedMember<Owner>, done: &str) -> String {
    format!("/console/t/{}/{}/members?done={done}", member.tenant.id, member.scope.environment)
}

/// Records for the audit log the member who was changed.
fn about(mut response: Response, id: &MemberId) -> Response {
    response.extensions_mut().insert(Subject(id.to_string()));
    response
}
