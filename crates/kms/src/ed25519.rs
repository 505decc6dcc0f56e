//! Ed25519 keys, which sign messages of any length and no digests (pure EdDSA).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::json;

use crate::client::{Kms, ProtectionLevel, damaged};
use crate::error::KmsError;
use crate::name::{KeyRing, KeyVersion};
use crate::public_key::der_of_pem;

const ALGORITHM: &str = "EC_SIGN_ED25519";
/// The bytes before every Ed25519 key in a `SubjectPublicKeyInfo` ([RFC 8410](https://www.rfc-editor.org/rfc/rfc8410#section-4)).
const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

impl Kms {
    /// Creates the Ed25519 key `id` in the ring, or finds it if it exists, and waits until it can sign. It is in a hardware security
    /// module where the location has such keys, and in software elsewhere.
    ///
    /// # Errors
    /// [`KmsError::OtherKind`] if the name is taken by another kind of key; see [`KmsError`] for the rest.
    pub async fn create_ed25519_key(
        &self,
        ring: &KeyRing,
        id: &str,
    ) -> Result<(KeyVersion, [u8; 32]), KmsError> {
        let version = match self.create(ring, id, ALGORITHM, ProtectionLevel::Hsm).await {
            // The location has no such hardware keys, which the service calls an invalid argument; or it had none when the key was
            // made, and has some now.
            Err(KmsError::Refused { status: 400, .. } | KmsError::OtherKind("protection level")) => {
                self.create(ring, id, ALGORITHM, ProtectionLevel::Software).await?
            }
            made => made?,
        };
        let pem = self.public_key_pem(&version, ALGORITHM).await?;
        let public_key = public_key(&pem).ok_or_else(|| damaged("the public key is none of Ed25519"))?;
        Ok((version, public_key))
    }

    /// Signs a message. The signature is returned only if it verifies under the `expected` key.
    ///
    /// # Errors
    /// [`KmsError::OtherKey`] if another key than the `expected` one signed; see [`KmsError`] for the rest.
    pub async fn sign_message(
        &self,
        version: &KeyVersion,
        expected: &[u8; 32],
        message: &[u8],
    ) -> Result<[u8; 64], KmsError> {
        let body = json!({
            "data": BASE64.encode(message),
            "dataCrc32c": crc32c::crc32c(message).to_string(),
        });
        let levels = [ProtectionLevel::Hsm, ProtectionLevel::Software];
        let signature = self.asymmetric_sign(version, body, "verifiedDataCrc32c", &levels).await?;
        let signature: [u8; 64] =
            signature.try_into().map_err(|_| damaged("the signature has not 64 bytes"))?;
        UnparsedPublicKey::new(&ED25519, expected)
            .verify(message, &signature)
            .map_err(|_| KmsError::OtherKey)?;
        Ok(signature)
    }
}

/// Parses the PEM of one Ed25519 key.
fn public_key(pem: &str) -> Option<[u8; 32]> {
    der_of_pem(pem)?.strip_prefix(&HEAD)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the example of RFC 8410, section 10.1.
    const EXAMPLE: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_example_of_the_standard_is_read() {
        let key = public_key(EXAMPLE).unwrap();
        assert_eq!((key[0], key[1], key[31]), (0x19, 0xbf, 0xe1));
    }

    #[test]
    fn what_is_no_ed25519_key_is_refused() {
        // X25519; cut short; a secp256k1 key; none.
        let other = EXAMPLE.replace("K2VwAyEA", "K2VuAyEA");
        let cut = EXAMPLE.replace("MXAxZuE=", "");
        let cut = cut.replace("rXAxZuE=", "");
        let secp256k1 = "-----BEGIN PUBLIC KEY-----\nMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZWfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==\n-----END PUBLIC KEY-----\n";
        for pem in [other.as_str(), &cut, secp256k1, ""] {
            assert_eq!(public_key(pem), None, "{pem}");
        }
    }
}
