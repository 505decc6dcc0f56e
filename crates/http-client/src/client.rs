//! The one HTTP client: limits for each use, and the same manners for all.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use url::Url;

use crate::error::HttpError;
use crate::proxy::Proxy;
use crate::response::Response;

/// The `User-Agent` of requests to hosts that are not the operator's own.
pub const USER_AGENT: &str = concat!("learncoin/", env!("CARGO_PKG_VERSION"));

/// The limits of one use, and whether the client identifies itself.
#[derive(Debug, Clone, Copy)]
pub struct ClientOptions {
    /// From the start of a request to the last byte of the response.
    pub timeout: Duration,
    /// From the first packet to a connection that is ready, TLS included; `None` for no limit but `timeout`.
    pub connect_timeout: Option<Duration>,
    /// The `User-Agent`; `None` sends none.
    pub user_agent: Option<&'static str>,
}

/// An HTTP client that keeps connections open. It follows no redirect, uses no proxy of the environment and repeats no
/// request. Cheap to clone.
#[derive(Debug, Clone)]
pub struct BoundedClient {
    inner: reqwest::Client,
}

impl BoundedClient {
    /// Creates a client; nothing is dialed before the first request.
    ///
    /// # Errors
    /// [`HttpError::Setup`] if TLS can't be set up on this machine.
    pub fn new(options: ClientOptions) -> Result<BoundedClient, HttpError> {
        BoundedClient::through(options, None)
    }

    /// Creates a client whose requests go through a proxy, if there is one.
    ///
    /// # Errors
    /// [`HttpError::Setup`] if TLS can't be set up on this machine.
    pub fn through(options: ClientOptions, proxy: Option<&Proxy>) -> Result<BoundedClient, HttpError> {
        let rule = proxy.map(Proxy::rule).transpose()?;
        BoundedClient::with(options, |builder| match rule {
            Some(rule) => builder.proxy(rule),
            None => builder,
        })
    }

    /// Creates a client with settings that one use alone has.
    pub(crate) fn with(
        options: ClientOptions,
        adapt: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<BoundedClient, HttpError> {
        // The process has one provider of cryptography, ring: it is the one with which sqlx trusts the machine's own
        // authorities. An error means that it is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .timeout(options.timeout);
        if let Some(connect_timeout) = options.connect_timeout {
            builder = builder.connect_timeout(connect_timeout);
        }
        if let Some(user_agent) = options.user_agent {
            builder = builder.user_agent(user_agent);
        }
        let inner = adapt(builder).build().map_err(HttpError::setup)?;
        Ok(BoundedClient { inner })
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: &Url) -> Request {
        Request { builder: self.inner.request(method, url.clone()) }
    }
}

/// A request that is being built.
#[derive(Debug)]
pub struct Request {
    builder: reqwest::RequestBuilder,
}

impl Request {
    /// Adds a header. A name or value that HTTP does not allow fails the sending.
    pub fn header(self, name: &str, value: &str) -> Request {
        Request { builder: self.builder.header(name, value) }
    }

    /// Adds all headers.
    pub fn headers(self, headers: HeaderMap) -> Request {
        Request { builder: self.builder.headers(headers) }
    }

    /// Adds a bearer token (RFC 6750, section 2.1).
    pub fn bearer_auth(self, token: &str) -> Request {
        Request { builder: self.builder.bearer_auth(token) }
    }

    /// Sets the body.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Request {
        Request { builder: self.builder.body(body.into()) }
    }

    /// Sends the request and waits for status and headers.
    ///
    /// # Errors
    /// See [`HttpError`]; a status that is no success is a response.
    pub async fn send(self) -> Result<Response, HttpError> {
        Ok(Response::new(self.builder.send().await?))
    }
}
