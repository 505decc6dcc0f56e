//! Limits how many files are drawn at a time, and shares that among the addresses that ask for them.
//!
//! - Invariant: addresses take turns. One that asks for many files waits for itself: another one waits for one drawing of
//!   each address before it, however many each of them wants.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::middleware::client_address::client_network;

/// The longest time that a request waits for a permit.
const MAX_WAIT: Duration = Duration::from_secs(20);
/// The most requests of an address that wait.
const MAX_WAITING: usize = 32;

/// The permits to draw files: one for pictures and one for certificates, so that neither waits for the other.
#[derive(Default)]
pub(crate) struct RenderPermits {
    /// For badges and cards.
    pub(crate) pictures: Turns,
    /// For certificates.
    pub(crate) certificates: Turns,
}

/// One permit, which addresses hold in turn.
#[derive(Default)]
pub(crate) struct Turns(Arc<Mutex<Queue>>);

/// The requests that wait.
#[derive(Default)]
struct Queue {
    is_held: bool,
    /// The addresses that wait, the next one first.
    order: VecDeque<Share>,
    waiting: HashMap<Share, VecDeque<oneshot::Sender<RenderPermit>>>,
}

/// A client that takes turns; `None` if its address is not known.
type Share = Option<IpAddr>;

/// The permit to draw a file. The next one that waits gets it when it is dropped.
pub(crate) struct RenderPermit {
    turns: Turns,
}

impl Turns {
    /// Waits for the permit. Returns `None` if it does not come within 20 s, or too many requests of the address wait.
    pub(crate) async fn acquire(&self, address: Option<IpAddr>) -> Option<RenderPermit> {
        let permit = {
            let mut queue = self.lock();
            let share = address.map(client_network);
            // Those that gave up.
            if let Some(waiting) = queue.waiting.get_mut(&share) {
                waiting.retain(|waiting| !waiting.is_closed());
                if waiting.len() >= MAX_WAITING {
                    return None;
                }
            }
            let (sender, permit) = oneshot::channel();
            if !queue.order.contains(&share) {
                queue.order.push_back(share);
            }
            queue.waiting.entry(share).or_default().push_back(sender);
            permit
        };
        self.grant();
        tokio::time::timeout(MAX_WAIT, permit).await.ok()?.ok()
    }

    /// Passes the permit to the next request, if it is free.
    fn grant(&self) {
        let next = {
            let mut queue = self.lock();
            if queue.is_held {
                return;
            }
            let Some(next) = queue.next() else { return };
            queue.is_held = true;
            next
        };
        // A request that was given up meanwhile drops the permit, which leads to the one after it.
        let _ = next.send(RenderPermit { turns: Self(Arc::clone(&self.0)) });
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Returns the request whose turn it is. Its address comes last from then on.
    fn next(&mut self) -> Option<oneshot::Sender<RenderPermit>> {
        while let Some(share) = self.order.pop_front() {
            let Some(waiting) = self.waiting.get_mut(&share) else { continue };
            waiting.retain(|waiting| !waiting.is_closed());
            let next = waiting.pop_front();
            if waiting.is_empty() {
                self.waiting.remove(&share);
            } else {
                self.order.push_back(share);
            }
            if next.is_some() {
                return next;
            }
        }
        None
    }
}

impl Drop for RenderPermit {
    fn drop(&mut self) {
        self.turns.lock().is_held = false;
        self.turns.grant();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use futures_util::FutureExt as _;

    use super::*;

    type Waiting<'a> = Pin<Box<dyn Future<Output = Option<RenderPermit>> + 'a>>;

    fn ask<'a>(turns: &'a Turns, address: &str) -> Waiting<'a> {
        let mut waiting: Waiting<'a> = Box::pin(turns.acquire(Some(address.parse().unwrap())));
        assert!((&mut waiting).now_or_never().is_none(), "it waits");
        waiting
    }

    fn is_granted(waiting: &mut Waiting<'_>) -> Option<RenderPermit> {
        waiting.now_or_never().flatten()
    }

    #[tokio::test]
    async fn addresses_take_turns_however_much_each_wants() {
        let turns = Turns::default();
        let greedy = "192.0.2.1".parse().unwrap();
        let held = turns.acquire(Some(greedy)).await.unwrap();
        let mut greedy: Vec<_> = (0..20).map(|_| ask(&turns, "192.0.2.1")).collect();
        let mut honest = ask(&turns, "192.0.2.2");
        drop(held);
        // The greedy address came first, and has one turn.
        let held = is_granted(&mut greedy[0]).unwrap();
        assert!(is_granted(&mut honest).is_none());
        drop(held);
        let held = is_granted(&mut honest).unwrap();
        // One that comes after all of its others waits for one of them.
        let mut another = ask(&turns, "192.0.2.3");
        drop(held);
        drop(is_granted(&mut greedy[1]).unwrap());
        assert!(is_granted(&mut another).is_some());
    }

    #[tokio::test]
    async fn requests_that_are_given_up_take_no_turn() {
        let turns = Turns::default();
        let held = turns.acquire(None).await.unwrap();
        let given_up: Vec<_> = (0..10).map(|_| ask(&turns, "192.0.2.1")).collect();
        let mut honest = ask(&turns, "192.0.2.2");
        drop(given_up);
        drop(held);
        drop(is_granted(&mut honest).unwrap());
        // One that was granted and not taken goes on to the next.
        let held = turns.acquire(None).await.unwrap();
        let granted = ask(&turns, "192.0.2.1");
        let mut next = ask(&turns, "192.0.2.2");
        drop(held);
        drop(granted);
        assert!(is_granted(&mut next).is_some());
    }

    #[tokio::test]
    async fn an_address_has_so_many_requests_waiting_and_a_network_is_one_address() {
        let turns = Turns::default();
        let _held = turns.acquire(None).await.unwrap();
        let waiting: Vec<_> =
            (0..MAX_WAITING).map(|number| ask(&turns, &format!("2001:db8::{number:x}"))).collect();
        let same: IpAddr = "2001:db8::ffff".parse().unwrap();
        assert!(turns.acquire(Some(same)).now_or_never().unwrap().is_none());
        let _other = ask(&turns, "2001:db8:0:1::1");
        drop(waiting);
        let _again = ask(&turns, "2001:db8::ffff");
    }
}
