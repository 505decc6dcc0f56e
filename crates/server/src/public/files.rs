//! The files that people take away: `/c/{id}/badge.svg`, `badge.png`, `certificate.pdf`, `card.png`.
//!
//! In: a credential's id, and the reader's language. Out: the drawings of `learncoin-badge` from the credential as it is at
//! this moment, with the signed document inside badges and certificates. If there is no signed document, only the files
//! that carry none are drawn: the card, and the plain picture of a badge.
//!
//! - Invariant: no file and no response states that the credential is valid.
//! - Invariant: no file's name contains anything about the person, and no card or picture of a badge shows the person.
//! - Invariant: one picture and one certificate are drawn at a time, and addresses take turns, so that asking for them can't
//!   take the machine.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRef, RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use learncoin_badge::bake::{BakeError, bake_png, bake_svg};
use learncoin_badge::{
    Award, Brand, Color, CredentialState, DrawError, Picture, badge_png, badge_svg, card_png, certificate_pdf,
};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_credential::{DocumentForm, Layout, SignedCredential};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{IssuedCredential, Render as _, RenderError};
use learncoin_language::Language;
use learncoin_store::batches::BatchState;
use tokio::task::JoinError;

use crate::error::{ApiError, ErrorCode};
use crate::middleware::client_address::ClientAddress;
use crate::public::brand::PageBrand;
use crate::public::credential_lookup::{IdInPath, find, unknown, unsigned};
use crate::public::drawn_signatures::{DrawnSignature, drawn_signatures};
use crate::public::picture_cache::{PictureCache, PictureKey};
use crate::public::preferred_language::PreferredLanguage;
use crate::public::query::{RequestedDocument, RequestedFile};
use crate::public::render_permits::RenderPermits;
use crate::public::response::{self, Disposition};
use crate::public::shown_branding::shown_branding;
use crate::public::time;
use crate::state::AppState;

/// After how many seconds a busy server is worth another try.
const RETRY_AFTER: Option<NonZeroU32> = NonZeroU32::new(5);

/// Why a file was not drawn.
#[derive(Debug, thiserror::Error)]
enum FileError {
    /// The document does not fit into the picture.
    #[error(transparent)]
    Bake(#[from] BakeError),
    /// The file can't be written.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// There is nothing to attach.
    #[error("a certificate was asked for without a signed document")]
    Unsigned,
    /// The drawing broke off.
    #[error(transparent)]
    Broken(#[from] JoinError),
}

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Picture(PictureKind),
    Certificate,
}

/// A file that does not show the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PictureKind {
    BadgeSvg,
    BadgePng,
    Card,
}

/// Serves `GET /c/{id}/badge.svg`.
pub(crate) async fn svg(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
    address: ClientAddress,
) -> Response {
    files.respond(Kind::Picture(PictureKind::BadgeSvg), id, query, language, address).await
}

/// Serves `GET /c/{id}/badge.png`.
pub(crate) async fn png(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
    address: ClientAddress,
) -> Response {
    files.respond(Kind::Picture(PictureKind::BadgePng), id, query, language, address).await
}

/// Serves `GET /c/{id}/certificate.pdf`.
pub(crate) async fn certificate(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
    address: ClientAddress,
) -> Response {
    files.respond(Kind::Certificate, id, query, language, address).await
}

/// Serves `GET /c/{id}/card.png`.
pub(crate) async fn card(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
    address: ClientAddress,
) -> Response {
    files.respond(Kind::Picture(PictureKind::Card), id, query, language, address).await
}

/// The parts of the state that drawing a file uses.
#[derive(Clone)]
pub(crate) struct FileState {
    issuance: Arc<Issuance>,
    render_permits: Arc<RenderPermits>,
    picture_cache: Arc<PictureCache>,
    brand: PageBrand,
}

impl FromRef<AppState> for FileState {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            render_permits: Arc::clone(&state.render_permits),
            picture_cache: Arc::clone(&state.picture_cache),
            brand: state.brand.clone(),
        }
    }
}

impl FileState {
    async fn respond(
        &self,
        kind: Kind,
        id: IdInPath,
        RawQuery(query): RawQuery,
        PreferredLanguage(language): PreferredLanguage,
        ClientAddress(address): ClientAddress,
    ) -> Response {
        match self.file(kind, id, query.as_deref(), language, address).await {
            Ok(response) => response,
            Err(error) => response::refusal(error),
        }
    }

    async fn file(
        &self,
        kind: Kind,
        id: IdInPath,
        query: Option<&str>,
        language: Language,
        address: Option<IpAddr>,
    ) -> Result<Response, ApiError> {
        let wanted = RequestedFile::read(query)?;
        let issued = find(&self.issuance, id).await.map_err(ApiError::internal)?.ok_or_else(unknown)?;
        let is_plain =
            kind == Kind::Picture(PictureKind::Card) || (wanted.is_plain && kind != Kind::Certificate);
        let signed = issued.render(wanted.document.form).map_err(ApiError::internal)?;
        if !is_plain && signed.is_none() {
            return Err(unsigned(&issued.batch.state));
        }
        let signed = signed.filter(|_| !is_plain);
        let drawing = self
            .gather(kind, &issued, signed, &wanted.document, language)
            .await
            .map_err(ApiError::internal)?;

        let bytes = match kind {
            Kind::Certificate => self.certificate(drawing, address).await?,
            Kind::Picture(kind) => self.picture(drawing, kind, address).await?,
        };

        let form = wanted.document.form_suffix();
        let id = &issued.credential.id;
        let (media_type, name) = match kind {
            Kind::Picture(PictureKind::BadgeSvg) => ("image/svg+xml", format!("{id}{form}-badge.svg")),
            Kind::Picture(PictureKind::BadgePng) => ("image/png", format!("{id}{form}-badge.png")),
            Kind::Picture(PictureKind::Card) => ("image/png", format!("{id}-card.png")),
            Kind::Certificate => ("application/pdf", format!("{id}{form}-certificate.pdf")),
        };
        let disposition = if is_plain { Disposition::Inline } else { Disposition::Attachment };
        Ok(response::file(media_type, disposition, &name, language, bytes))
    }

    /// Draws a certificate. It shows the person, so it is not kept.
    async fn certificate(&self, drawing: Drawing, address: Option<IpAddr>) -> Result<Bytes, ApiError> {
        let permit = self.render_permits.certificates.acquire(address).await.ok_or_else(busy)?;
        // The permit is returned when the drawing ends, even if the caller hung up.
        let drawn = beside(move || {
            let drawn = drawing.certificate();
            drop(permit);
            drawn
        });
        drawn.await.map(Bytes::from)
    }

    /// Draws a picture, or takes one that was drawn from the same, and bakes the signed document into it.
    async fn picture(
        &self,
        drawing: Drawing,
        kind: PictureKind,
        address: Option<IpAddr>,
    ) -> Result<Bytes, ApiError> {
        let key = drawing.picture_key(kind);
        let drawing = Arc::new(drawing);
        let picture = match self.picture_cache.find(&key) {
            Some(picture) => picture,
            None => {
                let permit = self.render_permits.pictures.acquire(address).await.ok_or_else(busy)?;
                // Others may have waited for the same.
                match self.picture_cache.find(&key) {
                    Some(picture) => picture,
                    None => {
                        let (drawing, cache) = (Arc::clone(&drawing), Arc::clone(&self.picture_cache));
                        beside(move || {
                            let picture = Bytes::from(drawing.picture(kind)?);
                            cache.keep(key, picture.clone());
                            drop(permit);
                            Ok(picture)
                        })
                        .await?
                    }
                }
            }
        };
        match drawing.signed.is_some() {
            true => beside(move || drawing.bake(kind, picture)).await,
            false => Ok(picture),
        }
    }

    /// Looks up what a file of this kind is drawn from.
    async fn gather(
        &self,
        kind: Kind,
        issued: &IssuedCredential,
        signed: Option<SignedCredential>,
        wanted: &RequestedDocument,
        language: Language,
    ) -> Result<Drawing, RenderError> {
        let issuance = &*self.issuance;
        let document = match (&signed, wanted.form) {
            (Some(signed), _) => signed.document.clone(),
            (None, DocumentForm::Full) => issued.document()?,
            (None, DocumentForm::Redacted) => issued.document()?.redacted(),
        };
        let shown = shown_branding(issuance, issued, &document).await?;
        let logo = match &shown.logo_hash {
            Some(hash) => issuance.store.find_logo(hash).await?.map(|logo| logo.bytes),
            None => None,
        };
        let (image, signatures) = match kind {
            Kind::Picture(_) => (self.achievement_image(issued).await?, Vec::new()),
            Kind::Certificate => {
                (None, drawn_signatures(&issuance.store, &shown.certificate.signatures).await?)
            }
        };
        let date = match issued.batch.state {
            BatchState::Anchored { anchored_at, .. } => time::from_ms(anchored_at),
            _ => Timestamp::UNIX_EPOCH,
        };
        Ok(Drawing {
            signed: signed.map(|signed| signed.in_layout(wanted.layout)),
            language,
            chain: AnchorChain::from_chain_id(issued.batch.chain_id)
                .ok_or(RenderError::Unreadable("chain id"))?,
            state: credential_state(issued, &document, time::from_ms(issuance.clock.now_ms())),
            accent: shown.accent_color.as_deref().and_then(Color::parse),
            logo,
            image,
            is_issuer_confirmed: shown.name_confirmed,
            signatures,
            shows_number: shown.certificate.shows_number,
            brand: self.brand.brand().clone(),
            date,
            document,
        })
    }

    /// Returns the bytes of the achievement's picture, which badge and card show.
    async fn achievement_image(&self, issued: &IssuedCredential) -> Result<Option<Vec<u8>>, RenderError> {
        let Some(hash) = &issued.credential.image else { return Ok(None) };
        let tenant_id = &issued.credential.scope.tenant_id;
        let image = self.issuance.store.find_achievement_image(tenant_id, hash).await?;
        Ok(image.map(|image| image.bytes))
    }
}

/// Works on a file on a thread that may block.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FileError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(FileError::from).flatten().map_err(ApiError::internal)
}

/// Returns the error for a drawing that would have to wait too long.
pub(super) fn busy() -> ApiError {
    let message = "Too many files are being drawn at this moment. Try again in a few seconds.";
    let mut error = ApiError::new(ErrorCode::RateLimited, message);
    error.retry_after = RETRY_AFTER;
    error
}

/// All that a drawing needs, so that it needs nothing but time from then on.
struct Drawing {
    document: Document,
    signed: Option<SignedCredential>,
    language: Language,
    chain: AnchorChain,
    state: CredentialState,
    accent: Option<Color>,
    logo: Option<Vec<u8>>,
    image: Option<Vec<u8>>,
    is_issuer_confirmed: bool,
    signatures: Vec<DrawnSignature>,
    shows_number: bool,
    brand: Brand,
    date: Timestamp,
}

/// Returns the state of the credential by decisions of people and by the clock. Its page shows whether its proof holds.
fn credential_state(issued: &IssuedCredential, document: &Document, now: Timestamp) -> CredentialState {
    if issued.credential.revocation.is_some() {
        return CredentialState::Revoked;
    }
    match issued.batch.state {
        BatchState::Pending | BatchState::Signed { .. } => return CredentialState::Pending,
        BatchState::Failed { .. } => return CredentialState::Failed,
        BatchState::Anchored { .. } => {}
    }
    let date = |date: &str| parse_timestamp(date).ok();
    let expires = document.expiration_date.as_deref().and_then(date);
    CredentialState::by_dates(date(&document.issuance_date), expires, now)
}

impl Drawing {
    fn award(&self) -> Award<'_> {
        Award {
            document: &self.document,
            language: self.language,
            chain: self.chain,
            state: self.state,
            accent: self.accent,
            logo: self.logo.as_deref().and_then(Picture::decode),
            image: self.image.as_deref().and_then(Picture::decode),
            is_issuer_confirmed: self.is_issuer_confirmed,
            signatures: self.signatures.iter().map(DrawnSignature::decode).collect(),
            shows_number: self.shows_number,
            brand: self.brand.clone(),
        }
    }

    /// Returns the digest of everything that a picture is drawn from. The person is not part of it, as of no picture.
    fn picture_key(&self, kind: PictureKind) -> PictureKey {
        let document = self.document.redacted().to_json().to_string();
        // A badge of an erased credential may look another way than one of a person.
        let parts = format!(
            "{kind:?} {} {:?} {:?} {:?} {} {}",
            self.language.tag(),
            self.chain,
            self.state,
            self.accent,
            self.document.subject.name.is_some(),
            self.is_issuer_confirmed,
        );
        let [logo, image] = [&self.logo, &self.image].map(|picture| picture.as_deref().unwrap_or_default());
        PictureKey::of(&[parts.as_bytes(), document.as_bytes(), logo, image])
    }

    /// Draws a badge or a card, without a credential inside.
    fn picture(&self, kind: PictureKind) -> Result<Vec<u8>, FileError> {
        match kind {
            PictureKind::Card => Ok(card_png(&self.award())?),
            PictureKind::BadgePng => Ok(badge_png(&self.award())?),
            PictureKind::BadgeSvg => Ok(badge_svg(&self.award()).into_bytes()),
        }
    }

    /// Puts the signed document into the picture of a badge, in the layout of Open Badges, which its readers know.
    fn bake(&self, kind: PictureKind, picture: Bytes) -> Result<Bytes, FileError> {
        let Some(signed) = &self.signed else { return Ok(picture) };
        let document = signed.clone().in_layout(Layout::OpenBadges).to_json().to_string();
        match kind {
            PictureKind::BadgePng => Ok(bake_png(&picture, &document)?.into()),
            PictureKind::BadgeSvg => Ok(bake_svg(&String::from_utf8_lossy(&picture), &document)?.into()),
            PictureKind::Card => Ok(picture),
        }
    }

    fn certificate(&self) -> Result<Vec<u8>, FileError> {
        let signed = self.signed.as_ref().ok_or(FileError::Unsigned)?;
        Ok(certificate_pdf(&self.award(), signed.to_json().to_string().as_bytes(), self.date)?)
    }
}
