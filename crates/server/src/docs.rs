//! The documentation: the Markdown files of `docs/`, part of the program, as pages.
//!
//! In: nothing but the address. Out: HTML without a script, made once for each deployment, since commands and links on
//! it name the deployment's own public URL and its own plans, and revalidated by its ETag like every shared document.
//!
//! - Invariant: a page's files are readable on their own; none of their text is in this module.
//! - Invariant: a heading's anchor is the one that code hosts give it, so a link works in the file and on the page.
//!
//! Begin reading at [`Docs`]; which pages there are is in `book`, how Markdown becomes HTML in `render`.

mod book;
mod pricing;
mod render;
mod shell;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use learncoin_issuance::Issuance;

use self::book::PageSource;
use self::shell::{Article, shell};
use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::openapi::description::Description;
use crate::public::cross_origin::revalidated;

const STYLE: &str = include_str!("../templates/docs.css");

/// The pages of one deployment, made at the first request for one.
pub(crate) struct Docs {
    issuance: Arc<Issuance>,
    description: Description,
    pages: OnceLock<HashMap<&'static str, Article>>,
}

impl Docs {
    /// Creates the pages of a deployment from its plans, its host and the description of its API.
    pub(crate) fn new(issuance: Arc<Issuance>, description: Description) -> Self {
        Self { issuance, description, pages: OnceLock::new() }
    }

    fn article(&self, path: &str) -> Option<&Article> {
        let pages = self.pages.get_or_init(|| {
            let page =
                |source: &PageSource| (source.path, article(source, &self.issuance, &self.description));
            book::PAGES.iter().map(page).collect()
        });
        pages.get(path)
    }
}

/// Creates a page, with its marks replaced by this deployment's values.
fn article(source: &PageSource, issuance: &Issuance, description: &Description) -> Article {
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

/// Serves `GET /docs`.
pub(crate) async fn index(
    Extension(docs): Extension<Arc<Docs>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    page_at(&docs, &headers, "/docs").await
}

/// Serves `GET /pricing`.
pub(crate) async fn pricing(
    Extension(docs): Extension<Arc<Docs>>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    page_at(&docs, &headers, "/pricing").await
}

/// Serves `GET /docs/{*page}`.
pub(crate) async fn page(
    Extension(docs): Extension<Arc<Docs>>,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    page_at(&docs, &headers, &format!("/docs/{page}")).await
}

async fn page_at(docs: &Docs, headers: &HeaderMap, path: &str) -> Result<Response, ApiError> {
    match docs.article(path) {
        Some(article) => Ok(shell(headers, article)),
        None => Err(endpoint_not_found().await),
    }
}

/// Lists the groups of pages: the group's name, and the address and title of each page.
pub(crate) fn navigation() -> impl Iterator<Item = (&'static str, &'static [(&'static str, &'static str)])> {
    book::NAVIGATION.iter().map(|group| (group.name, group.pages))
}

/// Serves `GET /assets/docs.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}
