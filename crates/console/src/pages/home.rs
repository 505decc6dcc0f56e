//! The first page of a member who is signed in: the tenants that they belong to. One who belongs to one alone is led to it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use learncoin_language::words::RoleWords;
use learncoin_store::id::TenantId;
use learncoin_store::members::{Membership, Role};
use learncoin_store::scope::Environment;

use crate::access::Account;
use crate::frame::{Failure, Frame, respond, see_other};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    memberships: Vec<Choice>,
    is_operator: bool,
}

/// A tenant that can be chosen.
struct Choice {
    id: TenantId,
    name: String,
    role: &'static str,
}

/// Returns a role's name.
pub(crate) fn role_name(words: &'static RoleWords, role: Role) -> &'static str {
    match role {
        Role::Owner => &words.owner,
        Role::Issuer => &words.issuer,
        Role::Auditor => &words.auditor,
    }
}

/// Returns the environment in which a tenant's pages open: live, if the tenant has or had a live key.
///
/// # Errors
/// If the store fails.
async fn first_environment(
    state: &ConsoleState,
    membership: &Membership,
) -> learncoin_store::Result<Environment> {
    let had_live = state.issuance.store.had_live_api_key(&membership.tenant_id).await?;
    Ok(if had_live { Environment::Live } else { Environment::Test })
}

/// Serves `GET /console`.
pub(crate) async fn home(State(state): State<ConsoleState>, account: Account) -> Result<Response, Failure> {
    let language = account.visit.language;
    let member = &account.signed_in.member;
    let memberships =
        state.issuance.store.list_memberships(&member.id).await.map_err(Failure::store(language))?;
    if let ([only], false, None) =
        (memberships.as_slice(), member.is_operator(), account.visit.query.text("all"))
    {
        let environment = first_environment(&state, only).await.map_err(Failure::store(language))?;
        return Ok(see_other(&format!("/console/t/{}/{environment}", only.tenant_id)));
    }
    let is_operator = member.is_operator();
    let words = &language.console().roles;
    let choice = |one: Membership| Choice {
        role: role_name(words, one.role),
        id: one.tenant_id,
        name: one.tenant_name,
    };
    let memberships = memberships.into_iter().map(choice).collect();
    Ok(respond(language, &HomePage { frame: Frame::of_account(&state, &account), memberships, is_operator }))
}
