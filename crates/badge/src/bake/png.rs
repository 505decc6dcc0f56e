//! A credential in a PNG: one `iTXt` chunk. We write it uncompressed, as the standard wants it, and read it compressed too,
//! since programs that make pictures smaller compress it.

use learncoin_credential::verify::MAX_DOCUMENT_BYTES;

use super::inflate::inflate;
use super::{BakeError, Carried, UnbakeError};
use crate::png_chunks::{ChunkError, SIGNATURE, checksum, chunk};

const KEYWORD: &[u8] = b"openbadgecredential";
/// The keyword of Open Badges 1 and 2, in a `tEXt` or an `iTXt` chunk.
const ASSERTION_KEYWORD: &[u8] = b"openbadges";
pub(super) const KIND: &str = "PNG";

/// Inserts a credential after the `IHDR` chunk.
///
/// # Errors
/// If the image is not a PNG or carries a credential already, or if the credential exceeds the size limit.
pub fn bake_png(picture: &[u8], credential: &str) -> Result<Vec<u8>, BakeError> {
    if credential.len() > MAX_DOCUMENT_BYTES {
        return Err(BakeError::TooLarge);
    }
    match unbake_png(picture) {
        Err(UnbakeError::Empty(_)) => {}
        Ok(_) | Err(UnbakeError::Several(_)) => return Err(BakeError::Baked),
        Err(_) => return Err(BakeError::Picture(KIND)),
    }
    let header = chunk(picture, SIGNATURE.len()).map_err(|_| BakeError::Picture(KIND))?;
    let (before, after) = picture.split_at_checked(header.end).ok_or(BakeError::Picture(KIND))?;
    // Compression flag, compression method, empty language tag, empty translated keyword: five zero bytes, then the
    // text.
    let data = [KEYWORD, &[0; 5], credential.as_bytes()].concat();
    let length = u32::try_from(data.len()).map_err(|_| BakeError::TooLarge)?;
    let checksum = checksum(*b"iTXt", &data);
    Ok([before, &length.to_be_bytes(), b"iTXt", &data, &checksum.to_be_bytes(), after].concat())
}

/// Extracts the credential. All chunks up to the last one (`IEND`) are read: a second credential or a malformed chunk is an
/// error.
pub(super) fn unbake_png(bytes: &[u8]) -> Result<Carried, UnbakeError> {
    let mut at = SIGNATURE.len();
    let mut found: Option<String> = None;
    let mut has_assertion = false;
    let mut is_first = true;
    loop {
        let chunk = chunk(bytes, at)?;
        if is_first != (&chunk.name == b"IHDR") {
            return Err(damaged("its header is not its first part"));
        }
        is_first = false;
        let has_text = matches!(&chunk.name, b"iTXt" | b"tEXt");
        has_assertion |= has_text && behind(chunk.data, ASSERTION_KEYWORD).is_some();
        if &chunk.name == b"iTXt"
            && let Some(text) = behind(chunk.data, KEYWORD)
        {
            let credential = credential(text)?;
            if found.replace(credential).is_some() {
                return Err(UnbakeError::Several(KIND));
            }
        }
        if &chunk.name == b"IEND" {
            return match found {
                Some(credential) => Ok(Carried::Credential(credential)),
                None if has_assertion => Ok(Carried::Assertion),
                None => Err(UnbakeError::Empty(KIND)),
            };
        }
        at = chunk.end;
    }
}

/// Returns what follows a keyword and its zero byte.
fn behind<'a>(data: &'a [u8], keyword: &[u8]) -> Option<&'a [u8]> {
    data.strip_prefix(keyword)?.strip_prefix(&[0])
}

/// Parses the part of an `iTXt` chunk after its keyword: compression flag and method, language tag, translated keyword,
/// text.
fn credential(rest: &[u8]) -> Result<String, UnbakeError> {
    let [compression, method, rest @ ..] = rest else {
        return Err(damaged("the credential's part is cut off"));
    };
    let mut parts = rest.splitn(3, |byte| *byte == 0);
    let (Some(_language), Some(_translated), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(damaged("the credential's part is cut off"));
    };
    let text = match (*compression, *method) {
        (0, _) => text.to_vec(),
        (1, 0) => inflate(text, KIND)?,
        _ => return Err(damaged("the credential's compression is unknown")),
    };
    if text.len() > MAX_DOCUMENT_BYTES {
        return Err(UnbakeError::TooLarge);
    }
    String::from_utf8(text).map_err(|_| damaged("the credential is not UTF-8"))
}

impl From<ChunkError> for UnbakeError {
    fn from(error: ChunkError) -> Self {
        damaged(match error {
            ChunkError::CutOff => "it is cut off",
            ChunkError::Checksum => "a checksum is wrong",
        })
    }
}

fn damaged(what: &'static str) -> UnbakeError {
    UnbakeError::Damaged { kind: KIND, what }
}
