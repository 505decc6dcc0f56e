//! `/c/{id}/embed`: the credential's state as a card that other sites frame. It names the achievement and the issuer, not
//! the person, and leads to the page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};

use super::page::compose_page;
use super::view_model::{CredentialPage, IssuerView, NoticeView, Status, size};
use crate::public::credential_lookup::{IdInPath, find};
use crate::public::page_state::PageState;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::response;
use crate::public::time::When;

/// Serves `GET /c/{id}/embed`.
pub(crate) async fn embed(
    State(state): State<PageState>,
    id: IdInPath,
    PreferredLanguage(language): PreferredLanguage,
) -> Response {
    let response = match find(&state.issuance, id).await {
        Ok(Some(issued)) => match compose_page(&state, &issued, language).await {
            Ok(page) => response::page(StatusCode::OK, language, &Card::from(page)),
            Err(error) => response::trouble(language, &error),
        },
        Ok(None) => response::not_found(language, &language.words().page.not_found),
        Err(error) => response::trouble(language, &error),
    };
    response::framed(response)
}

/// The card: the part of the page that any site may show.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "embed.html")]
struct Card {
    language: Language,
    words: &'static PageWords,
    id: String,
    accent: Option<String>,
    title: String,
    logo: String,
    notice: Option<NoticeView>,
    status: Status,
    issuer: IssuerView,
    /// Whether there is a badge to show.
    pictured: bool,
    achievement: String,
    checked: When,
}

impl From<CredentialPage> for Card {
    fn from(page: CredentialPage) -> Self {
        Self {
            title: page.title(),
            logo: fill(&page.words.logo, &[("issuer", &page.issuer.name)]),
            language: page.language,
            words: page.words,
            id: page.id,
            accent: page.accent,
            notice: page.notice,
            status: page.status,
            issuer: page.issuer,
            pictured: page.downloadable,
            achievement: page.achievement.name,
            checked: page.checked,
        }
    }
}
