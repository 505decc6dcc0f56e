//! Requests to the provider, by the project's own client: bounded in time and size, without redirects, through the operator's proxy.

use std::time::Duration;

use axum::http::{Request, Response};
use futures_util::future::BoxFuture;
use learncoin_http_client::{BoundedClient, ClientOptions, HttpError, Proxy, USER_AGENT, is_confidential};
use openidconnect::AsyncHttpClient;
use url::Url;

/// The time from the start of a request to the last byte of the response.
const TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest body that is read, in bytes.
const MAX_BYTES: usize = 512 * 1024;

/// The client of an identity provider.
pub(super) struct ProviderHttp(BoundedClient);

/// The reason why there is no response. It contains no URL.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProviderHttpError {
    /// The URL is not one that requests are sent to: the provider described itself with it.
    #[error("an address of it is neither https nor on this machine")]
    Address,
    /// The provider has a fault, or is overloaded.
    #[error("it answered with status {0}")]
    Status(u16),
    /// The request failed.
    #[error(transparent)]
    Http(#[from] HttpError),
}

impl ProviderHttp {
    /// Creates a client. Nothing is dialed.
    ///
    /// # Errors
    /// If TLS can't be set up on this machine.
    pub(super) fn new(proxy: Option<&Proxy>) -> Result<Self, HttpError> {
        let options = ClientOptions {
            timeout: TIMEOUT,
            connect_timeout: Some(CONNECT_TIMEOUT),
            user_agent: Some(USER_AGENT),
        };
        BoundedClient::through(options, proxy).map(Self)
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, ProviderHttpError> {
        let (parts, body) = request.into_parts();
        let url: Url = parts.uri.to_string().parse().map_err(|_| ProviderHttpError::Address)?;
        if !is_confidential(&url) {
            return Err(ProviderHttpError::Address);
        }
        let mut sent = self.0.request(parts.method, &url).headers(parts.headers);
        if !body.is_empty() {
            sent = sent.body(body);
        }
        let received = sent.send().await?;
        if received.status().is_server_error() {
            return Err(ProviderHttpError::Status(received.status().as_u16()));
        }
        let (status, headers) = (received.status(), received.headers().clone());
        let mut response = Response::new(received.read_bounded(MAX_BYTES).await?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = ProviderHttpError;
    type Future = BoxFuture<'c, Result<Response<Vec<u8>>, ProviderHttpError>>;

    fn call(&'c self, request: Request<Vec<u8>>) -> Self::Future {
        Box::pin(self.send(request))
    }
}
