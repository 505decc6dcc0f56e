//! Requests to what the documents of an origin name, when neither the origin nor its documents are trusted: a file that
//! a stranger sent can't make this machine ask what only this machine reaches.

use url::Url;

use crate::egress::Egress;
use crate::fetcher::{FetchError, FetchedResponse, Fetcher, MAX_BODY_BYTES, TOTAL_TIMEOUT};
use crate::guarded_fetch::{FetchLimits, GuardedFetchError, fetch};
use crate::loopback::is_loopback;

/// Fetches the documents of one origin, and those that they name on other hosts.
///
/// - The origin itself is asked wherever it is.
/// - This machine is asked if the origin is on it.
/// - Every other host is asked through the egress guard: over `https`, at publicly reachable addresses alone.
#[derive(Clone)]
pub struct OriginFetcher {
    origin: Url,
    fetcher: Fetcher,
    egress: Egress,
}

impl OriginFetcher {
    /// Creates a fetcher for the documents of an origin. `egress` guards the requests to other hosts.
    pub fn new(origin: Url, fetcher: Fetcher, egress: Egress) -> Self {
        Self { origin, fetcher, egress }
    }

    /// Sends a GET with an `Accept` header.
    ///
    /// # Errors
    /// See [`FetchError`]; a status that is no success is a [`FetchedResponse`], not an error.
    pub async fn get(&self, url: &Url, accept: &'static str) -> Result<FetchedResponse, FetchError> {
        let is_own = url.origin() == self.origin.origin();
        if is_own || (is_loopback(&self.origin) && is_loopback(url)) {
            return self.fetcher.get(url, accept).await;
        }
        let limits = FetchLimits { timeout: TOTAL_TIMEOUT, max_bytes: MAX_BODY_BYTES };
        let host = || url.host_str().unwrap_or_default().to_owned();
        match fetch(&self.egress, url, accept, limits).await {
            Ok(body) => Ok(FetchedResponse { status: 200, body }),
            Err(GuardedFetchError::Status(status)) => Ok(FetchedResponse { status, body: Vec::new() }),
            Err(GuardedFetchError::Target(reason)) => Err(FetchError::Target { url: url.clone(), reason }),
            Err(GuardedFetchError::Unreachable) => Err(FetchError::Unreachable { host: host() }),
            Err(GuardedFetchError::Timeout) => Err(FetchError::Timeout { host: host() }),
            Err(GuardedFetchError::TooLarge(_)) => Err(FetchError::TooLarge { host: host() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::resolver::Resolver;

    /// Resolves every name to this machine.
    struct Inside;

    impl Resolver for Inside {
        fn resolve(&self, _name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
            Box::pin(async { Ok(vec![IpAddr::from([127, 0, 0, 1])]) })
        }
    }

    /// A server on this machine that counts the connections to it.
    struct LocalServer {
        port: u16,
        connections: Arc<AtomicUsize>,
    }

    impl LocalServer {
        async fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let connections = Arc::new(AtomicUsize::new(0));
            let counted = Arc::clone(&connections);
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    counted.fetch_add(1, Ordering::SeqCst);
                    let _ = stream.read(&mut [0; 1024]).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
                }
            });
            Self { port, connections }
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::SeqCst)
        }
    }

    fn fetcher_of(origin: &str) -> OriginFetcher {
        let egress = Egress::new(false, Arc::new(Inside));
        OriginFetcher::new(origin.parse().unwrap(), Fetcher::new().unwrap(), egress)
    }

    #[tokio::test]
    async fn documents_of_a_public_origin_lead_to_no_address_inside() {
        let server = LocalServer::start().await;
        let port = server.port;
        for origin in ["https://learncoin.example", "https://localhost.example", "https://notlocalhost"] {
            let fetcher = fetcher_of(origin);
            for url in [
                format!("http://localhost:{port}/did.json"),
                format!("https://localhost:{port}/did.json"),
                format!("https://localhost.:{port}/did.json"),
                format!("https://uni.localhost:{port}/did.json"),
                format!("http://127.0.0.1:{port}/did.json"),
                format!("https://127.0.0.1:{port}/did.json"),
                format!("https://2130706433:{port}/did.json"),
                format!("https://[::1]:{port}/did.json"),
                format!("https://[::ffff:127.0.0.1]:{port}/did.json"),
                format!("https://0.0.0.0:{port}/did.json"),
                "https://169.254.169.254/latest".to_owned(),
                "https://10.0.0.1/did.json".to_owned(),
                // A name that leads inside, and the same name at another port than the origin's.
                format!("https://inside.example:{port}/did.json"),
                format!("{origin}:{port}/did.json"),
            ] {
                let refused = fetcher.get(&url.parse().unwrap(), "*/*").await;
                assert!(matches!(refused, Err(FetchError::Target { .. })), "{origin} {url}: {refused:?}");
            }
        }
        assert_eq!(server.connections(), 0);
    }

    #[tokio::test]
    async fn an_origin_on_this_machine_leads_to_this_machine_and_to_no_other_address_inside() {
        let (own, other) = (LocalServer::start().await, LocalServer::start().await);
        let fetcher = fetcher_of(&format!("http://localhost:{}", own.port));
        for (server, name) in [(&own, "localhost"), (&other, "localhost"), (&other, "127.0.0.1")] {
            let url = format!("http://{name}:{}/did.json", server.port).parse().unwrap();
            assert_eq!(fetcher.get(&url, "*/*").await.unwrap().body, b"{}");
        }
        assert_eq!((own.connections(), other.connections()), (1, 2));
        for url in ["https://10.0.0.1/", "https://169.254.169.254/", "https://[fc00::1]/", "http://10.0.0.1/"]
        {
            let refused = fetcher.get(&url.parse().unwrap(), "*/*").await;
            assert!(matches!(refused, Err(FetchError::Target { .. })), "{url}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn the_origin_itself_is_asked_where_it_is() {
        let server = LocalServer::start().await;
        // It speaks no TLS, but it is dialed.
        let origin = format!("https://127.0.0.1:{}", server.port);
        let asked = fetcher_of(&origin).get(&origin.parse().unwrap(), "*/*").await;
        assert!(matches!(asked, Err(FetchError::Unreachable { .. })), "{asked:?}");
        assert_eq!(server.connections(), 1);
    }
}
