//! The egress guard: what a tenant names is fetched or called only if it is publicly reachable.
//!
//! The addresses of a name are checked when the name is submitted, and again when the connection is made: the resolver
//! that the HTTP client dials by is this one, so that the address that was checked is the address that is dialed.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use url::{Host, Url};

use crate::address::is_public;
use crate::client::{BoundedClient, ClientOptions, Request, USER_AGENT};
use crate::error::HttpError;
use crate::resolver::{GuardedResolver, Resolver};
use crate::target::TargetError;

/// The number of idle connections to a host that are kept for later requests.
const IDLE_CONNECTIONS_PER_HOST: usize = 8;
/// The time for which an idle connection is kept. The address is checked when the connection is made. It is not kept
/// long enough for a later change of the name to matter.
const IDLE_CONNECTION_TIMEOUT: Duration = Duration::from_secs(15);

/// Checks targets and creates clients that reach no forbidden one.
#[derive(Clone)]
pub struct Egress {
    allow_private: bool,
    resolver: Arc<dyn Resolver>,
}

impl Egress {
    /// Creates a guard. `allow_private` is the development switch that allows `http` and private addresses.
    pub fn new(allow_private: bool, resolver: Arc<dyn Resolver>) -> Self {
        Self { allow_private, resolver }
    }

    /// Checks a URL before use: its form, a literal address in it, and the addresses of its name. A name that
    /// does not resolve is accepted here and checked when it is dialed.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub async fn check(&self, url: &Url) -> Result<(), TargetError> {
        self.check_form(url)?;
        if self.allow_private {
            return Ok(());
        }
        if let Some(Host::Domain(name)) = url.host() {
            let addresses = self.resolver.resolve(name.to_owned()).await.unwrap_or_default();
            if !addresses.iter().copied().all(is_public) {
                return Err(TargetError::NotPublic);
            }
        }
        Ok(())
    }

    /// Checks what needs no resolver. A literal address never reaches the client's resolver, so it is checked here,
    /// before each request too.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub fn check_form(&self, url: &Url) -> Result<(), TargetError> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_private => {}
            _ => return Err(TargetError::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        let literal = match url.host() {
            None => return Err(TargetError::NoHost),
            Some(Host::Domain(_)) => None,
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        };
        match literal {
            Some(address) if !self.allow_private && !is_public(address) => Err(TargetError::NotPublic),
            _ => Ok(()),
        }
    }

    /// Creates a client that dials only what this guard allows.
    ///
    /// # Errors
    /// [`HttpError::Setup`] if TLS can't be set up on this machine.
    pub fn client(&self, timeout: Duration) -> Result<GuardedClient, HttpError> {
        let resolver =
            GuardedResolver { allow_private: self.allow_private, resolver: Arc::clone(&self.resolver) };
        let options = ClientOptions { timeout, connect_timeout: None, user_agent: Some(USER_AGENT) };
        let client = BoundedClient::with(options, |builder| {
            builder
                .pool_max_idle_per_host(IDLE_CONNECTIONS_PER_HOST)
                .pool_idle_timeout(IDLE_CONNECTION_TIMEOUT)
                .dns_resolver(Arc::new(resolver))
        })?;
        Ok(GuardedClient { client, egress: self.clone() })
    }
}

/// A client that reaches no forbidden address.
#[derive(Clone)]
pub struct GuardedClient {
    client: BoundedClient,
    egress: Egress,
}

impl GuardedClient {
    /// Begins a request if the URL's form is allowed. Its name is checked when it is dialed.
    ///
    /// # Errors
    /// See [`TargetError`].
    pub fn request(&self, method: Method, url: &Url) -> Result<Request, TargetError> {
        self.egress.check_form(url)?;
        Ok(self.client.request(method, url))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::BoxFuture;

    use super::*;

    /// Returns the next list at each lookup, and the last one from then on.
    struct Changing {
        answers: Vec<Vec<&'static str>>,
        asked: AtomicUsize,
    }

    impl Changing {
        fn egress(allow_private: bool, answers: &[&[&'static str]]) -> Egress {
            let answers = answers.iter().map(|addresses| addresses.to_vec()).collect();
            Egress::new(allow_private, Arc::new(Self { answers, asked: AtomicUsize::new(0) }))
        }
    }

    impl Resolver for Changing {
        fn resolve(&self, _name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
            let turn = self.asked.fetch_add(1, Ordering::SeqCst).min(self.answers.len() - 1);
            let addresses = self.answers[turn].iter().map(|text| text.parse().unwrap()).collect();
            Box::pin(async move { Ok(addresses) })
        }
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    /// Starts a server on this machine that answers every connection, and returns its port.
    fn local_server() -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let _ = stream.read(&mut [0; 1024]);
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
        port
    }

    async fn dial(egress: &Egress, target: &Url) -> Result<u16, String> {
        let client = egress.client(Duration::from_secs(5)).unwrap();
        let request = client.request(Method::GET, target).map_err(|error| error.to_string())?;
        request.send().await.map(|answer| answer.status().as_u16()).map_err(|error| format!("{error:?}"))
    }

    #[tokio::test]
    async fn the_form_of_a_target_is_checked() {
        let egress = Changing::egress(false, &[&["93.184.215.14"]]);
        assert_eq!(egress.check(&url("https://x.example/a?b")).await, Ok(()));
        assert_eq!(egress.check(&url("https://93.184.215.14/")).await, Ok(()));
        for (target, error) in [
            ("http://x.example/", TargetError::Scheme),
            ("ftp://x.example/", TargetError::Scheme),
            ("https://user@x.example/", TargetError::Credentials),
            ("https://:secret@x.example/", TargetError::Credentials),
            ("https://127.0.0.1/", TargetError::NotPublic),
            ("https://017700000001/", TargetError::NotPublic),
            ("https://[::ffff:192.168.0.1]/", TargetError::NotPublic),
        ] {
            assert_eq!(egress.check(&url(target)).await, Err(error), "{target}");
        }
    }

    #[tokio::test]
    async fn one_address_inside_is_enough_to_refuse_a_name() {
        let egress = Changing::egress(false, &[&["93.184.215.14", "10.0.0.1"]]);
        assert_eq!(egress.check(&url("https://x.example/")).await, Err(TargetError::NotPublic));
        assert_eq!(Changing::egress(false, &[&[]]).check(&url("https://x.example/")).await, Ok(()));
    }

    #[tokio::test]
    async fn a_name_that_changes_its_answer_is_not_dialed_inside() {
        let port = local_server();
        let egress = Changing::egress(false, &[&["93.184.215.14"], &["127.0.0.1"]]);
        let target = url(&format!("https://x.example:{port}/"));
        assert_eq!(egress.check(&target).await, Ok(()));
        let error = dial(&egress, &target).await.unwrap_err();
        assert!(error.contains("NotPublic"), "{error}");
    }

    #[tokio::test]
    async fn a_literal_address_inside_is_not_dialed() {
        let port = local_server();
        let egress = Changing::egress(false, &[&["93.184.215.14"]]);
        assert!(dial(&egress, &url(&format!("https://127.0.0.1:{port}/"))).await.is_err());
    }

    #[tokio::test]
    async fn the_development_switch_allows_this_machine() {
        let port = local_server();
        let egress = Changing::egress(true, &[&["127.0.0.1"]]);
        assert_eq!(dial(&egress, &url(&format!("http://x.example:{port}/"))).await, Ok(204));
        assert_eq!(dial(&egress, &url(&format!("http://127.0.0.1:{port}/"))).await, Ok(204));
        assert_eq!(egress.check(&url("ftp://x.example/")).await, Err(TargetError::Scheme));
    }
}
