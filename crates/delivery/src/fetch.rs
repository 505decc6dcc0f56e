//! Fetching public documents: credentials, DID documents, issuer profiles, revocation lists.
//!
//! `https`, or `http` to a loopback name; no redirects, no proxy, a time limit and a size limit.

use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use url::{Host, Url};

/// The longest answer that is read.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);

/// What another host answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The URL is not one that is fetched.
    #[error("{0} is not fetched: only https, or http to this machine")]
    Scheme(Url),
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
    /// The client could not be made: no TLS.
    #[error("the HTTP client could not be set up")]
    Setup,
}

/// Fetches documents. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    client: Client,
}

impl Fetcher {
    /// A fetcher with this module's limits.
    ///
    /// # Errors
    /// [`FetchError::Setup`] where TLS can't be set up.
    pub fn new() -> Result<Self, FetchError> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .user_agent(concat!("learncoin/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| FetchError::Setup)?;
        Ok(Self { client })
    }

    /// GET, with an `Accept` header.
    ///
    /// # Errors
    /// See [`FetchError`]; a status that is no success is an [`Answer`], not an error.
    pub async fn get(&self, url: &Url, accept: &str) -> Result<Answer, FetchError> {
        self.send(url, self.request(Method::GET, url)?.header("accept", accept)).await
    }

    /// GET with a bearer token.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn get_authorized(&self, url: &Url, bearer: &str) -> Result<Answer, FetchError> {
        self.send(url, self.request(Method::GET, url)?.bearer_auth(bearer)).await
    }

    /// POST of a JSON text with a bearer token and an idempotency key.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn post_json(
        &self,
        url: &Url,
        bearer: &str,
        idempotency_key: &str,
        body: String,
    ) -> Result<Answer, FetchError> {
        let request = self
            .request(Method::POST, url)?
            .bearer_auth(bearer)
            .header("content-type", "application/json")
            .header("idempotency-key", idempotency_key)
            .body(body);
        self.send(url, request).await
    }

    fn request(&self, method: Method, url: &Url) -> Result<RequestBuilder, FetchError> {
        let loopback = match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            _ => return Err(FetchError::Scheme(url.clone())),
        }
        Ok(self.client.request(method, url.clone()))
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Answer, FetchError> {
        let host = || url.host_str().unwrap_or_default().to_owned();
        let shape = |error: reqwest::Error| {
            if error.is_timeout() {
                FetchError::Timeout { host: host() }
            } else {
                FetchError::Unreachable { host: host() }
            }
        };
        let response = request.send().await.map_err(shape)?;
        let status = response.status().as_u16();
        match read_bounded(response, MAX_BODY_BYTES).await.map_err(shape)? {
            Some(body) => Ok(Answer { status, body }),
            None => Err(FetchError::TooLarge { host: host() }),
        }
    }
}

/// The body of an answer; `None` where it is longer than `max_bytes`, of which no more is read.
pub(crate) async fn read_bounded(response: Response, max_bytes: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if body.len().saturating_add(chunk.len()) > max_bytes {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// Answers one connection with `response`, then closes it.
    fn answer_once(response: Vec<u8>) -> Url {
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

    async fn get(url: &Url) -> Result<Answer, FetchError> {
        Fetcher::new().unwrap().get(url, "*/*").await
    }

    #[tokio::test]
    async fn an_answer_is_read_with_its_status() {
        let url = answer_once(b"HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno".to_vec());
        let answer = get(&url).await.unwrap();
        assert_eq!(
            (answer.status, answer.body.as_slice(), answer.is_success()),
            (404, b"no".as_slice(), false)
        );
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let url = answer_once(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec(),
        );
        assert_eq!(get(&url).await.unwrap().status, 302);
    }

    #[tokio::test]
    async fn an_endless_answer_is_cut_off() {
        let mut response = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        response.resize(MAX_BODY_BYTES + 1024, b'x');
        assert!(matches!(get(&answer_once(response)).await, Err(FetchError::TooLarge { .. })));
    }

    #[tokio::test]
    async fn plain_http_goes_to_this_machine_alone() {
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
