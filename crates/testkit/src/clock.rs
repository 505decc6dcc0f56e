//! A clock that moves only when the test advances it.

use std::sync::atomic::{AtomicI64, Ordering};

use learncoin_store::clock::Clock;

/// 2026-11-20T12:00:00Z, in milliseconds since 1970.
const START_MS: i64 = 1_795_176_000_000;

/// Time as the test sets it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicI64::new(START_MS))
    }
}

impl ManualClock {
    /// Advances (or, with a negative number, turns back) by so many milliseconds.
    pub fn advance_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Advances to a time, in milliseconds since 1970. A time in the past changes nothing.
    pub fn advance_to(&self, moment_ms: i64) {
        self.0.fetch_max(moment_ms, Ordering::SeqCst);
    }

    /// Returns the seconds since 1970, as chains count.
    pub fn now_seconds(&self) -> u64 {
        u64::try_from(self.now_ms() / 1000).unwrap_or(0)
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}
