//! The frame around the text of every page of the documentation.

use askama::Template;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use learncoin_language::Language;

use super::book::{NAVIGATION, NavigationGroup};
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;
use crate::public::response::PAGE_POLICY;

/// A page's text.
pub(crate) struct Article {
    /// The path at which it is served, for the navigation.
    pub(crate) path: &'static str,
    /// Its heading.
    pub(crate) title: String,
    /// A summary in a sentence, for search engines.
    pub(crate) description: String,
    /// Its parts, for the list of what is on it.
    pub(crate) contents: Vec<Heading>,
    /// HTML, without the heading. It is inserted as it is, so nothing from outside may be in it unescaped.
    pub(crate) body: String,
}

/// A part of a page.
pub(crate) struct Heading {
    /// Its anchor.
    pub(crate) slug: String,
    /// Its text.
    pub(crate) text: String,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct DocsPage<'a> {
    /// The language of the documentation.
    language: Language,
    navigation: &'static [NavigationGroup],
    article: &'a Article,
}

/// Renders a page of the documentation: the text, inside the navigation.
pub(crate) fn shell(headers: &HeaderMap, article: &Article) -> Response {
    match (DocsPage { language: Language::English, navigation: &NAVIGATION, article }).render() {
        Ok(page) => {
            let mut response = revalidated(headers, "text/html; charset=utf-8", page);
            response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
            response
        }
        Err(error) => ApiError::internal(error).into_response(),
    }
}
