//! The transport to the collector: OTLP over HTTP, with limits of its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use learncoin_http_client::{BoundedClient, ClientOptions, HttpError, Proxy, USER_AGENT};
use opentelemetry_http::{Bytes, HttpClient, Request, Response};
use tokio::runtime::Handle;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The limit of one export. Meanwhile spans wait in a queue of fixed size.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
/// The longest response that is read, in bytes. It contains how many spans were refused.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Sends what the exporter passes to it. The exporter waits on a thread without a runtime, so the request runs on that of
/// the process.
#[derive(Debug)]
pub(crate) struct Collector {
    client: BoundedClient,
    runtime: Handle,
    is_away: std::sync::Arc<AtomicBool>,
}

/// Why an export failed. Addresses and responses may contain secrets, so they are left out.
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
    /// Creates the transport; `runtime` runs the requests.
    ///
    /// # Errors
    /// [`HttpError::Setup`] if TLS can't be set up.
    pub(crate) fn new(runtime: Handle, proxy: Option<&Proxy>) -> Result<Self, HttpError> {
        let options = ClientOptions {
            timeout: TIMEOUT,
            connect_timeout: Some(CONNECT_TIMEOUT),
            user_agent: Some(USER_AGENT),
        };
        Ok(Self {
            client: BoundedClient::through(options, proxy)?,
            runtime,
            is_away: std::sync::Arc::default(),
        })
    }
}

impl HttpClient for Collector {
    fn send_bytes<'life0, 'async_trait>(
        &'life0 self,
        request: Request<Bytes>,
    ) -> Pin<
        Box<
            dyn Future<Output = Result<Response<Bytes>, opentelemetry_http::HttpError>> + Send + 'async_trait,
        >,
    >
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
            outcome.map_err(opentelemetry_http::HttpError::from)
        })
    }
}

async fn exchange(client: BoundedClient, request: Request<Bytes>) -> Result<Response<Bytes>, ExportError> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|_| ExportError::Unreachable)?;
    let response = client.request(parts.method, &url).headers(parts.headers).body(body).send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(ExportError::Status(status.as_u16()));
    }
    let headers = response.headers().clone();
    let mut answer = Response::new(Bytes::from(response.read_bounded(MAX_RESPONSE_BYTES).await?));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

impl From<HttpError> for ExportError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Timeout => Self::Timeout,
            HttpError::TooLarge { .. } => Self::TooLarge,
            HttpError::Setup { .. }
            | HttpError::Target(_)
            | HttpError::Unreachable { .. }
            | HttpError::Broken { .. } => Self::Unreachable,
        }
    }
}
