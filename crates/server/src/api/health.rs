//! For whatever watches the process: does it answer, and does its database.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::json;
use crate::error::ApiError;
use crate::state::AppState;

/// `GET /healthz`: the process answers.
pub(crate) async fn healthz() -> Result<Response, ApiError> {
    json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: requests can be served; 503 while the database does not answer. Issuance may still wait for its
/// chain: accepting does not need it.
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<Response, ApiError> {
    match state.issuance.store.ping().await {
        Ok(()) => json(StatusCode::OK, &json!({ "status": "ready" })),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "unavailable" }))
        }
    }
}
