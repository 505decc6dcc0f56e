//! Keys of holders: Ed25519 and P-256, by `did:key`, `did:jwk` or as a bare JSON Web Key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::json;

use crate::json::{self, Object, Value};
use crate::wallet::proof::{DocumentPublicKey, DocumentSignature};
use crate::wallet_did::public_key_jwk;

/// The multicodec of a P-256 public key, as a varint.
const P256_PUB: [u8; 2] = [0x80, 0x24];
/// The longest DID that is read, in bytes. Those of both kinds of keys are far shorter, unless a key has members of no use.
const MAX_DID_BYTES: usize = 1024;
/// The most values in a key.
const MAX_VALUES: usize = 32;

/// An algorithm of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    Es256,
}

/// A public key of a holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HolderKey {
    /// Of Ed25519.
    Ed25519(DocumentPublicKey),
    /// Of P-256.
    P256(VerifyingKey),
}

impl Algorithm {
    /// Reads the name in a header.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "EdDSA" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

impl HolderKey {
    /// Reads the key of a DID URL, which names the one key of its DID: `did:key:z6Mk…#z6Mk…`, `did:jwk:…#0`, or the DID alone.
    pub(super) fn of_did_url(url: &str) -> Option<(&str, Self)> {
        if url.len() > MAX_DID_BYTES {
            return None;
        }
        let (did, fragment) =
            url.split_once('#').map_or((url, None), |(did, fragment)| (did, Some(fragment)));
        let (key, name) = if let Some(multibase) = did.strip_prefix("did:key:") {
            (Self::of_multibase(multibase)?, multibase)
        } else {
            let jwk = json::parse_limited(&bytes_of(did.strip_prefix("did:jwk:")?)?, MAX_VALUES).ok()?;
            (ed25519_or_p256(jwk.as_object()?)?, "0")
        };
        fragment.is_none_or(|fragment| fragment == name).then_some((did, key))
    }

    fn of_multibase(text: &str) -> Option<Self> {
        if let Some(key) = DocumentPublicKey::from_multikey(text) {
            return Some(Self::Ed25519(key));
        }
        // 35 bytes have at most 48 base58 characters.
        let base58 = text.strip_prefix('z').filter(|base58| base58.len() <= 48)?;
        let bytes = bs58::decode(base58).into_vec().ok()?;
        let point = bytes.strip_prefix(&P256_PUB).filter(|point| point.len() == 33)?;
        VerifyingKey::from_sec1_bytes(point).ok().map(Self::P256)
    }

    /// Returns the algorithm that it signs with.
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519(_) => Algorithm::EdDsa,
            Self::P256(_) => Algorithm::Es256,
        }
    }

    /// Returns whether a signature over these bytes is this key's.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        match self {
            Self::Ed25519(key) => key.verifies(message, &DocumentSignature(*signature)),
            Self::P256(key) => Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }

    /// Returns its `did:jwk`, of the members that make the key and no others.
    pub(super) fn to_did_jwk(&self) -> String {
        let jwk = match self {
            Self::Ed25519(key) => public_key_jwk(key.as_bytes()),
            Self::P256(key) => {
                let point = key.to_sec1_point(false);
                let coordinate = |bytes: Option<&[u8]>| URL_SAFE_NO_PAD.encode(bytes.unwrap_or_default());
                let (x, y) = (point.x().map(|x| x.as_ref()), point.y().map(|y| y.as_ref()));
                json!({ "kty": "EC", "crv": "P-256", "x": coordinate(x), "y": coordinate(y) })
            }
        };
        format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(jwk.to_string()))
    }
}

/// Reads a JSON Web Key. One with its private part is refused: its owner must not go on using it.
pub(super) fn ed25519_or_p256(jwk: &Object) -> Option<HolderKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    let coordinate = |name: &str| -> Option<[u8; 32]> { bytes_of(text(name)?)?.try_into().ok() };
    match (text("kty")?, text("crv")?) {
        ("OKP", "Ed25519") => DocumentPublicKey::from_jwk(jwk).map(HolderKey::Ed25519),
        ("EC", "P-256") if jwk.get("d").is_none() => {
            let mut point = vec![4];
            point.extend(coordinate("x")?);
            point.extend(coordinate("y")?);
            VerifyingKey::from_sec1_bytes(&point).ok().map(HolderKey::P256)
        }
        _ => None,
    }
}

/// Decodes base64url without padding.
pub(super) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
