//! The share of each client address in something of which there is little.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client_address::client_network;

/// The places that are taken, by client.
#[derive(Debug)]
pub(crate) struct AddressShares {
    most: usize,
    taken: Mutex<HashMap<Option<IpAddr>, usize>>,
}

/// A place that an address has taken. Dropped, it is free again.
#[derive(Debug)]
pub(crate) struct AddressPlace {
    shares: Arc<AddressShares>,
    address: Option<IpAddr>,
}

impl AddressShares {
    /// Creates shares of so many places for each address.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// Takes a place; `None` if the address has taken its share. Clients whose address is unknown share one.
    pub(crate) fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Option<AddressPlace> {
        let address = address.map(client_network);
        let mut taken = self.lock();
        let count = taken.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count = count.saturating_add(1);
        Some(AddressPlace { shares: Arc::clone(self), address })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Option<IpAddr>, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AddressPlace {
    fn drop(&mut self) {
        let mut taken = self.shares.lock();
        if let Some(count) = taken.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_no_more() {
        let shares = AddressShares::new(2);
        let take = |address: &str| shares.take(Some(address.parse().unwrap()));
        let first = take("192.0.2.1").unwrap();
        let second = take("::ffff:192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_none());
        let other = take("192.0.2.2").unwrap();
        let networks = [take("2001:db8::1").unwrap(), take("2001:db8::ffff").unwrap()];
        assert!(take("2001:db8::2").is_none() && take("2001:db8:0:1::1").is_some());
        let unknown = [shares.take(None).unwrap(), shares.take(None).unwrap()];
        assert!(shares.take(None).is_none());
        drop(first);
        assert!(take("192.0.2.1").is_some());
        drop((second, other, networks, unknown));
        assert!(shares.lock().is_empty(), "nothing is kept of addresses that hold nothing");
    }
}
