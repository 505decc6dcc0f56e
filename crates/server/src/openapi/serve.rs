//! Where the description is read: `/openapi.json`, `/openapi.yaml`, `/learncoin-types.ts`.

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, options};
use serde_json::Value;

use super::{typescript, yaml};
use crate::host_documents::{open, preflight, revalidated};
use crate::state::AppState;

/// The description in every form in which it is served. Made once, when the router is.
#[derive(Clone)]
pub(crate) struct Description {
    json: Arc<str>,
    yaml: Arc<str>,
    types: Arc<str>,
}

impl Description {
    /// Writes the description down in each form.
    pub(crate) fn new(described: &Value) -> Self {
        Self {
            types: typescript::write(described).into(),
            json: format!("{described:#}\n").into(),
            yaml: yaml::write(described).into(),
        }
    }

    /// The TypeScript types.
    pub(crate) fn types(&self) -> &Arc<str> {
        &self.types
    }

    /// The routes, readable from any origin.
    pub(crate) fn routes(&self) -> Router<AppState> {
        Router::new()
            .route("/openapi.json", self.route(&self.json, "application/json"))
            .route("/openapi.yaml", self.route(&self.yaml, "application/yaml"))
            .route("/learncoin-types.ts", self.route(&self.types, "text/plain; charset=utf-8"))
    }

    fn route(&self, text: &Arc<str>, media_type: &'static str) -> axum::routing::MethodRouter<AppState> {
        let text = Arc::clone(text);
        get(move |headers: HeaderMap| async move { open(revalidated(&headers, media_type, text.to_string())) })
            .merge(options(preflight))
    }
}
