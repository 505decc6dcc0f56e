//! For whatever watches the process: does it answer, and may requests be sent to it.

use std::time::Duration;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_store::Store;
use serde_json::json;

use super::json;
use crate::error::ApiError;
use crate::state::AppState;
use crate::stopping::Stopping;

/// The longest time that the database may take to answer. The caller waits, and asks anew.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(2);

/// Whether requests may be sent here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// They may.
    Ready,
    /// The process is about to end.
    Stopping,
    /// The database does not keep what is written, does not answer in time, or has another schema than this program needs.
    Unavailable(&'static str),
}

/// The parts of a process by which its readiness is judged. Cheap to clone.
#[derive(Clone)]
pub struct ReadinessProbe {
    store: Store,
    stopping: Stopping,
}

impl FromRef<AppState> for ReadinessProbe {
    fn from_ref(state: &AppState) -> Self {
        Self { store: FromRef::from_ref(state), stopping: FromRef::from_ref(state) }
    }
}

impl ReadinessProbe {
    /// Returns whether requests may be sent to this process, as `GET /readyz` does.
    pub async fn judge(&self) -> Readiness {
        readiness(&self.store, &self.stopping).await
    }
}

/// Serves `GET /healthz`: the process is alive. It asks no other system, so that an outage of the database restarts no
/// process.
pub(crate) async fn healthz() -> Result<Response, ApiError> {
    json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Serves `GET /readyz`: requests can be served. 503 while the database does not keep what is written, while its schema is
/// older than this program needs, and once the process was asked to end. An outage of a chain changes nothing: accepting
/// does not need it, and what was accepted waits.
pub(crate) async fn readyz(State(probe): State<ReadinessProbe>) -> Result<Response, ApiError> {
    match probe.judge().await {
        Readiness::Ready => json(StatusCode::OK, &json!({ "status": "ready" })),
        Readiness::Stopping => json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "stopping" })),
        Readiness::Unavailable(reason) => {
            let body = json!({ "status": "unavailable", "reason": reason });
            json(StatusCode::SERVICE_UNAVAILABLE, &body)
        }
    }
}

async fn readiness(store: &Store, stopping: &Stopping) -> Readiness {
    if stopping.has_begun() {
        return Readiness::Stopping;
    }
    let looking = async {
        let has_schema = store.has_schema().await?;
        store.prove_write().await?;
        learncoin_store::Result::Ok(has_schema)
    };
    match tokio::time::timeout(DATABASE_TIMEOUT, looking).await {
        Ok(Ok(true)) => Readiness::Ready,
        Ok(Ok(false)) => {
            tracing::warn!("the database has an older schema than this program needs");
            Readiness::Unavailable("old_schema")
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not keep what is written");
            Readiness::Unavailable(error.unavailable().as_str())
        }
        Err(_) => {
            tracing::warn!("the database does not answer in time");
            Readiness::Unavailable("slow")
        }
    }
}
