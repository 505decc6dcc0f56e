//! Every stored deadline, and the longest time that it can honestly lie ahead.
//!
//! A clock that was wrong for a moment leaves deadlines that are a day ahead, and what waits for them waits a day. A deadline
//! that lies further ahead than its longest pause was written by such a clock: what waits for it is due, and what is kept
//! until then is kept for its longest time from now on.
//!
//! - Invariant: each column that holds a deadline is in [`DEADLINES`]; a test compares them with the schema.

use crate::database::sql;
use crate::database::store::Store;
use crate::error::Result;

/// A minute, an hour and a day, in milliseconds.
const MINUTE_MS: i64 = 60 * 1000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;
/// The longest pause between two attempts of the pipeline: a second, doubled 16 times.
pub const LONGEST_BACKOFF_MS: i64 = 1000 << 16;
/// The longest pause between two deliveries or mails: 6 hours, and a fifth of it.
pub const LONGEST_RETRY_MS: i64 = 6 * HOUR_MS / 5 * 6;
/// Longer than any lease of a key, which lasts half a minute.
const LONGEST_KEY_LEASE_MS: i64 = 5 * MINUTE_MS;
/// Longer than the sending of a test event.
const LONGEST_TEST_MS: i64 = 5 * MINUTE_MS;
/// The length of a window of the rate limit.
pub const RATE_WINDOW_MS: i64 = MINUTE_MS;
/// The difference between the clocks of two nodes that is no fault.
pub const CLOCK_SKEW_MS: i64 = 1000;

/// The value that a deadline gets that lies too far ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mended {
    /// It is due.
    Now,
    /// It lies ahead as far as it may.
    Longest,
    /// It is due, by the statement that reads it.
    WhenRead,
}

/// A column that holds deadlines.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The longest time that it lies ahead, in milliseconds. Zero: it is the beginning of a pause.
    pub longest_ms: i64,
    /// The value of one that lies further ahead.
    pub mended: Mended,
    /// Sets those that are beyond `$2` to `$1`.
    sql: &'static str,
}

/// Every stored deadline.
pub const DEADLINES: [Deadline; 17] = [
    Deadline {
        table: "batches",
        column: "next_attempt_at",
        longest_ms: LONGEST_BACKOFF_MS,
        mended: Mended::Now,
        sql: "UPDATE batches SET next_attempt_at = $1 WHERE status = 'pending' AND next_attempt_at > $2",
    },
    Deadline {
        table: "anchors",
        column: "next_attempt_at",
        longest_ms: LONGEST_BACKOFF_MS,
        mended: Mended::Now,
        sql: "UPDATE anchors SET next_attempt_at = $1
              WHERE status IN ('signed', 'anchored') AND next_attempt_at > $2 AND next_attempt_at < 9223372036854775807",
    },
    Deadline {
        table: "anchor_transactions",
        column: "created_at",
        longest_ms: 0,
        mended: Mended::Longest,
        sql: "UPDATE anchor_transactions SET created_at = $1
              WHERE created_at > $2 AND anchor_id IN (SELECT id FROM anchors WHERE status = 'signed')",
    },
    Deadline {
        table: "host_attempts",
        column: "created_at",
        longest_ms: 0,
        mended: Mended::Longest,
        sql: "UPDATE host_attempts SET created_at = $1
              WHERE created_at > $2 AND EXISTS (SELECT 1 FROM host_transactions t WHERE t.chain_id = host_attempts.chain_id
                  AND t.nonce = host_attempts.nonce AND t.status = 'open')",
    },
    Deadline {
        table: "host_transactions",
        column: "created_at",
        longest_ms: 0,
        mended: Mended::Longest,
        sql: "UPDATE host_transactions SET created_at = $1 WHERE kind = 'top_up' AND created_at > $2",
    },
    Deadline {
        table: "deliveries",
        column: "next_attempt_at",
        longest_ms: LONGEST_RETRY_MS,
        mended: Mended::Now,
        sql: "UPDATE deliveries SET next_attempt_at = $1 WHERE status = 'pending' AND next_attempt_at > $2",
    },
    Deadline {
        table: "deliveries",
        column: "lease_until",
        longest_ms: LONGEST_RETRY_MS,
        mended: Mended::Now,
        sql: "UPDATE deliveries SET lease_until = $1 WHERE status = 'pending' AND lease_until > $2",
    },
    Deadline {
        table: "mails",
        column: "due_at",
        longest_ms: LONGEST_RETRY_MS,
        mended: Mended::Now,
        sql: "UPDATE mails SET due_at = $1 WHERE status IN ('waiting', 'leased', 'transmitting') AND due_at > $2",
    },
    Deadline {
        table: "mails",
        column: "postponed_until",
        longest_ms: DAY_MS,
        mended: Mended::Now,
        sql: "UPDATE mails SET postponed_until = $1 WHERE postponed_until IS NOT NULL AND postponed_until > $2",
    },
    Deadline {
        table: "achievement_images",
        column: "next_attempt_at",
        longest_ms: LONGEST_RETRY_MS,
        mended: Mended::Now,
        sql: "UPDATE achievement_images SET next_attempt_at = $1 WHERE next_attempt_at > $2",
    },
    Deadline {
        table: "signing_keys",
        column: "leased_until",
        longest_ms: LONGEST_KEY_LEASE_MS,
        mended: Mended::Now,
        sql: "UPDATE signing_keys SET leased_until = $1 WHERE leased_until > $2",
    },
    Deadline {
        table: "host_keys",
        column: "leased_until",
        longest_ms: LONGEST_KEY_LEASE_MS,
        mended: Mended::Now,
        sql: "UPDATE host_keys SET leased_until = $1 WHERE leased_until > $2",
    },
    Deadline {
        table: "webhook_tests",
        column: "sending_until",
        longest_ms: LONGEST_TEST_MS,
        mended: Mended::Now,
        sql: "UPDATE webhook_tests SET sending_until = $1 WHERE sending_until > $2",
    },
    Deadline {
        table: "webhook_tests",
        column: "noted_at",
        longest_ms: 0,
        mended: Mended::Longest,
        sql: "UPDATE webhook_tests SET noted_at = $1 WHERE noted_at > $2",
    },
    Deadline {
        table: "webhook_endpoints",
        column: "previous_secret_until",
        longest_ms: DAY_MS,
        mended: Mended::Longest,
        sql: "UPDATE webhook_endpoints SET previous_secret_until = $1 WHERE previous_secret_until > $2",
    },
    // Given up early, a repeated request would issue twice.
    Deadline {
        table: "idempotency_keys",
        column: "created_at",
        longest_ms: 0,
        mended: Mended::Longest,
        sql: "UPDATE idempotency_keys SET created_at = $1 WHERE created_at > $2",
    },
    Deadline {
        table: "rate_windows",
        column: "started_at",
        longest_ms: 0,
        mended: Mended::WhenRead,
        sql: "",
    },
];

impl Store {
    /// Makes due what waits for a deadline that lies further ahead than its longest pause. Returns how many there were. To be
    /// called a few times a minute.
    ///
    /// # Errors
    /// If the store fails. The next call does what this one left.
    pub async fn mend_deadlines(&self, now_ms: i64) -> Result<u64> {
        let mut tx = self.begin().await?;
        let mut mended: u64 = 0;
        for deadline in DEADLINES {
            let longest = now_ms.saturating_add(deadline.longest_ms);
            let until = match deadline.mended {
                Mended::Now => now_ms,
                Mended::Longest => longest,
                Mended::WhenRead => continue,
            };
            let done = sql::query(deadline.sql)
                .bind(until)
                .bind(longest.saturating_add(CLOCK_SKEW_MS))
                .execute(tx.connection())
                .await?;
            mended = mended.saturating_add(done.rows_affected());
        }
        tx.commit().await?;
        Ok(mended)
    }
}

/// Returns whether something is due: its time has come, or lies further ahead than its longest pause.
pub fn is_due(at_ms: i64, now_ms: i64, longest_ms: i64) -> bool {
    at_ms <= now_ms || at_ms > now_ms.saturating_add(longest_ms).saturating_add(CLOCK_SKEW_MS)
}
