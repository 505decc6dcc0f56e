//! Conversion between the seconds of settings and the milliseconds of the crates.

/// Converts seconds to milliseconds.
pub(super) fn to_ms(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1_000)).unwrap_or(i64::MAX)
}

/// Converts a number of milliseconds that is not negative to whole seconds.
pub(super) fn to_s(milliseconds: i64) -> u64 {
    milliseconds.unsigned_abs() / 1_000
}
