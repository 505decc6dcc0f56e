//! The documentation: the Markdown files of `docs/`, part of the program, as pages.
//!
//! In: nothing but the address. Out: HTML without a script, made once for each deployment, since commands and links on
//! it name the deployment's own public URL and its own plans, and revalidated by its ETag like every shared document.
//!
//! - Invariant: a page's files are readable on their own; nothing of their text stands here.
//! - Invariant: a heading's anchor is the one that code hosts give it, so a link works in the file and on the page.
//!
//! Begin reading at [`Docs`]; which pages there are is in `book`, how Markdown becomes HTML in `render`.

mod book;
mod pricing;
mod render;
mod shell;

use std::collections::HashMap;
use std::sync::OnceLock;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

use self::book::Source;
use self::shell::{Article, shell};
use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;
use crate::state::AppState;

const STYLE: &str = include_str!("../templates/docs.css");

/// The pages of one deployment, made when the first of them is asked for.
#[derive(Default)]
pub(crate) struct Docs(OnceLock<HashMap<&'static str, Article>>);

impl Docs {
    fn article(&self, state: &AppState, path: &str) -> Option<&Article> {
        let pages = self
            .0
            .get_or_init(|| book::PAGES.iter().map(|source| (source.path, article(source, state))).collect());
        pages.get(path)
    }
}

/// Makes a page, with what its marks stand for.
fn article(source: &Source, state: &AppState) -> Article {
    let AppState { issuance, description, .. } = state;
    let code = format!("```ts\n{}\n```\n", description.types().trim_end());
    let text = source
        .text
        .replace(book::PLANS, &pricing::table(&issuance.plans))
        .replace(book::CODE, &code)
        .replace(book::OPERATIONS, description.reference())
        .replace(book::ORIGIN, issuance.host.origin())
        .replace(book::DID, &issuance.host.did());
    render::article(source.path, &text)
}

/// `GET /docs`
pub(crate) async fn index(state: State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    page_at(&state, &headers, "/docs").await
}

/// `GET /pricing`
pub(crate) async fn pricing(state: State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    page_at(&state, &headers, "/pricing").await
}

/// `GET /docs/{*page}`
pub(crate) async fn page(
    state: State<AppState>,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    page_at(&state, &headers, &format!("/docs/{page}")).await
}

async fn page_at(state: &AppState, headers: &HeaderMap, path: &str) -> Result<Response, ApiError> {
    match state.docs.article(state, path) {
        Some(article) => Ok(shell(headers, article)),
        None => Err(endpoint_not_found().await),
    }
}

/// `GET /assets/docs.css`
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}
