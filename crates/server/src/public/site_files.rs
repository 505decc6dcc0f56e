//! The files that programs look for at the top of every site: `/robots.txt`, `/favicon.ico` and `/llms.txt`.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::Host;

use crate::docs;
use crate::public::brand::{self, PageBrand, mark_response};
use crate::public::cross_origin::revalidated;

const ICON: &[u8] = include_bytes!("../../templates/favicon.ico");
const ICON_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400");
const PLAIN: &str = "text/plain; charset=utf-8";
/// The rules for crawlers. A credential's page is not among them: its own headers forbid indexing, which a crawler that stays away
/// can't read, and link previews are made from it.
const ROBOTS: &str = "User-agent: *\nDisallow: /v1/\nDisallow: /dev/\n";

/// Serves `GET /robots.txt`.
pub(crate) async fn robots(headers: HeaderMap) -> Response {
    revalidated(&headers, PLAIN, ROBOTS.to_owned())
}

/// Serves `GET /favicon.ico`, for programs that don't read a page's own link to its icon.
pub(crate) async fn icon(State(brand): State<PageBrand>) -> Response {
    if let Some(mark) = brand.brand().mark() {
        return mark_response(mark, ICON_KEPT);
    }
    let headers = [(CONTENT_TYPE, HeaderValue::from_static("image/x-icon")), (CACHE_CONTROL, ICON_KEPT)];
    (headers, ICON).into_response()
}

/// Serves `GET /llms.txt`: what this site is and where its documentation is, for language models
/// ([llmstxt.org](https://llmstxt.org/)).
pub(crate) async fn llms(State(host): State<Host>, headers: HeaderMap) -> Response {
    revalidated(&headers, PLAIN, overview(&brand::name(), host.origin()))
}

fn overview(name: &str, origin: &str) -> String {
    let mut text = format!(
        "# {name}\n\n> Issues digital credentials that can't be forged and that anyone can verify: W3C Verifiable Credentials 2.0, \
         Blockcerts v3 and Open Badges 3.0 in one signed document, anchored on Base.\n\n\
         The API is at {origin}/v1. A credential's page is {origin}/c/ID, and the same address answers with the signed document if the \
         request accepts application/vc. Any credential is verified at {origin}/verify.\n"
    );
    for (group, pages) in docs::navigation() {
        // Writing to a string does not fail.
        let _ = write!(text, "\n## {group}\n\n");
        for (path, title) in pages {
            let _ = writeln!(text, "- [{title}]({origin}{path})");
        }
    }
    let _ = write!(text, "\n## Specification\n\n- [OpenAPI 3.1]({origin}/openapi.yaml)\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_one_of_several_sizes() {
        let Some((&[0, 0, 1, 0, count, 0], _)) = ICON.split_first_chunk::<6>() else { panic!("no icon") };
        let entries: Vec<&[u8]> = ICON.get(6..).unwrap().chunks(16).take(count.into()).collect();
        let sizes: Vec<u8> = entries.iter().map(|entry| entry[0]).collect();
        assert_eq!(sizes, [16, 32, 48]);
        for entry in entries {
            let number = |at: usize| u32::from_le_bytes(entry[at..at + 4].try_into().unwrap());
            let (length, offset) =
                (usize::try_from(number(8)).unwrap(), usize::try_from(number(12)).unwrap());
            assert!(ICON.get(offset..offset + length).unwrap().starts_with(b"\x89PNG\r\n"));
        }
    }

    #[test]
    fn every_page_of_the_documentation_is_in_the_overview() {
        let text = overview("LearnCoin", "https://learncoin.example");
        assert!(text.starts_with("# LearnCoin\n\n> "), "{text}");
        for page in ["/docs", "/docs/quickstart", "/docs/api/endpoints", "/pricing", "/openapi.yaml"] {
            assert!(text.contains(&format!("](https://learncoin.example{page})")), "{page}");
        }
    }
}
