//! Previews of credentials for the console: the drawings of the public pages, before anything is issued.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use learncoin_language::Language;

use crate::error::ApiError;
use crate::operations::batch::BatchDesk;
use crate::public::brand::PageBrand;
pub use crate::public::credential_page::award_preview::AwardPreview;
use crate::public::credential_page::award_preview::{RehearsedAward, draw};
use crate::public::render_permits::RenderPermits;
use crate::public::shown_branding::branding_beside;
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
        let store = &desk.issuance.store;
        let signed = &rehearsed.document.issuer.name;
        let environment = desk.scope.environment;
        let branding = branding_beside(store, environment, &desk.tenant, &branding, signed).await?;
        let award =
            RehearsedAward { document: rehearsed.document, chain_id: rehearsed.chain_id, branding, language };
        draw(&desk.issuance, &self.render_permits, self.brand.brand().clone(), client, award).await
    }
}
