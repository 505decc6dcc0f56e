//! Times as the API and the documents write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
pub use learncoin_store::clock::iso8601;

/// The calendar month in UTC, `2026-04`.
pub fn month(milliseconds: i64) -> String {
    timestamp(milliseconds).to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// The instant. Milliseconds beyond the year 9999 are not reached; they would give 1970.
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
