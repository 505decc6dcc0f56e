//! The outermost layer: every answer gets a request id and its headers, every error its body.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LINK, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use learncoin_store::id::{KeyId, RequestId};
use serde_json::json;

use super::headers;
use crate::error::ApiError;
use crate::state::AppState;

/// The header that carries the request's id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// One request as the boundary follows it, in the request's extensions.
#[derive(Clone)]
pub(crate) struct Call {
    /// The key that authenticated it, once that happened.
    pub(crate) key: Arc<OnceLock<KeyId>>,
}

/// Marks an answer whose effect was committed by a transaction that had read the key's row: it stands, even if the
/// key was revoked since.
#[derive(Clone)]
pub(crate) struct Committed;

/// Runs the request, and finishes its answer.
///
/// Invariant: whatever a key's holder is told, except of a committed effect, was decided while the key was active:
/// its row is read once more when the answer is ready.
pub(crate) async fn boundary(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let request_id = RequestId::generate(&*state.issuance.clock, &*state.issuance.entropy);
    let key = Arc::new(OnceLock::new());
    request.extensions_mut().insert(Call { key: Arc::clone(&key) });

    let mut response = next.run(request).await;
    if let Some(key) = key.get()
        && response.extensions().get::<Committed>().is_none()
        && let Err(error) = still_active(&state, key).await
    {
        response = error.into_response();
    }

    let origin = state.issuance.host.origin();
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        if let Some(cause) = error.cause() {
            tracing::error!(request.id = %request_id, cause, "a request failed on our side");
        }
        write_error(&mut response, &error, &request_id, origin);
    }
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    headers::add_defaults(response.headers_mut(), origin.starts_with("https:"));
    response
}

async fn still_active(state: &AppState, key: &KeyId) -> Result<(), ApiError> {
    if state.issuance.store.api_key_is_active(key).await? { Ok(()) } else { Err(ApiError::key_revoked()) }
}

/// Gives the answer its body. Headers that the inside set, such as `Allow`, stay.
fn write_error(response: &mut Response, error: &ApiError, request_id: &RequestId, origin: &str) {
    let body = json!({
        "error": { "code": error.code.as_str(), "message": error.message, "request_id": request_id.as_str() }
    });
    let body = body.to_string();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(link) =
        HeaderValue::from_str(&format!("<{origin}/docs/api/errors#{}>; rel=\"help\"", error.code))
    {
        headers.insert(LINK, link);
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds.get()));
    }
    *response.status_mut() = error.code.status();
    *response.body_mut() = Body::from(body);
}
