//! HTTP, as it is spoken with Google: no redirect, no proxy of the environment, a limit in time and in size.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::Value;
use url::{Host, Url};

use crate::error::KmsError;

/// The largest answer that is read, in bytes. A key's description has about 1 KB.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// From the first packet to a connection that is ready, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// A client for all calls.
pub(crate) fn client(timeout: Duration) -> Result<Client, KmsError> {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .build()
        .map_err(|error| shape("this machine's TLS", error))
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// `Value::Null` where it is not JSON.
    pub(crate) body: Value,
    pub(crate) is_from_metadata_server: bool,
}

/// Sends one request, and reads what comes back.
pub(crate) async fn send(service: &'static str, request: RequestBuilder) -> Result<Answer, KmsError> {
    let mut response = request.send().await.map_err(|error| shape(service, error))?;
    let status = response.status();
    let flavor = response.headers().get("metadata-flavor");
    let is_from_metadata_server = flavor.is_some_and(|flavor| flavor == "Google");
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| shape(service, error))? {
        if bytes.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
            return Err(KmsError::Damaged { service, reason: "the answer is too long" });
        }
        bytes.extend_from_slice(&chunk);
    }
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Answer { status, body, is_from_metadata_server })
}

/// Whether what is sent there stays on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether a secret may be sent there.
pub(crate) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// What an error status means where nothing else explains it.
pub(crate) fn status_error(service: &'static str, status: StatusCode) -> KmsError {
    let code = status.as_u16();
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => KmsError::Denied { service, status: code },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            KmsError::Busy { service, status: code }
        }
        _ if status.is_server_error() => KmsError::Busy { service, status: code },
        _ => KmsError::Refused { service, status: code },
    }
}

/// Sorts an HTTP client's error, and drops the URL that it carries.
fn shape(service: &'static str, error: reqwest::Error) -> KmsError {
    if error.is_timeout() {
        return KmsError::Timeout(service);
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    KmsError::Unreachable { service, reason: cause.to_string() }
}
