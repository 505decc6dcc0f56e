//! The files that people take away: `/c/{id}/badge.svg`, `badge.png`, `certificate.pdf`, `card.png`.
//!
//! In: a credential's id, and the reader's language. Out: the drawings of `learncoin-badge` from the credential as it is at
//! this moment, with the signed document inside badges and certificates. If there is no signed document, only the files
//! that carry none are drawn: the card, and the plain picture of a badge.
//!
//! - Invariant: no file and no response states that the credential is valid.
//! - Invariant: no file's name contains anything about the person, and no card or picture of a badge shows the person.
//! - Invariant: only [`MAX_CONCURRENT`](crate::public::render_permits::MAX_CONCURRENT) files are drawn at a time, so that asking for them can't take the machine.

use std::sync::Arc;

use std::num::NonZeroU32;

use axum::extract::{FromRef, RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use learncoin_badge::bake::{BakeError, bake_png, bake_svg};
use learncoin_badge::{
    Award, Color, CredentialState, DrawError, Picture, badge_png, badge_svg, card_png, certificate_pdf,
};
use learncoin_credential::document::Document;
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::text::parse_timestamp;
use learncoin_credential::{DocumentForm, Layout, SignedCredential};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{IssuedCredential, RenderError};
use learncoin_language::Language;
use learncoin_store::batches::BatchState;
use tokio::task::JoinError;

use crate::error::{ApiError, ErrorCode};
use crate::public::credential_lookup::{IdInPath, find, unknown, unsigned};
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
    BadgeSvg,
    BadgePng,
    Certificate,
    Card,
}

/// Serves `GET /c/{id}/badge.svg`.
pub(crate) async fn svg(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
) -> Response {
    files.respond(Kind::BadgeSvg, id, query, language).await
}

/// Serves `GET /c/{id}/badge.png`.
pub(crate) async fn png(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
) -> Response {
    files.respond(Kind::BadgePng, id, query, language).await
}

/// Serves `GET /c/{id}/certificate.pdf`.
pub(crate) async fn certificate(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
) -> Response {
    files.respond(Kind::Certificate, id, query, language).await
}

/// Serves `GET /c/{id}/card.png`.
pub(crate) async fn card(
    State(files): State<FileState>,
    id: IdInPath,
    query: RawQuery,
    language: PreferredLanguage,
) -> Response {
    files.respond(Kind::Card, id, query, language).await
}

/// The parts of the state that drawing a file uses.
#[derive(Clone)]
pub(crate) struct FileState {
    issuance: Arc<Issuance>,
    render_permits: Arc<RenderPermits>,
}

impl FromRef<AppState> for FileState {
    fn from_ref(state: &AppState) -> Self {
        Self { issuance: Arc::clone(&state.issuance), render_permits: Arc::clone(&state.render_permits) }
    }
}

impl FileState {
    async fn respond(
        &self,
        kind: Kind,
        id: IdInPath,
        RawQuery(query): RawQuery,
        PreferredLanguage(language): PreferredLanguage,
    ) -> Response {
        match self.file(kind, id, query.as_deref(), language).await {
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
    ) -> Result<Response, ApiError> {
        let wanted = RequestedFile::read(query)?;
        let issued = find(&self.issuance, id).await.map_err(ApiError::internal)?.ok_or_else(unknown)?;
        let is_plain = kind == Kind::Card || (wanted.is_plain && kind != Kind::Certificate);
        let signed = issued.render(wanted.document.form).map_err(ApiError::internal)?;
        if !is_plain && signed.is_none() {
            return Err(unsigned(&issued.batch.state));
        }
        let signed = signed.filter(|_| !is_plain);
        let drawing =
            self.gather(&issued, signed, &wanted.document, language).await.map_err(ApiError::internal)?;

        let permit = self.render_permits.acquire().await.ok_or_else(busy)?;
        // The permit is returned when the drawing ends, even if the caller hung up.
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = drawing.draw(kind);
            drop(permit);
            drawn
        });
        let bytes = drawn.await.map_err(FileError::from).flatten().map_err(ApiError::internal)?;

        let form = wanted.document.form_suffix();
        let id = &issued.credential.id;
        let (media_type, name) = match kind {
            Kind::BadgeSvg => ("image/svg+xml", format!("{id}{form}-badge.svg")),
            Kind::BadgePng => ("image/png", format!("{id}{form}-badge.png")),
            Kind::Certificate => ("application/pdf", format!("{id}{form}-certificate.pdf")),
            Kind::Card => ("image/png", format!("{id}-card.png")),
        };
        let disposition = if is_plain { Disposition::Inline } else { Disposition::Attachment };
        Ok(response::file(media_type, disposition, &name, language, bytes))
    }

    async fn gather(
        &self,
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
            date,
            document,
        })
    }
}

fn busy() -> ApiError {
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
    if expires.is_some_and(|expires| expires <= now) {
        return CredentialState::Expired;
    }
    match date(&document.issuance_date) {
        Some(issued) if now < issued => CredentialState::NotYetValid,
        _ => CredentialState::Anchored,
    }
}

impl Drawing {
    fn draw(self, kind: Kind) -> Result<Vec<u8>, FileError> {
        let award = Award {
            document: &self.document,
            language: self.language,
            chain: self.chain,
            state: self.state,
            accent: self.accent,
            logo: self.logo.as_deref().and_then(Picture::decode),
        };
        // What is baked is always in the layout of Open Badges, which its readers know.
        let baked =
            |signed: &SignedCredential| signed.clone().in_layout(Layout::OpenBadges).to_json().to_string();
        match (kind, &self.signed) {
            (Kind::Card, _) => Ok(card_png(&award)?),
            (Kind::BadgePng, None) => Ok(badge_png(&award)?),
            (Kind::BadgeSvg, None) => Ok(badge_svg(&award).into_bytes()),
            (Kind::BadgePng, Some(signed)) => Ok(bake_png(&badge_png(&award)?, &baked(signed))?),
            (Kind::BadgeSvg, Some(signed)) => Ok(bake_svg(&badge_svg(&award), &baked(signed))?.into_bytes()),
            (Kind::Certificate, Some(signed)) => {
                Ok(certificate_pdf(&award, signed.to_json().to_string().as_bytes(), self.date)?)
            }
            (Kind::Certificate, None) => Err(FileError::Unsigned),
        }
    }
}
