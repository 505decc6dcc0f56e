//! Draws the files that show a credential (badge, certificate, card), and puts signed credentials into files and takes
//! them out.
//!
//! **In**: a document, the credential's state and the viewer's language ([`Award`]); or a file that may carry a
//! credential. **Out**: SVG, PNG and PDF; or the credential that was inside. The crate deliberately reads no clock, no
//! font of the system but those of a folder that the program names ([`use_font_folder`]), and verifies no credential: what comes out
//! of a file is untrusted until it is verified.
//!
//! - Invariant: the same award gives the same bytes on every machine with the same fonts.
//! - Invariant: badges and cards never show the recipient. Only the certificate does, and the credential that is baked
//!   in.
//! - Invariant: no drawing claims that a credential is valid. The page that its link leads to shows that.
//! - Invariant: a character that no font has is never drawn as a box. It alone is left out, and a note reports that.
//! - Invariant: no input panics, and time and memory are proportional to the size of the input, which is limited.
//!
//! Begin reading with [`badge_svg`] and the drawings `badge`, `card` and `certificate`. Each makes a `scene`, which
//! `svg`, `raster` and `pdf` write. `text` lays out text; [`bake`] puts credentials into files and takes them out.

mod award;
mod badge;
pub mod bake;
mod brand;
mod card;
mod certificate;
mod color;
mod course;
mod guarded;
mod link_code;
mod number;
mod ornament;
mod outline;
mod pdf;
mod picture;
mod png_chunks;
mod raster;
mod scene;
mod signature_line;
mod signatures;
mod svg;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod text;

use jiff::Timestamp;
use learncoin_language::fill;

pub use award::{Award, CredentialState};
pub use brand::{Brand, BrandMark, MAX_MARK_BYTES};
pub use color::Color;
pub use link_code::LinkCode;
pub use picture::{AcceptedPicture, Picture, PictureError, accept_picture, accept_small_picture};
pub use signature_line::SignatureLine;
pub use text::{FontFolder, FontFolderError, use_font_folder};

/// The reasons why a file was not drawn. None of them depends on what an issuer wrote.
#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// A canvas of that size cannot be allocated.
    #[error("no canvas of that size")]
    Canvas,
    /// The PNG could not be encoded.
    #[error("the picture can't be written: {0}")]
    Png(#[from] png::EncodingError),
    /// The PDF could not be written.
    #[error("the page can't be written: {0}")]
    Pdf(&'static str),
    /// The PDF would not conform to PDF/A-3a.
    #[error("the page can't be written: {0}")]
    Krilla(String),
}

/// Draws the badge as SVG, without a credential inside.
pub fn badge_svg(award: &Award<'_>) -> String {
    svg::write(&badge::badge(award), &award.accessible_name())
}

/// Draws the badge as PNG of 600 × 600 pixels, without a credential inside.
///
/// # Errors
/// If the PNG cannot be encoded. Nothing in an award causes that.
pub fn badge_png(award: &Award<'_>) -> Result<Vec<u8>, DrawError> {
    raster::png(&badge::badge(award), 600, 600, 1.0)
}

/// Draws the badge as a small PNG of 240 × 240 pixels, for places that are read on telephones, such as mails.
///
/// # Errors
/// If the PNG cannot be encoded. Nothing in an award causes that.
pub fn badge_thumbnail(award: &Award<'_>) -> Result<Vec<u8>, DrawError> {
    raster::png(&badge::badge(award), 240, 240, 0.4)
}

/// Draws the card as PNG of 1200 × 630 pixels.
///
/// # Errors
/// If the PNG cannot be encoded. Nothing in an award causes that.
pub fn card_png(award: &Award<'_>) -> Result<Vec<u8>, DrawError> {
    let (width, height) = card::SIZE;
    raster::png(&card::card(award), width, height, 1.0)
}

/// Draws the certificate as PDF/A-3a, with the signed credential attached. `date` becomes the file's date. Callers pass
/// the time of the anchor, so that the same certificate has the same bytes.
///
/// # Errors
/// If the PDF cannot be written. Nothing in an award causes that.
pub fn certificate_pdf(award: &Award<'_>, credential: &[u8], date: Timestamp) -> Result<Vec<u8>, DrawError> {
    let words = award.words();
    let title = [("achievement", award.achievement()), ("issuer", award.issuer())];
    let title = fill(&words.certificate_of, &title);
    let info = pdf::DocumentInfo {
        title: &title,
        author: award.issuer(),
        language: award.language.tag(),
        is_rtl: award.is_rtl(),
        id: &award.document.id,
        date,
        attachment: &words.attachment,
    };
    pdf::write(&certificate::certificate(award), &info, credential)
}

/// Draws the certificate as SVG, without a credential inside, to be looked at before it is issued.
pub fn certificate_svg(award: &Award<'_>) -> String {
    let title = [("achievement", award.achievement()), ("issuer", award.issuer())];
    svg::write(&certificate::certificate(award), &fill(&award.words().certificate_of, &title))
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
