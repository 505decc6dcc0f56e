//! The signature of a wallet form: by the key that its proof names, or, of a JWT twin, by the one that the DID document has under the
//! name in its header.

use super::super::Lookup;
use super::super::report::{Check, CheckName};
use crate::did::{DidDocument, VerificationMethod};
use crate::hash::Hash;
use crate::wallet::{DocumentPublicKey, DocumentSignature, SignatureInput, SignedWalletDocument, TokenInput};

/// The forms in which a DID document gives a document key.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyForm {
    /// `publicKeyMultibase`, which proofs name.
    Multikey,
    /// `publicKeyJwk`, which tokens name.
    Jwk,
}

/// The signature of a wallet form, with the name of its key.
#[derive(Debug, Clone)]
pub(super) enum FormSignature {
    /// A proof. The signature was checked: it is that of the key that the proof names.
    Proof {
        /// The DID URL of the key, as a Multikey.
        key_id: String,
        /// That key.
        key: DocumentPublicKey,
        /// The passed check.
        check: Check,
    },
    /// A token.
    Token {
        /// The DID URL of the key, as a JSON Web Key.
        key_id: String,
        /// The bytes that were signed.
        input: TokenInput,
        /// The signature.
        signature: DocumentSignature,
    },
}

impl KeyForm {
    /// Returns the key of a method that has one of this form alone.
    pub(super) fn key_in(self, method: &VerificationMethod) -> Option<DocumentPublicKey> {
        match self {
            Self::Multikey => method.document_key,
            Self::Jwk => method.document_jwk,
        }
    }

    /// Returns the reason of a method that has none.
    pub(super) const fn missing(self) -> &'static str {
        match self {
            Self::Multikey => "the DID document gives no Ed25519 Multikey for the verification method",
            Self::Jwk => "the DID document gives no Ed25519 JsonWebKey for the verification method",
        }
    }
}

impl FormSignature {
    /// Checks that the signature of a proof is that of the key that the proof names. The error is the failed check.
    pub(super) fn of_proof(signed: &SignedWalletDocument) -> Result<Self, Check> {
        let mut check = Check::new(CheckName::Signature);
        let input = SignatureInput::of_document(&signed.document, &signed.options);
        let (options, document) = input.0.split_at(32);
        check.add_evidence("document hash", hex::encode(document));
        check.add_evidence("proof options hash", hex::encode(options));
        check.add_evidence("signed at, as it says", &signed.options.created);
        let Some(key) = signed.named_key() else {
            return Err(check.failed("proof.verificationMethod names no Ed25519 key"));
        };
        check.add_evidence("key", key.to_multikey());
        match key.verifies(&input.0, &signed.signature) {
            true => Ok(Self::Proof { key_id: signed.options.verification_method.clone(), key, check }),
            false => Err(check.failed(
                "the document is not the one that was signed: the signature is not that of the key that the proof names",
            )),
        }
    }

    /// Returns the DID URL of the key.
    pub(super) fn key_id(&self) -> &str {
        match self {
            Self::Proof { key_id, .. } | Self::Token { key_id, .. } => key_id,
        }
    }

    /// Returns the form in which a DID document gives the key.
    pub(super) fn key_form(&self) -> KeyForm {
        match self {
            Self::Proof { .. } => KeyForm::Multikey,
            Self::Token { .. } => KeyForm::Jwk,
        }
    }

    /// Returns the check of the signature. That of a token needs the DID document of its issuer.
    pub(super) fn check(&self, did: &str, document: &Lookup<DidDocument>) -> Check {
        let (key_id, input, signature) = match self {
            Self::Proof { check, .. } => return check.clone(),
            Self::Token { key_id, input, signature } => (key_id, input, signature),
        };
        let mut check = Check::new(CheckName::Signature);
        check.add_evidence("token hash", Hash::sha256(input.as_bytes()));
        let Lookup::Found(document) = document else {
            return check.could_not_check("the DID document, which has the key, could not be read");
        };
        let method = document.verification_method(key_id).filter(|_| document.id == did);
        let Some(key) = method.and_then(|method| KeyForm::Jwk.key_in(method)) else {
            return check.could_not_check("the DID document does not have the key that the token names");
        };
        check.add_evidence("Ed25519 key", hex::encode(key.as_bytes()));
        match key.verifies(input.as_bytes(), signature) {
            true => check,
            false => check.failed(
                "the token is not the one that was signed: the signature is not that of the key that its header names",
            ),
        }
    }
}
