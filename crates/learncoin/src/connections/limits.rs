//! The limits of connections.

use std::time::Duration;

use ipnet::IpNet;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The descriptors that are kept for the database, the nodes of chains, deliveries and files.
const RESERVE: u64 = 256;
/// The most connections, however many descriptors there are.
const MOST: u64 = 10_000;
/// The part of all connections that one peer may have.
const SHARE: usize = 4;
/// The least share of a peer.
const LEAST_SHARE: usize = 16;

/// The limits of the connections to one listener.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionLimits {
    /// The time from a connection's beginning, or the first byte of a later request, to the end of the request's head.
    pub(crate) head: Duration,
    /// The longest time between two requests.
    pub(crate) idle: Duration,
    /// The time after which a client that is waited for must have moved `least_bytes` of a body or an answer.
    pub(crate) stall: Duration,
    /// See [`ConnectionLimits::stall`].
    pub(crate) least_bytes: u64,
    /// The longest head of a request, in bytes.
    pub(crate) head_bytes: usize,
    /// The most connections.
    pub(crate) most: usize,
    /// The most connections of one peer: an IPv4 address, or a network of 64 bits.
    pub(crate) most_of_a_peer: usize,
    /// The peers that forward others' requests, which have no share.
    pub(crate) proxies: Vec<IpNet>,
}

impl ConnectionLimits {
    /// Returns the limits of a public listener in a process that may have so many descriptors.
    pub(crate) fn public(descriptors: u64, proxies: Vec<IpNet>) -> Self {
        let reserve = RESERVE.min(descriptors / 2);
        let most = usize::try_from(descriptors.saturating_sub(reserve).min(MOST)).unwrap_or(usize::MAX);
        Self {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            stall: Duration::from_secs(30),
            least_bytes: 15 * 1024,
            head_bytes: 64 * 1024,
            most,
            most_of_a_peer: (most / SHARE).max(LEAST_SHARE),
            proxies,
        }
    }

    /// Returns the limits of the listener for operators, who scrape metrics.
    pub(crate) fn operators() -> Self {
        Self { most: 32, most_of_a_peer: 32, ..Self::public(RESERVE, Vec::new()) }
    }
}

/// Raises the number of descriptors that the process may have to the most that the operating system allows it. Returns the number.
pub(crate) fn raise_descriptor_limit() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            limit.current
        }
    };
    // None is no limit.
    current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_everything_else() {
        let most = |descriptors| ConnectionLimits::public(descriptors, Vec::new()).most;
        assert_eq!(
            [64, 256, 1_024, 4_096, 1 << 20, u64::MAX].map(most),
            [32, 128, 768, 3_840, 10_000, 10_000]
        );
    }
}
