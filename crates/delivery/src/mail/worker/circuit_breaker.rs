//! The circuit breaker towards the mail server. While it is open no mail is attempted, so that a queue of thousands does
//! not call a server that is down again and again.

use learncoin_store::deadlines::is_due;

/// The pause after the first failure, in milliseconds.
const FIRST_PAUSE_MS: i64 = 1_000;
/// The number of doublings after which a pause is the longest in any case.
const MAX_DOUBLINGS: u32 = 16;
/// The longest pause after a failure, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 60_000;
/// The shortest of the longest pauses that settings can choose, in milliseconds.
const SHORTEST_LIMIT_MS: i64 = 20;

/// Pauses attempts after failures to reach the mail server, for twice as long after each one.
pub(super) struct CircuitBreaker {
    /// The number of failures in a row.
    failures: u32,
    closed_at_ms: i64,
    longest_pause_ms: i64,
}

impl CircuitBreaker {
    /// Creates a closed one. `max_backoff_ms` shortens the longest pause.
    pub(super) fn new(max_backoff_ms: i64) -> Self {
        let longest_pause_ms = LONGEST_PAUSE_MS.min(max_backoff_ms.max(SHORTEST_LIMIT_MS));
        Self { failures: 0, closed_at_ms: 0, longest_pause_ms }
    }

    /// Returns the time from which attempts may be made, in milliseconds since 1970; `None` if they may be made now.
    pub(super) fn open_until_ms(&self, now_ms: i64) -> Option<i64> {
        let is_open = !is_due(self.closed_at_ms, now_ms, self.longest_pause_ms);
        is_open.then_some(self.closed_at_ms)
    }

    /// Closes it: the server was reached.
    pub(super) fn close(&mut self) {
        (self.failures, self.closed_at_ms) = (0, 0);
    }

    /// Opens it: the server could not be reached. If it is open already, the failure is of an attempt that began before, and
    /// does not count.
    pub(super) fn open(&mut self, now_ms: i64) {
        if self.open_until_ms(now_ms).is_some() {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let doubled = FIRST_PAUSE_MS.saturating_mul(1 << self.failures.saturating_sub(1).min(MAX_DOUBLINGS));
        let pause = doubled.min(self.longest_pause_ms);
        self.closed_at_ms = now_ms.saturating_add(pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut breaker = CircuitBreaker::new(i64::MAX);
        let mut pauses = Vec::new();
        let mut now = 1_000;
        for _ in 0..8 {
            breaker.open(now);
            pauses.push(breaker.closed_at_ms - now);
            now = breaker.closed_at_ms;
        }
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    }

    #[test]
    fn an_outage_of_hours_keeps_the_longest_pause() {
        let mut breaker = CircuitBreaker::new(i64::MAX);
        let mut now = 1_000;
        for failure in 1..200 {
            breaker.open(now);
            assert!(failure <= 6 || breaker.closed_at_ms - now == LONGEST_PAUSE_MS, "{failure}");
            now = breaker.closed_at_ms;
        }
    }

    #[test]
    fn a_failure_while_it_is_open_does_not_count() {
        let mut breaker = CircuitBreaker::new(i64::MAX);
        breaker.open(1_000);
        breaker.open(1_500);
        assert_eq!(breaker.closed_at_ms, 2_000);
    }

    #[test]
    fn a_server_that_is_reached_closes_it() {
        let mut breaker = CircuitBreaker::new(i64::MAX);
        breaker.open(1_000);
        breaker.close();
        assert_eq!(breaker.closed_at_ms, 0);
        breaker.open(5_000);
        assert_eq!(breaker.closed_at_ms, 6_000);
    }

    #[test]
    fn a_pause_that_lies_ahead_by_more_than_the_longest_is_over() {
        let mut breaker = CircuitBreaker::new(i64::MAX);
        breaker.open(1_000);
        assert_eq!(breaker.open_until_ms(1_999), Some(2_000));
        assert_eq!(breaker.open_until_ms(2_000), None);
        // The clock was a day ahead when it was opened.
        breaker.open(86_400_000);
        assert_eq!(breaker.open_until_ms(2_000), None);
        breaker.open(2_000);
        assert_eq!(breaker.open_until_ms(2_000), Some(6_000), "the third failure in a row");
    }

    #[test]
    fn settings_shorten_the_pause() {
        for (max_backoff_ms, pause) in [(0, 20), (20, 20), (500, 500), (5_000, 1_000)] {
            let mut breaker = CircuitBreaker::new(max_backoff_ms);
            breaker.open(1_000);
            assert_eq!(breaker.closed_at_ms, 1_000 + pause);
        }
    }
}
