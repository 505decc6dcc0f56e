//! The pause after a failed step.

/// The pause after the first failure, in milliseconds; it doubles with each further one.
const FIRST_BACKOFF_MS: i64 = 1_000;
/// The shortest pause after a failure, in milliseconds, whatever the settings are: an unreachable chain must not keep a core
/// busy.
const SHORTEST_BACKOFF_MS: i64 = 20;

/// Returns the pause after a failure that `failures` others came before, in milliseconds.
pub(crate) fn pause_after(failures: u64, longest_ms: i64) -> i64 {
    let doubling = u32::try_from(failures.min(16)).unwrap_or(16);
    FIRST_BACKOFF_MS.saturating_mul(1 << doubling).min(longest_ms).max(SHORTEST_BACKOFF_MS)
}
