//! The holder of a wallet: a key of their own, and the proofs that they make with it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use learncoin_credential::wallet::DocumentPublicKey;
use serde_json::{Value, json};

/// A holder's key.
pub enum Holder {
    /// An Ed25519 key, which proofs name by its `did:key`.
    Ed25519(Ed25519KeyPair),
    /// A P-256 key, which proofs carry.
    P256(EcdsaKeyPair),
}

impl Holder {
    /// Creates a holder with an Ed25519 key, which follows from `seed`.
    pub fn ed25519(seed: u8) -> Self {
        Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed of 32 bytes"))
    }

    /// Creates a holder with a new P-256 key.
    pub fn p256() -> Self {
        Self::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    /// Returns the DID that a credential names.
    pub fn did(&self) -> String {
        match self {
            Self::Ed25519(_) => format!("did:key:{}", self.multikey()),
            Self::P256(_) => format!("did:jwk:{}", URL_SAFE_NO_PAD.encode(self.jwk().to_string())),
        }
    }

    /// Returns the header of a proof.
    pub fn header(&self) -> Value {
        let kind = "openid4vci-proof+jwt";
        match self {
            Self::Ed25519(_) => {
                json!({ "typ": kind, "alg": "EdDSA", "kid": format!("{}#{}", self.did(), self.multikey()) })
            }
            Self::P256(_) => json!({ "typ": kind, "alg": "ES256", "jwk": self.jwk() }),
        }
    }

    /// Signs a token with this header and these claims.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = match self {
            Self::Ed25519(key) => key.sign(input.as_bytes()).as_ref().to_vec(),
            Self::P256(key) => {
                let signed = key.sign(&SystemRandom::new(), input.as_bytes());
                signed.expect("the key signs").as_ref().to_vec()
            }
        };
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn multikey(&self) -> String {
        match self {
            Self::Ed25519(key) => {
                let bytes = key.public_key().as_ref().try_into().expect("32 bytes");
                DocumentPublicKey::new(&bytes).expect("a point of the curve").to_multikey()
            }
            Self::P256(_) => String::new(),
        }
    }

    fn jwk(&self) -> Value {
        match self {
            Self::Ed25519(key) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key.public_key()) })
            }
            Self::P256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) })
            }
        }
    }
}
