//! One attempt to deliver an event to a tenant's endpoint.

use std::time::Duration;

use learncoin_http_client::{GuardedClient, HttpError, Method, Response, TargetError};
use url::Url;
use zeroize::Zeroizing;

use crate::printable::escape_unprintable;
use crate::signature;

/// The time limit of an endpoint's response.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// The part of a response's body that is read, in bytes.
pub const EXCERPT_BYTES: usize = 512;
/// The time limit for reading that part. The status has arrived, so the outcome is known, and a slow body does not make
/// the endpoint slow.
const EXCERPT_TIMEOUT: Duration = Duration::from_millis(250);

/// One attempt: its target and its contents.
pub struct WebhookAttempt<'a> {
    /// The endpoint.
    pub url: &'a Url,
    /// The secrets that sign for it, the newest first.
    pub secrets: &'a [Zeroizing<String>],
    /// The event's id, the same on every attempt.
    pub event_id: &'a str,
    /// The id of the attempt in logs.
    pub request_id: &'a str,
    /// The number of the attempt; the first is 1.
    pub number: u64,
    /// Its time, in seconds since 1970.
    pub unix_seconds: i64,
    /// The event as JSON.
    pub body: &'a str,
}

/// The response of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointResponse {
    /// The HTTP status.
    pub status: u16,
    /// The first bytes of the body as text, escaped for printing; `None` if there are none.
    pub excerpt: Option<String>,
}

impl EndpointResponse {
    /// Returns whether the endpoint accepted the event.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttemptError {
    /// The egress guard refuses the target or an address of its name.
    #[error("the target {0}")]
    Target(#[from] TargetError),
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// No connection: the port is closed, the name does not resolve, or TLS failed.
    #[error("no connection")]
    Unreachable,
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke before an answer")]
    Broken,
}

/// Sends one attempt.
///
/// # Errors
/// See [`AttemptError`]; a status that is no success is an [`EndpointResponse`].
pub async fn deliver(
    client: &GuardedClient,
    attempt: WebhookAttempt<'_>,
) -> Result<EndpointResponse, AttemptError> {
    let signed =
        signature::sign_with_each(attempt.secrets, attempt.event_id, attempt.unix_seconds, attempt.body);
    let response = client
        .request(Method::POST, attempt.url)?
        .header("content-type", "application/json")
        .header("x-learncoin-event-id", attempt.event_id)
        .header("x-learncoin-signature", &signed.learncoin)
        .header("x-learncoin-delivery-attempt", &attempt.number.to_string())
        .header("x-request-id", attempt.request_id)
        .header("webhook-id", attempt.event_id)
        .header("webhook-timestamp", &attempt.unix_seconds.to_string())
        .header("webhook-signature", &signed.standard)
        .body(attempt.body.to_owned())
        .send()
        .await?;
    Ok(EndpointResponse { status: response.status().as_u16(), excerpt: excerpt(response).await })
}

impl From<HttpError> for AttemptError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Target(refused) => Self::Target(refused),
            HttpError::Timeout => Self::Timeout,
            HttpError::Unreachable { .. } => Self::Unreachable,
            HttpError::Broken { .. } | HttpError::Setup { .. } | HttpError::TooLarge { .. } => Self::Broken,
        }
    }
}

/// Reads the first bytes of a response. The rest is never read: a connection with a rest on it is dropped.
async fn excerpt(response: Response) -> Option<String> {
    let bytes = response.read_start(EXCERPT_BYTES, EXCERPT_TIMEOUT).await;
    (!bytes.is_empty()).then(|| escape_unprintable(&String::from_utf8_lossy(&bytes)))
}
