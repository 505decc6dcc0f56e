//! The preview of a branding that is not saved: the head of a credential's page, the badge and the certificate, of a person who is
//! an example.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use learncoin_badge::CredentialState;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{Achievement, Document, Issuer, Subject};
use learncoin_credential::proof::AnchorChain;
use learncoin_issuance::Issuance;
use learncoin_issuance::names::issuer_did;
use learncoin_language::Language;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, Logo, PublicBranding, Tenant};
use learncoin_store::{Result as StoreResult, Store};

use crate::error::ApiError;
use crate::public::brand::PageBrand;
use crate::public::credential_page::award_preview::{AwardPreview, UnissuedAward, data_url, draw};
use crate::public::drawn_signatures::DrawnSignature;
use crate::public::render_permits::RenderPermits;
use crate::public::time::from_ms;
use crate::state::AppState;

/// The id of the credential that the preview shows. None has it.
const EXAMPLE: &str = "crd_00000000000000000000000000";
const EXAMPLE_RECIPIENT: &str = "urn:uuid:00000000-0000-4000-8000-000000000000";

/// The texts of the credential that a preview shows.
#[derive(Debug, Clone, Copy)]
pub struct PreviewTexts<'t> {
    /// The person's name.
    pub person: &'t str,
    /// The achievement's name.
    pub achievement: &'t str,
    /// The achievement's description.
    pub description: &'t str,
}

/// A tenant with a branding that is not saved.
pub(crate) struct DraftBranding {
    /// The tenant, under the name of the draft.
    pub(crate) tenant: Tenant,
    /// The branding.
    pub(crate) branding: Branding,
    /// The pictures that were fetched for it, by their hashes.
    pub(crate) fetched: HashMap<String, Logo>,
}

impl DraftBranding {
    async fn picture(&self, store: &Store, hash: &str) -> StoreResult<Option<Logo>> {
        match self.fetched.get(hash) {
            Some(logo) => Ok(Some(logo.clone())),
            None => store.find_logo(hash).await,
        }
    }
}

/// Draws previews. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PreviewDrawer {
    issuance: Arc<Issuance>,
    render_permits: Arc<RenderPermits>,
    brand: PageBrand,
}

impl FromRef<AppState> for PreviewDrawer {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            render_permits: Arc::clone(&state.render_permits),
            brand: state.brand.clone(),
        }
    }
}

impl PreviewDrawer {
    /// Draws a draft as it is shown in an environment once it is confirmed.
    ///
    /// # Errors
    /// `rate_limited` if too many pictures are being drawn; if the store or the drawing fails.
    pub(crate) async fn draw(
        &self,
        environment: Environment,
        draft: DraftBranding,
        texts: PreviewTexts<'_>,
        language: Language,
        address: Option<IpAddr>,
    ) -> Result<AwardPreview, ApiError> {
        let award = self.gather(environment, &draft, texts, language).await?;
        draw(&self.render_permits, address, award).await
    }

    async fn gather(
        &self,
        environment: Environment,
        draft: &DraftBranding,
        texts: PreviewTexts<'_>,
        language: Language,
    ) -> StoreResult<UnissuedAward> {
        let store = &self.issuance.store;
        let public = draft.branding.public_branding(&draft.tenant.name);
        let logo = match &public.logo_hash {
            Some(hash) => draft.picture(store, hash).await?,
            None => None,
        };
        // A picture that was fetched for the draft has no address.
        let logo = logo.map(|logo| {
            let source = data_url(&logo.media_type, &logo.bytes);
            (logo.bytes, source)
        });
        let mut signatures = Vec::new();
        for signature in &public.certificate.signatures {
            let picture = match &signature.image {
                Some(image) => draft.picture(store, &image.hash).await?,
                None => None,
            };
            signatures.push(DrawnSignature::new(signature, picture.map(|picture| picture.bytes)));
        }
        let chain = self.issuance.chains.of(environment).map(|chain| chain.chain_id);
        Ok(UnissuedAward {
            document: self.document(draft, &public, texts),
            language,
            origin: self.issuance.host.origin().to_owned(),
            chain: chain.and_then(AnchorChain::from_chain_id).unwrap_or(AnchorChain::Development),
            notice: None,
            state: CredentialState::Anchored,
            accent_color: public.accent_color,
            logo,
            is_issuer_confirmed: true,
            signatures,
            shows_number: public.certificate.shows_number,
            brand: self.brand.brand().clone(),
        })
    }

    /// Returns the document of the example.
    fn document(&self, draft: &DraftBranding, public: &PublicBranding, texts: PreviewTexts<'_>) -> Document {
        let host = &self.issuance.host;
        Document {
            contexts: ContextSet::new(host),
            id: host.credential_url(EXAMPLE),
            issuer: Issuer {
                id: issuer_did(host, &draft.tenant, &draft.branding),
                name: public.issuer_name.clone(),
                url: draft.branding.awarding_body_url.clone(),
                image: None,
            },
            issuance_date: from_ms(self.issuance.clock.now_ms()).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            expiration_date: None,
            nonce: String::new(),
            subject: Subject {
                id: EXAMPLE_RECIPIENT.to_owned(),
                name: Some(texts.person.to_owned()),
                achievement: Achievement {
                    id: None,
                    name: texts.achievement.to_owned(),
                    description: texts.description.to_owned(),
                    criteria: texts.description.to_owned(),
                    alignment: Vec::new(),
                },
            },
            evidence: Vec::new(),
        }
    }
}
