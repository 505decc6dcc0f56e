//! Allowlists: the networks that may present an API key. A key without one may be presented from any address.

use std::net::IpAddr;

use ipnet::IpNet;
use learncoin_store::clock::Clock;
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::tenants::Plan;
use learncoin_store::{Error as StoreError, Store, WriteTx};

use crate::keyed_write::{Actor, begin_for_actor};

/// The error for a text that is neither a network nor an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an IP address, or a network such as 203.0.113.0/24 or 2001:db8::/32")]
pub struct NetworkError;

/// Parses a network in CIDR notation; a bare address is the network of itself alone. Host bits are dropped.
///
/// # Errors
/// If the text is neither.
pub fn parse_network(text: &str) -> Result<IpNet, NetworkError> {
    match text.parse::<IpNet>() {
        Ok(network) => Ok(network.trunc()),
        Err(_) => text.parse::<IpAddr>().map(IpNet::from).map_err(|_| NetworkError),
    }
}

/// Returns whether a key with this allowlist may be presented from `address`; `None` is an address that is not known. An
/// allowlist with an entry that can't be parsed allows no address.
pub fn allows(networks: &[String], address: Option<IpAddr>) -> bool {
    if networks.is_empty() {
        return true;
    }
    let Ok(networks) = networks.iter().map(|text| parse_network(text)).collect::<Result<Vec<_>, _>>() else {
        return false;
    };
    address.is_some_and(|address| contains(&networks, address))
}

/// Returns whether one of the networks holds the address. An IPv4 address within an IPv6 one is the IPv4 address.
pub fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// The reason why an allowlist was not changed. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum AllowlistError {
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// No key has this id.
    #[error("no key has the id {0}")]
    NoKey(KeyId),
    /// Allowlists begin with the Institution plan.
    #[error("allowlists need the institution plan or above; the tenant is on {0}")]
    NeedsInstitution(Plan),
    /// The network is not on the key's allowlist.
    #[error("{0} is not on the key's allowlist")]
    NotOnAllowlist(IpNet),
    /// The caller lost the right to it since the request began: the member's role was taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes these networks a key's allowlist, in place of those that are on it. Without any, the key may be presented from everywhere.
///
/// # Errors
/// [`AllowlistError::NeedsInstitution`] if one is new and the plan has no allowlists, [`AllowlistError::RightLost`], and if there is no
/// such key or the store fails.
pub async fn replace(
    store: &Store,
    clock: &dyn Clock,
    actor: Actor<'_>,
    id: &KeyId,
    networks: &[IpNet],
) -> Result<(), AllowlistError> {
    let key = store.api_key_by_id(id).await?.ok_or_else(|| AllowlistError::NoKey(id.clone()))?;
    let begun = begin_for_actor(store, clock, &key.tenant_id, actor).await?;
    let (mut tx, _) = begun.ok_or(AllowlistError::RightLost)?;
    let tenant = tx.find_tenant(&key.tenant_id).await?.ok_or(AllowlistError::NoTenant(key.tenant_id))?;
    let current = tx.list_networks(id).await?;
    let wanted: Vec<String> = networks.iter().map(ToString::to_string).collect();
    if wanted.iter().any(|network| !current.contains(network)) && !tenant.plan.allows_allowlists() {
        return Err(AllowlistError::NeedsInstitution(tenant.plan));
    }
    for network in current.iter().filter(|network| !wanted.contains(network)) {
        tx.disallow_network(id, network).await?;
    }
    for network in &wanted {
        tx.allow_network(id, network).await?;
    }
    Ok(tx.commit().await?)
}

/// Adds networks to a key's allowlist.
///
/// # Errors
/// [`AllowlistError::NeedsInstitution`], and if there is no such key or the store fails.
pub async fn allow(store: &Store, id: &KeyId, networks: &[IpNet]) -> Result<(), AllowlistError> {
    let key = store.api_key_by_id(id).await?.ok_or_else(|| AllowlistError::NoKey(id.clone()))?;
    let mut tx = store.begin_for(&key.tenant_id).await?;
    let tenant = tx.find_tenant(&key.tenant_id).await?.ok_or(AllowlistError::NoTenant(key.tenant_id))?;
    if !tenant.plan.allows_allowlists() {
        return Err(AllowlistError::NeedsInstitution(tenant.plan));
    }
    insert_networks(&mut tx, id, networks).await?;
    Ok(tx.commit().await?)
}

/// Removes networks from a key's allowlist, on any plan.
///
/// # Errors
/// [`AllowlistError::NotOnAllowlist`], and if there is no such key or the store fails; nothing is changed then.
pub async fn disallow(store: &Store, id: &KeyId, networks: &[IpNet]) -> Result<(), AllowlistError> {
    if store.api_key_by_id(id).await?.is_none() {
        return Err(AllowlistError::NoKey(id.clone()));
    }
    let mut tx = store.begin().await?;
    for network in networks {
        if !tx.disallow_network(id, &network.to_string()).await? {
            return Err(AllowlistError::NotOnAllowlist(*network));
        }
    }
    Ok(tx.commit().await?)
}

/// Inserts networks into a key's allowlist within a transaction.
///
/// # Errors
/// If the store fails.
pub(crate) async fn insert_networks(
    tx: &mut WriteTx,
    id: &KeyId,
    networks: &[IpNet],
) -> Result<(), StoreError> {
    for network in networks {
        tx.allow_network(id, &network.to_string()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_allowed(networks: &[&str], address: &str) -> bool {
        let networks: Vec<String> = networks.iter().map(|text| (*text).to_owned()).collect();
        allows(&networks, address.parse().ok())
    }

    #[test]
    fn an_empty_list_allows_every_address() {
        assert!(is_allowed(&[], "203.0.113.7"));
        assert!(is_allowed(&[], "unknown"));
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        let list = ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"];
        for address in ["203.0.113.0", "203.0.113.255", "2001:db8::1", "198.51.100.7", "::ffff:203.0.113.9"] {
            assert!(is_allowed(&list, address), "{address}");
        }
        for address in ["203.0.112.255", "203.0.114.0", "2001:db9::1", "198.51.100.8", "::1", "unknown"] {
            assert!(!is_allowed(&list, address), "{address}");
        }
    }

    #[test]
    fn one_unreadable_entry_closes_the_list() {
        assert!(!is_allowed(&["203.0.113.0/24", "office"], "203.0.113.7"));
    }

    #[test]
    fn host_bits_are_dropped() {
        assert_eq!(
            parse_network("203.0.113.7/24").map(|network| network.to_string()),
            Ok("203.0.113.0/24".into())
        );
        for text in ["", "203.0.113.0/33", "203.0.113", "office", "2001:db8::/129"] {
            assert_eq!(parse_network(text), Err(NetworkError), "{text:?}");
        }
    }
}
