//! `/verify`: any credential, as a link, an id, or a file that the visitor's browser reads.
//!
//! In: what the visitor pasted. Out: the page whose script does all of it in the browser; without a script the way to a
//! credential of ours, and a report on a document that was sent to us on purpose.
//!
//! - Invariant: nothing that is sent here is kept or logged.
//! - Invariant: of another deployment's document nothing is taken from our own store.

mod checks;
mod own_records;
pub(crate) mod verdict;
mod view_model;
mod wallet_checks;

use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use learncoin_badge::bake::{self, Contents};
use learncoin_credential::link::CredentialLink;
use learncoin_credential::verify::Summary;
use learncoin_store::id::CredentialId;
use url::{Url, form_urlencoded};

use self::view_model::{FormPage, ReportPage};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::body::LimitedBody;
use crate::public::browser_check::BrowserCheck;
use crate::public::page_state::PageState;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::{response, time};

/// The longest document that is taken: an achievement at its limit, and room for the rest.
pub(crate) const MAX_DOCUMENT_BYTES: usize = 192 * 1024;
/// A form escapes each byte with at most three.
const MAX_FORM_BYTES: usize = 3 * MAX_DOCUMENT_BYTES + 1024;

/// The target of a pasted text.
#[derive(Debug, PartialEq, Eq)]
enum PastedText {
    /// A credential that this deployment may have, and the query of its link.
    Ours(CredentialId, Option<String>),
    /// A link to another site.
    Foreign(Url),
    /// Nothing that we know.
    Unclear,
}

/// Serves `GET /verify`, and `GET /verify?q=…` from a browser without scripts.
pub(crate) async fn form(
    State(state): State<PageState>,
    RawQuery(query): RawQuery,
    PreferredLanguage(language): PreferredLanguage,
) -> Response {
    let pasted = parameter(query.unwrap_or_default().as_bytes(), "q");
    let pasted = pasted.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let words = &language.words().verify;
    let (note, foreign) = match pasted.map(|text| pasted_text(text, state.issuance.host.origin())) {
        Some(PastedText::Ours(id, query)) => {
            // A link that asks for less of the person goes on doing so.
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            return (StatusCode::SEE_OTHER, [(LOCATION, format!("/c/{id}{query}"))]).into_response();
        }
        Some(PastedText::Foreign(url)) => (Some(words.form.foreign.as_str()), Some(url.to_string())),
        Some(PastedText::Unclear) => (Some(words.form.unclear.as_str()), None),
        None => (None, None),
    };
    let check = BrowserCheck::of_any(&state, language);
    let page = FormPage {
        language,
        words,
        settings: &check.settings,
        query: pasted.unwrap_or_default(),
        note,
        foreign,
        max_document_chars: MAX_DOCUMENT_BYTES,
    };
    check.permit(response::page(StatusCode::OK, language, &page), true)
}

/// Serves `POST /verify`: the report on a document that the visitor sends in the form's field `document`.
pub(crate) async fn check(
    State(state): State<PageState>,
    PreferredLanguage(language): PreferredLanguage,
    headers: HeaderMap,
    body: Result<LimitedBody<MAX_FORM_BYTES>, ApiError>,
) -> Result<Response, ApiError> {
    let body = body?;
    let is_form = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let document = parameter(&body.bytes, "document").filter(|_| is_form);
    let expected = "document: expected a form with the signed document of a credential";
    let document = document.ok_or_else(|| ApiError::new(ErrorCode::InvalidFieldFormat, expected))?;
    if document.len() > MAX_DOCUMENT_BYTES {
        let message = format!("document: expected at most {MAX_DOCUMENT_BYTES} bytes");
        return Err(ApiError::new(ErrorCode::PayloadTooLarge, message));
    }
    let page = match bake::read(document.trim_ascii().as_bytes()).map(|file| file.contents) {
        Ok(Contents::Credential(credential)) => {
            let now = time::from_ms(state.issuance.clock.now_ms());
            let report = checks::check_document(&state, credential.as_bytes(), now).await;
            let summary = Summary::read(credential.as_bytes());
            ReportPage::checked(language, &report, summary.as_ref(), state.issuance.host.origin())
        }
        Ok(Contents::Foreign(credential)) => ReportPage::foreign(language, &credential),
        Err(error) => ReportPage::unreadable(language, &error),
    };
    let check = BrowserCheck::of_any(&state, language);
    let response = response::page(StatusCode::OK, language, &page);
    Ok(check.permit(response, false))
}

/// Returns the one parameter of that name.
fn parameter(text: &[u8], name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(text).filter(|(key, _)| key == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

fn pasted_text(text: &str, origin: &str) -> PastedText {
    match CredentialLink::parse(text) {
        Some(link) if link.origin.as_deref().is_none_or(|named| named == origin) => {
            link.id.parse().map_or(PastedText::Unclear, |id| PastedText::Ours(id, link.query))
        }
        Some(CredentialLink { origin: Some(named), id, query }) => {
            let query = query.map(|query| format!("?{query}")).unwrap_or_default();
            let url = Url::parse(&format!("{named}/c/{id}{query}"));
            url.map_or(PastedText::Unclear, PastedText::Foreign)
        }
        Some(_) | None => match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "https" | "http") && !is_at(&url, origin) => {
                PastedText::Foreign(url)
            }
            _ => PastedText::Unclear,
        },
    }
}

fn is_at(url: &Url, origin: &str) -> bool {
    url.origin().ascii_serialization() == origin
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_links_lead_to_our_credentials_and_other_links_away() {
        let id = "crd_01KPX4MQ00REJFE5FBD8QX9Y5A";
        let ours = |query: Option<&str>| PastedText::Ours(id.parse().unwrap(), query.map(str::to_owned));
        let origin = "https://learncoin.example";
        for (text, query) in [
            (id.to_owned(), None),
            (format!("{origin}/c/{id}"), None),
            (format!("https://LearnCoin.example:443/c/{id}?redacted=true#x"), Some("redacted=true")),
            (format!("{origin}/c/{id}/credential.json"), None),
            (format!("<{origin}/c/{}/>.", id.to_lowercase()), None),
        ] {
            assert_eq!(pasted_text(&text, origin), ours(query), "{text}");
        }
        let elsewhere = format!("https://other.example/c/{id}");
        assert_eq!(pasted_text(&elsewhere, origin), PastedText::Foreign(elsewhere.parse().unwrap()));
        for text in ["crd_1", "x", "javascript:alert(1)", "ftp://other.example/", &format!("{origin}/docs")] {
            assert_eq!(pasted_text(text, origin), PastedText::Unclear, "{text}");
        }
    }

    #[test]
    fn a_parameter_that_stands_twice_is_none() {
        assert_eq!(parameter(b"q=a+b%20c&x=1", "q").as_deref(), Some("a b c"));
        for text in ["", "x=1", "q=1&q=2"] {
            assert_eq!(parameter(text.as_bytes(), "q"), None, "{text}");
        }
    }
}
