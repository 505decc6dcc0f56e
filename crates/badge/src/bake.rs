//! Credentials inside files: baked badges of [Open Badges 3.0](https://www.imsglobal.org/spec/ob/v3p0#baking) section 5.3,
//! and the certificates that we make.
//!
//! What comes out is a text of bounded size that is JSON of one object, and nothing more is known of it: whoever takes
//! it out verifies it.

mod pdf;
mod png;
mod svg;
#[cfg(test)]
mod tests;

use learncoin_credential::json::{self, Value};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;

pub use png::bake_png;
pub use svg::bake_svg;

/// The largest file that is looked into.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Why a picture can't carry a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BakeError {
    /// The picture is not what its kind begins with.
    #[error("the picture is not a {0} file that a credential can be baked into")]
    Picture(&'static str),
    /// There is one inside already.
    #[error("the picture carries a credential already")]
    Baked,
    /// The credential is larger than any that is read.
    #[error("the credential is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
}

/// Why no credential came out of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnbakeError {
    /// The file is of none of the three kinds.
    #[error("the file is no PNG, SVG or PDF")]
    Kind,
    /// The file is larger than any that is looked into.
    #[error("the file is larger than {MAX_FILE_BYTES} bytes")]
    FileTooLarge,
    /// The file is damaged, or made to deceive.
    #[error("the {kind} file is damaged: {what}")]
    Damaged {
        /// Its kind.
        kind: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// Nothing is inside.
    #[error("the {0} file carries no credential")]
    Empty(&'static str),
    /// More than one is inside, so that nobody can say which one is meant.
    #[error("the {0} file carries more than one credential")]
    Several(&'static str),
    /// The credential is larger than any that is read.
    #[error("the credential inside is larger than {MAX_DOCUMENT_BYTES} bytes")]
    TooLarge,
    /// The credential is compressed, which the standard forbids.
    #[error("the credential inside is compressed, which Open Badges forbids")]
    Compressed,
    /// It is a credential of another kind: a signed token.
    #[error("the credential inside is a signed token (JWT), not a document with a proof")]
    Token,
    /// It is no JSON of one object.
    #[error("what is inside is not a credential: it is no JSON object")]
    NotJson,
}

/// Whether this looks like a file that a credential may be inside of, rather than a credential.
pub fn is_carrier(bytes: &[u8]) -> bool {
    Carrier::of(bytes).is_some()
}

/// Takes the credential out of a PNG, an SVG or a PDF.
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

/// The kinds of files.
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

/// Three parts of base64url.
fn is_token(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('.').collect();
    let letters = |part: &&str| {
        part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !part.is_empty()
    };
    parts.len() == 3 && parts.iter().all(letters)
}
