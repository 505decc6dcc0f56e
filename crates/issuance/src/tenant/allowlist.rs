//! Allowlists: the networks that may present an API key. A key without one may be presented from anywhere.

use std::net::IpAddr;

use ipnet::IpNet;
use learncoin_store::id::KeyId;
use learncoin_store::{Error as StoreError, WriteTx};

use crate::context::Issuance;
use crate::tenant::provision::ProvisionError;

/// Neither a network nor an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an IP address, or a network such as 203.0.113.0/24 or 2001:db8::/32")]
pub struct NetworkError;

/// Reads a network in CIDR notation; a bare address is the network of itself alone. Host bits are dropped.
///
/// # Errors
/// Where the text is neither.
pub fn parse_network(text: &str) -> Result<IpNet, NetworkError> {
    match text.parse::<IpNet>() {
        Ok(network) => Ok(network.trunc()),
        Err(_) => text.parse::<IpAddr>().map(IpNet::from).map_err(|_| NetworkError),
    }
}

/// Whether a key with this allowlist may be presented from `address`; `None` is an address that is not known. An
/// allowlist with an entry that can't be read allows nobody.
pub fn allows(networks: &[String], address: Option<IpAddr>) -> bool {
    if networks.is_empty() {
        return true;
    }
    let Ok(networks) = networks.iter().map(|text| parse_network(text)).collect::<Result<Vec<_>, _>>() else {
        return false;
    };
    address.is_some_and(|address| contains(&networks, address))
}

/// Whether one of the networks holds the address. An IPv4 address within an IPv6 one is the IPv4 address.
pub fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

/// Puts networks on a key's allowlist.
///
/// # Errors
/// [`ProvisionError::AllowlistNeedsInstitution`], and where there is no such key or the store fails.
pub async fn allow(issuance: &Issuance, id: &KeyId, networks: &[IpNet]) -> Result<(), ProvisionError> {
    let key = issuance.store.api_key_by_id(id).await?.ok_or_else(|| ProvisionError::NoKey(id.clone()))?;
    let mut tx = issuance.store.begin_for(&key.tenant_id).await?;
    let tenant = tx.find_tenant(&key.tenant_id).await?.ok_or(ProvisionError::NoTenant(key.tenant_id))?;
    if !tenant.plan.allows_allowlists() {
        return Err(ProvisionError::AllowlistNeedsInstitution(tenant.plan));
    }
    insert(&mut tx, id, networks).await?;
    Ok(tx.commit().await?)
}

/// Takes networks off a key's allowlist, on any plan.
///
/// # Errors
/// [`ProvisionError::NotOnAllowlist`], and where there is no such key or the store fails; nothing is changed then.
pub async fn disallow(issuance: &Issuance, id: &KeyId, networks: &[IpNet]) -> Result<(), ProvisionError> {
    if issuance.store.api_key_by_id(id).await?.is_none() {
        return Err(ProvisionError::NoKey(id.clone()));
    }
    let mut tx = issuance.store.begin().await?;
    for network in networks {
        if !tx.disallow_network(id, &network.to_string()).await? {
            return Err(ProvisionError::NotOnAllowlist(*network));
        }
    }
    Ok(tx.commit().await?)
}

pub(crate) async fn insert(tx: &mut WriteTx, id: &KeyId, networks: &[IpNet]) -> Result<(), StoreError> {
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
    fn an_empty_list_allows_everybody() {
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
