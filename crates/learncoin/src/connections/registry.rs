//! The connections that are open, and which of them gives way when there is no room.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
use learncoin_server::client_network;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::connections::activity::Activity;
use crate::connections::limits::ConnectionLimits;

/// The open connections of a listener.
#[derive(Debug)]
pub(super) struct Registry {
    limits: ConnectionLimits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next_id: u64,
    connections: HashMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    /// `None` for a proxy, whose connections are counted for all only.
    peer: Option<IpAddr>,
    activity: Arc<Activity>,
    gives_way: Arc<Notify>,
}

/// A connection's place. Dropped, it is free for another.
#[derive(Debug)]
pub(super) struct Place {
    registry: Arc<Registry>,
    id: u64,
    /// The activity of the connection's client.
    pub(super) activity: Arc<Activity>,
    /// Completes when the connection is to make room.
    pub(super) gives_way: Arc<Notify>,
}

impl Registry {
    /// Creates one without a connection.
    pub(super) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default() })
    }

    /// Admits a connection of this peer, and returns its place. At a limit another one gives way: the one that has been silent for
    /// the longest time. `None` if every one of them works on a request.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr, now: Instant) -> Option<Place> {
        let peer = self.peer_of(peer);
        let mut open = self.lock();
        let of_peer =
            peer.map_or(0, |peer| open.connections.values().filter(|one| one.peer == Some(peer)).count());
        if of_peer >= self.limits.most_of_a_peer {
            open.make_room(|entry| entry.peer == peer)?;
        } else if open.connections.len() >= self.limits.most {
            open.make_room(|_| true)?;
        }
        let id = open.next_id;
        open.next_id = id.wrapping_add(1);
        let activity = Arc::new(Activity::new(now));
        let gives_way = Arc::new(Notify::new());
        let entry = Entry { peer, activity: Arc::clone(&activity), gives_way: Arc::clone(&gives_way) };
        open.connections.insert(id, entry);
        Some(Place { registry: Arc::clone(self), id, activity, gives_way })
    }

    /// Returns what counts as one peer; `None` for a proxy.
    fn peer_of(&self, address: IpAddr) -> Option<IpAddr> {
        let address = address.to_canonical();
        if self.limits.proxies.iter().any(|proxy: &IpNet| proxy.contains(&address)) {
            return None;
        }
        Some(client_network(address))
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Lets the connection give way that does so most readily.
    fn make_room(&mut self, may_give_way: impl Fn(&Entry) -> bool) -> Option<()> {
        let readiest = self
            .connections
            .iter()
            .filter(|(_, entry)| may_give_way(entry))
            .filter_map(|(id, entry)| Some((entry.activity.readiness()?, *id)))
            .min();
        let (_, id) = readiest?;
        let entry = self.connections.remove(&id)?;
        entry.gives_way.notify_one();
        Some(())
    }
}

impl Place {
    /// Returns the limits of the listener's connections.
    pub(super) fn limits(&self) -> &ConnectionLimits {
        &self.registry.limits
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.lock().connections.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    fn registry(most: usize, most_of_a_peer: usize) -> Arc<Registry> {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        Registry::new(ConnectionLimits { most, most_of_a_peer, ..ConnectionLimits::public(1_024, proxies) })
    }

    fn gives_way(place: &Place) -> bool {
        place.gives_way.notified().now_or_never().is_some()
    }

    #[test]
    fn at_the_cap_the_longest_silent_gives_way_and_one_at_work_does_not() {
        let registry = registry(3, 3);
        let begun = Instant::now();
        let admit =
            |last: u8, second| registry.admit([192, 0, 2, last].into(), begun + Duration::from_secs(second));
        let working = admit(1, 0).unwrap();
        working.activity.exchange_begins(begun);
        let (silent, newer) = (admit(2, 1).unwrap(), admit(3, 2).unwrap());
        let another = admit(4, 3).unwrap();
        assert_eq!([&working, &silent, &newer, &another].map(gives_way), [false, true, false, false]);
        newer.activity.exchange_begins(begun);
        another.activity.exchange_begins(begun);
        assert!(admit(5, 4).is_none(), "all work");
        drop(working);
        assert!(admit(5, 4).is_some());
    }

    #[test]
    fn one_that_has_been_answered_gives_way_after_those_that_sent_nothing() {
        let registry = registry(3, 3);
        let begun = Instant::now();
        let admit =
            |last: u8, second| registry.admit([192, 0, 2, last].into(), begun + Duration::from_secs(second));
        let answered = admit(1, 0).unwrap();
        answered.activity.exchange_begins(begun);
        answered.activity.exchange_ends(begun);
        let silent = [admit(2, 1).unwrap(), admit(3, 2).unwrap()];
        let more = [admit(4, 3).unwrap(), admit(5, 4).unwrap()];
        assert!(silent.iter().all(gives_way) && !gives_way(&answered));
        more[0].activity.exchange_begins(begun);
        more[1].activity.exchange_begins(begun);
        assert!(admit(6, 5).is_some() && gives_way(&answered));
    }

    #[test]
    fn a_peer_at_its_share_takes_its_own_places_only() {
        let registry = registry(100, 2);
        let begun = Instant::now();
        let admit = |address: &str| registry.admit(address.parse().unwrap(), begun).unwrap();
        let other = admit("192.0.2.1");
        let greedy = [admit("2001:db8::1"), admit("2001:db8::2"), admit("2001:db8::3")];
        assert_eq!(greedy.each_ref().map(gives_way).iter().filter(|gives_way| **gives_way).count(), 1);
        assert!(!gives_way(&other));
        // A proxy forwards many clients' requests.
        let forwarded: Vec<Place> = (0..50).map(|_| admit("::ffff:10.1.2.3")).collect();
        assert!(!forwarded.iter().any(gives_way));
    }
}
