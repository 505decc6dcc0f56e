//! The preview of a branding that is not saved: the head of a credential's page, the badge and the certificate, of a person who is
//! an example.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRef;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_badge::{
    Award, Brand, Color, CredentialState, Picture, SignatureLine, badge_svg, certificate_svg,
};
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{Achievement, Document, Issuer, Subject};
use learncoin_credential::proof::AnchorChain;
use learncoin_issuance::Issuance;
use learncoin_issuance::names::issuer_did;
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, Logo, NamedSignature, PublicBranding, Tenant};
use learncoin_store::{Result as StoreResult, Store};

use crate::error::ApiError;
use crate::public::brand::PageBrand;
use crate::public::credential_page::view_model::{
    AchievementView, IssuerView, Linked, Recipient, initial, size,
};
use crate::public::files::busy;
use crate::public::render_permits::RenderPermits;
use crate::public::time::from_ms;
use crate::state::AppState;

/// The id of the credential that the preview shows. None has it.
const EXAMPLE: &str = "crd_00000000000000000000000000";
/// The element of the achievement's name: the page around the preview has a heading of its own.
const HEADING: &str = "p";
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

/// A branding as a page and the files would show it. Pictures are `data:` URLs.
#[derive(Debug, Clone)]
pub struct BrandingPreview {
    /// The head of the page, as HTML.
    pub page: String,
    /// The badge, which the head shows too.
    pub badge: String,
    /// The certificate.
    pub certificate: String,
    /// The color, as six hexadecimal digits: the name of its style sheet.
    pub accent: Option<String>,
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

/// All that the pictures are drawn from.
struct Drafted {
    document: Document,
    language: Language,
    chain: AnchorChain,
    public: PublicBranding,
    logo: Option<Logo>,
    signatures: Vec<(NamedSignature, Option<Logo>)>,
    brand: Brand,
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
    ) -> Result<BrandingPreview, ApiError> {
        let drafted = self.gather(environment, &draft, texts, language).await?;
        let permit = self.render_permits.certificates.acquire(address).await.ok_or_else(busy)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = drafted.draw();
            drop(permit);
            drawn
        });
        drawn.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
    }

    async fn gather(
        &self,
        environment: Environment,
        draft: &DraftBranding,
        texts: PreviewTexts<'_>,
        language: Language,
    ) -> StoreResult<Drafted> {
        let store = &self.issuance.store;
        let public = draft.branding.public_branding(&draft.tenant.name);
        let logo = match &public.logo_hash {
            Some(hash) => draft.picture(store, hash).await?,
            None => None,
        };
        let mut signatures = Vec::new();
        for signature in &public.certificate.signatures {
            let picture = match &signature.image {
                Some(image) => draft.picture(store, &image.hash).await?,
                None => None,
            };
            signatures.push((signature.clone(), picture));
        }
        let chain = self.issuance.chains.of(environment).map(|chain| chain.chain_id);
        Ok(Drafted {
            document: self.document(draft, &public, texts),
            language,
            chain: chain.and_then(AnchorChain::from_chain_id).unwrap_or(AnchorChain::Development),
            public,
            logo,
            signatures,
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

impl Drafted {
    fn award(&self) -> Award<'_> {
        let picture = |logo: &Option<Logo>| logo.as_ref().and_then(|logo| Picture::decode(&logo.bytes));
        let signature = |(signature, image): &(NamedSignature, Option<Logo>)| SignatureLine {
            name: signature.name.clone(),
            title: signature.title.clone(),
            picture: picture(image),
        };
        Award {
            document: &self.document,
            language: self.language,
            chain: self.chain,
            state: CredentialState::Anchored,
            accent: self.public.accent_color.as_deref().and_then(Color::parse),
            logo: picture(&self.logo),
            image: None,
            is_issuer_confirmed: true,
            signatures: self.signatures.iter().map(signature).collect(),
            shows_number: self.public.certificate.shows_number,
            brand: self.brand.clone(),
        }
    }

    fn draw(&self) -> Result<BrandingPreview, askama::Error> {
        let award = self.award();
        let badge = data_url("image/svg+xml", badge_svg(&award).as_bytes());
        let certificate = data_url("image/svg+xml", certificate_svg(&award).as_bytes());
        let (issuer, achievement) = (&self.document.issuer, &self.document.subject.achievement);
        let head = BrandedHead {
            words: &self.language.words().page,
            issuer: IssuerView {
                name: issuer.name.clone(),
                initial: initial(&issuer.name),
                logo: self.logo.as_ref().map(|logo| data_url(&logo.media_type, &logo.bytes)),
                did: issuer.id.clone(),
                url: None,
                confirmed: true,
            },
            recipient: Recipient::Named(self.document.subject.name.clone().unwrap_or_default()),
            achievement: AchievementView {
                name: achievement.name.clone(),
                description: achievement.description.clone(),
                criteria: None,
                id: Linked { text: String::new(), href: None },
                frameworks: Vec::new(),
                evidence: Vec::new(),
            },
            badge: badge.clone(),
        };
        let accent = self.public.accent_color.as_deref().and_then(|color| color.strip_prefix('#'));
        Ok(BrandingPreview { page: head.render()?, badge, certificate, accent: accent.map(str::to_owned) })
    }
}

/// The head of a page.
#[derive(Template)]
#[template(path = "branding_preview.html")]
struct BrandedHead {
    words: &'static PageWords,
    issuer: IssuerView,
    recipient: Recipient,
    achievement: AchievementView,
    badge: String,
}

impl BrandedHead {
    fn picture(&self) -> String {
        fill(&self.words.picture, &[("achievement", &self.achievement.name)])
    }

    fn logo(&self) -> String {
        fill(&self.words.logo, &[("issuer", &self.issuer.name)])
    }

    fn badge_source(&self) -> Option<&str> {
        Some(&self.badge)
    }
}

fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", BASE64.encode(bytes))
}
