//! HTTP towards Google, with a limit in time and in size.

use std::time::Duration;

use learncoin_http_client::{BoundedClient, ClientOptions, HttpError, Proxy, Request, StatusCode};
use serde_json::Value;

use crate::error::{KmsError, ServiceReason};

/// The largest response that is read, in bytes. A key's description has about 1 KB.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;
/// From the first packet to a connection that is ready, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Creates the client for all calls.
pub(crate) fn client(timeout: Duration, proxy: Option<&Proxy>) -> Result<BoundedClient, KmsError> {
    let connect_timeout = Some(CONNECT_TIMEOUT.min(timeout));
    BoundedClient::through(ClientOptions { timeout, connect_timeout, user_agent: None }, proxy)
        .map_err(|error| call_error("this machine's TLS", error))
}

/// A response, whatever its status.
pub(crate) struct KmsResponse {
    pub(crate) status: StatusCode,
    /// `Value::Null` if it is not JSON.
    pub(crate) body: Value,
    pub(crate) is_from_metadata_server: bool,
}

/// Sends one request and reads the response.
pub(crate) async fn send(service: &'static str, request: Request) -> Result<KmsResponse, KmsError> {
    let response = request.send().await.map_err(|error| call_error(service, error))?;
    let status = response.status();
    let is_from_metadata_server =
        response.headers().get("metadata-flavor").is_some_and(|flavor| flavor == "Google");
    let bytes =
        response.read_bounded(MAX_RESPONSE_BYTES).await.map_err(|error| call_error(service, error))?;
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(KmsResponse { status, body, is_from_metadata_server })
}

/// Returns what an error status means if nothing else explains it.
pub(crate) fn status_error(service: &'static str, response: &KmsResponse) -> KmsError {
    let (status, reason) = (response.status.as_u16(), ServiceReason::read(&response.body));
    match response.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => KmsError::Denied { service, status, reason },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            KmsError::Busy { service, status, reason }
        }
        _ if response.status.is_server_error() => KmsError::Busy { service, status, reason },
        _ => KmsError::Refused { service, status, reason },
    }
}

/// Turns the HTTP client's error into the one of a call to `service`.
fn call_error(service: &'static str, error: HttpError) -> KmsError {
    match error {
        HttpError::Timeout => KmsError::Timeout(service),
        HttpError::TooLarge { .. } => KmsError::Damaged { service, reason: "the answer is too long" },
        HttpError::Setup { .. }
        | HttpError::Target(_)
        | HttpError::Unreachable { .. }
        | HttpError::Broken { .. } => KmsError::Unreachable { service, reason: error.reason() },
    }
}
