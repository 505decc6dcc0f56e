//! The activity of one connection, by which it is known when to cut it off.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use crate::connections::limits::ConnectionLimits;
use crate::connections::stream::StreamObserver;

/// The part of an exchange that a connection is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The head of a request is read.
    Head,
    /// A request may come.
    Idle,
    /// A request is worked on: its body is read, a response is made or sent.
    Exchange,
}

/// The doings of a connection's client, and their times.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// When the phase began.
    since: Instant,
    /// The parts of the exchange that wait for the client: the reader of the body, the writer of the response.
    waiting: [Option<Instant>; 2],
    /// The time that was waited for the client since the window began, without the waits of the moment.
    waited: Duration,
    /// The bytes that were moved in the window.
    bytes: u64,
}

/// The part of an exchange that waits for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// For more of the body.
    Body,
    /// For room to send more of the response.
    Room,
}

/// The fate of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is looked at again then.
    LookAgainAt(Instant),
    /// Its time is over.
    Cut(&'static str),
}

impl Activity {
    /// Creates the activity of a connection that begins.
    pub(super) fn new(now: Instant) -> Self {
        let state =
            State { phase: Phase::Head, since: now, waiting: [None; 2], waited: Duration::ZERO, bytes: 0 };
        Self(Mutex::new(state))
    }

    /// Records that bytes came in.
    pub(super) fn received(&self, bytes: usize, now: Instant) {
        let mut state = self.lock();
        state.count(bytes);
        if state.phase == Phase::Idle && bytes > 0 {
            state.enter(Phase::Head, now);
        }
    }

    /// Records that bytes went out.
    pub(super) fn sent(&self, bytes: usize) {
        self.lock().count(bytes);
    }

    /// Records that the head of a request was read.
    pub(super) fn exchange_begins(&self, now: Instant) {
        self.lock().enter(Phase::Exchange, now);
    }

    /// Records that a response was made to its end, and that another request may come.
    pub(super) fn exchange_ends(&self, now: Instant) {
        self.lock().enter(Phase::Idle, now);
    }

    /// Records that a part of the exchange begins or ends to wait for the client.
    pub(super) fn waits(&self, part: Wait, waits: bool, now: Instant) {
        let mut state = self.lock();
        let index = usize::from(part == Wait::Room);
        let before = state.longest_wait();
        if let Some(slot) = state.waiting.get_mut(index) {
            *slot = match (*slot, waits) {
                (None, true) => Some(now),
                (began, true) => began,
                (_, false) => None,
            };
        }
        // The wait is over once neither part waits.
        if let (Some(began), None) = (before, state.longest_wait()) {
            state.waited = state.waited.saturating_add(now.saturating_duration_since(began));
        }
    }

    /// Returns what becomes of the connection at this time.
    pub(super) fn fate(&self, limits: &ConnectionLimits, now: Instant) -> Fate {
        let mut state = self.lock();
        let (limit, reason) = match state.phase {
            Phase::Head => (limits.head, "the head of a request took too long"),
            Phase::Idle => (limits.idle, "no request came"),
            Phase::Exchange => return state.fate_of_exchange(limits, now),
        };
        let ends = state.since + limit;
        if now >= ends { Fate::Cut(reason) } else { Fate::LookAgainAt(ends) }
    }

    /// Returns how readily the connection gives way to another, the readiest first; `None` while a request is worked on. One whose client
    /// has not sent the head of a request gives way before one that is idle after a response, whose client may be about to use it.
    pub(super) fn readiness(&self) -> Option<(bool, Instant)> {
        let state = self.lock();
        (state.phase != Phase::Exchange).then_some((state.phase == Phase::Idle, state.since))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StreamObserver for Arc<Activity> {
    fn read(&mut self, bytes: usize) {
        self.received(bytes, Instant::now());
    }

    fn wrote(&mut self, outcome: &Poll<io::Result<usize>>) {
        self.waits(Wait::Room, outcome.is_pending(), Instant::now());
        if let Poll::Ready(Ok(bytes)) = outcome {
            self.sent(*bytes);
        }
    }
}

impl State {
    fn enter(&mut self, phase: Phase, now: Instant) {
        (self.phase, self.since) = (phase, now);
        (self.waiting, self.waited, self.bytes) = ([None; 2], Duration::ZERO, 0);
    }

    fn count(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    fn longest_wait(&self) -> Option<Instant> {
        self.waiting.iter().flatten().min().copied()
    }

    fn fate_of_exchange(&mut self, limits: &ConnectionLimits, now: Instant) -> Fate {
        let waiting =
            self.longest_wait().map_or(Duration::ZERO, |began| now.saturating_duration_since(began));
        let waited = self.waited.saturating_add(waiting);
        if waited < limits.stall {
            return Fate::LookAgainAt(now + (limits.stall - waited));
        }
        if self.bytes < limits.least_bytes {
            return Fate::Cut("a body or an answer hardly moved");
        }
        // The next window.
        (self.waited, self.bytes) = (Duration::ZERO, 0);
        for began in self.waiting.iter_mut().flatten() {
            *began = now;
        }
        Fate::LookAgainAt(now + limits.stall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limits() -> ConnectionLimits {
        ConnectionLimits::public(1_024, Vec::new())
    }

    #[test]
    fn a_head_has_its_time_however_its_bytes_trickle() {
        let begun = Instant::now();
        let activity = Activity::new(begun);
        for second in 0..10 {
            let now = begun + SECOND * second;
            activity.received(1, now);
            assert_eq!(activity.fate(&limits(), now), Fate::LookAgainAt(begun + SECOND * 10));
        }
        assert!(matches!(activity.fate(&limits(), begun + SECOND * 10), Fate::Cut(_)));
    }

    #[test]
    fn between_requests_a_connection_may_be_idle_and_the_next_head_has_its_time() {
        let begun = Instant::now();
        let activity = Activity::new(begun);
        activity.exchange_begins(begun);
        activity.exchange_ends(begun);
        assert_eq!(activity.fate(&limits(), begun + SECOND * 59), Fate::LookAgainAt(begun + SECOND * 60));
        activity.received(1, begun + SECOND * 59);
        assert_eq!(activity.fate(&limits(), begun + SECOND * 60), Fate::LookAgainAt(begun + SECOND * 69));
        assert!(matches!(activity.fate(&limits(), begun + SECOND * 69), Fate::Cut(_)));
    }

    #[test]
    fn a_body_or_an_answer_that_hardly_moves_is_cut_off_and_one_that_moves_is_not() {
        for part in [Wait::Body, Wait::Room] {
            let begun = Instant::now();
            for (bytes_a_second, seconds) in [(0, 30), (100, 30), (511, 30), (512, 3_600), (100_000, 3_600)] {
                let activity = Activity::new(begun);
                activity.exchange_begins(begun);
                let mut cut_at = None;
                for second in 0..3_600 {
                    let now = begun + SECOND * second;
                    activity.waits(part, true, now);
                    activity.sent(bytes_a_second);
                    activity.waits(part, false, now + SECOND);
                    if let Fate::Cut(_) = activity.fate(&limits(), now + SECOND) {
                        cut_at = Some(second + 1);
                        break;
                    }
                }
                assert_eq!(cut_at.unwrap_or(3_600), seconds, "{bytes_a_second} bytes a second");
            }
        }
    }

    #[test]
    fn the_time_that_we_work_is_not_the_clients() {
        let begun = Instant::now();
        let activity = Activity::new(begun);
        activity.exchange_begins(begun);
        activity.waits(Wait::Body, true, begun);
        activity.waits(Wait::Body, false, begun + SECOND);
        assert!(matches!(activity.fate(&limits(), begun + SECOND * 3_600), Fate::LookAgainAt(_)));
    }
}
