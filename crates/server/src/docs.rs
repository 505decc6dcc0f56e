//! The documentation: the Markdown files of `docs/`, part of the program, as pages and as Markdown.
//!
//! In: nothing but the address, and the words of a search. Out: HTML that needs no script, and beside each page its Markdown at
//! the same address with `.md`, made once for each deployment, since commands and links on it name the deployment's own
//! public URL and its own plans, and revalidated by its `ETag` like every shared document. Pictures are served beside them.
//!
//! - Invariant: a page's files are readable on their own; none of their text is in this module.
//! - Invariant: a heading's anchor is the one that code hosts give it, so a link works in the file and on the page.
//!
//! Begin reading at [`Docs`]; which pages there are is in `book`, how Markdown becomes HTML in `render`.

mod book;
mod code;
mod highlight;
mod links;
mod pictures;
mod pricing;
mod render;
mod search;
pub(crate) mod search_page;
mod shell;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::Extension;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use learncoin_issuance::Issuance;

use self::book::PageSource;
use self::search::SearchIndex;
use self::shell::{Article, shell};
use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::openapi::description::Description;
use crate::public::cross_origin::revalidated;

const STYLE: &str = concat!(
    include_str!("../templates/docs-search.css"),
    include_str!("../templates/docs-code.css"),
    include_str!("../templates/docs.css"),
);
const SCRIPT: &str = include_str!("../web/docs.js");

/// The pages of one deployment, made at the first request for one.
pub(crate) struct Docs {
    issuance: Arc<Issuance>,
    description: Description,
    pages: OnceLock<Pages>,
}

/// The pages in every form.
struct Pages {
    articles: HashMap<&'static str, Article>,
    /// The Markdown of each page, by its own address.
    markdown: HashMap<&'static str, String>,
    index: SearchIndex,
}

impl Docs {
    /// Creates the pages of a deployment from its plans, its host and the description of its API.
    pub(crate) fn new(issuance: Arc<Issuance>, description: Description) -> Self {
        Self { issuance, description, pages: OnceLock::new() }
    }

    fn pages(&self) -> &Pages {
        self.pages.get_or_init(|| {
            let (mut articles, mut markdown) = (HashMap::new(), HashMap::new());
            for source in book::pages() {
                let text = text(source, &self.issuance, &self.description);
                articles.insert(source.path, render::article(source, &text));
                markdown.insert(source.markdown_path, links::with_links_to_markdown(source.file, &text));
            }
            let index = SearchIndex::new(book::pages().filter_map(|source| articles.get(source.path)));
            Pages { articles, markdown, index }
        })
    }

    /// Lists the groups of pages, each with its name.
    pub(crate) fn overview(&self) -> impl Iterator<Item = (&'static str, Vec<Entry<'_>>)> {
        let articles = &self.pages().articles;
        book::GROUPS.iter().map(|group| {
            let entries = group.pages.iter().map(|source| Entry {
                title: source.title,
                markdown_path: source.markdown_path,
                description: articles
                    .get(source.path)
                    .map(|article| &*article.description)
                    .unwrap_or_default(),
            });
            (group.name, entries.collect())
        })
    }
}

/// A page in a list.
pub(crate) struct Entry<'a> {
    /// Its title.
    pub(crate) title: &'static str,
    /// The path of its Markdown.
    pub(crate) markdown_path: &'static str,
    /// A summary in a sentence.
    pub(crate) description: &'a str,
}

/// Returns the Markdown of a page, with its marks replaced by this deployment's values.
fn text(source: &PageSource, issuance: &Issuance, description: &Description) -> String {
    let code = format!("```ts\n{}\n```\n", description.types().trim_end());
    let reference = description.reference();
    let text = source
        .text
        .replace(book::PLANS, &pricing::table(&issuance.plans))
        .replace(book::CODE, &code)
        .replace(book::OPERATIONS, &reference.operations)
        .replace(book::EVENTS, &reference.events);
    let text = reference.parts.iter().fold(text, |text, (mark, part)| text.replace(mark, part));
    text.replace(book::ORIGIN, issuance.host.origin()).replace(book::DID, &issuance.host.did())
}

/// Serves `GET /docs`, `/pricing` and everything under `/docs/`, each page's Markdown beside it, and the pictures on it.
pub(crate) async fn page(
    Extension(docs): Extension<Arc<Docs>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, ApiError> {
    let path = request.uri().path();
    let pages = docs.pages();
    if let Some(article) = pages.articles.get(path) {
        return Ok(shell(&headers, article));
    }
    if let Some(text) = pages.markdown.get(path) {
        return Ok(revalidated(&headers, "text/markdown; charset=utf-8", text.clone()));
    }
    match pictures::find(path) {
        Some(picture) => Ok(revalidated(&headers, "image/webp", picture)),
        None => Err(endpoint_not_found().await),
    }
}

/// Serves `GET /assets/docs.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}

/// Serves `GET /assets/docs.js`.
pub(crate) async fn script(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/javascript; charset=utf-8", SCRIPT.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_makes_no_markup_or_code_from_text() {
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("]
        {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
        assert!(SCRIPT.len() < 8_000, "{}", SCRIPT.len());
    }
}
