//! The proof by which the holder of a wallet shows a key: a JSON Web Token of OpenID for Verifiable Credential Issuance 1.0,
//! [appendix F.1](https://openid.net/specs/openid-4-verifiable-credential-issuance-1_0.html#appendix-F.1).
//!
//! In: the token, the issuer that it must be meant for, the time. Out: the DID of the key, and the nonce, which the caller checks. A
//! proof shows that its maker has the key and asked now; it shows nothing about who that is.

mod key;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};

use self::key::{Algorithm, HolderKey, ed25519_or_p256};
use super::compact::CompactToken;
use crate::json::{self, Object, Value};

/// The longest proof that is read, in bytes.
pub const MAX_PROOF_BYTES: usize = 8 * 1024;

/// The algorithms that a proof may be signed with, by their names in JSON Web Signatures.
pub const PROOF_ALGORITHMS: [&str; 2] = ["EdDSA", "ES256"];

/// The media type of a proof, in its header.
const TYPE: &str = "openid4vci-proof+jwt";
/// The difference between the clocks of a wallet and of the issuer that is no fault, and the time on the way, in seconds.
const MAX_AGE_SECONDS: u64 = 5 * 60;
/// The most values in a header or in claims.
const MAX_VALUES: usize = 100;

/// A proof whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderProof {
    /// The DID of the key: as the proof names it, or the `did:jwk` of the bare key that it carries.
    pub did: String,
    /// The nonce that was signed.
    pub nonce: Option<String>,
}

/// The reasons why a proof proves nothing. None repeats what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HolderProofError {
    /// It is longer than [`MAX_PROOF_BYTES`].
    #[error("expected at most {MAX_PROOF_BYTES} bytes")]
    TooLong,
    /// It is no JSON Web Token.
    #[error("expected a signed JWT in its compact form")]
    Form,
    /// The header's `typ` is another one.
    #[error("typ: expected `openid4vci-proof+jwt`")]
    Type,
    /// The header's `alg` is another one, or is not that of the key.
    #[error("alg: expected `EdDSA` with an Ed25519 key or `ES256` with a P-256 key")]
    Algorithm,
    /// The header has an extension that must be understood.
    #[error("crit: expected none")]
    Critical,
    /// The header names no key, or more than one.
    #[error("expected either kid, a DID URL of did:key or did:jwk, or jwk, in the header")]
    NoKey,
    /// The key is none.
    #[error("expected an Ed25519 or P-256 public key, as did:key, did:jwk or jwk")]
    Key,
    /// The signature is not the key's.
    #[error("the signature is not that of the key")]
    Signature,
    /// It is meant for another issuer.
    #[error("aud: expected the credential issuer")]
    Audience,
    /// It was made too long ago, or will be.
    #[error("iat: expected a time within the last five minutes")]
    Time,
}

impl HolderProof {
    /// Reads a proof and verifies its signature. It must be meant for `audience` and made within minutes of `now`.
    ///
    /// # Errors
    /// See [`HolderProofError`].
    pub fn read(token: &str, audience: &str, now: Timestamp) -> Result<Self, HolderProofError> {
        if token.len() > MAX_PROOF_BYTES {
            return Err(HolderProofError::TooLong);
        }
        let CompactToken { input, header, claims, signature } =
            CompactToken::split(token).ok_or(HolderProofError::Form)?;
        let (header, claims) = (decode(header)?, decode(claims)?);
        let header = object(&header)?;
        let signature = key::bytes_of(signature).ok_or(HolderProofError::Form)?;
        let signature: [u8; 64] = signature.try_into().map_err(|_| HolderProofError::Signature)?;
        if header.get("crit").is_some() {
            return Err(HolderProofError::Critical);
        }
        if text(header, "typ") != Some(TYPE) {
            return Err(HolderProofError::Type);
        }
        let algorithm = text(header, "alg").and_then(Algorithm::parse).ok_or(HolderProofError::Algorithm)?;
        let (did, key) = named_key(header)?;
        if key.algorithm() != algorithm {
            return Err(HolderProofError::Algorithm);
        }
        if !key.verifies(input.as_bytes(), &signature) {
            return Err(HolderProofError::Signature);
        }
        let claims = object(&claims)?;
        if !is_for(claims, audience) {
            return Err(HolderProofError::Audience);
        }
        if !is_recent(claims, now) {
            return Err(HolderProofError::Time);
        }
        Ok(Self { did, nonce: text(claims, "nonce").map(str::to_owned) })
    }
}

fn decode(part: &str) -> Result<Value, HolderProofError> {
    let bytes = key::bytes_of(part).ok_or(HolderProofError::Form)?;
    json::parse_limited(&bytes, MAX_VALUES).map_err(|_| HolderProofError::Form)
}

fn object(value: &Value) -> Result<&Object, HolderProofError> {
    value.as_object().ok_or(HolderProofError::Form)
}

fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::as_str)
}

/// Returns the key that the header names or carries, with its DID. One that is named in two ways might be two keys.
fn named_key(header: &Object) -> Result<(String, HolderKey), HolderProofError> {
    let others = ["x5c", "x5u", "jku"].iter().any(|name| header.get(name).is_some());
    match (header.get("kid"), header.get("jwk")) {
        (Some(Value::String(kid)), None) if !others => {
            let (did, key) = HolderKey::of_did_url(kid).ok_or(HolderProofError::Key)?;
            Ok((did.to_owned(), key))
        }
        (None, Some(Value::Object(jwk))) if !others => {
            let key = ed25519_or_p256(jwk).ok_or(HolderProofError::Key)?;
            Ok((key.to_did_jwk(), key))
        }
        _ => Err(HolderProofError::NoKey),
    }
}

/// Returns whether the claims name this audience, alone or among others.
fn is_for(claims: &Object, audience: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(named)) => named == audience,
        Some(Value::Array(named)) => named.iter().any(|one| one.as_str() == Some(audience)),
        _ => false,
    }
}

fn is_recent(claims: &Object, now: Timestamp) -> bool {
    let (Some(issued), now) = (seconds(claims, "iat"), now.as_second()) else { return false };
    let is_over = claims.get("exp").is_some() && seconds(claims, "exp").is_none_or(|end| end < now);
    issued.abs_diff(now) <= MAX_AGE_SECONDS && !is_over
}

/// Returns a time of the claims in seconds since 1970; a fraction is left out.
fn seconds(claims: &Object, name: &str) -> Option<i64> {
    let Some(Value::Number(number)) = claims.get(name) else { return None };
    number
        .as_i64()
        .or_else(|| SignedDuration::try_from_secs_f64(number.as_f64()?).ok().map(|time| time.as_secs()))
}
