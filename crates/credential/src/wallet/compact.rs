//! Compact JWS ([RFC 7515](https://www.rfc-editor.org/rfc/rfc7515#section-3.1), section 3.1): their shape and their parts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::json::{self, Value};

/// The three parts of a compact JWS, each as it is written.
pub(super) struct CompactToken<'a> {
    /// The bytes that were signed: the header, a dot, and the claims.
    pub(super) input: &'a str,
    pub(super) header: &'a str,
    pub(super) claims: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> CompactToken<'a> {
    /// Returns the parts of a text; `None` if it has another number of them.
    pub(super) fn split(token: &'a str) -> Option<Self> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        (!claims.contains('.')).then_some(Self { input, header, claims, signature })
    }
}

/// Returns the text of bytes without the white space around it, if it has the shape of a compact JWS, with the disclosures of an
/// SD-JWT if it has any: three parts of base64url, of which the first begins a JSON object.
pub fn token_text(bytes: &[u8]) -> Option<&str> {
    // Most bytes are none: of those no more than the beginning is read.
    let bytes = Some(bytes.trim_ascii()).filter(|bytes| bytes.starts_with(b"ey"))?;
    let text = std::str::from_utf8(bytes).ok()?;
    let (token, _disclosures) = text.split_once('~').unwrap_or((text, ""));
    let CompactToken { header, claims, signature, .. } = CompactToken::split(token)?;
    let is_base64url =
        |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (!claims.is_empty() && [header, claims, signature].into_iter().all(is_base64url)).then_some(text)
}

/// Decodes the header and the claims of a token as JSON, without checking anything; `None` in place of one that is none.
pub fn peek_token(token: &str) -> [Option<Value>; 2] {
    CompactToken::split(token).map_or([None, None], |token| [decoded(token.header), decoded(token.claims)])
}

/// Decodes a part of a token as JSON; `None` if it is none, or one that two programs could read differently.
pub(super) fn decoded(part: &str) -> Option<Value> {
    json::parse(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
