//! The style sheets, the mark and the button that pages refer to: part of the program, at fixed paths.

use askama::Template;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use learncoin_language::Language;

use super::accent;
use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::revalidated;
use crate::public::response::CROSS_ORIGIN_RESOURCE_POLICY;

/// The pages' one style sheet, from the colors to the print.
pub(super) const STYLE: &str = concat!(
    include_str!("../../templates/palette.css"),
    include_str!("../../templates/page.css"),
    include_str!("../../templates/parts.css"),
    include_str!("../../templates/print.css"),
);
/// The framed card's, in the same colors.
pub(super) const EMBED_STYLE: &str =
    concat!(include_str!("../../templates/palette.css"), include_str!("../../templates/embed.css"));
const MARK: &str = include_str!("../../templates/mark.svg");

/// Serves `GET /assets/page.css`.
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}

/// Serves `GET /assets/mark.svg`.
pub(crate) async fn mark(headers: HeaderMap) -> Response {
    revalidated(&headers, "image/svg+xml", MARK.to_owned())
}

/// Serves `GET /assets/embed.css`.
pub(crate) async fn embed_style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", EMBED_STYLE.to_owned())
}

/// Serves `GET /assets/accent/{color}`: the changes that a tenant's color makes to its pages. The color is six hexadecimal
/// digits and `.css`. Nothing is looked up: every color has its sheet.
pub(crate) async fn accent(
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = file.map(|Path(file)| file).unwrap_or_default();
    match file.strip_suffix(".css").and_then(accent::sheet) {
        Some(sheet) => Ok(revalidated(&headers, "text/css; charset=utf-8", sheet)),
        None => Err(endpoint_not_found().await),
    }
}

/// Serves `GET /assets/button/{language}`: the picture with which other sites link to a page. The language is a tag and
/// `.svg`.
pub(crate) async fn button(
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = file.map(|Path(file)| file).unwrap_or_default();
    let Some(language) = file.strip_suffix(".svg").and_then(Language::from_tag) else {
        return Err(endpoint_not_found().await);
    };
    let picture = Button::new(language).render().map_err(ApiError::internal)?;
    let mut response = revalidated(&headers, "image/svg+xml", picture);
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// The button, with the mark where reading begins.
#[derive(Template)]
#[template(path = "button.svg")]
struct Button {
    text: &'static str,
    mark: u32,
    middle: u32,
}

impl Button {
    fn new(language: Language) -> Self {
        let text = &language.words().page.share.button_text;
        match language.direction() {
            "rtl" => Self { text, mark: 200, middle: 100 },
            _ => Self { text, mark: 12, middle: 140 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_page_loads_comes_from_elsewhere() {
        let buttons = Language::ALL.map(|language| Button::new(language).render().unwrap());
        let own = [STYLE, EMBED_STYLE, MARK].into_iter().chain(buttons.iter().map(String::as_str));
        for text in own {
            let own = text.replace("http://www.w3.org/2000/svg", "");
            for foreign in ["http:", "https:", "//", "@import", "url(", "<script"] {
                assert!(!own.contains(foreign), "{foreign}");
            }
        }
    }
}
