//! `/docs/search`: the results as a page, which needs no script.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::RawQuery;
use axum::http::HeaderMap;
use axum::response::Response;
use learncoin_language::Language;
use url::form_urlencoded;

use super::Docs;
use super::search::{MAX_QUERY_CHARS, SearchResult};
use super::shell::{Frame, LANGUAGE, rendered};

/// The address of the page.
const PATH: &str = "/docs/search";
/// The parameter with the words.
const QUERY: &str = "q";

#[derive(Template)]
#[template(path = "docs_search.html")]
struct SearchPage<'a> {
    /// The language of the header.
    language: Language,
    frame: Frame<'a>,
    results: Vec<SearchResult<'a>>,
}

/// Serves `GET /docs/search?q=…`.
pub(crate) async fn search(
    Extension(docs): Extension<Arc<Docs>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = typed(&query.unwrap_or_default());
    let results = docs.pages().index.search(&query);
    rendered(&headers, &SearchPage { language: LANGUAGE, frame: Frame::new(PATH, &query), results })
}

/// Returns the words that were typed, as many of them as count.
fn typed(query: &str) -> String {
    let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == QUERY);
    let typed = found.map(|(_, value)| value.into_owned()).unwrap_or_default();
    typed.trim().chars().take(MAX_QUERY_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_read_and_cut() {
        assert_eq!(typed("q=rate+limit%20x"), "rate limit x");
        assert_eq!(typed("utm_source=x&q=%20a%20"), "a");
        assert_eq!(typed(""), "");
        assert_eq!(typed(&format!("q={}", "é".repeat(5_000))).chars().count(), MAX_QUERY_CHARS);
    }
}
