//! Credentials inside files: the signed document itself, baked badges of [Open Badges
//! 3.0](https://www.imsglobal.org/spec/ob/v3p0#baking) section 5.3, and certificates with the credential attached.
//!
//! - [`read`] finds the credential that a file is meant to show, and whether it is one of ours. Callers verify it.
//! - [`unbake`] takes the text out of a badge or a certificate, whatever credential it is.
//!
//! The browser's reader (`server/web/verify/files.js`) follows the same rules; one test holds both to the same table of
//! files (`learncoin/tests/e2e/verifiers/file_table.rs`).

mod contents;
mod inflate;
mod pdf;
mod png;
mod svg;
#[cfg(test)]
mod tests;

use learncoin_credential::json::{self, Value};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;
use learncoin_credential::wallet::token_text;

pub use contents::{Contents, ForeignCredential, ForeignKind};
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
    /// The file is not PNG, SVG, PDF or JSON.
    #[error("the file is no PNG, SVG, PDF or JSON in UTF-8")]
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
    /// The file can be opened only with a password.
    #[error("the {0} file can be opened only with a password")]
    Locked(&'static str),
    /// The credential is a signed token (JWT), which is not supported.
    #[error("the credential inside is a signed token (JWT), not a document with a proof")]
    Token,
    /// The content is not one JSON object.
    #[error("what is inside is not a credential: it is no JSON object")]
    NotJson,
    /// The content is JSON, and no credential.
    #[error("what is inside is JSON, but not a credential")]
    NoCredential,
}

impl UnbakeError {
    /// Returns the reason in one word, as the browser's reader has it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::FileTooLarge | Self::TooLarge => "too_large",
            Self::Damaged { .. } => "damaged",
            Self::Empty(_) => "empty",
            Self::Several(_) => "several",
            Self::Locked(_) => "locked",
            Self::Token => "token",
            Self::NotJson => "not_json",
            Self::NoCredential => "no_credential",
        }
    }
}

/// The formats of files that show a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// The signed document itself.
    Json,
    /// A badge, with the credential in a chunk.
    Png,
    /// A badge, with the credential in an element.
    Svg,
    /// A certificate, with the credential attached.
    Pdf,
}

impl FileFormat {
    /// Returns the name of the format.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Pdf => "pdf",
        }
    }

    /// Returns the format that the first bytes show.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(crate::png_chunks::SIGNATURE) {
            return Some(Self::Png);
        }
        if bytes.starts_with(b"%PDF-") {
            return Some(Self::Pdf);
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        if text.starts_with(b"<") {
            return Some(Self::Svg);
        }
        let is_json = matches!(bytes.trim_ascii_start(), [b'{' | b'[' | b'"', ..]);
        (is_json || token_text(bytes).is_some()).then_some(Self::Json)
    }
}

/// The text that a badge or a certificate carries.
enum Carried {
    /// A credential, or what is in its place.
    Credential(String),
    /// A signed token (JWT), or what is in its place, as the standard puts it there.
    Token(String),
    /// An assertion of Open Badges 2.
    Assertion,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    /// The format.
    pub format: FileFormat,
    /// The credential inside.
    pub contents: Contents,
}

/// Reads the credential of a file: as it is, out of a badge or a certificate, or out of what is around it (a presentation,
/// an array of one, the answer of `GET /v1/credentials/{id}`).
///
/// # Errors
/// If the file holds no credential, or several. Such a file is no verdict on any credential.
pub fn read(bytes: &[u8]) -> Result<ReadFile, UnbakeError> {
    let format = FileFormat::of(bytes).ok_or(UnbakeError::Kind)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(UnbakeError::FileTooLarge);
    }
    let carried = match format {
        FileFormat::Json => {
            let text = std::str::from_utf8(bytes).map_err(|_| UnbakeError::Kind)?;
            Carried::Credential(text.to_owned())
        }
        carrier => carried_in(carrier, bytes)?,
    };
    let contents = match carried {
        Carried::Credential(text) => Contents::of(&text)?,
        Carried::Token(text) => match token_text(text.as_bytes()) {
            Some(token) => Contents::of_token(token),
            None => Contents::Foreign(ForeignKind::Token.unnamed()),
        },
        Carried::Assertion => Contents::Foreign(ForeignKind::OpenBadges.unnamed()),
    };
    Ok(ReadFile { format, contents })
}

/// Extracts the credential from a PNG, an SVG or a PDF.
///
/// # Errors
/// See [`UnbakeError`].
pub fn unbake(bytes: &[u8]) -> Result<String, UnbakeError> {
    let carrier = FileFormat::of(bytes).filter(|format| *format != FileFormat::Json);
    let carrier = carrier.ok_or(UnbakeError::Kind)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(UnbakeError::FileTooLarge);
    }
    match carried_in(carrier, bytes)? {
        Carried::Credential(text) => credential_in(text),
        Carried::Token(_) => Err(UnbakeError::Token),
        Carried::Assertion => Err(UnbakeError::Empty(match carrier {
            FileFormat::Svg => svg::KIND,
            _ => png::KIND,
        })),
    }
}

fn carried_in(carrier: FileFormat, bytes: &[u8]) -> Result<Carried, UnbakeError> {
    match carrier {
        FileFormat::Png => png::unbake_png(bytes),
        FileFormat::Svg => svg::unbake_svg(bytes),
        FileFormat::Pdf => pdf::unbake_pdf(bytes).map(Carried::Credential),
        FileFormat::Json => Err(UnbakeError::Kind),
    }
}

fn credential_in(text: String) -> Result<String, UnbakeError> {
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(UnbakeError::TooLarge);
    }
    match json::parse(text.as_bytes()) {
        Ok(Value::Object(_)) => Ok(text),
        _ if token_text(text.as_bytes()).is_some() => Err(UnbakeError::Token),
        _ => Err(UnbakeError::NotJson),
    }
}
