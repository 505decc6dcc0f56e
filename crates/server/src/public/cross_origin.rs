//! The answers: readable from every origin, and revalidated instead of kept.

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// For what never changes.
pub(crate) const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Responds with JSON under its media type.
pub(super) fn json(media_type: &'static str, document: &Value) -> Response {
    ([(CONTENT_TYPE, media_type)], document.to_string()).into_response()
}

/// Lets a script of any origin read the answer.
pub(crate) fn open(mut response: Response) -> Response {
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Serves `OPTIONS`: a script of any origin may read with any headers that carry nothing secret.
pub(crate) async fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Content-Type, If-None-Match"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    open((StatusCode::NO_CONTENT, headers).into_response())
}

/// Responds with a text that a cache may keep but must revalidate: with its ETag, or 304 if the caller has it already.
pub fn revalidated(headers: &HeaderMap, media_type: &'static str, text: impl Into<Bytes>) -> Response {
    let text = text.into();
    let tag = tag_of(&text);
    revalidated_as(headers, &tag, || ([(CONTENT_TYPE, media_type)], Body::from(text)).into_response())
}

/// Returns the ETag of these bytes.
pub(super) fn tag_of(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(Sha256::digest(bytes)))
}

/// Responds as [`revalidated`] does with what has this ETag.
pub(super) fn revalidated_as(headers: &HeaderMap, tag: &str, respond: impl FnOnce() -> Response) -> Response {
    let known = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .any(|line| knows(line, tag));
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { respond() };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Returns whether the line names the tag, by the weak comparison that `If-None-Match` requires
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2) section 13.1.2).
fn knows(line: &str, tag: &str) -> bool {
    line.split(',')
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(response: &Response, name: axum::http::HeaderName) -> String {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    #[test]
    fn a_caller_who_has_the_text_is_not_sent_it_again() {
        let first = revalidated(&HeaderMap::new(), "application/json", "{}".to_owned());
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(header(&first, CACHE_CONTROL), "no-cache");
        let tag = header(&first, ETAG);
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, known.parse().unwrap())]);
            assert_eq!(
                revalidated(&headers, "application/json", "{}".to_owned()).status(),
                StatusCode::NOT_MODIFIED
            );
            let changed = revalidated(&headers, "application/json", "{\"a\":1}".to_owned());
            assert_eq!(changed.status() == StatusCode::OK, known != "*");
        }
    }

    #[tokio::test]
    async fn any_origin_may_ask_whether_it_may_read() {
        let response = preflight().await;
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
        assert_eq!(header(&response, ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
}
