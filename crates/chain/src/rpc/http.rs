//! JSON-RPC over HTTP. One POST per call, no retry, no redirect, no proxy; the response is read up to a size limit
//! and within a time limit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use learncoin_http_client::{Client, ClientOptions, HttpError, Method};
use serde_json::{Value, json};
use url::Url;

use super::{RpcError, Transport};

/// The largest response that is read, in bytes. A block's list of 20,000 hashes, the most that Base's gas limit allows,
/// has 1.4 MB.
const MAX_RESPONSE_BYTES: usize = 4 * 1024 * 1024;

/// The time limits of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first packet to a connection that is ready, TLS included.
    pub connect: Duration,
    /// From the start of the call to the last byte of the response.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

/// A transport to one node by its URL, over connections that are kept open.
pub struct HttpTransport {
    client: Client,
    url: Url,
    next_id: AtomicU64,
}

impl HttpTransport {
    /// Creates a transport to the node at `url` (`http` or `https`); nothing is dialed before the first call.
    ///
    /// # Errors
    /// [`RpcError::Unreachable`] if the URL is of another scheme or TLS cannot be set up on this machine.
    pub fn new(url: Url, timeouts: Timeouts) -> Result<HttpTransport, RpcError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RpcError::unreachable("the URL of a node is http or https"));
        }
        let options = ClientOptions {
            timeout: timeouts.total,
            connect_timeout: Some(timeouts.connect),
            user_agent: None,
        };
        let client = Client::new(options).map_err(call_error)?;
        Ok(HttpTransport { client, url, next_id: AtomicU64::new(1) })
    }

    async fn exchange(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let response = self
            .client
            .request(Method::POST, &self.url)
            .header("content-type", "application/json")
            .body(request.to_string())
            .send()
            .await
            .map_err(call_error)?;
        if !response.status().is_success() {
            return Err(RpcError::Http { status: response.status().as_u16() });
        }
        let body = response.read_bounded(MAX_RESPONSE_BYTES).await.map_err(call_error)?;
        read_result(id, &body)
    }
}

impl Transport for HttpTransport {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(self.exchange(method, params))
    }
}

impl std::fmt::Debug for HttpTransport {
    /// Writes the host only: path, query and user part of a node's URL often are secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpTransport").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// Returns the result in a JSON-RPC response (JSON-RPC 2.0, section 5).
fn read_result(id: u64, body: &[u8]) -> Result<Value, RpcError> {
    let Ok(Value::Object(mut response)) = serde_json::from_slice(body) else {
        return Err(RpcError::malformed("the answer is not a JSON object"));
    };
    if response.get("id").and_then(Value::as_u64) != Some(id) {
        return Err(RpcError::malformed("the answer has the id of another call"));
    }
    match (response.remove("result"), response.remove("error")) {
        (_, Some(Value::Object(error))) => {
            let code = error.get("code").and_then(Value::as_i64);
            let message = error.get("message").and_then(Value::as_str);
            Err(RpcError::node(code.unwrap_or_default(), message.unwrap_or_default()))
        }
        (Some(result), None | Some(Value::Null)) => Ok(result),
        _ => Err(RpcError::malformed("the answer has neither a result nor an error")),
    }
}

/// Turns the HTTP client's error into the one of a call.
fn call_error(error: HttpError) -> RpcError {
    match error {
        HttpError::Timeout => RpcError::Timeout,
        HttpError::TooLarge { .. } => RpcError::malformed("the answer is too long"),
        HttpError::Setup { .. }
        | HttpError::Target(_)
        | HttpError::Unreachable { .. }
        | HttpError::Broken { .. } => RpcError::unreachable(&error.reason()),
    }
}

#[cfg(test)]
mod tests;
