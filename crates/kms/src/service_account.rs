//! A service account's key file, and the assertion that is signed with it
//! ([RFC 7523](https://www.rfc-editor.org/rfc/rfc7523), RS256).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use learncoin_http_client::is_confidential;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

/// The scope of the requested token.
const SCOPE: &str = "https://www.googleapis.com/auth/cloudkms";
/// The lifetime of an assertion, in seconds: the longest that Google allows.
const GOOD_FOR_S: i64 = 3_600;
const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// A file is not the key file of a service account. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ServiceAccountError {
    /// It lacks a member, or is not JSON.
    #[error(
        "expected the key file of a service account: JSON with type, client_email, private_key and token_uri"
    )]
    Form,
    /// The private key is not one of RSA in PKCS #8.
    #[error("the private key of the service account can't be read")]
    Key,
    /// The assertion would go somewhere in clear.
    #[error("token_uri: expected an https address")]
    TokenUri,
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    kind: String,
    client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: String,
    token_uri: String,
}

/// A service account that can ask for tokens.
pub struct ServiceAccount {
    email: String,
    key: Box<RsaKeyPair>,
    key_id: String,
    token_uri: Url,
}

impl ServiceAccount {
    /// Parses a key file, as Google issues it.
    ///
    /// # Errors
    /// See [`ServiceAccountError`].
    pub fn read(file: &str) -> Result<Self, ServiceAccountError> {
        let file: KeyFile = serde_json::from_str(file).map_err(|_| ServiceAccountError::Form)?;
        if file.kind != "service_account" {
            return Err(ServiceAccountError::Form);
        }
        let pem = Zeroizing::new(file.private_key);
        let token_uri = Url::parse(&file.token_uri).ok().filter(is_confidential);
        let token_uri = token_uri.ok_or(ServiceAccountError::TokenUri)?;
        let key = private_key(&pem).ok_or(ServiceAccountError::Key)?;
        Ok(Self { email: file.client_email, key: Box::new(key), key_id: file.private_key_id, token_uri })
    }

    pub(crate) fn token_uri(&self) -> &Url {
        &self.token_uri
    }

    /// Returns a signed assertion, to be exchanged for a token at this time; `None` if it can't be signed.
    pub(crate) fn assertion(&self, now_ms: i64) -> Option<Zeroizing<String>> {
        let now = now_ms.div_euclid(1_000);
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri.as_str(),
            "iat": now,
            "exp": now.saturating_add(GOOD_FOR_S),
        });
        let mut assertion = Zeroizing::new(format!(
            "{}.{}",
            BASE64URL.encode(header.to_string()),
            BASE64URL.encode(claims.to_string())
        ));
        let mut signature = vec![0; self.key.public().modulus_len()];
        // RS256 is deterministic; the library asks for a source of randomness for other paddings.
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), assertion.as_bytes(), &mut signature).ok()?;
        assertion.push('.');
        assertion.push_str(&BASE64URL.encode(signature));
        Some(assertion)
    }
}

fn private_key(pem: &str) -> Option<RsaKeyPair> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let body: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    let der = Zeroizing::new(BASE64.decode(body.as_bytes()).ok()?);
    RsaKeyPair::from_pkcs8(&der).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_file_is_refused_and_not_repeated() {
        let file = |kind: &str, uri: &str| {
            json!({ "type": kind, "client_email": "a@b", "private_key": "canary", "token_uri": uri })
                .to_string()
        };
        for (text, error) in [
            ("canary".to_owned(), ServiceAccountError::Form),
            ("{}".to_owned(), ServiceAccountError::Form),
            (file("authorized_user", "https://oauth2.googleapis.com/token"), ServiceAccountError::Form),
            (file("service_account", "http://oauth2.googleapis.com/token"), ServiceAccountError::TokenUri),
            (file("service_account", "https://oauth2.googleapis.com/token"), ServiceAccountError::Key),
        ] {
            let refusal = ServiceAccount::read(&text).err().unwrap();
            assert_eq!(refusal, error);
            assert!(!format!("{refusal} {refusal:?}").contains("canary"));
        }
    }
}
