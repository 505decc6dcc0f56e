//! The settings `pages.test_rpc_url` and `pages.live_rpc_url`: the nodes that visitors' browsers query.

use anyhow::{Context as _, Result, bail};
use learncoin_http_client::is_confidential;
use learncoin_server::BrowserNodes;
use url::Url;

use crate::config::Config;

/// Reads both settings.
///
/// # Errors
/// If one is not an address that may be public.
pub(crate) fn browser_nodes(config: &Config) -> Result<BrowserNodes> {
    let own = [&config.chain.test_rpc_url, &config.chain.live_rpc_url];
    let own: Vec<&str> = own.into_iter().flat_map(|urls| urls.split_whitespace()).collect();
    let read = |url: &str| if url.is_empty() { Ok(None) } else { public_node(url, &own).map(Some) };
    Ok(BrowserNodes {
        test: read(&config.pages.test_rpc_url).context("pages.test_rpc_url")?,
        live: read(&config.pages.live_rpc_url).context("pages.live_rpc_url")?,
    })
}

/// Parses the URL of a public node. The error messages do not contain it: a refused one may hold a key.
fn public_node(url: &str, own: &[&str]) -> Result<Url> {
    let url: Url = url.parse().context("expected a URL")?;
    if !is_confidential(&url) {
        bail!("expected an https URL, or http on this machine");
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!("expected a URL without a user and a password, which every visitor would see");
    }
    if own.iter().filter_map(|own| own.parse::<Url>().ok()).any(|own| own == url) {
        bail!(
            "expected another node than the deployment's own: every visitor sees this address and may use it"
        );
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(test: &str, own: &str) -> Result<BrowserNodes> {
        let mut config = Config::default();
        test.clone_into(&mut config.pages.test_rpc_url);
        own.clone_into(&mut config.chain.live_rpc_url);
        browser_nodes(&config)
    }

    #[test]
    fn a_public_node_is_taken_and_none_is_none() {
        assert_eq!(read("", "").unwrap(), BrowserNodes::default());
        for url in ["https://sepolia.base.example/", "http://localhost:8545/", "http://127.0.0.1:8545/"] {
            assert_eq!(read(url, "https://own.example/key").unwrap().test.unwrap().as_str(), url);
        }
    }

    #[test]
    fn what_visitors_must_not_see_is_refused_without_being_repeated() {
        for (url, words) in [
            ("own.example", "a URL"),
            ("http://node.example/", "https"),
            ("https://user:secret@node.example/", "user"),
            ("https://own.example/secret", "deployment's own"),
            ("HTTPS://OWN.example:443/secret", "deployment's own"),
        ] {
            let own = "https://another.example/ https://own.example/secret";
            let error = format!("{:#}", read(url, own).unwrap_err());
            assert!(error.contains("pages.test_rpc_url") && error.contains(words), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
