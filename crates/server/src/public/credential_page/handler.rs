//! The handlers of `/c/{id}` and `/c/{id}/credential.json`.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use learncoin_credential::DocumentForm;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::Render as _;
use learncoin_language::{Language, fill};
use learncoin_store::id::CredentialId;
use serde_json::Value as Json;

use super::page::compose_page;
use crate::error::ApiError;
use crate::public::browser_check::permit_script;
use crate::public::credential_lookup::{IdInPath, find, unknown, unsigned};
use crate::public::negotiate::{Representation, wants_wallet_form};
use crate::public::page_state::PageState;
use crate::public::preferred_language::PreferredLanguage;
use crate::public::query::{RequestedDocument, SignedForm};
use crate::public::response;

/// Serves `GET /c/{id}`: the page, or the signed document if the caller prefers that.
pub(crate) async fn credential(
    State(state): State<PageState>,
    id: IdInPath,
    RawQuery(query): RawQuery,
    PreferredLanguage(language): PreferredLanguage,
    headers: HeaderMap,
) -> Response {
    match Representation::of_request(&headers, query.as_deref()) {
        Representation::Page => page(&state, id, query.as_deref(), language).await,
        Representation::Document(media_type) => {
            let wants_wallet_form = wants_wallet_form(&headers);
            match document(&state.issuance, id, query.as_deref(), wants_wallet_form).await {
                Ok((_, _, signed)) => response::document(media_type, &signed),
                Err(error) => response::refusal(error),
            }
        }
    }
}

/// Serves `GET /c/{id}/credential.json`: the signed document as a file.
pub(crate) async fn download(
    State(issuance): State<Arc<Issuance>>,
    id: IdInPath,
    RawQuery(query): RawQuery,
) -> Response {
    match document(&issuance, id, query.as_deref(), false).await {
        Ok((id, wanted, signed)) => response::attachment(&wanted.file_name(id.as_str()), &signed),
        Err(error) => response::refusal(error),
    }
}

async fn document(
    issuance: &Issuance,
    id: IdInPath,
    query: Option<&str>,
    wants_wallet_form: bool,
) -> Result<(CredentialId, RequestedDocument, Json), ApiError> {
    let mut wanted = RequestedDocument::read(query)?;
    if wants_wallet_form {
        wanted.signed = SignedForm::Wallet;
    }
    let issued = find(issuance, id).await.map_err(ApiError::internal)?.ok_or_else(unknown)?;
    let json = match wanted.signed {
        SignedForm::Anchored => {
            let signed = issued.render(wanted.form).map_err(ApiError::internal)?;
            signed.map(|signed| signed.in_layout(wanted.layout).to_json())
        }
        SignedForm::Wallet => {
            let signed = issuance.wallet_forms.wallet_form(&issued, wanted.form).await;
            signed.map_err(ApiError::internal)?.map(|signed| signed.to_json())
        }
    };
    match json {
        Some(json) => Ok((issued.credential.id, wanted, json)),
        None => Err(unsigned(&issued.batch.state)),
    }
}

async fn page(state: &PageState, id: IdInPath, query: Option<&str>, language: Language) -> Response {
    let Ok(wanted) = RequestedDocument::read(query) else { return response::unclear_query(language) };
    match find(&state.issuance, id).await {
        // The page names the person. Only the erased credential's page does not.
        Ok(Some(issued))
            if wanted.form == DocumentForm::Redacted && issued.credential.erased_at.is_none() =>
        {
            whole_only(state, &issued.credential.id, language)
        }
        Ok(Some(issued)) => match compose_page(state, &issued, language).await {
            Ok(page) => {
                let response = response::page(StatusCode::OK, language, &page);
                match &page.browser_check {
                    Some(check) => check.permit(response, false),
                    None if page.waits => {
                        permit_script(response, &[state.issuance.host.origin().to_owned()], false)
                    }
                    None => response,
                }
            }
            Err(error) => response::trouble(language, &error),
        },
        Ok(None) => response::not_found(language, &language.words().page.not_found),
        Err(error) => response::trouble(language, &error),
    }
}

/// Responds with the page for a request for a page without the name, which names the file that has none.
fn whole_only(state: &PageState, id: &CredentialId, language: Language) -> Response {
    let words = &language.words().page.whole_only;
    let address =
        format!("{}/credential.json?redacted=true", state.issuance.host.credential_url(id.as_str()));
    let advice = fill(&words.advice, &[("address", &address)]);
    response::apology(StatusCode::BAD_REQUEST, language, &words.title, &advice)
}
