//! Who may be called next: room for attempts, shared so that an endpoint that is slow or dead takes none from others.
//!
//! - An endpoint whose last attempt failed, or which has kept anybody waiting for a second, is slow: it gets one attempt
//!   at a time, and all of them together a quarter of the room at most.
//! - An attempt that lasts longer than a second makes its endpoint slow while it is under way, so that it gives its room
//!   back long before it ends. All that is under way is at most four times the room.
//! - One whose last answer came in time goes before one of which nothing is known, and a quarter of all is kept for it.
//!
//! One answer in time brings an endpoint back.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::Waiting;

/// How many attempts at one endpoint may be under way.
const PER_ENDPOINT: usize = 8;
/// After how long an endpoint is slow, in milliseconds.
const SLOW_AFTER_MS: i64 = 1_000;

/// What is under way, each under a key of the caller's.
pub(crate) struct DeliveryScheduler<K> {
    /// The room of the quick lane.
    room: usize,
    under_way: HashMap<K, (WebhookId, i64)>,
    slow: HashSet<WebhookId>,
    /// Those whose last answer came in time.
    proven: HashSet<WebhookId>,
}

impl<K: Hash + Eq> DeliveryScheduler<K> {
    /// DeliveryScheduler with room for so many attempts.
    pub(crate) fn new(room: usize) -> Self {
        Self { room: room.max(1), under_way: HashMap::new(), slow: HashSet::new(), proven: HashSet::new() }
    }

    /// An attempt began.
    pub(crate) fn begin(&mut self, key: K, endpoint_id: WebhookId, now_ms: i64) {
        self.under_way.insert(key, (endpoint_id, now_ms));
    }

    /// An attempt ended, well or not.
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

    /// How many attempts may begin now at which of the endpoints that something waits for, the longest waiting first.
    pub(crate) fn share(&mut self, waiting: &[Waiting], now_ms: i64) -> Vec<(WebhookId, usize)> {
        if waiting.is_empty() && self.under_way.is_empty() {
            self.slow.clear();
            self.proven.clear();
        }
        let taken = self.take_stock(now_ms);
        let slow_taken: usize =
            taken.iter().filter(|(id, _)| self.slow.contains(id)).map(|(_, count)| count).sum();
        let total = self.under_way.len();
        let mut room = Room {
            quick: self.room.saturating_sub(total - slow_taken),
            slow: (self.room / 4).max(1).saturating_sub(slow_taken),
            unproven: (3 * self.room).saturating_sub(total),
            all: (4 * self.room).saturating_sub(total),
        };
        let due = waiting.iter().filter(|one| one.due_at <= now_ms);
        let (slow, quick): (Vec<_>, Vec<_>) =
            due.partition(|one| one.is_failing || self.slow.contains(&one.endpoint_id));
        let (proven, unproven): (Vec<_>, Vec<_>) =
            quick.iter().partition(|one| self.proven.contains(&one.endpoint_id));
        // Room that is scarce is shared evenly: a long queue gets no more of it than a short one.
        let each = room.quick.checked_div(quick.len()).unwrap_or(0).clamp(1, PER_ENDPOINT);
        let mut shares = Vec::new();
        for (endpoints, kind) in [(proven, Kind::Proven), (unproven, Kind::Unproven), (slow, Kind::Slow)] {
            for Waiting { endpoint_id, .. } in endpoints {
                let already = taken.get(endpoint_id).copied().unwrap_or(0);
                let wanted = match kind {
                    Kind::Proven | Kind::Unproven => each.min(PER_ENDPOINT.saturating_sub(already)),
                    Kind::Slow => 1usize.saturating_sub(already),
                };
                let share = room.take(kind, wanted);
                if share > 0 {
                    shares.push((endpoint_id.clone(), share));
                }
            }
        }
        shares
    }

    /// How many attempts are under way at each endpoint. Endpoints that let one wait become slow.
    fn take_stock(&mut self, now_ms: i64) -> HashMap<WebhookId, usize> {
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

/// Room that is left.
struct Room {
    /// For endpoints that are not slow.
    quick: usize,
    /// For those that are.
    slow: usize,
    /// For whichever did not prove itself.
    unproven: usize,
    /// For all.
    all: usize,
}

impl Room {
    /// Takes as much as is wanted and there is.
    fn take(&mut self, kind: Kind, wanted: usize) -> usize {
        let share = match kind {
            Kind::Proven => wanted.min(self.quick),
            Kind::Unproven => wanted.min(self.quick).min(self.unproven),
            Kind::Slow => wanted.min(self.slow).min(self.unproven),
        }
        .min(self.all);
        match kind {
            Kind::Proven | Kind::Unproven => self.quick -= share,
            Kind::Slow => self.slow -= share,
        }
        self.unproven = self.unproven.saturating_sub(share);
        self.all -= share;
        share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: usize) -> WebhookId {
        format!("whk_{number:026}").parse().unwrap()
    }

    fn waiting(numbers: std::ops::Range<usize>, is_failing: bool) -> Vec<Waiting> {
        numbers.map(|number| Waiting { endpoint_id: id(number), due_at: 0, is_failing }).collect()
    }

    /// Begins what is shared out and gives how many attempts that was, by endpoint.
    fn begin(
        scheduler: &mut DeliveryScheduler<usize>,
        waiting: &[Waiting],
        now_ms: i64,
    ) -> HashMap<WebhookId, usize> {
        let shares = scheduler.share(waiting, now_ms);
        for (endpoint_id, count) in &shares {
            for _ in 0..*count {
                let key = scheduler.under_way.keys().max().map_or(0, |key| key + 1);
                scheduler.begin(key, endpoint_id.clone(), now_ms);
            }
        }
        shares.into_iter().collect()
    }

    #[test]
    fn what_is_not_due_gets_no_room() {
        let mut scheduler = DeliveryScheduler::<usize>::new(8);
        let later = [Waiting { endpoint_id: id(1), due_at: 11, is_failing: false }];
        assert!(scheduler.share(&later, 10).is_empty());
        assert_eq!(scheduler.share(&later, 11), [(id(1), 8)]);
    }

    #[test]
    fn room_is_shared_evenly_and_never_exceeded() {
        let mut scheduler = DeliveryScheduler::new(16);
        let first = begin(&mut scheduler, &waiting(0..8, false), 0);
        assert_eq!(first, (0..8).map(|number| (id(number), 2)).collect());
        assert!(begin(&mut scheduler, &waiting(0..100, false), 0).is_empty(), "the room is taken");
        let mut scheduler = DeliveryScheduler::new(16);
        assert_eq!(begin(&mut scheduler, &waiting(0..1, false), 0)[&id(0)], PER_ENDPOINT);
        assert!(begin(&mut scheduler, &waiting(0..1, false), 0).is_empty(), "an endpoint has its own limit");
    }

    #[test]
    fn the_dead_hold_no_room_that_others_need() {
        let mut scheduler = DeliveryScheduler::new(16);
        let healthy = waiting(100..101, false);
        let mut all = waiting(0..100, false);
        all.extend(healthy.clone());
        scheduler.begin(usize::MAX, id(100), 0);
        scheduler.end(&usize::MAX, true, 10);
        // A hundred endpoints have died, and nobody knows. Second after second they take what there is, and give it
        // back a second later; the healthy one gets its share all the while.
        for now in (1_000..20_000).step_by(1_000) {
            let shares = scheduler.share(&all, now);
            assert_eq!(shares[0], (id(100), 1), "at {now}");
            begin(&mut scheduler, &waiting(0..100, false), now);
            assert!(scheduler.under_way.len() <= 3 * 16, "a quarter of all is kept for the proven");
        }
        assert_eq!(scheduler.share(&healthy, 20_000), [(id(100), PER_ENDPOINT)]);
    }

    #[test]
    fn the_failing_get_one_attempt_each_and_a_quarter_together() {
        let mut scheduler = DeliveryScheduler::new(16);
        let shares = begin(&mut scheduler, &waiting(0..100, true), 0);
        assert_eq!((shares.len(), shares.values().sum::<usize>()), (4, 4));
        assert_eq!(begin(&mut scheduler, &waiting(200..201, false), 0)[&id(200)], PER_ENDPOINT);
    }

    #[test]
    fn an_answer_in_time_brings_an_endpoint_back() {
        let mut scheduler = DeliveryScheduler::new(16);
        let one = waiting(0..1, false);
        for (ended, is_success, expected) in [(10, false, 1), (20, true, PER_ENDPOINT), (1_020, true, 1)] {
            scheduler.begin(0, id(0), if ended == 1_020 { 20 } else { ended });
            scheduler.end(&0, is_success, ended);
            assert_eq!(scheduler.share(&one, ended)[0].1, expected);
        }
    }
}
