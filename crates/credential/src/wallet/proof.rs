//! The proof of a wallet form: [Data Integrity EdDSA](https://www.w3.org/TR/vc-di-eddsa/), cryptosuite `eddsa-rdfc-2022`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use serde_json::{Value as Json, json};

use super::document::WalletDocument;
use crate::canonicalize::{Canonicalizer, signed_with_key};
use crate::hash::Hash;
use crate::json::{Object, Value};
use crate::wallet_did::{ED25519_PUB, multikey};

/// The cryptosuite of every proof by a document key.
pub const CRYPTOSUITE: &str = "eddsa-rdfc-2022";

/// A public key of a tenant that signs wallet forms and status lists (Ed25519, RFC 8032).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentPublicKey(VerifyingKey);

/// A signature by a document key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentSignature(pub [u8; 64]);

/// The members of a proof beside its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofOptions {
    /// The time of the signature, in whole seconds with `Z`.
    pub created: String,
    /// The key's DID URL, `did:web:HOST:t:ULID#z6Mk…`.
    pub verification_method: String,
}

/// The bytes that a document key signs: SHA-256 of the options, then of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureInput(pub [u8; 64]);

/// A wallet form with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedWalletDocument {
    /// The document.
    pub document: WalletDocument,
    /// The proof without its value.
    pub options: ProofOptions,
    /// The proof's value.
    pub signature: DocumentSignature,
}

impl DocumentPublicKey {
    /// Reads a public key; `None` if it is no point of the curve, one of small order, or another spelling of a point: [RFC
    /// 8032](https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3), section 5.1.3.
    pub fn new(bytes: &[u8; 32]) -> Option<Self> {
        let key = VerifyingKey::from_bytes(bytes).ok()?;
        (!key.is_weak() && key.to_edwards().compress().as_bytes() == bytes).then_some(Self(key))
    }

    /// Returns its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Reads a [Multikey](https://www.w3.org/TR/controller-document/#Multikey), `z6Mk…`.
    pub fn from_multikey(text: &str) -> Option<Self> {
        // 34 bytes have at most 47 base58 characters. Longer texts are not decoded.
        let base58 = text.strip_prefix('z').filter(|base58| base58.len() <= 47)?;
        let bytes = bs58::decode(base58).into_vec().ok()?;
        Self::new(bytes.strip_prefix(&ED25519_PUB)?.try_into().ok()?)
    }

    /// Returns it as a Multikey.
    pub fn to_multikey(self) -> String {
        multikey(self.as_bytes())
    }

    /// Reads a JSON Web Key ([RFC 8037](https://www.rfc-editor.org/rfc/rfc8037#section-2) section 2). One with its private part is
    /// refused: its owner must not go on using it.
    pub(crate) fn from_jwk(jwk: &Object) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if jwk.get("d").is_some() || text("kty") != Some("OKP") || text("crv") != Some("Ed25519") {
            return None;
        }
        Self::new(&URL_SAFE_NO_PAD.decode(text("x")?).ok()?.try_into().ok()?)
    }

    /// Returns whether a signature over these bytes is this key's. Of the encodings of a signature only the one that signers make is
    /// accepted.
    pub fn verifies(&self, message: &[u8], signature: &DocumentSignature) -> bool {
        self.0.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
    }
}

impl DocumentSignature {
    /// Reads a `proofValue`: `z` and base58.
    pub fn from_multibase(text: &str) -> Option<Self> {
        // 64 bytes have at most 88 base58 characters.
        let base58 = text.strip_prefix('z').filter(|base58| base58.len() <= 88)?;
        bs58::decode(base58).into_vec().ok()?.try_into().ok().map(Self)
    }

    /// Returns it as a `proofValue`.
    pub fn to_multibase(&self) -> String {
        format!("z{}", bs58::encode(self.0).into_string())
    }
}

impl SignatureInput {
    /// Creates the input of a wallet form's signature.
    pub fn of_document(document: &WalletDocument, options: &ProofOptions) -> Self {
        let mut canonical = String::new();
        Canonicalizer::default().canonicalize_wallet_form(document, &mut canonical);
        Self::of_canonical(&canonical, options)
    }

    /// Creates the input of a signature from a canonical form.
    pub(super) fn of_canonical(canonical: &str, options: &ProofOptions) -> Self {
        let options = Hash::sha256(signed_with_key::proof_options(options).as_bytes());
        let document = Hash::sha256(canonical.as_bytes());
        let mut bytes = [0; 64];
        let (first, second) = bytes.split_at_mut(32);
        first.copy_from_slice(options.as_bytes());
        second.copy_from_slice(document.as_bytes());
        Self(bytes)
    }
}

impl ProofOptions {
    /// Returns the JSON of a proof with this value.
    pub(super) fn to_json(&self, signature: &DocumentSignature) -> Json {
        json!({
            "type": "DataIntegrityProof",
            "cryptosuite": CRYPTOSUITE,
            "created": self.created,
            "verificationMethod": self.verification_method,
            "proofPurpose": "assertionMethod",
            "proofValue": signature.to_multibase(),
        })
    }
}

impl SignedWalletDocument {
    /// Returns the JSON: the document's members, then `proof` as an array of one, which the schema of Open Badges demands.
    pub fn to_json(&self) -> Json {
        let mut json = self.document.to_json();
        if let Json::Object(members) = &mut json {
            members.insert("proof".to_owned(), json!([self.options.to_json(&self.signature)]));
        }
        json
    }

    /// Returns whether the signature is this key's.
    pub fn is_signed_by(&self, key: &DocumentPublicKey) -> bool {
        key.verifies(&SignatureInput::of_document(&self.document, &self.options).0, &self.signature)
    }
}
