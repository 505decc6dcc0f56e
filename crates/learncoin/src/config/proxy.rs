//! The setting `proxy_url`.

use anyhow::{Context as _, Result};
use learncoin_http_client::Proxy;
use serde::{Deserialize, Serialize};

/// The URL of a proxy, or nothing. It may hold a password, so no dump of the settings has it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ProxyUrl(String);

impl ProxyUrl {
    /// Returns the proxy, if there is one.
    ///
    /// # Errors
    /// If it is not the URL of a proxy.
    pub(crate) fn proxy(&self) -> Result<Option<Proxy>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        Ok(Some(Proxy::parse(&self.0).context("proxy_url")?))
    }
}

impl std::fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "set" })
    }
}
