//! Webhook signatures: LearnCoin's own, and beside it that of
//! [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The prefix of every signing secret.
pub const SECRET_PREFIX: &str = "whsec_";
/// The random bytes of a signing secret: 40 base64 characters.
pub const SECRET_BYTES: usize = 30;

/// The headers that prove where a delivery comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `X-LearnCoin-Signature`: `t=<unix seconds>,v1=<hex>`, with a `v1` for each secret.
    pub learncoin: String,
    /// `webhook-signature`: `v1,<base64>`, for each secret, between spaces.
    pub standard: String,
}

/// Creates a signing secret from fresh random bytes.
pub fn new_secret(random: &[u8; SECRET_BYTES]) -> Zeroizing<String> {
    Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64.encode(random)))
}

/// Signs a body for one attempt with each of these secrets, of which a receiver needs one.
pub fn sign_with_each(
    secrets: &[impl AsRef<str>],
    event_id: &str,
    unix_seconds: i64,
    body: &str,
) -> SignatureHeaders {
    let mut all = SignatureHeaders { learncoin: format!("t={unix_seconds}"), standard: String::new() };
    for secret in secrets {
        let (own, standard) = signatures(secret.as_ref(), event_id, unix_seconds, body);
        all.learncoin.push_str(",v1=");
        all.learncoin.push_str(&own);
        if !all.standard.is_empty() {
            all.standard.push(' ');
        }
        all.standard.push_str("v1,");
        all.standard.push_str(&standard);
    }
    all
}

/// Signs a body for one attempt.
///
/// `v1` of LearnCoin's own is HMAC-SHA256 over `<t>.<body>`, keyed with the whole secret text. That of Standard
/// Webhooks is over `<id>.<t>.<body>`, keyed with the bytes that the part after the prefix encodes.
pub fn sign(secret: &str, event_id: &str, unix_seconds: i64, body: &str) -> SignatureHeaders {
    sign_with_each(&[secret], event_id, unix_seconds, body)
}

/// Returns LearnCoin's own signature in hex, and that of Standard Webhooks in base64.
fn signatures(secret: &str, event_id: &str, unix_seconds: i64, body: &str) -> (String, String) {
    let own = hmac(secret.as_bytes(), &format!("{unix_seconds}.{body}"));
    let encoded = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
    let key = Zeroizing::new(BASE64.decode(encoded).unwrap_or_else(|_| encoded.as_bytes().to_vec()));
    let standard = hmac(&key, &format!("{event_id}.{unix_seconds}.{body}"));
    (hex::encode(own), BASE64.encode(standard))
}

/// The length of the block of SHA-256, in bytes.
const BLOCK_BYTES: usize = 64;

fn hmac(key: &[u8], message: &str) -> [u8; 32] {
    // A key of a whole block, as HMAC makes it of any other (RFC 2104, section 2): its length can't be wrong, so there is no
    // failure that could end in a signature under no key.
    let mut block = Zeroizing::new([0; BLOCK_BYTES]);
    let hashed =
        Zeroizing::new(if key.len() > BLOCK_BYTES { Sha256::digest(key).to_vec() } else { key.to_vec() });
    for (place, byte) in block.iter_mut().zip(hashed.iter()) {
        *place = *byte;
    }
    let block: &[u8; BLOCK_BYTES] = &block;
    let mut mac = Hmac::<Sha256>::new(block.into());
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks test cases of RFC 4231: a short key (4.3), one longer than a block (4.7).
    #[test]
    fn a_signature_is_hmac_sha_256_under_keys_of_any_length() {
        for (key, message, expected) in [
            (
                b"Jefe".to_vec(),
                "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex::encode(hmac(&key, message)), expected);
        }
        assert_ne!(hmac(&[], ""), [0; 32]);
    }

    #[test]
    fn a_secret_is_its_prefix_and_forty_base64_characters() {
        let secret = new_secret(&[7; SECRET_BYTES]);
        assert_eq!(secret.len(), SECRET_PREFIX.len() + 40);
        assert!(!secret.contains('='));
    }

    #[test]
    fn the_standard_signature_is_that_of_its_specification() {
        // The example of the Standard Webhooks reference implementations.
        let headers = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(headers.standard, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_side_by_side() {
        let of = |secret: &str| sign(secret, "evt_1", 1, "{}");
        let both = sign_with_each(&["whsec_AAAA", "whsec_AAAB"], "evt_1", 1, "{}");
        let (new, old) = (of("whsec_AAAA"), of("whsec_AAAB"));
        assert_eq!(both.learncoin, format!("{}{}", new.learncoin, old.learncoin.trim_start_matches("t=1")));
        assert_eq!(both.standard, format!("{} {}", new.standard, old.standard));
    }

    #[test]
    fn every_part_is_signed() {
        let signed = |secret: &str, id: &str, t, body: &str| sign(secret, id, t, body);
        let base = signed("whsec_AAAA", "evt_1", 1, "{}");
        assert_eq!(base.learncoin.split_once(",v1=").map(|(t, v1)| (t, v1.len())), Some(("t=1", 64)));
        for other in [
            signed("whsec_AAAB", "evt_1", 1, "{}"),
            signed("whsec_AAAA", "evt_1", 2, "{}"),
            signed("whsec_AAAA", "evt_1", 1, "[]"),
        ] {
            assert_ne!(other.learncoin, base.learncoin);
            assert_ne!(other.standard, base.standard);
        }
        assert_ne!(signed("whsec_AAAA", "evt_2", 1, "{}").standard, base.standard);
    }
}
