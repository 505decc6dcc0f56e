//! The way to the collector: OTLP over HTTP, with limits of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::redirect::Policy;
use tokio::runtime::Handle;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long the collector may take for one export. Meanwhile spans wait in a queue of fixed size.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer that is read. It says how many spans were refused.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// Sends what the exporter hands over. The exporter waits on a thread without a runtime, so the request runs on that of
/// the process.
#[derive(Debug)]
pub(crate) struct Collector {
    client: reqwest::Client,
    runtime: Handle,
    is_away: std::sync::Arc<AtomicBool>,
}

/// Why an export failed. Addresses and answers may hold secrets, so none is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum ExportError {
    #[error("the collector can't be reached")]
    Unreachable,
    #[error("the collector did not answer in time")]
    Timeout,
    #[error("the collector answered with status {0}")]
    Status(u16),
    #[error("the collector answered too much")]
    TooLarge,
    #[error("the process is ending")]
    Ending,
}

impl Collector {
    /// # Errors
    /// Where TLS can't be set up.
    pub(crate) fn new(runtime: Handle) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("learncoin/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, runtime, is_away: std::sync::Arc::default() })
    }
}

impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        let client = self.client.clone();
        let exchange = self.runtime.spawn(exchange(client, request));
        Box::pin(async move {
            let outcome = match exchange.await {
                Ok(outcome) => outcome,
                Err(_) => Err(ExportError::Ending),
            };
            // One line when it goes away and one when it is back, not one for each batch of spans.
            let was_away = self.is_away.swap(outcome.is_err(), Ordering::Relaxed);
            match &outcome {
                Err(error) if !was_away => {
                    tracing::warn!(%error, "traces can't be exported; they are dropped")
                }
                Ok(_) if was_away => tracing::info!("traces are exported again"),
                _ => {}
            }
            outcome.map_err(HttpError::from)
        })
    }
}

async fn exchange(client: reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, ExportError> {
    let request = reqwest::Request::try_from(request).map_err(|_| ExportError::Unreachable)?;
    let mut response = client.execute(request).await.map_err(shape)?;
    let status = response.status();
    if !status.is_success() {
        return Err(ExportError::Status(status.as_u16()));
    }
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(shape)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(ExportError::TooLarge);
        }
    }
    let mut answer = Response::new(Bytes::from(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

fn shape(error: reqwest::Error) -> ExportError {
    if error.is_timeout() { ExportError::Timeout } else { ExportError::Unreachable }
}
