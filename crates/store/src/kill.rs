//! Kill points: places where a test may end the process as a power cut would.
//!
//! They are compiled out unless the feature `kill-points` is on. Armed by `LEARNCOIN_KILL_POINT=name` (the first
//! time the point is reached) or `name:n` (the n-th time), the process aborts: no destructor runs, nothing is
//! flushed. The test iterates over [`ALL`] and fails where a point is never reached.

/// The kill points of a batch's life, in its order.
pub const ALL: &[&str] = &[
    "accept.begun",
    "accept.key_claimed",
    "accept.inserted",
    "accept.committed",
    "sign.claimed",
    "sign.built",
    "sign.signed",
    "sign.committed",
    "anchor.claimed",
    "anchor.sent",
    "anchor.marked",
    "confirm.seen",
    "confirm.committed",
];

/// The kill points of a test of a webhook endpoint.
pub const WEBHOOK_TEST: &[&str] = &["webhook_test.noted", "webhook_test.sent"];

/// Ends the process here if the test armed this point.
#[cfg(feature = "kill-points")]
pub fn reached(name: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static SEEN: AtomicU64 = AtomicU64::new(0);

    debug_assert!(ALL.contains(&name) || WEBHOOK_TEST.contains(&name), "kill point {name} is not listed");
    let armed = ARMED.get_or_init(|| {
        let value = std::env::var("LEARNCOIN_KILL_POINT").ok()?;
        let (point, count) = value.split_once(':').unwrap_or((&value, "1"));
        Some((point.to_owned(), count.parse().unwrap_or(1)))
    });
    if let Some((point, count)) = armed
        && point == name
        && SEEN.fetch_add(1, Ordering::SeqCst) + 1 == *count
    {
        std::process::abort();
    }
}

/// Does nothing: kill points are compiled out.
#[cfg(not(feature = "kill-points"))]
#[inline(always)]
pub fn reached(_name: &'static str) {}
