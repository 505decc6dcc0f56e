//! The head of a credential's page, its badge and its certificate, as they would be if it were issued now. Nothing of it is stored, and
//! no drawing has an address.

use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_badge::{
    Award, Brand, Color, CredentialState, Picture, SignatureLine, badge_svg, certificate_svg,
};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_issuance::Issuance;
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};
use learncoin_store::Store;
use learncoin_store::batches::BatchState;
use learncoin_store::tenants::NamedSignature;

use super::compose::{PageContext, achievement, issuer, notice, recipient};
use super::view_model::{AchievementView, IssuerView, NoticeView, Recipient, size};
use crate::error::{ApiError, ErrorCode};
use crate::public::render_permits::RenderPermits;
use crate::public::shown_branding::ShownBranding;
use crate::public::time;

/// The element of the achievement's name: the page around it has a heading of its own.
const HEADING: &str = "p";

/// The drawings of a credential that is not issued yet.
pub struct AwardPreview {
    /// The head of its page, as HTML.
    pub head: String,
    /// The badge, as the source of a picture.
    pub badge: String,
    /// The certificate, as the source of a picture.
    pub certificate: String,
    /// The path of the style sheet with the tenant's color, if it has one that may be shown.
    pub accent: Option<String>,
}

/// A document that is to be drawn, with what is shown beside it.
pub(crate) struct RehearsedAward {
    /// The full document.
    pub(crate) document: Document,
    /// The chain on which it would be anchored.
    pub(crate) chain_id: u64,
    /// The branding that its page would show.
    pub(crate) branding: ShownBranding,
    /// The language of the labels.
    pub(crate) language: Language,
}

/// The head of the page.
#[derive(Template)]
#[template(path = "award_preview.html")]
struct AwardHead<'a> {
    words: &'static PageWords,
    notice: Option<NoticeView>,
    issuer: IssuerView,
    recipient: Recipient,
    achievement: AchievementView,
    badge: &'a str,
}

impl AwardHead<'_> {
    fn badge_source(&self) -> Option<&str> {
        Some(self.badge)
    }

    fn picture(&self) -> String {
        fill(&self.words.picture, &[("achievement", &self.achievement.name)])
    }

    fn logo(&self) -> String {
        fill(&self.words.logo, &[("issuer", &self.issuer.name)])
    }
}

/// Draws a credential that is not issued yet, when the visitor's address has its turn.
pub(crate) async fn draw(
    issuance: &Issuance,
    permits: &RenderPermits,
    brand: Brand,
    client: Option<IpAddr>,
    rehearsed: RehearsedAward,
) -> Result<AwardPreview, ApiError> {
    let store = &issuance.store;
    let logo = match &rehearsed.branding.logo_hash {
        Some(hash) => store.find_logo(hash).await?.map(|logo| logo.bytes),
        None => None,
    };
    let signatures = signature_lines(store, &rehearsed.branding.certificate.signatures).await?;
    let now = time::from_ms(issuance.clock.now_ms());
    let chain = AnchorChain::from_chain_id(rehearsed.chain_id)
        .ok_or_else(|| ApiError::internal("the chain's id is not known"))?;
    let rehearsed = Arc::new(rehearsed);
    let permit = permits.certificates.acquire(client).await.ok_or_else(busy)?;
    let drawn = Arc::clone(&rehearsed);
    let [badge, certificate] = tokio::task::spawn_blocking(move || {
        let RehearsedAward { document, branding, language, .. } = &*drawn;
        let date = |date: &str| parse_timestamp(date).ok();
        let expires = document.expiration_date.as_deref().and_then(date);
        let award = Award {
            document,
            language: *language,
            chain,
            state: CredentialState::by_dates(date(&document.issuance_date), expires, now),
            accent: branding.accent_color.as_deref().and_then(Color::parse),
            logo: logo.as_deref().and_then(Picture::decode),
            image: None,
            is_issuer_confirmed: branding.name_confirmed,
            signatures,
            shows_number: branding.certificate.shows_number,
            brand,
        };
        let drawings = [badge_svg(&award), certificate_svg(&award)].map(|svg| source(&svg));
        drop(permit);
        drawings
    })
    .await
    .map_err(ApiError::internal)?;
    let head = head(issuance, &rehearsed, &badge)?;
    let accent = rehearsed.branding.accent_color.as_deref().and_then(|color| color.strip_prefix('#'));
    Ok(AwardPreview {
        head,
        accent: accent.map(|color| format!("/assets/accent/{color}.css")),
        badge,
        certificate,
    })
}

fn head(issuance: &Issuance, rehearsed: &RehearsedAward, badge: &str) -> Result<String, ApiError> {
    let RehearsedAward { document, chain_id, branding, language } = rehearsed;
    let words = &language.words().page;
    let context = PageContext {
        language: *language,
        now: time::from_ms(issuance.clock.now_ms()),
        origin: issuance.host.origin(),
        explorer_url: None,
        name_confirmed: branding.name_confirmed,
        accent_color: branding.accent_color.as_deref(),
        logo_hash: branding.logo_hash.as_deref(),
        report: None,
        reconfirming: false,
    };
    let head = AwardHead {
        words,
        notice: notice(words, *chain_id),
        issuer: issuer(&document.issuer, &context),
        recipient: recipient(words, document, &BatchState::Pending),
        achievement: achievement(document, context.origin),
        badge,
    };
    head.render().map_err(ApiError::internal)
}

/// Returns the signatures with their pictures, which certificates show.
async fn signature_lines(store: &Store, named: &[NamedSignature]) -> Result<Vec<SignatureLine>, ApiError> {
    let mut lines = Vec::with_capacity(named.len());
    for signature in named {
        let picture = match &signature.image {
            Some(image) => store.find_logo(&image.hash).await?.map(|logo| logo.bytes),
            None => None,
        };
        lines.push(SignatureLine {
            name: signature.name.clone(),
            title: signature.title.clone(),
            picture: picture.as_deref().and_then(Picture::decode),
        });
    }
    Ok(lines)
}

/// Returns a drawing as the source of a picture. It has no address, in which the person could be.
fn source(svg: &str) -> String {
    format!("data:image/svg+xml;base64,{}", BASE64.encode(svg))
}

fn busy() -> ApiError {
    let message = "Too many files are being drawn at this moment. Try again in a few seconds.";
    ApiError::new(ErrorCode::RateLimited, message)
}
