//! The page of one credential: its checks, and what they are shown with.

use learncoin_credential::DocumentForm;
use learncoin_issuance::credential::render::{IssuedCredential, Render as _, RenderError};
use learncoin_language::Language;

use super::checks::check_credential;
use super::compose::{PageContext, compose};
use super::view_model::CredentialPage;
use crate::public::browser_check::BrowserCheck;
use crate::public::page_state::PageState;
use crate::public::shown_branding::shown_branding;
use crate::public::time;

/// Checks the credential, and puts its page together.
pub(super) async fn compose_page(
    state: &PageState,
    issued: &IssuedCredential,
    language: Language,
) -> Result<CredentialPage, RenderError> {
    let issuance = &*state.issuance;
    let now = time::from_ms(issuance.clock.now_ms());
    let chain = issuance.chains.by_id(issued.batch.scope.environment, issued.batch.chain_id);
    let signed = issued.render(DocumentForm::Full)?;
    let checked = match &signed {
        Some(signed) => Some(check_credential(state, issued, signed, now, chain).await),
        None => None,
    };
    let document = match signed {
        Some(signed) => signed.document,
        None => issued.document()?,
    };
    let shown = shown_branding(issuance, issued, &document).await?;
    let context = PageContext {
        language,
        now,
        origin: issuance.host.origin(),
        explorer_url: issued
            .anchor
            .as_ref()
            .zip(chain)
            .map(|(anchor, chain)| chain.explorer_url(&anchor.hash)),
        name_confirmed: shown.name_confirmed,
        accent_color: shown.accent_color.as_deref(),
        logo_hash: shown.logo_hash.as_deref(),
        code: issued.anchor.as_ref().and_then(|_| state.link_codes.of(&document.id)),
        report: checked.as_ref().map(|checked| &checked.report),
        reconfirming: checked.as_ref().is_some_and(|checked| checked.reconfirming),
    };
    let mut page = compose(issued, &document, &context);
    page.browser_check = issued.anchor.as_ref().map(|_| {
        let chain_id = issued.batch.chain_id;
        BrowserCheck::of_credential(state, language, &document.id, &document.issuer.id, chain_id)
    });
    Ok(page)
}
