//! Credentials inside files: baked badges of [Open Badges 3.0](https://www.imsglobal.org/spec/ob/v3p0#baking) section
//! 5.3, and certificates with the credential attached.
//!
//! An extracted credential is a text of bounded size that is one JSON object. Callers verify it.

mod pdf;
mod png;
mod svg;
#[cfg(test)]
mod tests;

use learncoin_credential::json::{self, Value};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;

pub use png::bake_png;
pub use svg::bake_svg;

/// The size limit of a file, in bytes.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// The reasons why a credential cannot be baked into an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BakeError {
    /// The image is not a valid PNG, or does not begin with an SVG root.
    #[error("the picture is not a {0} file that a credential can be baked into")]
    Picture(&'static str),
    /// The image carries a credential already.
    #[error("the picture carries a credential already")]
    Baked,
    /// The credential exceeds the size limit of a document.
    #[error("the credential is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
}

/// The reasons why no credential can be extracted from a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnbakeError {
    /// The file is not PNG, SVG or PDF.
    #[error("the file is no PNG, SVG or PDF")]
    Kind,
    /// The file exceeds [`MAX_FILE_BYTES`].
    #[error("the file is larger than {MAX_FILE_BYTES} bytes")]
    FileTooLarge,
    /// The file is malformed.
    #[error("the {kind} file is damaged: {what}")]
    Damaged {
        /// The format.
        kind: &'static str,
        /// The defect.
        what: &'static str,
    },
    /// The file carries no credential.
    #[error("the {0} file carries no credential")]
    Empty(&'static str),
    /// The file carries more than one credential, so that it is ambiguous which one is meant.
    #[error("the {0} file carries more than one credential")]
    Several(&'static str),
    /// The credential exceeds the size limit of a document.
    #[error("the credential inside is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// The credential is compressed, which the standard forbids.
    #[error("the credential inside is compressed, which Open Badges forbids")]
    Compressed,
    /// The credential is a signed token (JWT), which is not supported.
    #[error("the credential inside is a signed token (JWT), not a document with a proof")]
    Token,
    /// The content is not one JSON object.
    #[error("what is inside is not a credential: it is no JSON object")]
    NotJson,
}

/// Returns whether the bytes look like a file that may carry a credential, rather than like a credential itself.
pub fn is_carrier(bytes: &[u8]) -> bool {
    Carrier::of(bytes).is_some()
}

/// Extracts the credential from a PNG, an SVG or a PDF.
///
/// # Errors
/// See [`UnbakeError`].
pub fn unbake(bytes: &[u8]) -> Result<String, UnbakeError> {
    let carrier = Carrier::of(bytes).ok_or(UnbakeError::Kind)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(UnbakeError::FileTooLarge);
    }
    let credential = match carrier {
        Carrier::Png => png::unbake_png(bytes),
        Carrier::Svg => svg::unbake_svg(bytes),
        Carrier::Pdf => pdf::unbake_pdf(bytes),
    }?;
    credential_in(credential)
}

/// The supported formats.
enum Carrier {
    Png,
    Svg,
    Pdf,
}

impl Carrier {
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(png::SIGNATURE) {
            return Some(Self::Png);
        }
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        text.starts_with(b"<").then_some(Self::Svg)
    }
}

fn credential_in(text: String) -> Result<String, UnbakeError> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(UnbakeError::TooLarge);
    }
    match json::parse(text.as_bytes()) {
        Ok(Value::Object(_)) => Ok(text),
        _ if is_token(&text) => Err(UnbakeError::Token),
        _ => Err(UnbakeError::NotJson),
    }
}

/// Returns whether a text has the shape of a compact JWS ([RFC
/// 7515](https://www.rfc-editor.org/rfc/rfc7515#section-3.1) section 3.1): three parts of base64url.
fn is_token(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('.').collect();
    let letters = |part: &&str| {
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !part.is_empty()
    };
    parts.len() == 3 && parts.iter().all(letters)
}
