//! The calls of Cloud KMS v1 that keys need.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use learncoin_http_client::{BoundedClient, Method, Proxy, StatusCode, is_confidential, is_loopback};
use serde_json::{Value, json};
use url::Url;

use crate::Now;
use crate::credentials::Credentials;
use crate::error::{KmsError, ServiceReason, VersionState};
use crate::name::{KeyRing, KeyVersion};
use crate::public_key::KmsPublicKey;
use crate::signature::Signature;
use crate::token::Tokens;
use crate::transport::{self, KmsResponse, status_error};

const SERVICE: &str = "Cloud KMS";
const PUBLIC_ENDPOINT: &str = "https://cloudkms.googleapis.com/";
const PURPOSE: &str = "ASYMMETRIC_SIGN";
const ALGORITHM: &str = "EC_SIGN_SECP256K1_SHA256";
/// The number of times that a key is polled while Cloud KMS generates it.
const GENERATION_POLLS: u32 = 60;

/// The place where a key's secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionLevel {
    /// A hardware security module. Google has no other secp256k1 keys.
    Hsm,
    /// The service's own processes.
    Software,
}

impl ProtectionLevel {
    fn as_str(self) -> &'static str {
        match self {
            ProtectionLevel::Hsm => "HSM",
            ProtectionLevel::Software => "SOFTWARE",
        }
    }
}

/// The settings of a client of Cloud KMS.
#[derive(Debug)]
pub struct KmsOptions {
    /// The service's address; `None` for Google's public one.
    pub endpoint: Option<Url>,
    /// The credentials of this deployment.
    pub credentials: Credentials,
    /// The limit of one call, from its start to the last byte of the response.
    pub timeout: Duration,
    /// The pause between two polls of a key that Cloud KMS generates.
    pub pause: Duration,
    /// The proxy that calls go through, if there is one.
    pub proxy: Option<Proxy>,
}

impl Default for KmsOptions {
    fn default() -> Self {
        Self {
            endpoint: None,
            credentials: Credentials::Metadata { host: None },
            // A signature and its token take less than the time that a node may be silent while it holds a key's work.
            timeout: Duration::from_secs(8),
            pause: Duration::from_millis(500),
            proxy: None,
        }
    }
}

/// A client of Cloud KMS.
pub struct Kms {
    http: BoundedClient,
    endpoint: Url,
    tokens: Tokens,
    pause: Duration,
}

impl std::fmt::Debug for Kms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kms").field("host", &self.endpoint.host_str()).finish_non_exhaustive()
    }
}

impl Kms {
    /// Creates a client. It connects with the first call.
    ///
    /// # Errors
    /// If a token must not be sent to the endpoint, or TLS can't be set up on this machine.
    pub fn new(options: KmsOptions, now: Now) -> Result<Self, KmsError> {
        let refused = |reason: &str| KmsError::Unreachable {
            service: SERVICE,
            reason: format!("its endpoint {reason}"),
        };
        let endpoint = match options.endpoint {
            Some(endpoint) => endpoint,
            None => Url::parse(PUBLIC_ENDPOINT).map_err(|_| refused("is no address"))?,
        };
        if !is_confidential(&endpoint) || endpoint.path() != "/" || endpoint.query().is_some() {
            return Err(refused("must be https://HOST, or http on this machine"));
        }
        if matches!(options.credentials, Credentials::None) && !is_loopback(&endpoint) {
            return Err(refused("needs credentials, unless it is on this machine"));
        }
        let http = transport::client(options.timeout, options.proxy.as_ref())?;
        let tokens = Tokens::new(options.credentials, http.clone(), now);
        Ok(Self { http, endpoint, tokens, pause: options.pause })
    }

    /// Creates the key `id` in the ring, or finds it if it exists, and waits until it can sign.
    ///
    /// # Errors
    /// [`KmsError::OtherKind`] if the name is taken by another kind of key; see [`KmsError`] for the rest.
    pub async fn create_key(
        &self,
        ring: &KeyRing,
        id: &str,
        level: ProtectionLevel,
    ) -> Result<(KeyVersion, KmsPublicKey), KmsError> {
        let version = self.create(ring, id, ALGORITHM, level).await?;
        let public_key = self.public_key(&version).await?;
        Ok((version, public_key))
    }

    /// Creates the key `id` of this algorithm, or finds it if it exists, and waits until it can sign.
    pub(crate) async fn create(
        &self,
        ring: &KeyRing,
        id: &str,
        algorithm: &str,
        level: ProtectionLevel,
    ) -> Result<KeyVersion, KmsError> {
        let template = json!({ "algorithm": algorithm, "protectionLevel": level.as_str() });
        let body = json!({ "purpose": PURPOSE, "versionTemplate": template });
        let answer =
            self.call(Method::POST, &format!("{ring}/cryptoKeys?cryptoKeyId={id}"), Some(body)).await?;
        let answer = match answer.status {
            StatusCode::CONFLICT => {
                tracing::info!(kms.key = id, "the key is there already");
                self.call(Method::GET, &format!("{ring}/cryptoKeys/{id}"), None).await?
            }
            _ => answer,
        };
        let key = success(answer, "such key ring")?;
        if text(&key, "purpose") != PURPOSE {
            return Err(KmsError::OtherKind("purpose"));
        }
        let template = key.get("versionTemplate").cloned().unwrap_or_default();
        if text(&template, "algorithm") != algorithm {
            return Err(KmsError::OtherKind("algorithm"));
        }
        if text(&template, "protectionLevel") != level.as_str() {
            return Err(KmsError::OtherKind("protection level"));
        }
        let version = ring.first_version(id);
        self.wait_until_made(&version).await?;
        Ok(version)
    }

    async fn wait_until_made(&self, version: &KeyVersion) -> Result<(), KmsError> {
        for _ in 0..GENERATION_POLLS {
            match self.state(version).await?.usable() {
                Err(KmsError::Generating) => tokio::time::sleep(self.pause).await,
                made => return made,
            }
        }
        Err(KmsError::Generating)
    }

    /// Returns the version's state.
    ///
    /// # Errors
    /// See [`KmsError`].
    pub async fn state(&self, version: &KeyVersion) -> Result<VersionState, KmsError> {
        let answer = success(self.call(Method::GET, version.as_str(), None).await?, "such key version")?;
        same(&answer, version)?;
        Ok(VersionState::read(text(&answer, "state")))
    }

    /// Returns the version's public key.
    ///
    /// # Errors
    /// See [`KmsError`].
    pub async fn public_key(&self, version: &KeyVersion) -> Result<KmsPublicKey, KmsError> {
        let pem = self.public_key_pem(version, ALGORITHM).await?;
        KmsPublicKey::from_pem(&pem).ok_or_else(|| damaged("the public key is none of secp256k1"))
    }

    /// Returns the PEM of the public key of a version of this algorithm.
    pub(crate) async fn public_key_pem(
        &self,
        version: &KeyVersion,
        algorithm: &str,
    ) -> Result<String, KmsError> {
        let answer = self.call(Method::GET, &format!("{version}/publicKey"), None).await?;
        let answer = match is_precondition(&answer) {
            true => return Err(self.why_not(version).await),
            false => success(answer, "such key version")?,
        };
        same(&answer, version)?;
        if text(&answer, "algorithm") != algorithm {
            return Err(KmsError::OtherKind("algorithm"));
        }
        let pem = text(&answer, "pem");
        checked(&answer, "pemCrc32c", pem.as_bytes())?;
        Ok(pem.to_owned())
    }

    /// Signs a digest of 32 bytes. Cloud KMS does not check which hash function made it. Two signatures over one digest
    /// differ, and each costs money.
    ///
    /// # Errors
    /// [`KmsError::OtherKey`] if another key than the `expected` one signed; see [`KmsError`] for the rest.
    pub async fn sign(
        &self,
        version: &KeyVersion,
        expected: &KmsPublicKey,
        digest: &[u8; 32],
    ) -> Result<Signature, KmsError> {
        let body = json!({
            "digest": { "sha256": BASE64.encode(digest) },
            "digestCrc32c": crc32c::crc32c(digest).to_string(),
        });
        let levels = [ProtectionLevel::Hsm];
        let signature = self.asymmetric_sign(version, body, "verifiedDigestCrc32c", &levels).await?;
        Signature::from_der(&signature, digest, expected)
    }

    /// Requests a signature, and checks what surrounds it: the name, the checksums and the protection level. `verified` is the
    /// member that confirms the checksum of what was sent.
    pub(crate) async fn asymmetric_sign(
        &self,
        version: &KeyVersion,
        body: Value,
        verified: &str,
        levels: &[ProtectionLevel],
    ) -> Result<Vec<u8>, KmsError> {
        let answer = self.call(Method::POST, &format!("{version}:asymmetricSign"), Some(body)).await?;
        let answer = match is_precondition(&answer) {
            true => return Err(self.why_not(version).await),
            false => success(answer, "such key version")?,
        };
        same(&answer, version)?;
        if answer.get(verified) != Some(&Value::Bool(true)) {
            return Err(damaged("what was to be signed was changed on its way"));
        }
        if !levels.iter().any(|level| text(&answer, "protectionLevel") == level.as_str()) {
            return Err(KmsError::OtherKind("protection level"));
        }
        let signature =
            BASE64.decode(text(&answer, "signature")).map_err(|_| damaged("the signature is not base64"))?;
        checked(&answer, "signatureCrc32c", &signature)?;
        Ok(signature)
    }

    /// Disables the version. Once this returns, the version signs nothing. A destroyed version counts as disabled.
    ///
    /// # Errors
    /// See [`KmsError`].
    pub async fn disable(&self, version: &KeyVersion) -> Result<(), KmsError> {
        let body = json!({ "state": "DISABLED" });
        let answer = self.call(Method::PATCH, &format!("{version}?updateMask=state"), Some(body)).await?;
        if is_precondition(&answer) {
            return match self.why_not(version).await {
                KmsError::Unusable(_) => Ok(()),
                error => Err(error),
            };
        }
        let answer = success(answer, "such key version")?;
        same(&answer, version)?;
        match VersionState::read(text(&answer, "state")) {
            VersionState::Disabled | VersionState::Destroyed => Ok(()),
            _ => Err(damaged("the key version is not disabled")),
        }
    }
}

impl Kms {
    /// Returns the reason why a version does not sign.
    async fn why_not(&self, version: &KeyVersion) -> KmsError {
        match self.state(version).await.and_then(VersionState::usable) {
            Err(error) => error,
            // It was enabled meanwhile.
            Ok(()) => refused(StatusCode::BAD_REQUEST.as_u16()),
        }
    }

    /// Makes one call. If the token is refused, tries once more with a new one: the token may have been withdrawn early.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<KmsResponse, KmsError> {
        let url = self.endpoint.join(&format!("v1/{path}")).map_err(|_| KmsError::Refused {
            service: SERVICE,
            status: 0,
            reason: ServiceReason::default(),
        })?;
        let token = self.tokens.get(None).await?;
        let answer = self.send(&method, &url, body.as_ref(), token.as_deref()).await?;
        let Some(token) = token.filter(|_| answer.status == StatusCode::UNAUTHORIZED) else {
            return Ok(answer);
        };
        let token = self.tokens.get(Some(&token)).await?;
        self.send(&method, &url, body.as_ref(), token.as_deref()).await
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
        token: Option<&String>,
    ) -> Result<KmsResponse, KmsError> {
        let mut request = self.http.request(method.clone(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        transport::send(SERVICE, request).await
    }
}

pub(crate) fn damaged(reason: &'static str) -> KmsError {
    KmsError::Damaged { service: SERVICE, reason }
}

/// Returns the refusal of a request for which the service gave no reason.
fn refused(status: u16) -> KmsError {
    KmsError::Refused { service: SERVICE, status, reason: ServiceReason::default() }
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Returns whether the call failed because of the state of the key, and not because of the request.
fn is_precondition(answer: &KmsResponse) -> bool {
    let status = answer.body.get("error").map(|error| text(error, "status"));
    answer.status == StatusCode::BAD_REQUEST && status == Some("FAILED_PRECONDITION")
}

fn success(answer: KmsResponse, what: &'static str) -> Result<Value, KmsError> {
    match answer.status {
        status if status.is_success() => match answer.body {
            body @ Value::Object(_) => Ok(body),
            _ => Err(damaged("the answer is no JSON object")),
        },
        StatusCode::NOT_FOUND => Err(KmsError::NotFound(what)),
        _ => Err(status_error(SERVICE, &answer)),
    }
}

/// Checks that the response is about the version that was asked for.
fn same(answer: &Value, version: &KeyVersion) -> Result<(), KmsError> {
    match text(answer, "name") == version.as_str() {
        true => Ok(()),
        false => Err(damaged("the answer is about another key version")),
    }
}

/// Checks bytes against their checksum, which is a 64-bit number in a text (proto3 JSON).
fn checked(answer: &Value, member: &str, bytes: &[u8]) -> Result<(), KmsError> {
    match text(answer, member).parse() == Ok(i64::from(crc32c::crc32c(bytes))) {
        true => Ok(()),
        false => Err(damaged("a checksum is wrong")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(endpoint: &str, credentials: Credentials) -> Result<Kms, KmsError> {
        let options =
            KmsOptions { endpoint: Some(endpoint.parse().unwrap()), credentials, ..KmsOptions::default() };
        Kms::new(options, std::sync::Arc::new(|| 0))
    }

    #[test]
    fn tokens_go_over_tls_or_stay_on_this_machine() {
        let metadata = || Credentials::Metadata { host: None };
        for endpoint in
            ["https://kms.example/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/"]
        {
            made(endpoint, metadata()).unwrap();
        }
        for endpoint in
            ["http://kms.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "https://kms.example/v1"]
        {
            made(endpoint, metadata()).unwrap_err();
        }
        made("http://127.0.0.1:1/", Credentials::None).unwrap();
        made("https://kms.example/", Credentials::None).unwrap_err();
    }

    #[test]
    fn states_of_the_same_meaning_are_one() {
        for (name, state) in [
            ("ENABLED", VersionState::Enabled),
            ("PENDING_GENERATION", VersionState::Generating),
            ("DISABLED", VersionState::Disabled),
            ("DESTROY_SCHEDULED", VersionState::Destroyed),
            ("DESTROYED", VersionState::Destroyed),
            ("IMPORT_FAILED", VersionState::Other),
            ("", VersionState::Other),
        ] {
            assert_eq!(VersionState::read(name), state);
        }
        assert_eq!(VersionState::Enabled.usable(), Ok(()));
        assert_eq!(VersionState::Generating.usable(), Err(KmsError::Generating));
    }
}
