//! The JWT twin of a wallet form: the same credential as a JSON Web Token, for wallets that know no Data Integrity proofs.
//!
//! Its claims are those of [VC Data Model 1.1](https://www.w3.org/TR/vc-data-model/#json-web-token), section 6.3.1, which such wallets
//! read: the credential without its proof in `vc`, and beside it what JWT libraries check by themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

use super::document::WalletDocument;
use super::proof::DocumentSignature;
use crate::text::{TextError, parse_civil};

/// The signing input of a JWT twin: the encoded header, a dot, and the encoded claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInput(String);

impl TokenInput {
    /// Creates the input of a document's twin. `key_id` is the DID URL of the document key as a JSON Web Key, `did:web:HOST:t:ULID#ed-N`.
    ///
    /// # Errors
    /// If a date of the document is none.
    pub fn new(document: &WalletDocument, key_id: &str) -> Result<Self, TextError> {
        let header = json!({ "alg": "EdDSA", "typ": "JWT", "kid": key_id });
        let mut claims = json!({
            "iss": document.issuer.id,
            "sub": document.subject.id,
            "jti": document.id,
            "nbf": numeric_date(&document.valid_from)?,
            "vc": document.to_json(),
        });
        if let (Json::Object(claims), Some(until)) = (&mut claims, &document.valid_until) {
            claims.insert("exp".to_owned(), numeric_date(until)?.into());
        }
        Ok(Self(format!("{}.{}", encode(&header), encode(&claims))))
    }

    /// Returns the bytes that the key signs.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the token in its compact form.
    pub fn into_token(self, signature: &DocumentSignature) -> String {
        format!("{}.{}", self.0, URL_SAFE_NO_PAD.encode(signature.0))
    }
}

fn encode(value: &Json) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns a date as seconds since 1970, without its fraction. Each date of a document has one: years beyond the range of a timestamp do
/// too.
fn numeric_date(date: &str) -> Result<i64, TextError> {
    let civil = parse_civil(date)?;
    let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
    let since = civil.duration_since(epoch);
    // Before 1970 a fraction counts towards the present.
    let is_cut_up = since.subsec_nanos() < 0;
    Ok(since.as_secs().saturating_sub(i64::from(is_cut_up)))
}
