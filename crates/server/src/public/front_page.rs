//! `/`: what this site is, where a credential is verified, where the documentation is, and where members sign in.
//!
//! In: the visitor's language. Out: a page without a script. A caller that asks for JSON gets the error of an address without
//! an endpoint, as at every other such address.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use learncoin_language::Language;
use learncoin_language::words::FrontWords;

use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;
use crate::public::negotiate::Representation;
use crate::public::page_state::PageState;
use crate::public::preferred_language::PreferredLanguage;

const STYLE: &str = include_str!("../../templates/front.css");
/// The policy of the page: style sheets and pictures of this site, and the form that leads to `/verify`.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// Whether the deployment has a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct HasConsole(pub(crate) bool);

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage<'a> {
    language: Language,
    words: &'a FrontWords,
    /// The name of the list of languages, for screen readers.
    languages: &'a str,
    /// The public URL.
    origin: &'a str,
    /// The public URL's host.
    host: &'a str,
    /// The name of the console, if there is one.
    console: Option<&'a str>,
    /// Whether the deployment anchors on its own development chain.
    is_development: bool,
}

/// Serves `GET /`.
pub(crate) async fn front_page(
    State(state): State<PageState>,
    Extension(has_console): Extension<HasConsole>,
    PreferredLanguage(language): PreferredLanguage,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut response = match Representation::wanted(&headers) {
        Representation::Page => page(&state, has_console, language, &headers)?,
        Representation::Document(_) => endpoint_not_found().await.into_response(),
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
    Ok(response)
}

fn page(
    state: &PageState,
    HasConsole(has_console): HasConsole,
    language: Language,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let words = language.words();
    let origin = state.issuance.host.origin();
    let page = FrontPage {
        language,
        words: &words.front,
        languages: &words.page.languages,
        origin,
        host: origin.split_once("://").map_or(origin, |(_, host)| host),
        console: has_console.then(|| language.console().frame.console.as_str()),
        is_development: state.has_dev_chain,
    };
    let text = page.render().map_err(ApiError::internal)?;
    let mut response = revalidated(headers, "text/html; charset=utf-8", text);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    Ok(response)
}

/// Serves `GET /assets/front.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}
