//! Names to addresses: the operating system's resolver, and the one that the guarded client dials by.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;
use crate::target::TargetError;

/// Finds the addresses of a name. A parameter, so that a test can return addresses that change.
pub trait Resolver: Send + Sync + 'static {
    /// Returns the addresses; empty or an error if there are none.
    fn resolve(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The operating system's resolver.
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver for the HTTP library that refuses names with a forbidden address.
pub(crate) struct GuardedResolver {
    pub(crate) allow_private: bool,
    pub(crate) resolver: Arc<dyn Resolver>,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.resolver.resolve(name.as_str().to_owned());
        let allow_private = self.allow_private;
        Box::pin(async move {
            let addresses = lookup.await?;
            // One forbidden address is enough: a name that has any is not a public service.
            if !allow_private && !addresses.iter().copied().all(is_public) {
                return Err(TargetError::NotPublic.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
