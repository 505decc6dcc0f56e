//! For whatever watches the process: does it answer, and may requests be sent to it.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_store::Store;
use serde_json::json;

use super::json;
use crate::error::ApiError;
use crate::stopping::Stopping;

/// The longest time that the database may take to answer. The caller waits, and asks anew.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether requests may be sent here.
enum Readiness {
    Ready,
    /// The process is about to end.
    Stopping,
    /// The database does not answer in time, or has another schema than this program needs.
    Unavailable,
}

/// Serves `GET /healthz`: the process is alive. It asks no other system, so that an outage of the database restarts no
/// process.
pub(crate) async fn healthz() -> Result<Response, ApiError> {
    json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Serves `GET /readyz`: requests can be served. 503 while the database does not answer, while its schema is older than
/// this program needs, and once the process was asked to end. An outage of a chain changes nothing: accepting does not need
/// it, and what was accepted waits.
pub(crate) async fn readyz(
    State(store): State<Store>,
    State(stopping): State<Stopping>,
) -> Result<Response, ApiError> {
    let (status, word) = match readiness(&store, &stopping).await {
        Readiness::Ready => (StatusCode::OK, "ready"),
        Readiness::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        Readiness::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    json(status, &json!({ "status": word }))
}

async fn readiness(store: &Store, stopping: &Stopping) -> Readiness {
    if stopping.has_begun() {
        return Readiness::Stopping;
    }
    match tokio::time::timeout(DATABASE_TIMEOUT, store.has_schema()).await {
        Ok(Ok(true)) => Readiness::Ready,
        Ok(Ok(false)) => {
            tracing::warn!("the database has an older schema than this program needs");
            Readiness::Unavailable
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            Readiness::Unavailable
        }
        Err(_) => {
            tracing::warn!("the database does not answer in time");
            Readiness::Unavailable
        }
    }
}
