//! The routes of the description: `/openapi.json`, `/openapi.yaml`, `/learncoin-types.ts`.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get, options};

use super::description::Description;
use crate::public::cross_origin::{open, preflight, revalidated};

/// Returns the routes of the description, readable from any origin.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(description: &Description) -> Router<S> {
    Router::new()
        .route("/openapi.json", route(description, "application/json", Description::json))
        .route("/openapi.yaml", route(description, "application/yaml", Description::yaml))
        .route("/learncoin-types.ts", route(description, "text/plain; charset=utf-8", Description::types))
}

fn route<S: Clone + Send + Sync + 'static>(
    description: &Description,
    media_type: &'static str,
    form: fn(&Description) -> &str,
) -> MethodRouter<S> {
    let description = description.clone();
    get(move |headers: HeaderMap| async move {
        open(revalidated(&headers, media_type, form(&description).to_owned()))
    })
    .merge(options(preflight))
}
