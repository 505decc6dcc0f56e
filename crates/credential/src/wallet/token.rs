//! The JWT twin of a wallet form: the same credential as a JSON Web Token, for wallets that know no Data Integrity proofs.
//!
//! Its claims are those of [VC Data Model 1.1](https://www.w3.org/TR/vc-data-model/#json-web-token), section 6.3.1, which such wallets
//! read: the credential without its proof in `vc`, and beside it what JWT libraries check by themselves.
//!
//! It is read in exactly that form. A claim more would be signed, and not shown; one that differs from the credential would
//! be true for some readers alone.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::civil::DateTime;
use serde_json::{Value as Json, json};

use super::compact::{CompactToken, decoded};
use super::document::WalletDocument;
use super::proof::DocumentSignature;
use crate::document::{DocumentError, Fault, FieldPath, Members};
use crate::host::Host;
use crate::json::Value;
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

/// A JWT twin. Its key is in the DID document of its issuer alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedToken {
    /// The credential.
    pub document: WalletDocument,
    /// The key's DID URL, `did:web:HOST:t:ULID#ed-N`.
    pub key_id: String,
    /// The bytes that the key signed.
    pub input: TokenInput,
    /// The signature.
    pub signature: DocumentSignature,
}

impl SignedToken {
    /// Reads a JWT twin, and checks all that needs nothing else. Returns it with its host and the ULID of its tenant.
    ///
    /// # Errors
    /// If a part is not as [`TokenInput::new`] writes it, or if a claim differs from the credential.
    pub fn read(token: &str) -> Result<(Self, Host, String), DocumentError> {
        let root = FieldPath::Root;
        let CompactToken { input, header, claims, signature } = CompactToken::split(token)
            .ok_or_else(|| root.member("token").fault(Fault::Form("a signed JWT in its compact form")))?;
        let header_path = root.member("header");
        let header = decode(header, &header_path)?;
        let header = Members::read(&header, &header_path, &["alg", "typ", "kid"])?;
        header.fixed_string("alg", "EdDSA")?;
        header.fixed_string("typ", "JWT")?;
        let key_id = header.string("kid")?;
        let claims_path = root.member("claims");
        let claims = decode(claims, &claims_path)?;
        let claims = Members::read(&claims, &claims_path, &["iss", "sub", "jti", "nbf", "exp", "vc"])?;
        let (document, host, ulid) = WalletDocument::read(claims.required("vc")?, &root.member("vc"))?;
        check_claims(&claims, &document)?;
        let number = key_id.strip_prefix(&document.issuer.id).and_then(|rest| rest.strip_prefix("#ed-"));
        if !number.is_some_and(is_key_number) {
            return Err(header_path.member("kid").fault(Fault::Form("vc.issuer.id, #ed- and a number")));
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).ok().and_then(|bytes| bytes.try_into().ok());
        let signature = signature
            .map(DocumentSignature)
            .ok_or_else(|| root.member("signature").fault(Fault::Form("base64url of 64 bytes")))?;
        let input = TokenInput(input.to_owned());
        Ok((Self { document, key_id, input, signature }, host, ulid))
    }
}

fn decode(part: &str, path: &FieldPath<'_>) -> Result<Value, DocumentError> {
    decoded(part)
        .ok_or_else(|| path.fault(Fault::Form("base64url of JSON that no two programs read differently")))
}

/// Checks that the claims repeat what is in the credential.
fn check_claims(claims: &Members<'_>, document: &WalletDocument) -> Result<(), DocumentError> {
    let root = FieldPath::Root;
    let path = root.member("claims");
    for (name, due, words) in [
        ("iss", &document.issuer.id, "vc.issuer.id"),
        ("sub", &document.subject.id, "vc.credentialSubject.id"),
        ("jti", &document.id, "vc.id"),
    ] {
        if claims.string(name)? != *due {
            return Err(path.member(name).fault(Fault::Differs(words)));
        }
    }
    for (name, date, words) in [
        ("nbf", Some(&document.valid_from), "vc.validFrom"),
        ("exp", document.valid_until.as_ref(), "vc.validUntil"),
    ] {
        // Reading the document guarantees both dates.
        let due = date
            .map(|date| numeric_date(date))
            .transpose()
            .map_err(|error| path.member(name).fault(error))?;
        let found = claims.optional(name).map(|value| match value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        });
        if found != due.map(Some) {
            return Err(path.member(name).fault(Fault::Differs(words)));
        }
    }
    Ok(())
}

/// Returns whether a text is the `N` of `#ed-N`, in its one spelling.
fn is_key_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number > 0 && number.to_string() == text)
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
