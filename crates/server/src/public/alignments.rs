//! `/alignments/{framework}/{code}`: the address that a document gives to a skill for which the issuer named none. It is
//! signed, so it answers as long as the deployment does.

use askama::Template;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_language::words::AlignmentWords;
use learncoin_language::{Language, fill};

use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::response;

/// The most characters of a code that is shown.
const MAX_CODE_CHARS: usize = 256;

/// A framework of skills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Framework {
    /// Its segment of the address.
    segment: &'static str,
    /// Its name; none for an issuer's own.
    name: Option<&'static str>,
    /// Its site.
    site: Option<&'static str>,
}

/// Every framework that an address may name.
const FRAMEWORKS: [Framework; 4] = [
    Framework { segment: "esco", name: Some("ESCO"), site: Some("https://esco.ec.europa.eu/") },
    Framework { segment: "onet", name: Some("O*NET"), site: Some("https://www.onetonline.org/") },
    Framework { segment: "isced-f", name: Some("ISCED-F"), site: Some("https://isced.uis.unesco.org/") },
    Framework { segment: "custom", name: None, site: None },
];

/// The page about a skill.
#[derive(Template)]
#[template(path = "alignment.html")]
struct AlignmentPage<'a> {
    language: Language,
    words: &'static AlignmentWords,
    code: &'a str,
    explanation: String,
    site: Option<&'static str>,
}

/// Serves `GET /alignments/{framework}/{code}`.
pub(crate) async fn alignment(
    path: Result<Path<(String, String)>, PathRejection>,
    PreferredLanguage(language): PreferredLanguage,
) -> Result<Response, ApiError> {
    let Ok(Path((segment, code))) = path else { return Err(endpoint_not_found().await) };
    let framework = FRAMEWORKS.into_iter().find(|framework| framework.segment == segment);
    let is_shown = code.chars().count() <= MAX_CODE_CHARS && !code.chars().any(char::is_control);
    let Some(framework) = framework.filter(|_| is_shown) else { return Err(endpoint_not_found().await) };
    let words = &language.words().page.alignment;
    let explanation = match framework.name {
        Some(name) => fill(&words.explanation, &[("framework", name)]),
        None => words.own.clone(),
    };
    let page = AlignmentPage { language, words, code: &code, explanation, site: framework.site };
    Ok(response::page(StatusCode::OK, language, &page))
}
