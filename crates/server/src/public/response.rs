//! The answers of `/c/`: their headers, which keep a person's credential out of caches, indexes and other sites.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use learncoin_language::Language;
use learncoin_language::words::ErrorPageWords;

use super::negotiate::MediaType;
use crate::error::ApiError;

/// The policy of a page: it may load our style sheet and our mark, nothing else.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The same for a page that sends a form to us.
const FORM_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// The policy of a file that is opened by itself: it may do nothing but show the pictures inside it.
const FILE_POLICY: &str = "default-src 'none'; img-src data:; frame-ancestors 'none'; sandbox";
/// The same for the card that every site may frame.
const EMBED_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'";

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
const CROSS_ORIGIN_EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");
const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
pub(super) const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// The headers of every response under `/c/`, whatever its form.
const PRIVATE: [(HeaderName, &str); 5] = [
    (CACHE_CONTROL, "no-store"),
    (X_ROBOTS_TAG, "noindex, noarchive"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (VARY, "Accept"),
];

/// The further headers of a page.
const PAGE: [(HeaderName, &str); 5] = [
    (VARY, "Accept, Accept-Language"),
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CONTENT_SECURITY_POLICY, PAGE_POLICY),
    (CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

fn set(response: &mut Response, headers: impl IntoIterator<Item = (HeaderName, &'static str)>) {
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
}

/// The mark of a response that holds a secret, in its extensions: it is never compressed, since the length of what was compressed
/// can reveal its contents.
#[derive(Debug, Clone, Copy)]
pub struct HoldsSecrets;

/// Responds with a page in a language. One that can't be rendered becomes a 500 page; that is logged, without anything of
/// the page.
pub fn page(status: StatusCode, language: Language, template: &impl Template) -> Response {
    let (status, body) = match template.render() {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, language.words().page.trouble.title.clone())
        }
    };
    let mut response = (status, Body::from(body)).into_response();
    set(&mut response, PRIVATE);
    set(&mut response, PAGE);
    set(&mut response, [(CONTENT_LANGUAGE, language.tag())]);
    response
}

/// Lets a page send its forms to us.
pub(crate) fn with_form(mut response: Response) -> Response {
    set(&mut response, [(CONTENT_SECURITY_POLICY, FORM_POLICY)]);
    response
}

/// Lets other sites frame a page, those too that are isolated from each other.
pub(crate) fn framed(mut response: Response) -> Response {
    response.headers_mut().remove(CROSS_ORIGIN_OPENER_POLICY);
    set(
        &mut response,
        [
            (CONTENT_SECURITY_POLICY, EMBED_POLICY),
            (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
            (CROSS_ORIGIN_EMBEDDER_POLICY, "require-corp"),
            (VARY, "Accept-Language"),
        ],
    );
    response
}

/// Keeps an answer about a credential out of caches and indexes.
pub(crate) fn private(mut response: Response) -> Response {
    set(&mut response, PRIVATE);
    response
}

/// Responds with the page for an address that names nothing.
pub(crate) fn not_found(language: Language, words: &ErrorPageWords) -> Response {
    apology(StatusCode::NOT_FOUND, language, &words.title, &words.advice)
}

/// Responds with the page for a query that is mistyped.
pub(crate) fn unclear_query(language: Language) -> Response {
    let words = &language.words().page.unclear_query;
    apology(StatusCode::BAD_REQUEST, language, &words.title, &words.advice)
}

/// Responds with a page that has nothing to show.
pub fn apology(status: StatusCode, language: Language, title: &str, advice: &str) -> Response {
    page(status, language, &ApologyPage { language, status: status.as_u16(), title, advice })
}

/// Responds with a page that has nothing to show.
#[derive(Debug, Clone, Copy, Template)]
#[template(path = "apology.html")]
struct ApologyPage<'a> {
    /// The language that it speaks.
    language: Language,
    /// The status of the answer.
    status: u16,
    /// The title: what happened.
    title: &'a str,
    /// The advice to the reader.
    advice: &'a str,
}

/// Responds with the page for a failure of ours. `cause` is for the log only.
pub(crate) fn trouble(language: Language, cause: &dyn std::fmt::Display) -> Response {
    tracing::error!(%cause, "a page failed on our side");
    let words = &language.words().page.trouble;
    apology(StatusCode::INTERNAL_SERVER_ERROR, language, &words.title, &words.advice)
}

/// Responds with the signed document, readable from every origin: verifiers run in browsers too.
pub(crate) fn document(media_type: MediaType, json: &serde_json::Value) -> Response {
    let mut response = Body::from(json.to_string()).into_response();
    set(&mut response, PRIVATE);
    set(&mut response, [(CONTENT_TYPE, media_type.as_str())]);
    open(response)
}

/// Responds with the document as a file to keep.
pub(crate) fn attachment(file_name: &str, json: &serde_json::Value) -> Response {
    let mut response = document(MediaType::Vc, json);
    name(&mut response, Disposition::Attachment, file_name);
    response
}

/// The treatment of a file by a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// It shows it.
    Inline,
    /// It keeps it.
    Attachment,
}

/// Responds with a file that was drawn in a language.
pub(crate) fn file(
    media_type: &'static str,
    disposition: Disposition,
    file_name: &str,
    language: Language,
    bytes: Bytes,
) -> Response {
    let mut response = Body::from(bytes).into_response();
    set(&mut response, PRIVATE);
    set(
        &mut response,
        [
            (CONTENT_TYPE, media_type),
            (CONTENT_SECURITY_POLICY, FILE_POLICY),
            (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
            (CONTENT_LANGUAGE, language.tag()),
            (VARY, "Accept-Language"),
        ],
    );
    name(&mut response, disposition, file_name);
    open(response)
}

/// Sets the name under which a file is kept.
fn name(response: &mut Response, disposition: Disposition, file_name: &str) {
    let disposition = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{disposition}; filename=\"{file_name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
}

/// Responds with the reason why there is no document.
pub(crate) fn refusal(error: ApiError) -> Response {
    let mut response = error.into_response();
    set(&mut response, PRIVATE);
    open(response)
}

fn open(mut response: Response) -> Response {
    set(&mut response, [(ACCESS_CONTROL_ALLOW_ORIGIN, "*")]);
    response
}
