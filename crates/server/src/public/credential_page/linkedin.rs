//! `/c/{id}/linkedin`: leads to LinkedIn's own form for certifications, filled in. Mails link to it, so that each of their links
//! leads to the deployment, and the form is filled with what holds of the credential when the link is followed.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse as _, Response};

use super::page::compose_page;
use crate::public::credential_lookup::{IdInPath, find};
use crate::public::page_state::PageState;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::response;

/// Serves `GET /c/{id}/linkedin`. A credential that can't be presented leads to its page, which shows why.
pub(crate) async fn linkedin(
    State(state): State<PageState>,
    id: IdInPath,
    PreferredLanguage(language): PreferredLanguage,
) -> Response {
    let page = match find(&state.issuance, id).await {
        Ok(Some(issued)) => compose_page(&state, &issued, language).await,
        Ok(None) => return response::not_found(language, &language.words().page.not_found),
        Err(error) => return response::trouble(language, &error),
    };
    match page {
        Ok(page) => {
            let target = page.sharing.map_or(page.preview.page, |sharing| sharing.linkedin);
            response::private((StatusCode::SEE_OTHER, [(LOCATION, target)]).into_response())
        }
        Err(error) => response::trouble(language, &error),
    }
}
