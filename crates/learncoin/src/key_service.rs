//! The client of Cloud KMS that the settings describe.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use learncoin_http_client::Proxy;
use learncoin_issuance::key::service::KeyService;
use learncoin_kms::{Credentials, KeyRing, Kms, KmsOptions, ServiceAccount};
use learncoin_store::Store;
use learncoin_store::clock::Clock as _;

use crate::config::KeysConfig;
use crate::environment::variable;
use crate::master_key::read_secret;
use crate::system::SystemClock;

/// The variable with the host of another metadata server, as in Google's own programs.
const METADATA_HOST_VARIABLE: &str = "GCE_METADATA_HOST";

/// Creates the client, if the settings have a key ring for new keys or there are keys in Cloud KMS already.
///
/// # Errors
/// If a setting is invalid, or the key file of the service account can't be read.
pub(crate) async fn open(
    config: &KeysConfig,
    proxy: Option<Proxy>,
    store: &Store,
) -> Result<Option<KeyService>> {
    let ring = match config.kms_key_ring.as_str() {
        "" => None,
        ring => Some(ring.parse::<KeyRing>().context("keys.kms_key_ring")?),
    };
    if ring.is_none() && !store.has_kms_keys().await? {
        return Ok(None);
    }
    let endpoint = match config.kms_endpoint.as_str() {
        "" => None,
        endpoint => Some(endpoint.parse().context("keys.kms_endpoint")?),
    };
    let options = KmsOptions { endpoint, credentials: credentials(config)?, proxy, ..KmsOptions::default() };
    let client = Kms::new(options, Arc::new(|| SystemClock.now_ms())).context("keys.kms_endpoint")?;
    Ok(Some(KeyService::new(client, ring)))
}

fn credentials(config: &KeysConfig) -> Result<Credentials> {
    Ok(match config.kms_credentials.as_str() {
        "metadata" => Credentials::Metadata { host: variable(METADATA_HOST_VARIABLE) },
        "none" => Credentials::None,
        file => {
            let account = read_secret(Path::new(file)).context("keys.kms_credentials")?;
            let account = ServiceAccount::read(&account).context("keys.kms_credentials")?;
            Credentials::ServiceAccount(account)
        }
    })
}
