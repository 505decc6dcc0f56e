//! Times in the formats of the API and the documents.

use jiff::Timestamp;
use jiff::tz::TimeZone;
pub use learncoin_store::clock::iso8601;

/// Formats the calendar month in UTC, `2026-04`.
pub fn month(milliseconds: i64) -> String {
    timestamp(milliseconds).to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// Converts milliseconds since 1970 to a timestamp. A value beyond the year 9999, which is not reached, would become 1970.
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
