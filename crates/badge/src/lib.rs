//! The files that people take away: a badge, a certificate, a card, each drawn from one credential; and the way in and
//! out of them for the credential itself.
//!
//! **In** flow a document, where the credential stands, and the reader's language ([`Award`]); or a file that somebody
//! shows. **Out** flow SVG, PNG and PDF; or the credential that was inside. The crate deliberately reads no clock, no
//! file and no font of the machine, and judges no credential: what comes out of a file is anybody's word until it is
//! verified.
//!
//! - Invariant: the same award gives the same bytes, everywhere.
//! - Invariant: no picture of a badge and no card shows the person; only the certificate does, and what is baked in.
//! - Invariant: no drawing says that a credential is valid. That is seen where its link leads.
//! - Invariant: a letter that no shipped font has is never drawn as a box; its text is left out, and a note says so.
//! - Invariant: no input panics, and none costs more than time and memory proportional to its size, which is limited.
//!
//! Begin reading with [`badge_svg`] and the drawings `badge`, `card` and `certificate`; each makes a `scene`, which
//! `svg`, `raster` and `pdf` write. `text` sets what is written; [`bake`] is the way in and out.

mod award;
mod badge;
pub mod bake;
mod card;
mod certificate;
mod color;
mod number;
mod ornament;
mod outline;
mod pdf;
mod picture;
mod raster;
mod scene;
mod svg;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;

use jiff::Timestamp;
use learncoin_language::fill;

pub use award::{Award, CredentialState};
pub use color::Color;
pub use picture::Picture;

/// Why a file was not drawn: never because of what an issuer wrote.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// There is no canvas of that size.
    #[error("no canvas of that size")]
    Canvas,
    /// The picture can't be compressed.
    #[error("the picture can't be written: {0}")]
    Png(#[from] png::EncodingError),
    /// The page can't be written.
    #[error("the page can't be written: {0}")]
    Pdf(&'static str),
    /// The page would not be PDF/A.
    #[error("the page can't be written: {0}")]
    Krilla(String),
}

/// The badge as SVG, without a credential inside.
pub fn badge_svg(award: &Award<'_>) -> String {
    svg::write(&badge::badge(award), &award.accessible_name())
}

/// The badge as PNG of 600 × 600 pixels, without a credential inside.
///
/// # Errors
/// Where it can't be written; nothing in an award makes it so.
pub fn badge_png(award: &Award<'_>) -> Result<Vec<u8>, DrawError> {
    raster::png(&badge::badge(award), 600, 600, 1.0)
}

/// The card as PNG of 1200 × 630 pixels.
///
/// # Errors
/// Where it can't be written; nothing in an award makes it so.
pub fn card_png(award: &Award<'_>) -> Result<Vec<u8>, DrawError> {
    let (width, height) = card::SIZE;
    raster::png(&card::card(award), width, height, 1.0)
}

/// The certificate as PDF, with the signed credential attached. `date` is the date of the file: the moment of the anchor
/// rather than the present, so that the same certificate has the same bytes.
///
/// # Errors
/// Where it can't be written; nothing in an award makes it so.
pub fn certificate_pdf(award: &Award<'_>, credential: &[u8], date: Timestamp) -> Result<Vec<u8>, DrawError> {
    let words = award.words();
    let title = [("achievement", award.achievement()), ("issuer", award.issuer())];
    let title = fill(&words.certificate_of, &title);
    let about = pdf::About {
        title: &title,
        author: award.issuer(),
        language: award.language.tag(),
        is_rtl: award.is_rtl(),
        id: &award.document.id,
        date,
        attachment: &words.attachment,
    };
    pdf::write(&certificate::certificate(award), &about, credential)
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
