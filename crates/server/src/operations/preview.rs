//! Previews of credentials for the console: the drawings of the public pages, before anything is issued.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use learncoin_badge::CredentialState;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_issuance::batch::rehearse::RehearsedDocument;
use learncoin_language::Language;

use crate::error::ApiError;
use crate::operations::batch::BatchDesk;
use crate::public::brand::PageBrand;
pub use crate::public::credential_page::award_preview::AwardPreview;
use crate::public::credential_page::award_preview::{UnissuedAward, draw};
use crate::public::credential_page::compose::notice;
use crate::public::drawn_signatures::drawn_signatures;
use crate::public::render_permits::RenderPermits;
use crate::public::shown_branding::branding_beside;
use crate::public::time::from_ms;
use crate::state::AppState;

/// Draws previews, in turn with the files of the public pages.
#[derive(Clone)]
pub struct AwardPreviewer {
    render_permits: Arc<RenderPermits>,
    brand: PageBrand,
}

impl FromRef<AppState> for AwardPreviewer {
    fn from_ref(state: &AppState) -> Self {
        Self { render_permits: Arc::clone(&state.render_permits), brand: state.brand.clone() }
    }
}

impl AwardPreviewer {
    /// Draws the first credential of a body as it would be issued now. Nothing is stored, and nothing counts.
    ///
    /// # Errors
    /// The first fault of the body, what keeps it from being issued, or that too much is being drawn.
    pub async fn draw(
        &self,
        desk: &BatchDesk,
        body: Vec<u8>,
        language: Language,
        client: Option<IpAddr>,
    ) -> Result<AwardPreview, ApiError> {
        let (rehearsed, branding) = desk.rehearse_document(body).await?;
        let RehearsedDocument { document, chain_id } = rehearsed;
        let (store, environment) = (&desk.issuance.store, desk.scope.environment);
        let shown =
            branding_beside(store, environment, &desk.tenant, &branding, &document.issuer.name).await?;
        let logo = match &shown.logo_hash {
            Some(hash) => {
                store.find_logo(hash).await?.map(|logo| (logo.bytes, format!("/assets/logo/{hash}")))
            }
            None => None,
        };
        let now = from_ms(desk.issuance.clock.now_ms());
        let date = |date: &str| parse_timestamp(date).ok();
        let expires = document.expiration_date.as_deref().and_then(date);
        let award = UnissuedAward {
            state: CredentialState::by_dates(date(&document.issuance_date), expires, now),
            language,
            origin: desk.issuance.host.origin().to_owned(),
            chain: AnchorChain::from_chain_id(chain_id)
                .ok_or_else(|| ApiError::internal("the chain's id is not known"))?,
            notice: notice(&language.words().page, chain_id),
            accent_color: shown.accent_color,
            logo,
            is_issuer_confirmed: shown.name_confirmed,
            signatures: drawn_signatures(store, &shown.certificate.signatures).await?,
            shows_number: shown.certificate.shows_number,
            brand: self.brand.brand().clone(),
            document,
        };
        draw(&self.render_permits, client, award).await
    }
}
