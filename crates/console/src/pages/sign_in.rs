//! Signing in and out.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Response};
use learncoin_language::fill;
use learncoin_server::pages::page;
use learncoin_store::members::{Email, Token};

use crate::access::{Account, SIGN_IN, Visit};
use crate::cookies::Cookie;
use crate::frame::{Failure, Frame, respond, see_other};
use crate::sign_in::{SignInError, SignedIn, end_session, sign_in};
use crate::state::{ConsoleState, LinkRequest};

/// The state of the page.
enum Step {
    /// Nothing was asked for yet.
    Ask,
    /// The text that was sent is no address.
    NoAddress,
    /// A link was asked for. Whether the address is a member's is not shown.
    Asked,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    step: Step,
    has_mail: bool,
    /// The text of the button that leads to the identity provider, if there is one.
    provider: Option<String>,
}

impl SignInPage {
    fn of(state: &ConsoleState, visit: &Visit, step: Step) -> Self {
        let frame = Frame::of_visit(state, visit);
        let provider = state.identity_provider.as_ref();
        let label = |name: &str| fill(&frame.words.sign_in.provider, &[("name", name)]);
        let provider = provider.map(|provider| label(&provider.name()));
        Self { frame, step, has_mail: state.link_requests.is_some(), provider }
    }
}

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    frame: Frame,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "no_link.html")]
struct NoLinkPage {
    frame: Frame,
}

/// Serves `GET /console/sign-in`.
pub(crate) async fn form(State(state): State<ConsoleState>, visit: Visit) -> Response {
    if visit.signed_in.is_some() {
        return see_other("/console");
    }
    respond(visit.language, &SignInPage::of(&state, &visit, Step::Ask))
}

/// Serves `POST /console/sign-in`: asks for a link by mail. The response is the same for every address and takes as long: the request is
/// worked on afterwards.
pub(crate) async fn ask(State(state): State<ConsoleState>, visit: Visit) -> Response {
    let Some(link_requests) = &state.link_requests else {
        return respond(visit.language, &SignInPage::of(&state, &visit, Step::Ask));
    };
    let Some(email) = visit.form.parsed::<Email>("email") else {
        let template = SignInPage::of(&state, &visit, Step::NoAddress);
        return page(StatusCode::UNPROCESSABLE_ENTITY, visit.language, &template);
    };
    let (browser, language, client) = (visit.browser.clone(), visit.language, visit.client);
    if link_requests.try_send(LinkRequest { email, browser, language, client }).is_err() {
        tracing::warn!("too many requests for links wait: one was dropped");
    }
    respond(visit.language, &SignInPage::of(&state, &visit, Step::Asked))
}

/// Serves `GET /console/link/{token}`: a page with a button. Programs that scan mails open it too, so it changes nothing, and it is
/// the same for every token.
pub(crate) async fn link(
    State(state): State<ConsoleState>,
    visit: Visit,
    Path(token): Path<String>,
) -> Response {
    match Token::parse(&token) {
        Some(token) => {
            let frame = Frame::of_visit(&state, &visit);
            respond(visit.language, &LinkPage { frame, token: token.expose() })
        }
        None => no_link(&state, &visit),
    }
}

fn no_link(state: &ConsoleState, visit: &Visit) -> Response {
    page(StatusCode::FORBIDDEN, visit.language, &NoLinkPage { frame: Frame::of_visit(state, visit) })
}

/// Serves `POST /console/link`: uses a link, and begins a session.
pub(crate) async fn use_link(State(state): State<ConsoleState>, visit: Visit) -> Result<Response, Failure> {
    let issuance = &state.issuance;
    let Some(link) = visit.form.text("token").and_then(Token::parse) else {
        return Ok(no_link(&state, &visit));
    };
    let earlier = visit.signed_in.as_ref();
    let begun = sign_in(
        &issuance.store,
        &*issuance.clock,
        &*issuance.entropy,
        &link,
        &visit.browser,
        earlier,
        &visit.agent,
    )
    .await;
    let signed_in = match begun {
        Ok(signed_in) => signed_in,
        Err(SignInError::NoLink) => return Ok(no_link(&state, &visit)),
        Err(SignInError::Store(error)) => return Err(Failure::store(visit.language)(error)),
    };
    Ok(signed_in_response(&state, &visit, &signed_in))
}

/// Responds to a visitor who was signed in just now: with the session's cookie, on to the console. It is recorded for the audit log.
pub(super) fn signed_in_response(state: &ConsoleState, visit: &Visit, signed_in: &SignedIn) -> Response {
    visit.record(&signed_in.member.id, None);
    tracing::info!(member.id = %signed_in.member.id, "a member signed in");
    let mut response = see_other("/console");
    let cookies = [
        Cookie::Session.set_token(&signed_in.token, state.is_https()),
        Cookie::Browser.remove(state.is_https()),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Serves `POST /console/sign-out`: ends the session.
pub(crate) async fn sign_out(
    State(state): State<ConsoleState>,
    account: Account,
) -> Result<Response, Failure> {
    let Account { visit, signed_in } = account;
    end_session(&state.issuance.store, &signed_in.member.id, &signed_in.session.id)
        .await
        .map_err(Failure::store(visit.language))?;
    let mut response = see_other(SIGN_IN).into_response();
    if let Some(cookie) = Cookie::Session.remove(state.is_https()) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}
