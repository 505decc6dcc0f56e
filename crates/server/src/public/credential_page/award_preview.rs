//! The head of a credential's page, its badge and its certificate, as they would be if it were issued. Nothing of it is stored, and no
//! drawing has an address.

use std::net::IpAddr;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_badge::{Award, Brand, Color, CredentialState, Picture, badge_svg, certificate_svg};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_language::words::PageWords;
use learncoin_language::{Language, fill};
use learncoin_store::batches::BatchState;

use super::compose::{achievement, recipient};
use super::view_model::{AchievementView, IssuerView, NoticeView, Recipient, initial, size};
use crate::error::ApiError;
use crate::public::drawn_signatures::DrawnSignature;
use crate::public::files::busy;
use crate::public::render_permits::RenderPermits;

/// The element of the achievement's name: the page around it has a heading of its own.
const HEADING: &str = "p";

/// The drawings of a credential that is not issued. The pictures are `data:` URLs.
#[derive(Debug, Clone)]
pub struct AwardPreview {
    /// The head of its page, as HTML.
    pub head: String,
    /// The badge, which the head shows too.
    pub badge: String,
    /// The certificate.
    pub certificate: String,
    /// The path of the style sheet with the tenant's color, if it has one that may be shown.
    pub accent: Option<String>,
}

/// A credential that is not issued, with what is shown beside it.
pub(crate) struct UnissuedAward {
    /// The full document.
    pub(crate) document: Document,
    /// The language of the labels.
    pub(crate) language: Language,
    /// The origin of the deployment.
    pub(crate) origin: String,
    /// The chain on which it would be anchored.
    pub(crate) chain: AnchorChain,
    /// The notice above the head, of a chain that proves nothing.
    pub(crate) notice: Option<NoticeView>,
    /// Its state.
    pub(crate) state: CredentialState,
    /// The tenant's color, such as `#8B2635`.
    pub(crate) accent_color: Option<String>,
    /// The bytes of the tenant's logo, and where the head finds it.
    pub(crate) logo: Option<(Vec<u8>, String)>,
    /// Whether the operator confirmed the issuer's name.
    pub(crate) is_issuer_confirmed: bool,
    /// The signatures on the certificate.
    pub(crate) signatures: Vec<DrawnSignature>,
    /// Whether the certificate shows its number.
    pub(crate) shows_number: bool,
    /// The brand of the deployment.
    pub(crate) brand: Brand,
}

/// The head of the page.
#[derive(Template)]
#[template(path = "award_preview.html")]
struct AwardHead<'a> {
    words: &'static PageWords,
    notice: Option<&'a NoticeView>,
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

/// Draws a credential that is not issued, when the visitor's address has its turn.
///
/// # Errors
/// `rate_limited` if too much is being drawn; if the drawing fails.
pub(crate) async fn draw(
    permits: &RenderPermits,
    client: Option<IpAddr>,
    award: UnissuedAward,
) -> Result<AwardPreview, ApiError> {
    let permit = permits.certificates.acquire(client).await.ok_or_else(busy)?;
    let drawn = tokio::task::spawn_blocking(move || {
        let drawn = award.draw();
        drop(permit);
        drawn
    });
    drawn.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

/// Returns a picture as a URL that holds it. It has no address, in which the person could be.
pub(crate) fn data_url(media_type: &str, bytes: impl AsRef<[u8]>) -> String {
    format!("data:{media_type};base64,{}", BASE64.encode(bytes))
}

impl UnissuedAward {
    fn award(&self) -> Award<'_> {
        Award {
            document: &self.document,
            language: self.language,
            chain: self.chain,
            state: self.state,
            accent: self.accent_color.as_deref().and_then(Color::parse),
            logo: self.logo.as_ref().and_then(|(bytes, _)| Picture::decode(bytes)),
            image: None,
            is_issuer_confirmed: self.is_issuer_confirmed,
            signatures: self.signatures.iter().map(DrawnSignature::decode).collect(),
            shows_number: self.shows_number,
            brand: self.brand.clone(),
        }
    }

    fn draw(&self) -> Result<AwardPreview, askama::Error> {
        let award = self.award();
        let [badge, certificate] =
            [badge_svg(&award), certificate_svg(&award)].map(|svg| data_url("image/svg+xml", svg));
        let words = &self.language.words().page;
        let issuer = &self.document.issuer;
        let head = AwardHead {
            words,
            notice: self.notice.as_ref(),
            issuer: IssuerView {
                name: issuer.name.clone(),
                initial: initial(&issuer.name),
                logo: self.logo.as_ref().map(|(_, source)| source.clone()),
                did: issuer.id.clone(),
                url: None,
                confirmed: self.is_issuer_confirmed,
            },
            recipient: recipient(words, &self.document, &BatchState::Pending),
            achievement: achievement(&self.document, &self.origin),
            badge: &badge,
        };
        let head = head.render()?;
        let accent = self.accent_color.as_deref().and_then(|color| color.strip_prefix('#'));
        let accent = accent.map(|color| format!("/assets/accent/{color}.css"));
        Ok(AwardPreview { head, badge, certificate, accent })
    }
}
