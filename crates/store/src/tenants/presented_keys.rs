//! The key that a request to the API presents, with the addresses that may present it and the tenant, by one statement.

use std::sync::LazyLock;

use crate::database::sql;
use crate::database::store::Store;
use crate::database::values::columns_of;
use crate::error::Result;
use crate::tenants::api_keys::{self, ApiKey, KeyDigest};
use crate::tenants::tenant::{self, Tenant};

/// An API key that is presented.
#[derive(Debug, Clone)]
pub struct PresentedKey {
    /// The key, revoked or not.
    pub key: ApiKey,
    /// The addresses (CIDR) that may present it; none means any.
    pub networks: Vec<String>,
    /// The tenant that it belongs to.
    pub tenant: Tenant,
}

static SQL: LazyLock<String> = LazyLock::new(|| {
    let (key, tenant) = (columns_of("api_keys", api_keys::COLUMNS), columns_of("tenants", tenant::COLUMNS));
    format!(
        "SELECT {key}, {tenant}, (SELECT string_agg(cidr, ' ') FROM api_key_networks WHERE key_id = api_keys.id) AS networks
         FROM api_keys JOIN tenants ON tenants.id = api_keys.tenant_id WHERE api_keys.digest = $1"
    )
});

impl Store {
    /// Returns the key with this digest, with what decides on its requests.
    pub async fn find_presented_key(&self, digest: &KeyDigest) -> Result<Option<PresentedKey>> {
        let found = sql::query(SQL.as_str()).bind(digest.as_str()).fetch_optional(&self.pool).await?;
        let Some(mut key) = found else { return Ok(None) };
        let mut tenant = key.split_off(api_keys::COLUMNS);
        let networks: Option<String> = tenant.split_off(tenant::COLUMNS).first()?;
        Ok(Some(PresentedKey {
            key: api_keys::api_key(&key)?,
            networks: networks.iter().flat_map(|all| all.split(' ')).map(str::to_owned).collect(),
            tenant: tenant::tenant(&tenant)?,
        }))
    }
}
