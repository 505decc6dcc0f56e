//! Requests to what the operator names: credentials, DID documents, issuer profiles, revocation lists, and the API of a
//! deployment. `https`, or `http` to this machine.

use std::time::Duration;

use reqwest::Method;
use url::Url;

use crate::client::{BoundedClient, ClientOptions, Request, USER_AGENT};
use crate::error::HttpError;
use crate::loopback::is_confidential;
use crate::target::TargetError;

/// The longest body that is read, in bytes.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// From the start of a request to the last byte of the response.
pub(crate) const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);

/// The response of another host.
#[derive(Debug, Clone)]
pub struct FetchedResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl FetchedResponse {
    /// Returns whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL is not one that is fetched.
    #[error("{0} is not fetched: only https, or http to this machine")]
    Scheme(Url),
    /// The egress guard refuses the target.
    #[error("{url} is not fetched: it {reason}")]
    Target {
        /// The URL.
        url: Url,
        /// Why.
        reason: TargetError,
    },
    /// No connection, or it broke.
    #[error("{host} can't be reached")]
    Unreachable {
        /// The host's name.
        host: String,
    },
    /// It took too long.
    #[error("{host} did not answer in time")]
    Timeout {
        /// The host's name.
        host: String,
    },
    /// More than [`MAX_BODY_BYTES`].
    #[error("{host} answered more than {MAX_BODY_BYTES} bytes")]
    TooLarge {
        /// The host's name.
        host: String,
    },
    /// The client could not be created: no TLS.
    #[error("the HTTP client could not be set up")]
    Setup,
}

/// Fetches documents. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: BoundedClient,
}

impl Fetcher {
    /// Creates a fetcher with this module's limits.
    ///
    /// # Errors
    /// [`FetchError::Setup`] if TLS can't be set up.
    pub fn new() -> Result<Self, FetchError> {
        let options = ClientOptions {
            timeout: TOTAL_TIMEOUT,
            connect_timeout: Some(CONNECT_TIMEOUT),
            user_agent: Some(USER_AGENT),
        };
        Ok(Self { client: BoundedClient::new(options).map_err(|_| FetchError::Setup)? })
    }

    /// Sends a GET with an `Accept` header.
    ///
    /// # Errors
    /// See [`FetchError`]; a status that is no success is an [`FetchedResponse`], not an error.
    pub async fn get(&self, url: &Url, accept: &str) -> Result<FetchedResponse, FetchError> {
        self.send(url, self.request(Method::GET, url)?.header("accept", accept)).await
    }

    /// Sends a GET with a bearer token.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn get_authorized(&self, url: &Url, bearer: &str) -> Result<FetchedResponse, FetchError> {
        self.send(url, self.request(Method::GET, url)?.bearer_auth(bearer)).await
    }

    /// Sends a POST of a JSON text with a bearer token and an idempotency key.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn post_json(
        &self,
        url: &Url,
        bearer: &str,
        idempotency_key: &str,
        body: String,
    ) -> Result<FetchedResponse, FetchError> {
        let request = self
            .request(Method::POST, url)?
            .bearer_auth(bearer)
            .header("content-type", "application/json")
            .header("idempotency-key", idempotency_key)
            .body(body);
        self.send(url, request).await
    }

    fn request(&self, method: Method, url: &Url) -> Result<Request, FetchError> {
        if !is_confidential(url) {
            return Err(FetchError::Scheme(url.clone()));
        }
        Ok(self.client.request(method, url))
    }

    async fn send(&self, url: &Url, request: Request) -> Result<FetchedResponse, FetchError> {
        let failed = |error: HttpError| {
            let host = url.host_str().unwrap_or_default().to_owned();
            match error {
                HttpError::Timeout => FetchError::Timeout { host },
                HttpError::TooLarge { .. } => FetchError::TooLarge { host },
                HttpError::Setup { .. }
                | HttpError::Target(_)
                | HttpError::Unreachable { .. }
                | HttpError::Broken { .. } => FetchError::Unreachable { host },
            }
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status().as_u16();
        let body = response.read_bounded(MAX_BODY_BYTES).await.map_err(failed)?;
        Ok(FetchedResponse { status, body })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// Responds to one connection with `response`, then closes it.
    fn respond_once(response: Vec<u8>) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap()).parse().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            // The client may hang up early; that is what some tests are about.
            let _ = stream.write_all(&response);
        });
        url
    }

    async fn get(url: &Url) -> Result<FetchedResponse, FetchError> {
        Fetcher::new().unwrap().get(url, "*/*").await
    }

    #[tokio::test]
    async fn a_response_is_read_with_its_status() {
        let url = respond_once(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno".to_vec());
        let response = get(&url).await.unwrap();
        assert_eq!(
            (response.status, response.body.as_slice(), response.is_success()),
            (404, b"no".as_slice(), false)
        );
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let url = respond_once(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec(),
        );
        assert_eq!(get(&url).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn an_endless_body_is_cut_off() {
        let mut response = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        response.resize(MAX_BODY_BYTES + 1024, b'x');
        assert!(matches!(get(&respond_once(response)).await, Err(FetchError::TooLarge { .. })));
    }

    #[tokio::test]
    async fn plain_http_is_sent_to_this_machine_alone() {
        for url in ["http://learncoin.example/x", "ftp://localhost/x", "file:///etc/hostname"] {
            assert!(matches!(get(&url.parse().unwrap()).await, Err(FetchError::Scheme(_))), "{url}");
        }
    }

    #[tokio::test]
    async fn a_closed_port_is_unreachable() {
        let url = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        assert!(matches!(get(&url.parse().unwrap()).await, Err(FetchError::Unreachable { .. })));
    }
}
