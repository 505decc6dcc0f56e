//! Signatures in the form of a chain, made of those of Cloud KMS, which are DER, without the parity, with any `s`.

use k256::ecdsa::{RecoveryId, Signature as Ecdsa};

use crate::error::KmsError;
use crate::public_key::KmsPublicKey;

/// A signature over a digest, with low `s` (EIP-2) and the parity that recovers the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Big-endian.
    pub r: [u8; 32],
    /// Big-endian, in the lower half.
    pub s: [u8; 32],
    /// The parity of the point's y coordinate.
    pub y_is_odd: bool,
}

impl Signature {
    /// Parses a DER signature over `digest`, and checks that the expected key made it.
    pub(crate) fn from_der(der: &[u8], digest: &[u8; 32], expected: &KmsPublicKey) -> Result<Self, KmsError> {
        let damaged = KmsError::Damaged { service: "Cloud KMS", reason: "the signature is not DER" };
        let signature = Ecdsa::from_der(der).map_err(|_| damaged)?;
        let signature = signature.normalize_s().unwrap_or(signature);
        let key = expected.point().ok_or(KmsError::OtherKey)?;
        let parity = RecoveryId::trial_recovery_from_prehash(&key, digest, &signature)
            .map_err(|_| KmsError::OtherKey)?;
        if parity.is_x_reduced() {
            // One in 2^127, and transactions can't express it. The next signature will differ.
            return Err(KmsError::Damaged { service: "Cloud KMS", reason: "the signature has no parity" });
        }
        let (r, s) = signature.split_bytes();
        Ok(Self { r: r.into(), s: s.into(), y_is_odd: parity.is_y_odd() })
    }
}

#[cfg(test)]
mod tests {
    use k256::ecdsa::SigningKey;
    use k256::elliptic_curve::scalar::IsHigh as _;

    use super::*;

    fn public_key(key: &SigningKey) -> KmsPublicKey {
        let point = key.verifying_key().to_encoded_point(false);
        KmsPublicKey { x: (*point.x().unwrap()).into(), y: (*point.y().unwrap()).into() }
    }

    #[test]
    fn low_and_high_s_give_the_same_low_signature_with_its_parity() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let mut parities = [false; 2];
        for byte in 0..32 {
            let digest = [byte; 32];
            let (low, parity) = key.sign_prehash_recoverable(&digest).unwrap();
            assert!(!bool::from(low.s().is_high()));
            let high = Ecdsa::from_scalars(*low.r(), -*low.s()).unwrap();
            for signature in [low, high] {
                let read =
                    Signature::from_der(signature.to_der().as_bytes(), &digest, &public_key(&key)).unwrap();
                let (r, s) = low.split_bytes();
                let expected = Signature { r: r.into(), s: s.into(), y_is_odd: parity.is_y_odd() };
                assert_eq!(read, expected);
            }
            parities[usize::from(parity.is_y_odd())] = true;
        }
        assert_eq!(parities, [true, true], "both parities were met");
    }

    #[test]
    fn a_signature_by_another_key_or_over_another_digest_is_refused() {
        let (key, other) =
            (SigningKey::from_slice(&[7; 32]).unwrap(), SigningKey::from_slice(&[8; 32]).unwrap());
        let (signature, _) = key.sign_prehash_recoverable(&[1; 32]).unwrap();
        let der = signature.to_der();
        let read = |digest, key| Signature::from_der(der.as_bytes(), digest, &public_key(key));
        assert!(read(&[1; 32], &key).is_ok());
        assert_eq!(read(&[1; 32], &other), Err(KmsError::OtherKey));
        assert_eq!(read(&[2; 32], &key), Err(KmsError::OtherKey));
        let cut = der.as_bytes().get(..10).unwrap();
        assert!(matches!(
            Signature::from_der(cut, &[1; 32], &public_key(&key)),
            Err(KmsError::Damaged { .. })
        ));
    }
}
