//! The language of a page's reader.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use learncoin_language::Language;
use url::form_urlencoded;

/// The language of the visitor: the one that `?lang=` names, else the best of `Accept-Language`. A `lang` that names
/// none of ours is passed over, like any other parameter that means nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreferredLanguage(
    /// The language.
    pub Language,
);

impl<S: Sync> FromRequestParts<S> for PreferredLanguage {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let chosen = chosen(parts.uri.query().unwrap_or_default());
        Ok(Self(chosen.unwrap_or_else(|| {
            let lines = parts.headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
            Language::negotiate(Some(&lines.collect::<Vec<_>>().join(",")))
        })))
    }
}

/// Returns the language that a query names.
pub fn chosen(query: &str) -> Option<Language> {
    form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "lang")
        .find_map(|(_, value)| Language::from_tag(&value))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn reader(uri: &str, lines: &[&str]) -> Language {
        let mut request = Request::get(uri);
        for line in lines {
            request = request.header(ACCEPT_LANGUAGE, *line);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let Ok(PreferredLanguage(language)) = PreferredLanguage::from_request_parts(&mut parts, &()).await;
        language
    }

    #[tokio::test]
    async fn what_a_reader_chose_wins_over_what_the_browser_prefers() {
        assert_eq!(reader("/c/x", &[]).await, Language::English);
        assert_eq!(reader("/c/x", &["de-CH, fr;q=0.8"]).await, Language::German);
        assert_eq!(reader("/c/x", &["ja", "fr"]).await, Language::French);
        assert_eq!(reader("/c/x?lang=ar", &["de"]).await, Language::Arabic);
        assert_eq!(reader("/c/x?utm=1&lang=es&lang=fr", &["de"]).await, Language::Spanish);
    }

    #[tokio::test]
    async fn a_choice_that_means_nothing_is_passed_over() {
        for uri in ["/c/x?lang=", "/c/x?lang=xx", "/c/x?lang=DE", "/c/x?lang=%ff", "/c/x?lang"] {
            assert_eq!(reader(uri, &["de"]).await, Language::German, "{uri}");
        }
    }
}
