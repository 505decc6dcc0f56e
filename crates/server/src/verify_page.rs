//! `/c/{id}`: a credential for people, and the same address for programs.
//!
//! In: an id, which is the capability to see the credential. Out: the page, with the five checks run anew at each
//! reading over this deployment's own store and chain; or the signed document, by content negotiation and as a
//! download. Nothing of the person stands in a URL, a header, a title or a log line.
//!
//! - Invariant: what shows the credential elsewhere (`embed`, previews, `sharing`) names the achievement, not the person.
//! - Invariant: the page's only script shows the button that loads the browser's verifier, and every text from outside is
//!   escaped by the template and set in `<bdi>`.
//! - Invariant: where there is no signed document, the document's forms answer 404 `credential_not_found`, which says
//!   whether it makes sense to ask again.
//!
//! Begin reading at [`credential`]; the words of each state are in `standing`.

mod accent;
pub(crate) mod answer;
pub(crate) mod assets;
mod compose;
pub(crate) mod embed;
pub(crate) mod judge;
pub(crate) mod moment;
mod negotiate;
pub(crate) mod sharing;
mod standing;
#[cfg(test)]
mod tests;
pub(crate) mod view;
pub(crate) mod wanted;

use std::num::NonZeroU32;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use learncoin_credential::SignedCredential;
use learncoin_credential::document::Document;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{Form, IssuedCredential, RenderError};
use learncoin_language::Language;
use learncoin_store::batches::BatchState;
use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;

use self::compose::{Surroundings, compose};
use self::judge::judge;
use self::negotiate::Representation;
use self::view::CredentialPage;
use self::wanted::Wanted;
use crate::browser_check::BrowserCheck;
use crate::error::{ApiError, ErrorCode};
use crate::reader::Reader;
use crate::state::AppState;

/// The id in the path; any path that holds none is like an id that names nothing.
pub(crate) type IdInPath = Result<Path<String>, PathRejection>;

/// After how many seconds a pending credential is worth another look.
const LOOK_AGAIN: Option<NonZeroU32> = NonZeroU32::new(5);

/// `GET /c/{id}`: the page, or the signed document if the caller prefers that.
pub(crate) async fn credential(
    State(state): State<AppState>,
    id: IdInPath,
    RawQuery(query): RawQuery,
    Reader(language): Reader,
    headers: HeaderMap,
) -> Response {
    match Representation::wanted(&headers) {
        Representation::Page => page(&state, id, language).await,
        Representation::Document(media_type) => match document(&state.issuance, id, query.as_deref()).await {
            Ok((_, _, signed)) => answer::document(media_type, &signed.to_json()),
            Err(error) => answer::refusal(error),
        },
    }
}

/// `GET /c/{id}/credential.json`: the signed document as a file.
pub(crate) async fn download(
    State(state): State<AppState>,
    id: IdInPath,
    RawQuery(query): RawQuery,
) -> Response {
    match document(&state.issuance, id, query.as_deref()).await {
        Ok((id, wanted, signed)) => answer::attachment(&wanted.file_name(id.as_str()), &signed.to_json()),
        Err(error) => answer::refusal(error),
    }
}

async fn document(
    issuance: &Issuance,
    id: IdInPath,
    query: Option<&str>,
) -> Result<(CredentialId, Wanted, SignedCredential), ApiError> {
    let wanted = Wanted::read(query)?;
    let published = find(issuance, id).await.map_err(ApiError::internal)?.ok_or_else(unknown)?;
    match published.render(wanted.form).map_err(ApiError::internal)? {
        Some(signed) => Ok((published.credential.id, wanted, signed.in_layout(wanted.layout))),
        None => Err(unsigned(&published.batch.state)),
    }
}

/// That an id names no credential.
pub(crate) fn unknown() -> ApiError {
    ApiError::new(ErrorCode::CredentialNotFound, "There is no such credential.")
}

/// Why a credential has no signed document.
pub(crate) fn unsigned(state: &BatchState) -> ApiError {
    let (message, retry_after) = match state {
        BatchState::Failed { .. } => {
            ("This credential was not issued: its batch failed. It has no signed document.", None)
        }
        BatchState::Pending | BatchState::Signed { .. } | BatchState::Anchored { .. } => {
            ("This credential is not anchored yet. Its signed document exists once it is.", LOOK_AGAIN)
        }
    };
    let mut error = ApiError::new(ErrorCode::CredentialNotFound, message);
    error.retry_after = retry_after;
    error
}

/// What is known of the credential whose id is in the path.
pub(crate) async fn find(issuance: &Issuance, id: IdInPath) -> Result<Option<IssuedCredential>, RenderError> {
    match id {
        Ok(Path(id)) => find_by_id(issuance, &id).await,
        Err(_) => Ok(None),
    }
}

/// What is known of the credential with this id; any text that is no id is like one that names nothing.
pub(crate) async fn find_by_id(
    issuance: &Issuance,
    id: &str,
) -> Result<Option<IssuedCredential>, RenderError> {
    let Ok(id) = id.parse::<CredentialId>() else { return Ok(None) };
    match issuance.store.credential_by_id(&id).await? {
        Some(credential) => IssuedCredential::load(&issuance.store, credential).await.map(Some),
        None => Ok(None),
    }
}

async fn page(state: &AppState, id: IdInPath, language: Language) -> Response {
    match find(&state.issuance, id).await {
        Ok(Some(published)) => match compose_page(state, &published, language).await {
            Ok(page) => {
                let response = answer::page(StatusCode::OK, language, &page);
                match &page.browser_check {
                    Some(check) => check.permit(response, false),
                    None => response,
                }
            }
            Err(error) => answer::trouble(language, &error),
        },
        Ok(None) => answer::not_found(language, &language.words().page.not_found),
        Err(error) => answer::trouble(language, &error),
    }
}

/// Checks the credential, and puts its page together.
async fn compose_page(
    state: &AppState,
    published: &IssuedCredential,
    language: Language,
) -> Result<CredentialPage, RenderError> {
    let issuance = &*state.issuance;
    let now = moment::from_ms(issuance.clock.now_ms());
    let chain = issuance.chains.by_id(published.batch.scope.environment, published.batch.chain_id);
    let signed = published.render(Form::Full)?;
    let judged = match &signed {
        Some(signed) => Some(judge(state, &published.batch.scope.tenant_id, signed, now, chain).await),
        None => None,
    };
    let document = match signed {
        Some(signed) => signed.document,
        None => published.document()?,
    };
    let shown = shown(issuance, published, &document).await?;
    let around = Surroundings {
        language,
        now,
        origin: issuance.host.origin(),
        explorer_url: published
            .anchor
            .as_ref()
            .zip(chain)
            .map(|(anchor, chain)| chain.explorer_url(&anchor.hash)),
        name_confirmed: shown.name_confirmed,
        accent_color: shown.accent_color.as_deref(),
        logo_hash: shown.logo_hash.as_deref(),
        report: judged.as_ref().map(|judged| &judged.report),
        reconfirming: judged.as_ref().is_some_and(|judged| judged.reconfirming),
    };
    let mut page = compose(published, &document, &around);
    page.browser_check = published.anchor.as_ref().map(|_| {
        let chain_id = published.batch.chain_id;
        BrowserCheck::of_credential(state, language, &document.id, &document.issuer.id, chain_id)
    });
    Ok(page)
}

/// What the page shows of a tenant beside what it signed.
#[derive(Default)]
pub(crate) struct Shown {
    /// Whether the operator stands for the signed name of the issuer.
    pub(crate) name_confirmed: bool,
    /// Its color, `#RRGGBB`.
    pub(crate) accent_color: Option<String>,
    /// The hash of its logo.
    pub(crate) logo_hash: Option<String>,
}

/// What may be shown: in live what the operator confirmed last, in test what the tenant says of itself now.
pub(crate) async fn shown(
    issuance: &Issuance,
    published: &IssuedCredential,
    document: &Document,
) -> Result<Shown, RenderError> {
    let scope = &published.batch.scope;
    let Some(tenant) = issuance.store.find_tenant(&scope.tenant_id).await? else {
        return Ok(Shown::default());
    };
    let branding = issuance.store.get_branding(&scope.tenant_id).await?;
    let confirmed = branding.confirmed.clone();
    let stands = match (scope.environment, &confirmed) {
        (Environment::Live, Some(confirmed)) => confirmed.clone(),
        (Environment::Live, None) | (Environment::Test, _) => branding.public_branding(&tenant.name),
    };
    let names = [Some(&stands), confirmed.as_ref()].into_iter().flatten().map(|shown| &shown.issuer_name);
    Ok(Shown {
        name_confirmed: names.into_iter().any(|name| *name == document.issuer.name),
        accent_color: stands.accent_color.clone(),
        logo_hash: stands.logo_hash.clone(),
    })
}
