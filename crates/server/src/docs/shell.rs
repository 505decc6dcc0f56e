//! The frame around the text of every page of the documentation.

use askama::Template;
use axum::http::header::{CONTENT_SECURITY_POLICY, LINK};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use learncoin_language::Language;

use super::book::{self, GROUPS, Group, PageSource};
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;

/// The policy of these pages: our style sheets, pictures and one script, which asks this site alone; and the form that searches.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
);

/// The language of the documentation.
pub(super) const LANGUAGE: Language = Language::English;

/// A page's text.
pub(crate) struct Article {
    /// Its file and its addresses.
    pub(super) source: &'static PageSource,
    /// Its heading.
    pub(super) title: String,
    /// A summary in a sentence, for search engines.
    pub(super) description: String,
    /// Its sections, in order. The first one has no heading.
    pub(super) sections: Vec<Section>,
    /// HTML, without the heading. It is inserted as it is, so nothing from outside may be in it unescaped.
    pub(super) body: String,
}

/// A section of a page.
#[derive(Default)]
pub(super) struct Section {
    /// Its anchor; empty for the first one.
    pub(super) slug: String,
    /// Its heading, as text.
    pub(super) heading: String,
    /// Whether it is one of the page's parts, which the list of what is on it names.
    pub(super) is_part: bool,
    /// Its text, up to the next heading.
    pub(super) text: String,
}

impl Article {
    /// Lists the parts of the page.
    pub(super) fn contents(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.is_part)
    }
}

/// The parts of a page beside its text.
pub(super) struct Frame<'a> {
    /// Every page, by group.
    pub(super) groups: &'static [Group],
    /// The address of this page.
    pub(super) path: &'static str,
    /// The words that are searched for.
    pub(super) query: &'a str,
}

impl<'a> Frame<'a> {
    /// Creates the frame of the page at an address.
    pub(super) const fn new(path: &'static str, query: &'a str) -> Self {
        Self { groups: &GROUPS, path, query }
    }
}

#[derive(Template)]
#[template(path = "docs_page.html")]
struct DocsPage<'a> {
    /// The language of the header.
    language: Language,
    frame: Frame<'a>,
    article: &'a Article,
    contents: Vec<&'a Section>,
    previous: Option<&'static PageSource>,
    next: Option<&'static PageSource>,
}

/// Renders a page of the documentation: the text, inside the navigation.
pub(super) fn shell(headers: &HeaderMap, article: &Article) -> Response {
    let (previous, next) = neighbors(article.source.path);
    let page = DocsPage {
        language: LANGUAGE,
        frame: Frame::new(article.source.path, ""),
        article,
        contents: article.contents().collect(),
        previous,
        next,
    };
    let mut response = rendered(headers, &page);
    let alternate = format!("<{}>; rel=\"alternate\"; type=\"text/markdown\"", article.source.markdown_path);
    if let Ok(alternate) = HeaderValue::from_str(&alternate) {
        response.headers_mut().insert(LINK, alternate);
    }
    response
}

/// Renders a page under the policy of the documentation.
pub(super) fn rendered(headers: &HeaderMap, template: &impl Template) -> Response {
    match template.render() {
        Ok(page) => {
            let mut response = revalidated(headers, "text/html; charset=utf-8", page);
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
            response
        }
        Err(error) => ApiError::internal(error).into_response(),
    }
}

/// Returns the pages before and after the one at an address, in reading order.
fn neighbors(path: &str) -> (Option<&'static PageSource>, Option<&'static PageSource>) {
    let mut previous = None;
    let mut pages = book::pages();
    while let Some(page) = pages.next() {
        if page.path == path {
            return (previous, pages.next());
        }
        previous = Some(page);
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_leads_to_the_next_and_back() {
        let pages: Vec<&str> = book::pages().map(|page| page.path).collect();
        for pair in pages.windows(2) {
            assert_eq!(neighbors(pair[0]).1.map(|page| page.path), Some(pair[1]));
            assert_eq!(neighbors(pair[1]).0.map(|page| page.path), Some(pair[0]));
        }
        assert!(neighbors("/docs").0.is_none());
        assert!(neighbors(pages.last().unwrap()).1.is_none());
    }
}
