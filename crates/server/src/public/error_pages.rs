//! Errors as pages: a browser that asks for anything outside the API gets a page in the visitor's language, every other caller
//! the JSON body that the boundary writes.

use axum::extract::{FromRequestParts as _, Request};
use axum::http::HeaderValue;
use axum::http::header::{ALLOW, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::Response;
use learncoin_language::Language;
use learncoin_language::words::ErrorPageWords;

use super::negotiate::Representation;
use super::preferred_language::PreferredLanguage;
use super::response;
use crate::error::{ApiError, ErrorCode};

/// Turns an error into a page if a browser asked, outside the API.
pub(crate) async fn error_pages(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path == "/v1" || path.starts_with("/v1/");
    if is_api || !Representation::is_page_named(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(PreferredLanguage(language)) = PreferredLanguage::from_request_parts(&mut parts, &()).await;
    let answer = next.run(Request::from_parts(parts, body)).await;
    let Some(error) = answer.extensions().get::<ApiError>() else { return answer };
    let mut page = page_of(error, language);
    if let Some(methods) = answer.headers().get(ALLOW) {
        page.headers_mut().insert(ALLOW, methods.clone());
    }
    if let Some(seconds) = error.retry_after {
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.get()));
    }
    page
}

fn page_of(error: &ApiError, language: Language) -> Response {
    if let Some(cause) = error.cause() {
        return response::trouble(language, &cause);
    }
    let words = &language.words().page;
    let ErrorPageWords { title, advice } = match error.code {
        ErrorCode::EndpointNotFound => &words.error.missing,
        ErrorCode::CredentialNotFound if error.retry_after.is_some() => &words.error.not_yet,
        ErrorCode::CredentialNotFound => &words.not_found,
        ErrorCode::MethodNotAllowed => &words.error.wrong_method,
        ErrorCode::PayloadTooLarge => &words.error.too_large,
        ErrorCode::InternalError => &words.trouble,
        _ => &words.error.unclear,
    };
    response::apology(error.code.status(), language, title, advice)
}
