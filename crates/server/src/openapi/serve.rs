//! Where the description is read: `/openapi.json`, `/openapi.yaml`, `/learncoin-types.ts`.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{MethodRouter, get, options};

use super::{reference, typescript, yaml};
use crate::public::cross_origin::{open, preflight, revalidated};
use crate::router::describe;
use crate::state::AppState;

/// The description in every form in which it is served. Written down when it is first asked for.
#[derive(Clone)]
pub(crate) struct Description {
    origin: Arc<str>,
    texts: Arc<OnceLock<Texts>>,
}

struct Texts {
    json: String,
    yaml: String,
    types: String,
    reference: String,
}

impl Description {
    /// The description of a deployment with that origin.
    pub(crate) fn of(origin: &str) -> Self {
        Self { origin: origin.into(), texts: Arc::default() }
    }

    fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| {
            let described = describe(&self.origin);
            Texts {
                json: format!("{described:#}\n"),
                yaml: yaml::write(&described),
                types: typescript::write(&described),
                reference: reference::markdown(&described),
            }
        })
    }

    /// The TypeScript types.
    pub(crate) fn types(&self) -> &str {
        &self.texts().types
    }

    /// The operations, as Markdown.
    pub(crate) fn reference(&self) -> &str {
        &self.texts().reference
    }

    /// The routes, readable from any origin.
    pub(crate) fn routes(&self) -> Router<AppState> {
        Router::new()
            .route("/openapi.json", self.route("application/json", |texts| &texts.json))
            .route("/openapi.yaml", self.route("application/yaml", |texts| &texts.yaml))
            .route("/learncoin-types.ts", self.route("text/plain; charset=utf-8", |texts| &texts.types))
    }

    fn route(&self, media_type: &'static str, form: fn(&Texts) -> &String) -> MethodRouter<AppState> {
        let description = self.clone();
        get(move |headers: HeaderMap| async move {
            open(revalidated(&headers, media_type, form(description.texts()).clone()))
        })
        .merge(options(preflight))
    }
}
