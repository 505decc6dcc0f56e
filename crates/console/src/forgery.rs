//! Requests that another site has a browser send, and how they differ from those of our own pages.
//!
//! Two things must be right. The request names this site as its origin; one that names none is refused. And its form carries a token
//! that follows from the browser's secret, which other sites can't read.

use axum::http::HeaderMap;
use axum::http::header::{ORIGIN, REFERER};
use learncoin_store::members::Token;
use subtle::ConstantTimeEq as _;

/// The name of the form's field.
pub(crate) const FIELD: &str = "csrf";
const PURPOSE: &str = "learncoin console form";

/// Returns the token that the forms of a browser with this secret carry.
pub(crate) fn form_token(secret: &Token) -> String {
    secret.derive(PURPOSE)
}

/// Returns whether a form's token is that of the browser with this secret.
pub(crate) fn is_form_token(secret: &Token, presented: Option<&str>) -> bool {
    let expected = form_token(secret);
    presented.is_some_and(|presented| expected.as_bytes().ct_eq(presented.as_bytes()).into())
}

/// Returns whether the request comes from a page of this origin: by `Origin`, or by `Referer` if a browser sends no `Origin`.
pub(crate) fn is_same_origin(headers: &HeaderMap, origin: &str) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    if let Some(first) = origins.next() {
        return origins.next().is_none() && first.as_bytes() == origin.as_bytes();
    }
    let mut referers = headers.get_all(REFERER).iter();
    match (referers.next().and_then(|value| value.to_str().ok()), referers.next()) {
        (Some(referer), None) => {
            referer.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn is_ours(headers: &[(HeaderName, &str)]) -> bool {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        is_same_origin(&map, "https://learncoin.example")
    }

    #[test]
    fn a_request_names_this_origin_or_is_refused() {
        assert!(is_ours(&[(ORIGIN, "https://learncoin.example")]));
        assert!(is_ours(&[(REFERER, "https://learncoin.example/console/sign-in")]));
        assert!(is_ours(&[(ORIGIN, "https://learncoin.example"), (REFERER, "https://evil.example/")]));
        for headers in [
            [].as_slice(),
            &[(ORIGIN, "null")],
            &[(ORIGIN, "http://learncoin.example")],
            &[(ORIGIN, "https://learncoin.example:8443")],
            &[(ORIGIN, "https://learncoin.example.evil.example")],
            &[(ORIGIN, "https://evil.example"), (REFERER, "https://learncoin.example/")],
            &[(ORIGIN, "https://learncoin.example"), (ORIGIN, "https://learncoin.example")],
            &[(REFERER, "https://learncoin.example.evil.example/")],
            &[(REFERER, "https://evil.example/?https://learncoin.example/")],
            &[(REFERER, "")],
        ] {
            assert!(!is_ours(headers), "{headers:?}");
        }
    }

    #[test]
    fn a_form_belongs_to_one_browser() {
        let (one, other) = (Token::parse(&"ab".repeat(32)).unwrap(), Token::parse(&"cd".repeat(32)).unwrap());
        assert!(is_form_token(&one, Some(&form_token(&one))));
        for presented in [None, Some(""), Some(form_token(&other).as_str()), Some(one.expose())] {
            assert!(!is_form_token(&one, presented));
        }
    }
}
