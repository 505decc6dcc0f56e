//! The identity provider that the settings describe.

use std::path::Path;

use anyhow::{Context as _, Result};
use learncoin_console::oidc::{GroupRoles, IdentityProvider, ProviderOptions};
use learncoin_http_client::Proxy;
use zeroize::Zeroizing;

use crate::config::OidcConfig;
use crate::environment::variable;
use crate::master_key::read_secret;

/// The variable with the secret of the registration.
const SECRET_VARIABLE: &str = "LEARNCOIN_OIDC_CLIENT_SECRET";

/// Returns the provider, if the settings name one. It is not asked for anything.
///
/// # Errors
/// If a setting is invalid, or the file with the secret can't be read.
pub(crate) fn open(
    config: &OidcConfig,
    origin: &str,
    proxy: Option<&Proxy>,
) -> Result<Option<IdentityProvider>> {
    if config.issuer.is_empty() {
        return Ok(None);
    }
    let options = ProviderOptions { client_secret: secret(config)?, ..options(config)? };
    let provider = IdentityProvider::new(options, origin, proxy);
    Ok(Some(provider.map_err(|error| anyhow::anyhow!("oidc.{error}"))?))
}

/// Checks the settings. No file is read.
///
/// # Errors
/// If one is invalid.
pub(crate) fn check(config: &OidcConfig) -> Result<()> {
    let options = options(config)?;
    if config.issuer.is_empty() {
        return Ok(());
    }
    options.check().map_err(|error| anyhow::anyhow!("oidc.{error}"))
}

/// Returns the settings without the secret.
fn options(config: &OidcConfig) -> Result<ProviderOptions> {
    Ok(ProviderOptions {
        issuer: config.issuer.clone(),
        client_id: config.client_id.clone(),
        client_secret: None,
        scopes: config.scopes.clone(),
        name: config.name.clone(),
        groups_claim: config.groups_claim.clone(),
        groups: GroupRoles::parse(&config.groups).context("oidc.groups")?,
    })
}

fn secret(config: &OidcConfig) -> Result<Option<Zeroizing<String>>> {
    if let Some(secret) = variable(SECRET_VARIABLE) {
        return Ok(Some(Zeroizing::new(secret)));
    }
    if config.client_secret_file.is_empty() {
        return Ok(None);
    }
    let text = read_secret(Path::new(&config.client_secret_file)).context("oidc.client_secret_file")?;
    Ok(Some(Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned())))
}
