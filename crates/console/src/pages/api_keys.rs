//! A tenant's API keys: what each may do, when it was last used, and from where it may be presented.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use ipnet::IpNet;
use learncoin_issuance::Issuance;
use learncoin_issuance::tenant::allowlist::{self, AllowlistError, parse_network};
use learncoin_issuance::tenant::api_keys::ApiKeyError;
use learncoin_server::pages::{When, page};
use learncoin_store::id::KeyId;
use learncoin_store::tenants::ApiKey;

use crate::access::{AtLeast, Auditor, AuthorizedMember, Owner};
use crate::frame::{Failure, Frame, Place, about, respond_to_form, see_other};
use crate::id_in_path::IdInPath;
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "api_keys.html")]
struct ApiKeysPage {
    frame: Frame,
    keys: Vec<KeyRow>,
    label: String,
    networks: String,
    may_restrict: bool,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "api_key.html")]
struct ApiKeyPage {
    frame: Frame,
    key: KeyRow,
    may_restrict: bool,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "new_api_key.html")]
struct NewApiKeyPage<'a> {
    frame: Frame,
    id: KeyId,
    secret: &'a str,
}

/// A key without its secret.
struct KeyRow {
    id: KeyId,
    label: Option<String>,
    networks: Vec<String>,
    created: When,
    used: Option<When>,
    revoked: Option<When>,
}

/// Serves `GET …/keys`: the keys of the environment.
pub(crate) async fn keys(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    show(&state, &member, None).await
}

async fn show<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Keys);
    let listed = state.issuance.store.list_api_keys(&member.tenant.id).await;
    let mut keys = Vec::new();
    for key in listed.map_err(Failure::store(language))? {
        if key.environment == member.scope.environment {
            keys.push(row(state, &frame, key).await.map_err(Failure::store(language))?);
        }
    }
    // Those that work come first, the newest of them first.
    keys.reverse();
    keys.sort_by_key(|key| key.revoked.is_some());
    let text = |name| member.visit.form.text(name).unwrap_or_default().to_owned();
    let may_restrict = member.tenant.plan.allows_allowlists();
    let (label, networks, has_fault) = (text("label"), text("networks"), fault.is_some());
    let template = ApiKeysPage { frame, keys, label, networks, may_restrict, fault };
    Ok(respond_to_form(language, has_fault, &template))
}

async fn row(state: &ConsoleState, frame: &Frame, key: ApiKey) -> learncoin_store::Result<KeyRow> {
    Ok(KeyRow {
        networks: state.issuance.store.list_networks(&key.id).await?,
        created: frame.when(key.created_at),
        used: key.last_used_at.map(|at| frame.when(at)),
        revoked: key.revoked_at.map(|at| frame.when(at)),
        label: key.label,
        id: key.id,
    })
}

/// Reads networks, separated by white space or commas.
fn read_networks(text: &str) -> Result<Vec<IpNet>, String> {
    let parts = text.split([' ', ',', '\n', '\r', '\t']).filter(|part| !part.is_empty());
    parts.map(|part| parse_network(part).map_err(|error| format!("{part}: {error}"))).collect()
}

/// Serves `POST …/keys`: creates a key, whose secret is on the page that responds and nowhere else.
pub(crate) async fn create(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let form = &member.visit.form;
    let networks = match read_networks(form.text("networks").unwrap_or_default()) {
        Ok(networks) => networks,
        Err(fault) => return show(&state, &member, Some(fault)).await,
    };
    let api_keys = &state.issuance.api_keys;
    let created = api_keys.create_api_key(member.actor(), &member.scope, form.text("label"), &networks).await;
    let (key, secret) = match created {
        Ok(created) => created,
        Err(ApiKeyError::Store(error)) => return Err(Failure::store(language)(error)),
        Err(ApiKeyError::RightLost) => return Err(Failure::RightLost(language)),
        Err(error) => return show(&state, &member, Some(error.to_string())).await,
    };
    let frame = Frame::of_tenant(&state, &member, Place::Keys);
    let template = NewApiKeyPage { frame, id: key.id.clone(), secret: secret.expose() };
    Ok(about(page(StatusCode::CREATED, language, &template), &key.id))
}

async fn find<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    id: &KeyId,
) -> Result<ApiKey, Failure> {
    let language = member.visit.language;
    let found = state.issuance.store.api_key_by_id(id).await.map_err(Failure::store(language))?;
    found.filter(|key| key.scope() == member.scope).ok_or(Failure::Missing(language))
}

/// Serves `GET …/keys/{id}`.
pub(crate) async fn key(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
    IdInPath(id): IdInPath<KeyId>,
) -> Result<Response, Failure> {
    let key = find(&state, &member, &id).await?;
    show_key(&state, &member, key, None).await
}

async fn show_key<R: AtLeast>(
    state: &ConsoleState,
    member: &AuthorizedMember<R>,
    key: ApiKey,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(state, member, Place::Keys);
    let key = row(state, &frame, key).await.map_err(Failure::store(language))?;
    let (may_restrict, has_fault) = (member.tenant.plan.allows_allowlists(), fault.is_some());
    Ok(respond_to_form(language, has_fault, &ApiKeyPage { frame, key, may_restrict, fault }))
}

/// Serves `POST …/keys/{id}/networks`: sets the networks from which a key may be presented.
pub(crate) async fn restrict(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<KeyId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let key = find(&state, &member, &id).await?;
    let networks = match read_networks(member.visit.form.text("networks").unwrap_or_default()) {
        Ok(networks) => networks,
        Err(fault) => return Ok(about(show_key(&state, &member, key, Some(fault)).await?, &id)),
    };
    let Issuance { store, clock, .. } = &*state.issuance;
    match allowlist::replace(store, &**clock, member.actor(), &id, &networks).await {
        Ok(()) => Ok(about(see_other(&path(&member, &id, "restricted")), &id)),
        Err(AllowlistError::Store(error)) => Err(Failure::store(language)(error)),
        Err(AllowlistError::RightLost) => Err(Failure::RightLost(language)),
        Err(error) => Ok(about(show_key(&state, &member, key, Some(error.to_string())).await?, &id)),
    }
}

/// Serves `POST …/keys/{id}/revoke`.
pub(crate) async fn revoke(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Owner>,
    IdInPath(id): IdInPath<KeyId>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let key = find(&state, &member, &id).await?;
    match state.issuance.api_keys.revoke_api_key(member.actor(), &key.id).await {
        Ok(_) => {}
        Err(ApiKeyError::RightLost) => return Err(Failure::RightLost(language)),
        Err(error) => return Err(Failure::internal(language)(error)),
    }
    Ok(about(see_other(&path(&member, &key.id, "key-revoked")), &key.id))
}

fn path(member: &AuthorizedMember<Owner>, id: &KeyId, done: &str) -> String {
    format!("{}/keys/{id}?done={done}", member.base())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_line_by_line_or_with_commas() {
        let networks = read_networks("203.0.113.0/24, 2001:db8::/32\r\n198.51.100.7").unwrap();
        assert_eq!(networks.len(), 3);
        assert!(read_networks("").unwrap().is_empty());
        assert!(read_networks("everyone").unwrap_err().starts_with("everyone: "));
    }
}
