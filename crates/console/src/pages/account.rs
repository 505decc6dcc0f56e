//! A member's own account: who they are here, their identity at the operator's provider, and their sessions.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use learncoin_language::fill;
use learncoin_server::pages::When;
use learncoin_store::id::{IdentityId, MemberId, SessionId};

use crate::access::Account;
use crate::frame::{Failure, Frame, about, respond, see_other};
use crate::oidc::may_link;
use crate::sign_in::{end_session, has_ended};
use crate::state::ConsoleState;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    id: MemberId,
    email: String,
    provider: Option<ProviderPart>,
    sessions: Vec<SessionRow>,
}

/// The part about the operator's identity provider.
struct ProviderPart {
    title: String,
    link: String,
    /// Whether the session is young enough to link an identity.
    may_link: bool,
    /// The identity that is linked, with the time of that.
    linked: Option<(IdentityId, When)>,
}

struct SessionRow {
    id: SessionId,
    browser: String,
    since: When,
    seen: When,
    is_this: bool,
}

/// Serves `GET /console/account`.
pub(crate) async fn account(
    State(state): State<ConsoleState>,
    account: Account,
) -> Result<Response, Failure> {
    let language = account.visit.language;
    let frame = Frame::of_account(&state, &account);
    let (member, current) = (&account.signed_in.member, &account.signed_in.session.id);
    let listed = state.issuance.store.list_member_sessions(&member.id).await;
    let now = state.issuance.clock.now_ms();
    let sessions = listed
        .map_err(Failure::store(language))?
        .into_iter()
        .filter(|session| !has_ended(session, now))
        .map(|session| SessionRow {
            browser: browser(&session.agent).unwrap_or_else(|| frame.words.account.unknown_browser.clone()),
            since: frame.when(session.created_at),
            seen: frame.when(session.seen_at),
            is_this: session.id == *current,
            id: session.id,
        })
        .collect();
    let provider = provider_part(&state, &frame, &account).await.map_err(Failure::store(language))?;
    let (id, email) = (member.id.clone(), member.email.as_str().to_owned());
    Ok(respond(language, &AccountPage { frame, id, email, provider, sessions }))
}

async fn provider_part(
    state: &ConsoleState,
    frame: &Frame,
    account: &Account,
) -> learncoin_store::Result<Option<ProviderPart>> {
    let Some(provider) = &state.identity_provider else { return Ok(None) };
    let (words, name) = (&frame.words.account, provider.name());
    let identities = state.issuance.store.list_member_identities(&account.signed_in.member.id).await?;
    let linked = identities.into_iter().find(|one| provider.is_issuer(Some(&one.issuer)));
    Ok(Some(ProviderPart {
        title: fill(&words.provider, &[("name", &name)]),
        link: fill(&words.link, &[("name", &name)]),
        may_link: may_link(&account.signed_in.session, state.issuance.clock.now_ms()),
        linked: linked.map(|one| (one.id, frame.when(one.created_at))),
    }))
}

/// Serves `POST /console/account/identities/{identity}/remove`: the identity signs in no more.
pub(crate) async fn remove_identity(
    State(state): State<ConsoleState>,
    account: Account,
    Path(identity): Path<String>,
) -> Result<Response, Failure> {
    let language = account.visit.language;
    let id: IdentityId = identity.parse().map_err(|_| Failure::Missing(language))?;
    let removed = async {
        let mut tx = state.issuance.store.begin().await?;
        let removed = tx.delete_member_identity(&account.signed_in.member.id, &id).await?;
        tx.commit().await?;
        Ok(removed)
    };
    if !removed.await.map_err(Failure::store(language))? {
        return Err(Failure::Missing(language));
    }
    Ok(about(see_other("/console/account?done=identity-removed"), &id))
}

/// Serves `POST /console/account/sessions/{session}/end`.
pub(crate) async fn end(
    State(state): State<ConsoleState>,
    account: Account,
    Path(session): Path<String>,
) -> Result<Response, Failure> {
    let language = account.visit.language;
    let id: SessionId = session.parse().map_err(|_| Failure::Missing(language))?;
    let ended = end_session(&state.issuance.store, &account.signed_in.member.id, &id).await;
    if !ended.map_err(Failure::store(language))? {
        return Err(Failure::Missing(language));
    }
    Ok(see_other("/console/account?done=session-ended"))
}

/// Returns the browser and the system that a `User-Agent` names, in two words, if they are known ones.
fn browser(agent: &str) -> Option<String> {
    // In this order: each of them also names those that come after it.
    let browsers = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let parts: Vec<&str> = [named(&browsers), named(&systems)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_in_two_words() {
        for (agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                Some("Chrome, Linux"),
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                Some("Edge, Windows"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
                Some("Firefox, macOS"),
            ),
            ("curl/8.5", None),
            ("", None),
        ] {
            assert_eq!(browser(agent).as_deref(), expected, "{agent}");
        }
    }
}
