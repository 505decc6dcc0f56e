//! The style sheets and the mark that the pages refer to: part of the program, at fixed paths.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::api::endpoint_not_found;
use crate::error::ApiError;
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

/// `GET /assets/accent/{color}`, where the color is six hexadecimal digits and `.css`: what a tenant's color changes
/// on its pages. Nothing is looked up: every color has its sheet.
pub(crate) async fn accent(
    file: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = file.map(|Path(file)| file).unwrap_or_default();
    let digits = file.strip_suffix(".css").filter(|digits| digits.len() == 6);
    match digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
        Some(digits) => {
            let sheet = format!(".certificate {{ border-block-start: 0.4rem solid #{digits}; }}\n");
            Ok(revalidated(&headers, "text/css; charset=utf-8", sheet))
        }
        None => Err(endpoint_not_found().await),
    }
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
