//! Times as the API and the documents write them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// ISO 8601 in UTC with milliseconds and `Z`.
///
/// ```
/// assert_eq!(learncoin_issuance::time::iso8601(1_776_945_601_234), "2026-04-23T12:00:01.234Z");
/// ```
pub fn iso8601(milliseconds: i64) -> String {
    timestamp(milliseconds).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// The calendar month in UTC, `2026-04`.
pub fn month(milliseconds: i64) -> String {
    timestamp(milliseconds).to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}

/// The instant. Milliseconds beyond the year 9999 are not reached; they would give 1970.
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}
