//! The style sheet and the mark that the pages refer to: part of the program, at fixed paths.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::host_documents::revalidated;

const STYLE: &str = include_str!("../../templates/page.css");
const MARK: &str = include_str!("../../templates/mark.svg");

/// `GET /assets/page.css`
pub(crate) async fn style(headers: HeaderMap) -> Response {
    revalidated(&headers, "text/css; charset=utf-8", STYLE.to_owned())
}

/// `GET /assets/mark.svg`
pub(crate) async fn mark(headers: HeaderMap) -> Response {
    revalidated(&headers, "image/svg+xml", MARK.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_page_loads_comes_from_elsewhere() {
        for text in [STYLE, MARK] {
            let own = text.replace("http://www.w3.org/2000/svg", "");
            for foreign in ["http:", "https:", "//", "@import", "url(", "<script"] {
                assert!(!own.contains(foreign), "{foreign}");
            }
        }
    }
}
