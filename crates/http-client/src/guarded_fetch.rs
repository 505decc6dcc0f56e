//! Requests to what a tenant names: the document of its DID, its logo. Once, through the egress guard, with limits.

use std::time::Duration;

use reqwest::Method;
use url::Url;

use crate::egress::Egress;
use crate::error::HttpError;
use crate::target::TargetError;

/// The limits of one fetch.
#[derive(Debug, Clone, Copy)]
pub struct FetchLimits {
    /// From the first lookup of the name to the last byte.
    pub timeout: Duration,
    /// The longest body that is read, in bytes.
    pub max_bytes: usize,
}

/// Why there is no document. The texts follow the URL, and may be shown to the tenant that named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GuardedFetchError {
    /// The guard refuses the target.
    #[error("is not fetched: it {0}")]
    Target(#[from] TargetError),
    /// No connection, or it broke.
    #[error("can't be reached")]
    Unreachable,
    /// It took too long.
    #[error("did not answer in time")]
    Timeout,
    /// A status that is no success. Redirects are not followed.
    #[error("answered with status {0}")]
    Status(u16),
    /// More than the limit.
    #[error("answered more than {0} bytes")]
    TooLarge(usize),
}

/// Sends a GET to what a tenant named, and returns the body of a successful response.
///
/// # Errors
/// See [`GuardedFetchError`].
pub async fn fetch(
    egress: &Egress,
    url: &Url,
    accept: &'static str,
    limits: FetchLimits,
) -> Result<Vec<u8>, GuardedFetchError> {
    // The client's own limit begins with the connection; it does not cover resolving the name for the first check.
    tokio::time::timeout(limits.timeout, fetch_without_deadline(egress, url, accept, limits))
        .await
        .unwrap_or(Err(GuardedFetchError::Timeout))
}

async fn fetch_without_deadline(
    egress: &Egress,
    url: &Url,
    accept: &'static str,
    limits: FetchLimits,
) -> Result<Vec<u8>, GuardedFetchError> {
    egress.check(url).await?;
    let client = egress.client(limits.timeout)?;
    let response = client.request(Method::GET, url)?.header("accept", accept).send().await?;
    let status = response.status();
    if !status.is_success() {
        return Err(GuardedFetchError::Status(status.as_u16()));
    }
    Ok(response.read_bounded(limits.max_bytes).await?)
}

impl From<HttpError> for GuardedFetchError {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Timeout => Self::Timeout,
            HttpError::TooLarge { max_bytes } => Self::TooLarge(max_bytes),
            // A name that the guard refuses only when it is dialed is reported like one that does not resolve.
            HttpError::Target(_)
            | HttpError::Setup { .. }
            | HttpError::Unreachable { .. }
            | HttpError::Broken { .. } => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::*;
    use crate::resolver::SystemResolver;

    const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 10 };

    /// Responds to one connection with `response`, then closes it.
    fn respond_once(response: &'static [u8]) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap()).parse().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]);
            // The client may hang up early.
            let _ = stream.write_all(response);
        });
        url
    }

    async fn get(allow_private: bool, url: &Url, limits: FetchLimits) -> Result<Vec<u8>, GuardedFetchError> {
        fetch(&Egress::new(allow_private, Arc::new(SystemResolver)), url, "*/*", limits).await
    }

    #[tokio::test]
    async fn only_a_success_within_the_limit_is_read() {
        let fits = respond_once(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789");
        assert_eq!(get(true, &fits, LIMITS).await, Ok(b"0123456789".to_vec()));
        for (response, error) in [
            (
                b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n01234567890".as_slice(),
                GuardedFetchError::TooLarge(10),
            ),
            (b"HTTP/1.1 200 OK\r\n\r\n01234567890", GuardedFetchError::TooLarge(10)),
            (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", GuardedFetchError::Status(404)),
            (
                b"HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 0\r\n\r\n",
                GuardedFetchError::Status(302),
            ),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123", GuardedFetchError::Unreachable),
            (b"no HTTP", GuardedFetchError::Unreachable),
        ] {
            assert_eq!(get(true, &respond_once(response), LIMITS).await, Err(error));
        }
    }

    #[tokio::test]
    async fn a_forbidden_target_is_refused_before_the_request() {
        let inside = respond_once(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(get(false, &inside, LIMITS).await, Err(GuardedFetchError::Target(TargetError::Scheme)));
        let literal = "https://127.0.0.1/".parse().unwrap();
        assert_eq!(
            get(false, &literal, LIMITS).await,
            Err(GuardedFetchError::Target(TargetError::NotPublic))
        );
    }

    #[tokio::test]
    async fn a_silent_host_ends_with_the_time_limit() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let limits = FetchLimits { timeout: Duration::from_millis(50), ..LIMITS };
        assert_eq!(get(true, &silent, limits).await, Err(GuardedFetchError::Timeout));
    }
}
