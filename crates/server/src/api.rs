//! The API under `/v1`: one file for each kind of object, and what they share.

pub(crate) mod batches;
pub(crate) mod change_credential;
pub(crate) mod change_tenant;
pub(crate) mod create_batch;
pub(crate) mod credentials;
mod cursor;
mod fault;
mod field_path;
mod fields;
pub(crate) mod health;
pub(crate) mod idempotency;
mod patch_tenant;
pub(crate) mod limits;
pub mod parsers;
mod paging;
pub(crate) mod tenants;
pub(crate) mod webhooks;

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde::Serialize;

use crate::error::{ApiError, ErrorCode};
use crate::middleware::boundary::{Committed, Subject};

/// Responds with a value as JSON.
fn json<T: Serialize>(status: StatusCode, value: &T) -> Result<Response, ApiError> {
    Ok(json_text(status, serde_json::to_string(value).map_err(ApiError::internal)?))
}

/// Responds with a text that is JSON already.
fn json_text(status: StatusCode, text: String) -> Response {
    json_body(status, Body::from(text))
}

/// Responds with a body that is JSON already, whole or piece by piece.
fn json_body(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, axum::http::HeaderValue::from_static("application/json"));
    response
}

/// Responds with the JSON text of an effect that was committed while the key was active, on the object with this id.
fn committed(status: StatusCode, text: String, subject_id: String) -> Response {
    let mut response = json_text(status, text);
    response.extensions_mut().insert(Committed);
    about(response, subject_id)
}

/// Names the object that the request made, changed or had an effect on.
fn about(mut response: Response, subject_id: String) -> Response {
    response.extensions_mut().insert(Subject(subject_id));
    response
}

/// Returns the error for a path without a route.
pub(crate) async fn endpoint_not_found() -> ApiError {
    ApiError::new(
        ErrorCode::EndpointNotFound,
        "There is no such endpoint. The endpoints are listed at /docs/api/endpoints.",
    )
}

/// Returns the error for a route with other methods, which the `Allow` header names.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(ErrorCode::MethodNotAllowed, "This endpoint takes the methods that the Allow header names.")
}
