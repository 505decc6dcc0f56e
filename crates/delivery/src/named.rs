//! Fetching what a tenant names: the document of its DID, its logo. Once, through the egress guard, with limits.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::ACCEPT;
use url::Url;

use crate::egress::{Egress, TargetError};
use crate::fetch::read_bounded;

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first look at the name to the last byte.
    pub timeout: Duration,
    /// The longest body that is read.
    pub max_bytes: usize,
}

/// Why there is nothing, in words that may be told to whoever named the target: they follow its URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamedError {
    /// The target is none that is reached.
    #[error("is not fetched: it {0}")]
    Target(#[from] TargetError),
    /// No connection, or it broke.
    #[error("can't be reached")]
    Unreachable,
    /// It took too long.
    #[error("did not answer in time")]
    Timeout,
    /// Another answer than success. Redirects are not followed.
    #[error("answered with status {0}")]
    Status(u16),
    /// More than the limit.
    #[error("answered more than {0} bytes")]
    TooLarge(usize),
}

/// GET of what a tenant named. The body of a successful answer.
///
/// # Errors
/// See [`NamedError`].
pub async fn fetch(
    egress: &Egress,
    url: &Url,
    accept: &'static str,
    limits: Limits,
) -> Result<Vec<u8>, NamedError> {
    // The client's own limit begins with the connection; resolving a name for the first check is not in it.
    tokio::time::timeout(limits.timeout, fetch_patiently(egress, url, accept, limits))
        .await
        .unwrap_or(Err(NamedError::Timeout))
}

async fn fetch_patiently(
    egress: &Egress,
    url: &Url,
    accept: &'static str,
    limits: Limits,
) -> Result<Vec<u8>, NamedError> {
    egress.check(url).await?;
    let shape = |error: reqwest::Error| {
        if error.is_timeout() { NamedError::Timeout } else { NamedError::Unreachable }
    };
    let client = egress.client(limits.timeout).map_err(shape)?;
    let response = client.request(Method::GET, url)?.header(ACCEPT, accept).send().await.map_err(shape)?;
    let status = response.status();
    if !status.is_success() {
        return Err(NamedError::Status(status.as_u16()));
    }
    let body = read_bounded(response, limits.max_bytes).await.map_err(shape)?;
    body.ok_or(NamedError::TooLarge(limits.max_bytes))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::*;
    use crate::egress::SystemResolver;

    const LIMITS: Limits = Limits { timeout: Duration::from_secs(5), max_bytes: 10 };

    /// Answers one connection with `response`, then closes it.
    fn answer_once(response: &'static [u8]) -> Url {
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

    async fn get(allow_private: bool, url: &Url, limits: Limits) -> Result<Vec<u8>, NamedError> {
        fetch(&Egress::new(allow_private, Arc::new(SystemResolver)), url, "*/*", limits).await
    }

    #[tokio::test]
    async fn what_fits_is_read_and_nothing_else() {
        let fits = answer_once(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789");
        assert_eq!(get(true, &fits, LIMITS).await, Ok(b"0123456789".to_vec()));
        for (response, error) in [
            (
                b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n01234567890".as_slice(),
                NamedError::TooLarge(10),
            ),
            (b"HTTP/1.1 200 OK\r\n\r\n01234567890", NamedError::TooLarge(10)),
            (b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", NamedError::Status(404)),
            (b"HTTP/1.1 302 Found\r\nlocation: /y\r\ncontent-length: 0\r\n\r\n", NamedError::Status(302)),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123", NamedError::Unreachable),
            (b"no HTTP", NamedError::Unreachable),
        ] {
            assert_eq!(get(true, &answer_once(response), LIMITS).await, Err(error));
        }
    }

    #[tokio::test]
    async fn the_guard_stands_before_it() {
        let inside = answer_once(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(get(false, &inside, LIMITS).await, Err(NamedError::Target(TargetError::Scheme)));
        let literal = "https://127.0.0.1/".parse().unwrap();
        assert_eq!(get(false, &literal, LIMITS).await, Err(NamedError::Target(TargetError::NotPublic)));
    }

    #[tokio::test]
    async fn nobody_is_waited_for_longer_than_the_limit() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let silent = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let limits = Limits { timeout: Duration::from_millis(50), ..LIMITS };
        assert_eq!(get(true, &silent, limits).await, Err(NamedError::Timeout));
    }
}
