//! JSON-RPC over HTTP. One POST per call, no retry, no redirect, no proxy; the answer is read up to a limit and
//! within a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::{RpcError, Transport};

/// The largest answer that is read, in bytes. A block's list of 20,000 hashes, the most that Base's gas limit allows,
/// has 1.4 MB.
const MAX_ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first packet to a connection that is ready, TLS included.
    pub connect: Duration,
    /// From the start of the call to the last byte of the answer.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

/// Talks to one node by its URL, over connections that are kept open.
pub struct HttpTransport {
    client: reqwest::Client,
    url: Url,
    next_id: AtomicU64,
}

impl HttpTransport {
    /// A transport to the node at `url` (`http` or `https`); nothing is dialed before the first call.
    ///
    /// # Errors
    /// [`RpcError::Unreachable`] when the URL is of another scheme or TLS cannot be set up on this machine.
    pub fn new(url: Url, timeouts: Timeouts) -> Result<HttpTransport, RpcError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RpcError::unreachable("the URL of a node is http or https"));
        }
        let client = reqwest::Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(shape)?;
        Ok(HttpTransport { client, url, next_id: AtomicU64::new(1) })
    }

    async fn exchange(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let response = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(request.to_string())
            .send()
            .await
            .map_err(shape)?;
        if !response.status().is_success() {
            return Err(RpcError::Http { status: response.status().as_u16() });
        }
        read_answer(id, &read_bounded(response).await?)
    }
}

impl Transport for HttpTransport {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(self.exchange(method, params))
    }
}

impl std::fmt::Debug for HttpTransport {
    /// Names the host alone: path, query and user part of a node's URL often are a secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HttpTransport").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Vec<u8>, RpcError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(shape)? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER_BYTES {
            return Err(RpcError::malformed("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Opens the envelope (JSON-RPC 2.0, section 5).
fn read_answer(id: u64, body: &[u8]) -> Result<Value, RpcError> {
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(body) else {
        return Err(RpcError::malformed("the answer is not a JSON object"));
    };
    if answer.get("id").and_then(Value::as_u64) != Some(id) {
        return Err(RpcError::malformed("the answer has the id of another call"));
    }
    match (answer.remove("result"), answer.remove("error")) {
        (_, Some(Value::Object(error))) => {
            let code = error.get("code").and_then(Value::as_i64);
            let message = error.get("message").and_then(Value::as_str);
            Err(RpcError::node(code.unwrap_or_default(), message.unwrap_or_default()))
        }
        (Some(result), None | Some(Value::Null)) => Ok(result),
        _ => Err(RpcError::malformed("the answer has neither a result nor an error")),
    }
}

/// Sorts an HTTP client's error, and drops the URL that it carries.
fn shape(error: reqwest::Error) -> RpcError {
    if error.is_timeout() {
        return RpcError::Timeout;
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    RpcError::unreachable(&cause.to_string())
}

#[cfg(test)]
mod tests;
