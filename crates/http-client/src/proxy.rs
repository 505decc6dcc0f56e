//! A proxy of the operator, for requests to what the operator names: chains' nodes, Cloud KMS, the collector of traces.
//!
//! Requests to this machine and to the metadata server of a cloud go past it. What tenants name never goes through it.

use std::fmt;

use reqwest::NoProxy;
use url::Url;

use crate::error::HttpError;

/// The hosts that are reached without the proxy: this machine, and the metadata servers of clouds, which only it can reach.
const PAST_IT: &str = "localhost,.localhost,127.0.0.0/8,::1,169.254.169.254,metadata.google.internal";

/// A proxy by its URL (`http` or `https`), which may hold a name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy(Url);

/// The reason why a text is not the URL of a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    /// It is no URL.
    #[error("expected a URL, http://HOST:PORT")]
    Url,
    /// It is of another scheme.
    #[error("expected a proxy of http or https")]
    Scheme,
}

impl Proxy {
    /// Parses the URL of a proxy.
    ///
    /// # Errors
    /// See [`ProxyError`], which does not repeat the text.
    pub fn parse(text: &str) -> Result<Proxy, ProxyError> {
        let url: Url = text.parse().map_err(|_| ProxyError::Url)?;
        match url.scheme() {
            "http" | "https" if url.host().is_some() => Ok(Proxy(url)),
            _ => Err(ProxyError::Scheme),
        }
    }

    /// Returns the proxy in the HTTP library's type.
    pub(crate) fn rule(&self) -> Result<reqwest::Proxy, HttpError> {
        let proxy = reqwest::Proxy::all(self.0.clone()).map_err(HttpError::setup)?;
        Ok(proxy.no_proxy(NoProxy::from_string(PAST_IT)))
    }
}

impl fmt::Debug for Proxy {
    /// Writes the host only: the user part is secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Proxy").field("host", &self.0.host_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::{BoundedClient, ClientOptions, Method};

    const OPTIONS: ClientOptions =
        ClientOptions { timeout: Duration::from_secs(20), connect_timeout: None, user_agent: None };

    /// Sends a response to one request, and returns the request's head.
    async fn answer_one(listener: TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0);
        }
        stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await.unwrap();
        String::from_utf8(head).unwrap()
    }

    async fn head_of_request_to(url: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Proxy::parse(&format!("http://user:password@{address}")).unwrap();
        let client = BoundedClient::through(OPTIONS, Some(&proxy)).unwrap();
        let url = url.replace("PORT", &address.port().to_string()).parse().unwrap();
        let (answer, head) = tokio::join!(client.request(Method::GET, &url).send(), answer_one(listener));
        assert_eq!(answer.unwrap().status().as_u16(), 204);
        head
    }

    #[tokio::test]
    async fn a_request_to_another_machine_goes_through_the_proxy() {
        let head = head_of_request_to("http://node.example:8545/key").await;
        assert!(head.starts_with("GET http://node.example:8545/key HTTP/1.1\r\n"), "{head}");
        assert!(head.to_lowercase().contains("proxy-authorization: basic dxnlcjpwyxnzd29yza=="), "{head}");
    }

    #[tokio::test]
    async fn a_request_to_this_machine_goes_past_it() {
        for host in ["127.0.0.1", "localhost"] {
            let head = head_of_request_to(&format!("http://{host}:PORT/path")).await;
            assert!(head.starts_with("GET /path HTTP/1.1\r\n"), "{head}");
            assert!(!head.to_lowercase().contains("proxy-authorization"), "{head}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_its_password_is_in_no_dump() {
        assert_eq!(Proxy::parse("proxy.example"), Err(ProxyError::Url));
        assert_eq!(Proxy::parse("socks5://proxy.example:1080"), Err(ProxyError::Scheme));
        let proxy = Proxy::parse("http://user:secret@proxy.example:3128").unwrap();
        assert!(!format!("{proxy:?}").contains("secret"));
    }
}
