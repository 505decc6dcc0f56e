//! Kill points: places where a test may end the process as a power cut would.
//!
//! They are compiled out unless the feature `kill-points` is on. Armed by `LEARNCOIN_KILL_POINT=name` (the first
//! time the point is reached) or `name:n` (the n-th time), the process aborts: no destructor runs, nothing is
//! flushed. The tests iterate over [`ALL`] and [`CHANGES`], and fail where a point is never reached.

/// Every kill point that a batch meets, in the order of its life and of what is told of it.
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
    "deliver.claimed",
    "deliver.sent",
    "deliver.recorded",
];

/// Every kill point of the requests that change something else: a credential, a tenant's face, an endpoint.
pub const CHANGES: &[&str] = &[
    "change.begun",
    "change.key_claimed",
    "change.written",
    "change.committed",
    "change.scrubbed",
    "face.written",
    "face.committed",
    "webhook.key_claimed",
    "webhook.written",
    "webhook.committed",
];

/// The kill points of a mail, in the order of its life: leased; handed over, and nothing written; taken, and not noted.
pub const MAIL: &[&str] = &["mail.leased", "mail.handed", "mail.sent"];

/// The kill points of a signing key, in the order of its life: made, and noted nowhere; noted; disabled here, and not yet in
/// Cloud KMS.
pub const KEYS: &[&str] = &["key.made", "key.written", "key.committed", "key.disabled"];

/// The kill points of the file of the master key.
pub const MASTER_KEY: &[&str] = &["master_key.aside", "master_key.renamed"];

/// The kill points of a test of a webhook endpoint.
pub const WEBHOOK_TEST: &[&str] = &["webhook_test.noted", "webhook_test.sent"];

/// Ends the process here if the test armed this point.
#[cfg(feature = "kill-points")]
pub fn reached(name: &'static str) {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: OnceLock<Option<(String, u64)>> = OnceLock::new();
    static SEEN: AtomicU64 = AtomicU64::new(0);

    let listed =
        [ALL, CHANGES, MAIL, KEYS, MASTER_KEY, WEBHOOK_TEST].iter().any(|points| points.contains(&name));
    debug_assert!(listed, "kill point {name} is not listed");
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
