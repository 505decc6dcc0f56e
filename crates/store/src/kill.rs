//! Kill points: places where a test may end the process as a power cut would.
//!
//! They are compiled out unless the feature `kill-points` is on. Armed by `LEARNCOIN_KILL_POINT=name` (the first
//! time the point is reached) or `name:n` (the n-th time), the process aborts: no destructor runs, nothing is
//! flushed. Armed by `LEARNCOIN_STOP_POINT` in the same way, it stops there (`SIGSTOP`) until it is continued;
//! by `LEARNCOIN_PANIC_POINT`, it panics there. The tests iterate over [`LISTS`], and fail if a point is never reached.

/// Every kill point that a batch meets, in the order of its life and of its events.
pub const ALL: &[&str] = &[
    "accept.begun",
    "accept.built",
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

/// The kill points of what real chains need besides: a transaction that offers more, signed and stored; an announced anchor that
/// is in another block now; one that is signed with another key.
pub const CHAIN: &[&str] = &[
    "anchor.raised",
    "anchor.replaced",
    "watch.moved",
    "key_failover.committed",
    "reanchor.signed",
    "reanchor.committed",
];

/// The kill point between two transactions that announce the batches of one anchor.
pub const ANCHORS: &[&str] = &["confirm.part_committed"];

/// Every kill point of the requests that change something else: a credential, a tenant's branding, an endpoint.
pub const CHANGES: &[&str] = &[
    "change.begun",
    "change.key_claimed",
    "change.written",
    "change.committed",
    "change.journaled",
    "change.scrubbed",
    "branding.written",
    "branding.committed",
    "webhook.key_claimed",
    "webhook.written",
    "webhook.committed",
];

/// The kill points of a mail, in the order of its life: leased; marked as transmitting, and nothing written; taken, and not noted.
pub const MAIL: &[&str] = &["mail.leased", "mail.transmitting", "mail.sent"];

/// The kill points of a signing key, in the order of its life: made, and noted nowhere; noted; disabled here, and not yet in
/// Cloud KMS.
pub const KEYS: &[&str] = &["key.made", "key.written", "key.committed", "key.disabled"];

/// The kill points of a document key, in the order of its life: made, and noted nowhere; noted; revoked here, and not yet disabled in
/// Cloud KMS nor followed by another.
pub const DOCUMENT_KEYS: &[&str] =
    &["document_key.made", "document_key.written", "document_key.committed", "document_key.revoked"];

/// The kill points of the host's own transactions: signed, and not stored; stored; handed to a node; noted as sent; deep enough,
/// and not noted; confirmed.
pub const HOST: &[&str] =
    &["host.signed", "host.stored", "host.sent", "host.marked", "host.seen", "host.confirmed"];

/// The kill points of the file of the master key.
pub const MASTER_KEY: &[&str] = &["master_key.aside", "master_key.renamed"];

/// The kill points of a backup, in the order of its making.
pub const BACKUP: &[&str] = &[
    "backup.begun",
    "backup.database",
    "backup.chain",
    "backup.erasures",
    "backup.synced",
    "backup.renamed",
];

/// The kill points of a restore: files copied; erasures applied; each file in its place, the database last.
pub const RESTORE: &[&str] =
    &["restore.copied", "restore.erased", "restore.erasures", "restore.chain", "restore.database"];

/// The kill points of a test of a webhook endpoint.
pub const WEBHOOK_TEST: &[&str] = &["webhook_test.recorded", "webhook_test.sent"];

/// The kill point behind each migration.
pub const MIGRATION: &[&str] = &["migrate.between"];

/// Every list.
pub const LISTS: [&[&str]; 13] = [
    ALL,
    CHAIN,
    ANCHORS,
    CHANGES,
    MAIL,
    KEYS,
    DOCUMENT_KEYS,
    HOST,
    MASTER_KEY,
    BACKUP,
    RESTORE,
    WEBHOOK_TEST,
    MIGRATION,
];

/// Ends or stops the process here, or panics, if the test armed this point.
#[cfg(feature = "kill-points")]
#[expect(clippy::panic, reason = "a test wants it, in a build that is never shipped")]
pub fn reached(name: &'static str) {
    use std::sync::OnceLock;

    static ABORT: OnceLock<Option<armed::Armed>> = OnceLock::new();
    static STOP: OnceLock<Option<armed::Armed>> = OnceLock::new();
    static PANIC: OnceLock<Option<armed::Armed>> = OnceLock::new();

    debug_assert!(LISTS.iter().any(|points| points.contains(&name)), "kill point {name} is not listed");
    let is_met = |armed: &'static OnceLock<Option<armed::Armed>>, variable| {
        armed.get_or_init(|| armed::Armed::from(variable)).as_ref().is_some_and(|armed| armed.is_met_by(name))
    };
    if is_met(&ABORT, "LEARNCOIN_KILL_POINT") {
        std::process::abort();
    }
    if is_met(&PANIC, "LEARNCOIN_PANIC_POINT") {
        panic!("a panic as the test wants it");
    }
    if is_met(&STOP, "LEARNCOIN_STOP_POINT") {
        // It goes on here once a test lets it. A signal to oneself needs a program: the language has no safe way. It is sent to
        // this thread, which takes it before it returns from the kernel; a signal to the process may be taken by another thread,
        // which a busy machine runs later, and this one would pass its point meanwhile.
        let thread = std::fs::read_link("/proc/thread-self").unwrap_or_default();
        let thread = thread.file_name().unwrap_or_default();
        let stopped = std::process::Command::new("kill").arg("-STOP").arg(thread).status();
        debug_assert!(stopped.is_ok_and(|status| status.success()), "the process could not be stopped");
    }
}

#[cfg(feature = "kill-points")]
mod armed {
    use std::sync::atomic::{AtomicU64, Ordering};

    /// A point, and the how manyth time it is reached.
    pub(super) struct Armed {
        point: String,
        time: u64,
        seen: AtomicU64,
    }

    impl Armed {
        pub(super) fn from(variable: &str) -> Option<Self> {
            let value = std::env::var(variable).ok()?;
            let (point, time) = value.split_once(':').unwrap_or((&value, "1"));
            Some(Self { point: point.to_owned(), time: time.parse().unwrap_or(1), seen: AtomicU64::new(0) })
        }

        pub(super) fn is_met_by(&self, point: &str) -> bool {
            self.point == point && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.time
        }
    }
}

/// Does nothing: kill points are compiled out.
#[cfg(not(feature = "kill-points"))]
#[inline(always)]
pub fn reached(_name: &'static str) {}

/// Returns how long a lease lasts, in milliseconds: `usual`, and not longer than `LEARNCOIN_LEASE_MS`, so that a test need not
/// wait for what a process that it killed or stopped had leased.
#[cfg(feature = "kill-points")]
pub fn lease_ms(usual: i64) -> i64 {
    use std::sync::OnceLock;

    static LONGEST: OnceLock<Option<i64>> = OnceLock::new();
    let longest = LONGEST.get_or_init(|| std::env::var("LEARNCOIN_LEASE_MS").ok()?.parse().ok());
    longest.map_or(usual, |longest| usual.min(longest))
}

/// Returns `usual`: nothing shortens a lease if kill points are compiled out.
#[cfg(not(feature = "kill-points"))]
#[inline(always)]
pub fn lease_ms(usual: i64) -> i64 {
    usual
}
