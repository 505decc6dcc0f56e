//! One attempt to deliver an event to a tenant's endpoint.

use std::time::Duration;

use learncoin_http_client::{GuardedClient, HttpError, Method, Response, TargetError};
use url::Url;
use zeroize::Zeroizing;

use crate::signature;

/// The time limit of an endpoint's response.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest pause that an endpoint can ask for by `Retry-After`, in milliseconds: one hour.
pub const MAX_RETRY_AFTER_MS: i64 = 60 * 60 * 1000;
/// The part of a response's body that is read, in bytes. Its length alone is kept.
pub const MAX_BODY_BYTES: usize = 512;
/// The time limit for reading that part. The status has arrived, so the outcome is known, and a slow body does not make
/// the endpoint slow.
const BODY_TIMEOUT: Duration = Duration::from_millis(250);

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
    /// The number of bytes of the body that were read, [`MAX_BODY_BYTES`] at most.
    pub body_bytes: u64,
    /// The pause that it asks for by `Retry-After`, in milliseconds, within [`MAX_RETRY_AFTER_MS`].
    pub retry_after_ms: Option<i64>,
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
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke before an answer: {0}")]
    Broken(String),
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
    let status = response.status().as_u16();
    let retry_after_ms = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after_ms(value, attempt.unix_seconds));
    Ok(EndpointResponse { status, retry_after_ms, body_bytes: body_bytes(response).await })
}

/// Parses `Retry-After`: seconds, or a date ([RFC 9110, section 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
/// Returns the pause in milliseconds, within its bound; `None` if it is neither, or over.
fn retry_after_ms(value: &str, now_seconds: i64) -> Option<i64> {
    let value = value.trim();
    let seconds = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are more than the bound.
        value.parse().unwrap_or(i64::MAX)
    } else {
        let date = httpdate::parse_http_date(value).ok()?;
        let date = date.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        i64::try_from(date).ok()?.saturating_sub(now_seconds)
    };
    let pause = seconds.saturating_mul(1_000).min(MAX_RETRY_AFTER_MS);
    (pause > 0).then_some(pause)
}

impl From<HttpError> for AttemptError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Target(refused) => Self::Target(refused),
            HttpError::Timeout => Self::Timeout,
            HttpError::Unreachable { reason } => Self::Unreachable(reason),
            HttpError::Broken { .. } | HttpError::Setup { .. } | HttpError::TooLarge { .. } => {
                Self::Broken(error.reason())
            }
        }
    }
}

/// Reads the first bytes of a response. Returns their number alone, since their text may name a person. The rest is never read:
/// a connection with a rest on it is dropped.
async fn body_bytes(response: Response) -> u64 {
    let bytes = response.read_start(MAX_BODY_BYTES, BODY_TIMEOUT).await;
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_within_bounds() {
        // 784,111,777 is Sun, 06 Nov 1994 08:49:37 GMT.
        for (value, expected) in [
            ("120", Some(120_000)),
            (" 7 ", Some(7_000)),
            ("3600", Some(MAX_RETRY_AFTER_MS)),
            ("86400", Some(MAX_RETRY_AFTER_MS)),
            ("99999999999999999999999999", Some(MAX_RETRY_AFTER_MS)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60_000)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60_000)),
            ("Sun Nov  6 08:50:37 1994", Some(60_000)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(MAX_RETRY_AFTER_MS)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("Thu, 01 Jan 1970 00:00:00 GMT", None),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("\u{b2}", None),
        ] {
            assert_eq!(retry_after_ms(value, 784_111_777), expected, "{value:?}");
        }
    }
}
