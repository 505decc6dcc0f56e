//! The key that sends anchors: a secp256k1 secret held in memory, its public key and its address.

use alloy_primitives::{Address, Signature};
use k256::ecdsa::SigningKey;
use zeroize::{Zeroize, Zeroizing};

/// The number of draws after which [`ChainKey::generate`] reports that the source of randomness is broken.
const MAX_DRAWS: u32 = 16;

/// Why a key can't be read, generated or used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The 32 bytes are zero or not below the order of the curve.
    #[error("the bytes are not a secp256k1 secret key")]
    NotAKey,
    /// The source of randomness returned no valid key in many draws, which is not chance.
    #[error("the source of randomness gives no usable bytes")]
    NoEntropy,
    /// The curve arithmetic refused to sign.
    #[error("the key could not sign")]
    CannotSign,
}

/// A secp256k1 secret key.
///
/// Invariant: the secret is wiped from memory when the key is dropped, and appears in no `Debug` text; there is no `==`.
pub struct ChainKey {
    key: SigningKey,
}

impl ChainKey {
    /// Creates a key from its secret of 32 bytes, big-endian.
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] if the bytes are zero or not below the order of the curve.
    pub fn from_secret_bytes(mut secret: [u8; 32]) -> Result<ChainKey, KeyError> {
        let key = SigningKey::from_bytes(&secret.into()).map_err(|_| KeyError::NotAKey);
        secret.zeroize();
        key.map(|key| ChainKey { key })
    }

    /// Generates a key from `fill`, which must fill its buffer with random bytes that are good enough for keys.
    ///
    /// A draw that is not a valid key (one in 2^128) is discarded, so that every key is equally likely.
    ///
    /// # Errors
    /// [`KeyError::NoEntropy`] if the source returns nothing but invalid bytes.
    pub fn generate(fill: &mut dyn FnMut(&mut [u8])) -> Result<ChainKey, KeyError> {
        for _ in 0..MAX_DRAWS {
            let mut secret = Zeroizing::new([0_u8; 32]);
            fill(secret.as_mut_slice());
            if let Ok(key) = ChainKey::from_secret_bytes(*secret) {
                return Ok(key);
            }
        }
        Err(KeyError::NoEntropy)
    }

    /// Returns the secret, big-endian, to be sealed; wiped when dropped.
    pub fn secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes().into())
    }

    /// Returns the address: the last 20 bytes of the public key's Keccak-256.
    pub fn address(&self) -> Address {
        Address::from_public_key(self.key.verifying_key())
    }

    /// Returns the public key's two coordinates, big-endian, as in a JWK's `x` and `y` (RFC 7518, section 6.2.1).
    pub fn public_key_xy(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.key.verifying_key().to_encoded_point(false);
        // A public key is never the point at infinity, so it has both coordinates.
        let coordinate = |bytes: Option<&k256::FieldBytes>| bytes.map_or([0; 32], |bytes| (*bytes).into());
        (coordinate(point.x()), coordinate(point.y()))
    }

    /// Signs a digest, deterministically (RFC 6979) and with low `s` (EIP-2).
    ///
    /// # Errors
    /// [`KeyError::CannotSign`] if the digest has no signature, as one in about 2^128.
    pub fn sign_digest(&self, digest: &[u8; 32]) -> Result<Signature, KeyError> {
        let (signature, recovery_id) =
            self.key.sign_prehash_recoverable(digest).map_err(|_| KeyError::CannotSign)?;
        Ok(Signature::from_signature_and_parity(signature, recovery_id.is_y_odd()))
    }
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChainKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns key 1, whose public key is the generator of the curve.
    fn one() -> ChainKey {
        let mut secret = [0; 32];
        secret[31] = 1;
        ChainKey::from_secret_bytes(secret).unwrap()
    }

    #[test]
    fn key_one_has_the_known_address_and_point() {
        let (x, y) = one().public_key_xy();
        assert_eq!(one().address().to_string(), "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
        assert_eq!(
            alloy_primitives::hex::encode(x),
            "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        );
        assert_eq!(
            alloy_primitives::hex::encode(y),
            "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
        );
    }

    #[test]
    fn the_secret_comes_back_as_it_went_in() {
        let key = ChainKey::from_secret_bytes([7; 32]).unwrap();
        assert_eq!(*key.secret_bytes(), [7; 32]);
    }

    #[test]
    fn bytes_outside_the_curve_are_refused() {
        assert_eq!(ChainKey::from_secret_bytes([0; 32]).unwrap_err(), KeyError::NotAKey);
        assert_eq!(ChainKey::from_secret_bytes([255; 32]).unwrap_err(), KeyError::NotAKey);
    }

    #[test]
    fn generation_draws_again_until_the_key_is_valid() {
        let mut draws = [[0_u8; 32], [255; 32], [9; 32]].into_iter();
        let key = ChainKey::generate(&mut |buffer| buffer.copy_from_slice(&draws.next().unwrap())).unwrap();
        assert_eq!(*key.secret_bytes(), [9; 32]);
    }

    #[test]
    fn a_dead_source_of_randomness_is_an_error_and_not_an_endless_loop() {
        assert_eq!(ChainKey::generate(&mut |buffer| buffer.fill(0)).unwrap_err(), KeyError::NoEntropy);
    }

    #[test]
    fn the_debug_text_contains_no_secret() {
        assert_eq!(format!("{:?}", one()), "ChainKey(..)");
    }
}
