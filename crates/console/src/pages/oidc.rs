//! Signing in at the operator's identity provider, and linking an identity there: there, and back.
//!
//! The form is answered with a page that leads on, not with a redirection: browsers hold the policy's `form-action` against every
//! redirection after a form, also those among the provider's own hosts.
//!
//! The way back is a GET that changes something, the only one: the protocol leaves no choice. It counts once, within ten minutes, and in
//! the browser that began the sign-in, whose cookie it needs; any other request for it changes nothing.

use askama::Template;
use axum::extract::State;
use axum::http::header::REFRESH;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use learncoin_language::fill;
use learncoin_server::pages::{client_network, page};
use learncoin_store::Error as StoreError;
use learncoin_store::deadlines::is_due;
use learncoin_store::id::IdentityId;
use learncoin_store::members::{SignInAttempt, Token};

use super::sign_in::signed_in_response;
use crate::access::{Account, SIGN_IN, Visit};
use crate::frame::{Failure, Frame, about, respond, see_other};
use crate::oidc::{
    ATTEMPT_MS, AdmittedMember, FlowSecrets, IdentityProvider, ProviderFailure, Refused, ReturningBrowser,
    admit, link, may_link,
};
use crate::state::ConsoleState;

/// The time within which the attempts of a client are counted, in milliseconds.
const WINDOW_MS: i64 = 15 * 60 * 1000;
/// The most sign-ins that a client begins within that time. A client may be a whole campus.
const MOST_BY_CLIENT: i64 = 120;
/// The page of a member's own account.
const ACCOUNT: &str = "/console/account";
/// The longest code that is taken, in bytes.
const MOST_CODE_BYTES: usize = 4096;

#[derive(Template)]
#[template(path = "to_provider.html")]
struct ToProviderPage<'a> {
    frame: Frame,
    leading: String,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "provider_failed.html")]
struct ProviderFailedPage {
    frame: Frame,
    title: &'static str,
    advice: String,
    back: &'static str,
    back_text: &'static str,
}

/// Serves `POST /console/oidc`: begins a sign-in, and leads to the provider.
pub(crate) async fn begin(State(state): State<ConsoleState>, visit: Visit) -> Result<Response, Failure> {
    let Some(provider) = state.identity_provider.clone() else {
        return Err(Failure::Missing(visit.language));
    };
    if visit.signed_in.is_some() {
        return Ok(see_other("/console"));
    }
    match begin_at(&provider, &state, &visit, &visit.browser).await {
        Ok(url) => Ok(to_provider(&provider, &state, &visit, &url)),
        Err(failure) => failed(&provider, &state, &visit, failure),
    }
}

/// Serves `POST /console/account/identity`: leads a member to the provider to link their identity there. A session that began too long ago
/// links none.
pub(crate) async fn begin_link(
    State(state): State<ConsoleState>,
    account: Account,
) -> Result<Response, Failure> {
    let Account { visit, signed_in } = account;
    let Some(provider) = state.identity_provider.clone() else {
        return Err(Failure::Missing(visit.language));
    };
    if !may_link(&signed_in.session, state.issuance.clock.now_ms()) {
        return Ok(see_other(ACCOUNT));
    }
    match begin_at(&provider, &state, &visit, &signed_in.token).await {
        Ok(url) => Ok(to_provider(&provider, &state, &visit, &url)),
        Err(failure) => failed(&provider, &state, &visit, failure),
    }
}

/// Begins the way to the provider and back. `browser` is the secret that what comes back has to be with: that of the browser, or of a session.
async fn begin_at(
    provider: &IdentityProvider,
    state: &ConsoleState,
    visit: &Visit,
    browser: &Token,
) -> Result<String, ProviderFailure> {
    let issuance = &state.issuance;
    let now = issuance.clock.now_ms();
    if !is_within_limit(state, visit, now).await? {
        return Err(ProviderFailure::TooMany);
    }
    let token = Token::generate(&*issuance.entropy);
    let secrets = FlowSecrets::of(&token, browser);
    let url = provider.sign_in_url(&secrets, visit.language, now).await?;
    let attempt = SignInAttempt { state_hash: token.hash(), browser_hash: browser.hash(), created_at: now };
    let mut tx = issuance.store.begin().await?;
    tx.insert_sign_in_attempt(&attempt).await?;
    tx.commit().await?;
    Ok(url.into())
}

/// Counts the attempt by its client. Returns whether that began few enough.
async fn is_within_limit(state: &ConsoleState, visit: &Visit, now_ms: i64) -> Result<bool, StoreError> {
    let store = &state.issuance.store;
    let network = visit.client.map(client_network).map_or("unknown".to_owned(), |one| one.to_string());
    let subject = store.sealer().member_mac(&format!("began from {network}"));
    let mut tx = store.begin().await?;
    let count = tx.count_sign_in_request(&subject, WINDOW_MS, now_ms).await?;
    tx.commit().await?;
    Ok(count <= MOST_BY_CLIENT)
}

fn to_provider(provider: &IdentityProvider, state: &ConsoleState, visit: &Visit, url: &str) -> Response {
    let frame = Frame::of_visit(state, visit);
    let leading = fill(&frame.words.sign_in.provider_leading_text, &[("name", &provider.name())]);
    let mut response = respond(visit.language, &ToProviderPage { frame, leading, url });
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={url}")) {
        response.headers_mut().insert(REFRESH, refresh);
    }
    response
}

/// Serves `GET /console/oidc/callback`: the provider sent the browser back.
pub(crate) async fn callback(
    State(state): State<ConsoleState>,
    visit: Visit,
    method: Method,
) -> Result<Response, Failure> {
    let Some(provider) = state.identity_provider.clone() else {
        return Err(Failure::Missing(visit.language));
    };
    if method != Method::GET {
        return Ok(StatusCode::OK.into_response());
    }
    let returned = come_back(&provider, &state, &visit).await;
    let admitted = match returned {
        Ok(Returned::Linked(linked)) => return Ok(linked_response(&visit, linked.as_ref())),
        Ok(Returned::SignedIn(admitted)) => Ok(admitted),
        Err(refused) => Err(refused),
    };
    match admitted {
        Ok(AdmittedMember { signed_in, changed }) => {
            let response = signed_in_response(&state, &visit, &signed_in);
            Ok(if changed.is_empty() { response } else { about(response, &changed.join(" ")) })
        }
        Err(Refused { failure, removed }) => {
            let response = failed(&provider, &state, &visit, failure)?;
            let Some(removed) = removed else { return Ok(response) };
            visit.record(&removed, None);
            Ok(about(response, &removed))
        }
    }
}

/// The purpose for which a browser that came back was sent away.
enum Returned {
    /// A member signed in.
    SignedIn(AdmittedMember),
    /// A member linked an identity: its id, unless it was linked already.
    Linked(Option<IdentityId>),
}

/// Leads a member who linked an identity back to their account.
fn linked_response(visit: &Visit, linked: Option<&IdentityId>) -> Response {
    if let Some(signed_in) = &visit.signed_in {
        visit.record(&signed_in.member.id, None);
    }
    let response = see_other(&format!("{ACCOUNT}?done=identity-linked"));
    match linked {
        Some(id) => about(response, id),
        None => response,
    }
}

async fn come_back(
    provider: &IdentityProvider,
    state: &ConsoleState,
    visit: &Visit,
) -> Result<Returned, Refused> {
    let issuance = &state.issuance;
    let token = visit.query.text("state").and_then(Token::parse).ok_or(ProviderFailure::Ended)?;
    let now = issuance.clock.now_ms();
    let mut tx = issuance.store.begin().await?;
    // What was begun in a session links, what was begun in a browser signs in.
    let linking = match &visit.signed_in {
        Some(signed_in) => tx.take_sign_in_attempt(&token.hash(), &signed_in.token.hash()).await?,
        None => None,
    };
    let begun_at = match linking {
        None => tx.take_sign_in_attempt(&token.hash(), &visit.browser.hash()).await?,
        begun_at => begun_at,
    };
    tx.commit().await?;
    let begun_at = begun_at.ok_or(ProviderFailure::Ended)?;
    if is_due(begun_at.saturating_add(ATTEMPT_MS), now, ATTEMPT_MS) {
        return Err(ProviderFailure::Ended.into());
    }
    if !provider.is_issuer(visit.query.text("iss")) {
        return Err(ProviderFailure::Untrusted("the answer is of another issuer (iss)").into());
    }
    if visit.query.text("error").is_some() {
        return Err(ProviderFailure::Denied.into());
    }
    let code = visit.query.text("code").filter(|code| code.len() <= MOST_CODE_BYTES);
    let code = code.ok_or(ProviderFailure::Untrusted("the answer has no code"))?;
    if let (Some(_), Some(signed_in)) = (linking, &visit.signed_in) {
        return Ok(Returned::Linked(link(provider, issuance, signed_in, &token, code).await?));
    }
    let returning = ReturningBrowser {
        code,
        state: &token,
        browser: &visit.browser,
        earlier: visit.signed_in.as_ref(),
        agent: &visit.agent,
    };
    Ok(Returned::SignedIn(admit(provider, issuance, &returning).await?))
}

/// Responds with a page about the reason why no one was signed in, or no identity linked, and about the other ways.
fn failed(
    provider: &IdentityProvider,
    state: &ConsoleState,
    visit: &Visit,
    failure: ProviderFailure,
) -> Result<Response, Failure> {
    let frame = Frame::of_visit(state, visit);
    let words = &frame.words.sign_in;
    let (status, advice) = match &failure {
        ProviderFailure::Store(_) => return Err(Failure::internal(visit.language)(failure)),
        ProviderFailure::Away(_) => (StatusCode::SERVICE_UNAVAILABLE, &words.provider_away),
        ProviderFailure::TooMany => (StatusCode::TOO_MANY_REQUESTS, &words.provider_away),
        ProviderFailure::Denied => (StatusCode::FORBIDDEN, &words.provider_denied),
        ProviderFailure::Untrusted(_) => (StatusCode::FORBIDDEN, &words.provider_untrusted),
        ProviderFailure::Ended => (StatusCode::FORBIDDEN, &words.provider_ended),
        ProviderFailure::Unverified => (StatusCode::FORBIDDEN, &words.provider_unverified),
        ProviderFailure::NoMember => (StatusCode::FORBIDDEN, &words.provider_no_member),
        ProviderFailure::Taken => (StatusCode::FORBIDDEN, &words.provider_taken),
        ProviderFailure::OtherLinked => (StatusCode::FORBIDDEN, &words.provider_other_linked),
    };
    match failure {
        // Anyone can cause these as often as they like.
        ProviderFailure::Ended | ProviderFailure::TooMany => {
            tracing::debug!(cause = %failure, "a sign-in at the identity provider failed");
        }
        _ => tracing::warn!(cause = %failure, "a sign-in at the identity provider failed"),
    }
    let advice = fill(advice, &[("name", &provider.name())]);
    let (title, back, back_text) = match visit.signed_in {
        Some(_) => (&words.provider_not_linked, ACCOUNT, &words.provider_to_account),
        None => (&words.provider_failed, SIGN_IN, &words.provider_again),
    };
    Ok(page(status, visit.language, &ProviderFailedPage { title, back, back_text, advice, frame }))
}
