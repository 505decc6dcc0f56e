//! The fair scheduling of deliveries: allocates the capacity for attempts, so that an endpoint that is slow or dead takes
//! none from others.
//!
//! - An endpoint whose last attempt failed or took a second is slow. It gets one attempt at a time, and all slow endpoints
//!   together get at most a quarter of the capacity.
//! - An attempt that lasts longer than a second makes its endpoint slow while it is under way, so it gives its capacity
//!   back long before it ends. The attempts under way are at most four times the capacity.
//! - An endpoint whose last response came in time goes before one of which nothing is known, and a quarter of all attempts is
//!   reserved for such endpoints.
//!
//! One response in time makes a slow endpoint quick again.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::WaitingEndpoint;

/// The number of attempts at one endpoint that may be under way.
const PER_ENDPOINT: usize = 8;
/// The duration of an attempt that makes an endpoint slow, in milliseconds.
const SLOW_AFTER_MS: i64 = 1_000;

/// The attempts under way, each under a key of the caller's.
pub(crate) struct DeliveryScheduler<K> {
    /// The number of attempts that may be under way at quick endpoints.
    capacity: usize,
    under_way: HashMap<K, (WebhookId, i64)>,
    slow: HashSet<WebhookId>,
    /// The endpoints whose last response came in time.
    proven: HashSet<WebhookId>,
}

impl<K: Hash + Eq> DeliveryScheduler<K> {
    /// Creates a scheduler with capacity for so many attempts.
    pub(crate) fn new(capacity: usize) -> Self {
        let capacity = capacity.max(1);
        Self { capacity, under_way: HashMap::new(), slow: HashSet::new(), proven: HashSet::new() }
    }

    /// Records that an attempt has begun.
    pub(crate) fn begin(&mut self, key: K, endpoint_id: WebhookId, now_ms: i64) {
        self.under_way.insert(key, (endpoint_id, now_ms));
    }

    /// Records that an attempt has ended, successfully or not.
    pub(crate) fn end(&mut self, key: &K, is_success: bool, now_ms: i64) {
        let Some((endpoint_id, began)) = self.under_way.remove(key) else { return };
        if is_success && now_ms.saturating_sub(began) < SLOW_AFTER_MS {
            self.slow.remove(&endpoint_id);
            self.proven.insert(endpoint_id);
        } else {
            self.proven.remove(&endpoint_id);
            self.slow.insert(endpoint_id);
        }
    }

    /// Returns the endpoints at which attempts may begin now, with the number of these. `waiting` begins with the endpoint
    /// that has waited longest.
    pub(crate) fn allocate(&mut self, waiting: &[WaitingEndpoint], now_ms: i64) -> Vec<(WebhookId, usize)> {
        if waiting.is_empty() && self.under_way.is_empty() {
            self.slow.clear();
            self.proven.clear();
        }
        let taken = self.count_under_way(now_ms);
        let slow_taken: usize =
            taken.iter().filter(|(id, _)| self.slow.contains(id)).map(|(_, count)| count).sum();
        let total = self.under_way.len();
        let mut free = FreeCapacity {
            quick: self.capacity.saturating_sub(total - slow_taken),
            slow: (self.capacity / 4).max(1).saturating_sub(slow_taken),
            unproven: (3 * self.capacity).saturating_sub(total),
            all: (4 * self.capacity).saturating_sub(total),
        };
        let due = waiting.iter().filter(|one| one.due_at <= now_ms);
        let (slow, quick): (Vec<_>, Vec<_>) =
            due.partition(|one| one.is_failing || self.slow.contains(&one.endpoint_id));
        let (proven, unproven): (Vec<_>, Vec<_>) =
            quick.iter().partition(|one| self.proven.contains(&one.endpoint_id));
        // Scarce capacity is divided evenly: a long queue gets no more of it than a short one.
        let each = free.quick.checked_div(quick.len()).unwrap_or(0).clamp(1, PER_ENDPOINT);
        let mut allocations = Vec::new();
        for (endpoints, kind) in [(proven, Kind::Proven), (unproven, Kind::Unproven), (slow, Kind::Slow)] {
            for WaitingEndpoint { endpoint_id, .. } in endpoints {
                let already = taken.get(endpoint_id).copied().unwrap_or(0);
                let wanted = match kind {
                    Kind::Proven | Kind::Unproven => each.min(PER_ENDPOINT.saturating_sub(already)),
                    Kind::Slow => 1usize.saturating_sub(already),
                };
                let count = free.take(kind, wanted);
                if count > 0 {
                    allocations.push((endpoint_id.clone(), count));
                }
            }
        }
        allocations
    }

    /// Returns the number of attempts under way at each endpoint. Marks endpoints as slow that have not responded in time.
    fn count_under_way(&mut self, now_ms: i64) -> HashMap<WebhookId, usize> {
        let mut taken: HashMap<WebhookId, usize> = HashMap::new();
        for (endpoint_id, began) in self.under_way.values() {
            *taken.entry(endpoint_id.clone()).or_default() += 1;
            if now_ms.saturating_sub(*began) >= SLOW_AFTER_MS {
                self.proven.remove(endpoint_id);
                self.slow.insert(endpoint_id.clone());
            }
        }
        taken
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Proven,
    Unproven,
    Slow,
}

/// The free capacity.
struct FreeCapacity {
    /// The part for endpoints that are not slow.
    quick: usize,
    /// The part for slow endpoints.
    slow: usize,
    /// The part for endpoints that are not proven.
    unproven: usize,
    /// The whole.
    all: usize,
}

impl FreeCapacity {
    /// Takes as much as is wanted and free. Returns the number.
    fn take(&mut self, kind: Kind, wanted: usize) -> usize {
        let count = match kind {
            Kind::Proven => wanted.min(self.quick),
            Kind::Unproven => wanted.min(self.quick).min(self.unproven),
            Kind::Slow => wanted.min(self.slow).min(self.unproven),
        }
        .min(self.all);
        match kind {
            Kind::Proven | Kind::Unproven => self.quick -= count,
            Kind::Slow => self.slow -= count,
        }
        self.unproven = self.unproven.saturating_sub(count);
        self.all -= count;
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> WebhookId {
        format!("whk_{number:026}").parse().unwrap()
    }

    fn waiting(numbers: std::ops::Range<usize>, is_failing: bool) -> Vec<WaitingEndpoint> {
        numbers.map(|number| WaitingEndpoint { endpoint_id: id(number), due_at: 0, is_failing }).collect()
    }

    /// Begins the allocated attempts, and returns their number by endpoint.
    fn begin(
        scheduler: &mut DeliveryScheduler<usize>,
        waiting: &[WaitingEndpoint],
        now_ms: i64,
    ) -> HashMap<WebhookId, usize> {
        let allocations = scheduler.allocate(waiting, now_ms);
        for (endpoint_id, count) in &allocations {
            for _ in 0..*count {
                let key = scheduler.under_way.keys().max().map_or(0, |key| key + 1);
                scheduler.begin(key, endpoint_id.clone(), now_ms);
            }
        }
        allocations.into_iter().collect()
    }

    #[test]
    fn what_is_not_due_gets_no_capacity() {
        let mut scheduler = DeliveryScheduler::<usize>::new(8);
        let later = [WaitingEndpoint { endpoint_id: id(1), due_at: 11, is_failing: false }];
        assert!(scheduler.allocate(&later, 10).is_empty());
        assert_eq!(scheduler.allocate(&later, 11), [(id(1), 8)]);
    }

    #[test]
    fn capacity_is_divided_evenly_and_never_exceeded() {
        let mut scheduler = DeliveryScheduler::new(16);
        let first = begin(&mut scheduler, &waiting(0..8, false), 0);
        assert_eq!(first, (0..8).map(|number| (id(number), 2)).collect());
        assert!(begin(&mut scheduler, &waiting(0..100, false), 0).is_empty(), "the capacity is taken");
        let mut scheduler = DeliveryScheduler::new(16);
        assert_eq!(begin(&mut scheduler, &waiting(0..1, false), 0)[&id(0)], PER_ENDPOINT);
        assert!(begin(&mut scheduler, &waiting(0..1, false), 0).is_empty(), "an endpoint has its own limit");
    }

    #[test]
    fn dead_endpoints_take_no_capacity_that_others_need() {
        let mut scheduler = DeliveryScheduler::new(16);
        let healthy = waiting(100..101, false);
        let mut all = waiting(0..100, false);
        all.extend(healthy.clone());
        scheduler.begin(usize::MAX, id(100), 0);
        scheduler.end(&usize::MAX, true, 10);
        // A hundred endpoints are dead, and the scheduler does not know it yet. Each second they take all free capacity,
        // and give it back a second later. The healthy one always gets its share.
        for now in (1_000..20_000).step_by(1_000) {
            let allocations = scheduler.allocate(&all, now);
            assert_eq!(allocations[0], (id(100), 1), "at {now}");
            begin(&mut scheduler, &waiting(0..100, false), now);
            assert!(scheduler.under_way.len() <= 3 * 16, "a quarter of all is reserved for the proven");
        }
        assert_eq!(scheduler.allocate(&healthy, 20_000), [(id(100), PER_ENDPOINT)]);
    }

    #[test]
    fn failing_endpoints_get_one_attempt_each_and_a_quarter_together() {
        let mut scheduler = DeliveryScheduler::new(16);
        let allocations = begin(&mut scheduler, &waiting(0..100, true), 0);
        assert_eq!((allocations.len(), allocations.values().sum::<usize>()), (4, 4));
        assert_eq!(begin(&mut scheduler, &waiting(200..201, false), 0)[&id(200)], PER_ENDPOINT);
    }

    #[test]
    fn a_response_in_time_makes_an_endpoint_quick_again() {
        let mut scheduler = DeliveryScheduler::new(16);
        let one = waiting(0..1, false);
        for (ended, is_success, expected) in [(10, false, 1), (20, true, PER_ENDPOINT), (1_020, true, 1)] {
            scheduler.begin(0, id(0), if ended == 1_020 { 20 } else { ended });
            scheduler.end(&0, is_success, ended);
            assert_eq!(scheduler.allocate(&one, ended)[0].1, expected);
        }
    }
}
