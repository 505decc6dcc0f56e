//! Access tokens. Concurrent calls share one token, which is used until shortly before it expires.

use learncoin_http_client::{BoundedClient, Method, StatusCode};
use serde_json::Value;
use tokio::sync::Mutex;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::Now;
use crate::credentials::Credentials;
use crate::error::{KmsError, ServiceReason};
use crate::transport::{self, KmsResponse, status_error};

/// The last part of a token's life in which it is not used: a call that began with it must end before it expires.
const UNUSED_AT_THE_END_MS: i64 = 225_000;
const GRANT_TYPE: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const METADATA: &str = "the metadata server";
const TOKEN_SERVER: &str = "the token server";

#[derive(Clone)]
struct Token {
    text: Zeroizing<String>,
    use_until_ms: i64,
}

/// Provides access tokens.
pub(crate) struct Tokens {
    credentials: Credentials,
    client: BoundedClient,
    now: Now,
    // Locked while a token is requested, so that other calls wait for it.
    current: Mutex<Option<Token>>,
}

impl Tokens {
    pub(crate) fn new(credentials: Credentials, client: BoundedClient, now: Now) -> Self {
        Self { credentials, client, now, current: Mutex::default() }
    }

    /// Returns a token that does not expire soon; `None` if none is needed. A token that was `refused` is not returned again.
    pub(crate) async fn get(&self, refused: Option<&str>) -> Result<Option<Zeroizing<String>>, KmsError> {
        if matches!(self.credentials, Credentials::None) {
            return Ok(None);
        }
        let mut current = self.current.lock().await;
        if let Some(token) = current.as_ref()
            && (self.now)() < token.use_until_ms
            && refused != Some(token.text.as_str())
        {
            return Ok(Some(token.text.clone()));
        }
        let token = self.ask().await?;
        *current = Some(token.clone());
        Ok(Some(token.text))
    }

    async fn ask(&self) -> Result<Token, KmsError> {
        let asked_at = (self.now)();
        let (service, answer) = match &self.credentials {
            Credentials::Metadata { host } => (METADATA, self.ask_metadata(host.as_deref()).await?),
            Credentials::ServiceAccount(account) => {
                let assertion = account.assertion(asked_at).ok_or(KmsError::Denied {
                    service: TOKEN_SERVER,
                    status: 0,
                    reason: ServiceReason::default(),
                })?;
                let request = self
                    .client
                    .request(Method::POST, account.token_uri())
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(grant(&assertion));
                (TOKEN_SERVER, transport::send(TOKEN_SERVER, request).await?)
            }
            Credentials::None => {
                return Err(KmsError::Denied {
                    service: TOKEN_SERVER,
                    status: 0,
                    reason: ServiceReason::default(),
                });
            }
        };
        if !answer.status.is_success() {
            // A refused assertion is answered with 400 (RFC 6749, section 5.2).
            return Err(match answer.status {
                StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {
                    let reason = ServiceReason::read(&answer.body);
                    KmsError::Denied { service, status: answer.status.as_u16(), reason }
                }
                _ => status_error(service, &answer),
            });
        }
        read(&answer, asked_at)
            .ok_or(KmsError::Damaged { service, reason: "expected access_token and expires_in" })
    }

    async fn ask_metadata(&self, host: Option<&str>) -> Result<KmsResponse, KmsError> {
        let url = Credentials::metadata_url(host)
            .ok_or_else(|| KmsError::Unreachable { service: METADATA, reason: "its host is none".into() })?;
        let request = self.client.request(Method::GET, &url).header("metadata-flavor", "Google");
        let answer = transport::send(METADATA, request).await?;
        if !answer.is_from_metadata_server {
            return Err(KmsError::Damaged { service: METADATA, reason: "another server answered" });
        }
        Ok(answer)
    }
}

fn grant(assertion: &str) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", GRANT_TYPE).append_pair("assertion", assertion);
    form.finish()
}

fn read(answer: &KmsResponse, asked_at_ms: i64) -> Option<Token> {
    let text = answer.body.get("access_token").and_then(Value::as_str)?;
    let lasts_ms = answer.body.get("expires_in").and_then(Value::as_i64)?.checked_mul(1_000)?;
    let is_token = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    // A short-lived token is used for half its life.
    let unused = UNUSED_AT_THE_END_MS.min(lasts_ms / 2);
    (is_token && lasts_ms > 0).then(|| Token {
        text: Zeroizing::new(text.to_owned()),
        use_until_ms: asked_at_ms.saturating_add(lasts_ms).saturating_sub(unused),
    })
}
