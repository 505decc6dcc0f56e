//! Public keys as Cloud KMS returns them: PEM around a `SubjectPublicKeyInfo`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use k256::EncodedPoint;
use k256::ecdsa::VerifyingKey;

/// The bytes before the two coordinates of every uncompressed secp256k1 key
/// ([RFC 5480](https://www.rfc-editor.org/rfc/rfc5480#section-2): the algorithm `ecPublicKey`, the curve, a bit string).
const HEAD: [u8; 24] = [
    0x30, 0x56, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
    0x04, 0x00, 0x0a, 0x03, 0x42, 0x00, 0x04,
];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// A secp256k1 public key: a point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KmsPublicKey {
    /// Its x coordinate, big-endian.
    pub x: [u8; 32],
    /// Its y coordinate, big-endian.
    pub y: [u8; 32],
}

impl KmsPublicKey {
    /// Parses the PEM. Returns `None` if it is anything but one key of this curve.
    pub(crate) fn from_pem(pem: &str) -> Option<Self> {
        let der = der_of_pem(pem)?;
        let (x, y) = der.strip_prefix(&HEAD)?.split_at_checked(32)?;
        let key = Self { x: x.try_into().ok()?, y: y.try_into().ok()? };
        key.point().map(|_| key)
    }

    /// Returns the point; `None` if the coordinates are not on the curve.
    pub(crate) fn point(&self) -> Option<VerifyingKey> {
        let encoded = EncodedPoint::from_affine_coordinates(&self.x.into(), &self.y.into(), false);
        VerifyingKey::from_encoded_point(&encoded).ok()
    }
}

/// Returns the content of the PEM of one public key.
pub(crate) fn der_of_pem(pem: &str) -> Option<Vec<u8>> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: String = body.split_ascii_whitespace().collect();
    BASE64.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The generator of the curve, as OpenSSL writes it.
    const ONE: &str = "-----BEGIN PUBLIC KEY-----\nMFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeb5mfvncu6xVoGKVzocLBwKb/NstzijZ\nWfKBWxb4F5hIOtp3JqPEZV2k+/wOEQio/Re0SKaFVBmcR9CP+xDUuA==\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_generator_is_read() {
        let key = KmsPublicKey::from_pem(ONE).unwrap();
        assert_eq!((key.x[0], key.x[31], key.y[0], key.y[31]), (0x79, 0x98, 0x48, 0xb8));
    }

    #[test]
    fn what_is_no_key_of_the_curve_is_refused() {
        // The same with one bit of the point changed; another curve (P-256); cut short; two keys; none.
        let off_curve = ONE.replace("NUuA==", "NUuQ==").replace("xDUuA==", "xDUuQ==");
        let other_curve = ONE.replace("K4EEAAoD", "K4EEACID");
        let cut = ONE.replace("+xDUuA==", "");
        let two = format!("{ONE}{ONE}");
        for pem in [off_curve.as_str(), &other_curve, &cut, &two, "", BEGIN] {
            assert_eq!(KmsPublicKey::from_pem(pem), None, "{pem}");
        }
    }
}
