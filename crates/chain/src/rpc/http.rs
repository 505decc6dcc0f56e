//! JSON-RPC over HTTP. Calls that wait at the same moment share one POST (a batch), no redirect is followed, and no proxy is used but the
//! one that the settings name; a response is read up to a size limit and within a time limit. A batch that the node refuses is asked
//! again call by call, and shorter ones are sent from then on.

mod queue;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, join_all};
use learncoin_http_client::{BoundedClient, ClientOptions, HttpError, Method, Proxy};
use serde_json::Value;
use tokio::sync::oneshot;
use url::Url;

use super::{RpcError, Transport};
use queue::{Queue, Waiting};
use wire::Call;

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
    node: Arc<Node>,
    timeout: Duration,
}

struct Node {
    client: BoundedClient,
    url: Url,
    next_id: AtomicU64,
    queue: Queue,
}

impl HttpTransport {
    /// Creates a transport to the node at `url` (`http` or `https`); nothing is dialed before the first call.
    ///
    /// # Errors
    /// [`RpcError::Unreachable`] if the URL is of another scheme or TLS cannot be set up on this machine.
    pub fn new(url: Url, timeouts: Timeouts) -> Result<HttpTransport, RpcError> {
        HttpTransport::through(url, timeouts, None)
    }

    /// Creates a transport as [`HttpTransport::new`] does, through a proxy if there is one.
    ///
    /// # Errors
    /// As [`HttpTransport::new`].
    pub fn through(url: Url, timeouts: Timeouts, proxy: Option<&Proxy>) -> Result<HttpTransport, RpcError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RpcError::unreachable("the URL of a node is http or https"));
        }
        let options = ClientOptions {
            timeout: timeouts.total,
            connect_timeout: Some(timeouts.connect),
            user_agent: None,
        };
        let client = BoundedClient::through(options, proxy).map_err(call_error)?;
        let node = Node { client, url, next_id: AtomicU64::new(1), queue: Queue::new() };
        Ok(HttpTransport { node: Arc::new(node), timeout: timeouts.total })
    }

    async fn result_of(&self, call: Call) -> Result<Value, RpcError> {
        let (reply, result) = oneshot::channel();
        self.node.queue.push(call, reply);
        tokio::spawn(send_waiting(Arc::clone(&self.node)));
        match tokio::time::timeout(self.timeout, result).await {
            Ok(Ok(result)) => result,
            Ok(Err(_dropped)) => Err(RpcError::unreachable("the call was given up")),
            Err(_elapsed) => Err(RpcError::Timeout),
        }
    }
}

/// Sends what waits, request by request, as long as one may be sent.
async fn send_waiting(node: Arc<Node>) {
    while let Some(waiting) = node.queue.take() {
        let under_way = UnderWay(&node.queue);
        node.send(waiting).await;
        drop(under_way);
    }
}

/// A request that is under way until this is dropped, also by a panic.
struct UnderWay<'a>(&'a Queue);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.ended();
    }
}

impl Node {
    /// Makes the calls, and gives each result to those that wait for it.
    async fn send(&self, waiting: Vec<Waiting>) {
        let (calls, replies): (Vec<Call>, Vec<_>) =
            waiting.into_iter().map(|waiting| (waiting.call, waiting.replies)).unzip();
        for (result, replies) in self.results(&calls).await.into_iter().zip(replies) {
            for reply in replies {
                // The caller may have given up.
                let _ = reply.send(result.clone());
            }
        }
    }

    async fn results(&self, calls: &[Call]) -> Vec<Result<Value, RpcError>> {
        if let [call] = calls {
            return vec![self.single(call).await];
        }
        let refusal = match self.batch(calls).await {
            Ok(results) => return results,
            // One by one they would fail too.
            Err(
                error @ (RpcError::Timeout
                | RpcError::Unreachable { .. }
                | RpcError::Http { status: 429 | 503 }),
            ) => {
                return calls.iter().map(|_| Err(error.clone())).collect();
            }
            Err(refusal) => refusal,
        };
        let results = join_all(calls.iter().map(|call| self.single(call))).await;
        if results.iter().any(Result::is_ok) {
            tracing::info!(calls = calls.len(), error = %refusal, "a chain's node refuses batches of this length: shorter ones are sent");
            self.queue.refused(calls.len());
        }
        results
    }

    async fn batch(&self, calls: &[Call]) -> Result<Vec<Result<Value, RpcError>>, RpcError> {
        let count = u64::try_from(calls.len()).unwrap_or(u64::MAX);
        let first_id = self.next_id.fetch_add(count, Ordering::Relaxed);
        let (status, body) = self.post(wire::write(calls, first_id)).await?;
        if !is_success(status) {
            return Err(RpcError::Http { status });
        }
        wire::read_batch(first_id, calls.len(), &body)
    }

    async fn single(&self, call: &Call) -> Result<Value, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (status, body) = self.post(wire::write(std::slice::from_ref(call), id)).await?;
        if is_success(status) {
            return wire::read_one(id, &body);
        }
        // Some nodes send their own errors with a status of HTTP that says no more than that there is one.
        Err(wire::read_refusal(id, &body).unwrap_or(RpcError::Http { status }))
    }

    /// Sends a body. Returns the status and the body of the response.
    async fn post(&self, body: String) -> Result<(u16, Vec<u8>), RpcError> {
        let request = self.client.request(Method::POST, &self.url).header("content-type", "application/json");
        let response = request.body(body).send().await.map_err(call_error)?;
        let status = response.status().as_u16();
        match response.read_bounded(MAX_RESPONSE_BYTES).await {
            Ok(body) => Ok((status, body)),
            // The body of an error is a hint at most.
            Err(_) if !is_success(status) => Ok((status, Vec::new())),
            Err(error) => Err(call_error(error)),
        }
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

impl Transport for HttpTransport {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(self.result_of(Call { method: method.to_owned(), params }))
    }
}

impl std::fmt::Debug for HttpTransport {
    /// Writes the host only: path, query and user part of a node's URL often are secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("HttpTransport")
            .field("host", &self.node.url.host_str())
            .finish_non_exhaustive()
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
mod batch_tests;
#[cfg(test)]
mod tests;
