//! Decompression with a limit, as PNG and PDF compress.

use learncoin_credential::verify::MAX_DOCUMENT_BYTES;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::UnbakeError;

/// Decompresses zlib's format ([RFC 1950](https://www.rfc-editor.org/rfc/rfc1950)). What follows its end is passed over.
///
/// # Errors
/// If it is broken, or longer than a document may be.
pub(super) fn inflate(bytes: &[u8], kind: &'static str) -> Result<Vec<u8>, UnbakeError> {
    decompress_to_vec_zlib_with_limit(bytes, MAX_DOCUMENT_BYTES + 1).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => UnbakeError::TooLarge,
        _ => UnbakeError::Damaged { kind, what: "the credential's compression is broken" },
    })
}
