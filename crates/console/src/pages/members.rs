//! The members of a tenant: who they are, and what each may do.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_language::Language;
use learncoin_server::pages::When;
use learncoin_store::id::MemberId;
use learncoin_store::members::{Email, Member, Role, TenantMember};

use super::home::role_name;
use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::accounts::{AccountError, Grant, LastOwner};
use crate::frame::{Failure, Frame, Place, about, respond_to_form, see_other};
use crate::id_in_path::IdInPath;
use crate::invitations::{InvitationOutcome, invite};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "members.html")]
struct MembersPage {
    frame: Frame,
    members: Vec<MemberRow>,
    roles: Vec<RoleChoice>,
    email: String,
    sends_mails: bool,
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

impl MemberRow {
    /// Creates the row of a member. `own_id` is the id of the member who looks.
    pub(crate) fn of(frame: &Frame, one: TenantMember, own_id: Option<&MemberId>) -> Self {
        Self {
            email: one.member.email.as_str().to_owned(),
            role: one.role.as_str(),
            role_name: role_name(&frame.words.roles, one.role),
            since: frame.when(one.member.created_at),
            is_self: own_id == Some(&one.member.id),
            id: one.member.id,
        }
    }
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
    show(&state, &member, None).await
}

async fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    fault: Option<&'static str>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Members);
    let listed = state.issuance.store.list_tenant_members(&member.tenant.id).await;
    let row = |one| MemberRow::of(&frame, one, Some(&member.signed_in.member.id));
    let members = listed.map_err(Failure::store(language))?.into_iter().map(row).collect();
    let email = member.visit.form.text("email").unwrap_or_default().to_owned();
    let (roles, sends_mails) = (role_choices(&frame), state.mailer.is_some());
    let template = MembersPage { roles, members, email, sends_mails, fault, frame };
    Ok(respond_to_form(language, fault.is_some(), &template))
}

/// Serves `POST …/members`: adds a person. One who has a role already gets the new one.
pub(crate) async fn add(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let form = &member.visit.form;
    let words = &member.visit.language.console().members;
    let Some(email) = form.parsed::<Email>("email") else {
        return show(&state, &member, Some(&words.no_address)).await;
    };
    let Some(role) = form.parsed::<Role>("role") else {
        return show(&state, &member, Some(&words.no_role)).await;
    };
    let grant = Grant::Tenant(member.tenant.id.clone(), role);
    match state.accounts().add(&email, &grant, LastOwner::Stays).await {
        Ok(added) => {
            // One who had a role has been here before.
            let done = match added.had_role {
                true => "role-changed",
                false => invite_member(&state, &added.member, &grant, member.visit.language).await.done(),
            };
            Ok(about(see_other(&path(&member, done)), &added.member.id))
        }
        Err(error) => failed(&state, &member, error).await,
    }
}

/// Invites a member who was added.
pub(crate) async fn invite_member(
    state: &ConsoleState,
    member: &Member,
    grant: &Grant,
    language: Language,
) -> InvitationOutcome {
    invite(&state.issuance, state.mailer.as_ref(), member, grant, language).await
}

/// Serves `POST …/members/{id}/role`.
pub(crate) async fn role(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<MemberId>,
) -> Result<Response, Failure> {
    let Some(role) = member.visit.form.parsed::<Role>("role") else {
        let words = &member.visit.language.console().members;
        return show(&state, &member, Some(&words.no_role)).await;
    };
    match state.accounts().set_role(&id, &member.tenant.id, role, LastOwner::Stays).await {
        Ok(()) => Ok(about(see_other(&path(&member, "role-changed")), &id)),
        Err(error) => failed(&state, &member, error).await,
    }
}

/// Serves `POST …/members/{id}/remove`.
pub(crate) async fn remove(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<MemberId>,
) -> Result<Response, Failure> {
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
        AccountError::LastOwner => show(state, member, Some(&language.console().members.last_owner)).await,
        AccountError::Store(error) => Err(Failure::store(language)(error)),
    }
}

fn path(member: &AuthorizedMember<Owner>, done: &str) -> String {
    format!("{}/members?done={done}", member.base())
}
