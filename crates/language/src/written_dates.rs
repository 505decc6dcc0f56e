//! Dates of a document as people write them: the day of issue, and the last day that a credential covers.
//!
//! A date is read from its text, because a document may name a moment beyond what a point in time can hold. The browser has
//! the same rules (`server/web/verify/days.js`).

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time};

use crate::{Language, fill};

impl Language {
    /// The year in which, and after which, a date means "never", and is shown as it is written.
    pub const NEVER: i16 = 9999;

    /// Formats the day of a document's date: `23 April 2026`. A text that is no date is returned as it is.
    pub fn written_day(self, date: &str) -> String {
        parse(date).map_or_else(|| date.to_owned(), |time| self.date(time.date()))
    }

    /// Formats the last day that a credential covers: of a date at midnight the day before. The time is added where a day is
    /// not covered whole. A text that is no date is returned as it is.
    pub fn written_last_day(self, date: &str) -> String {
        let Some(time) = parse(date) else { return date.to_owned() };
        let is_midnight = time.time() == Time::midnight();
        if is_midnight && time.year() < Self::NEVER {
            return self.date(time.date().checked_sub(1.day()).unwrap_or(time.date()));
        }
        let day = self.date(time.date());
        if is_midnight || (time.hour(), time.minute()) == (23, 59) {
            return day;
        }
        let format = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
        let clock = time.strftime(format).to_string();
        fill(&self.words().dates.second, &[("day", &day), ("time", &clock)])
    }
}

/// Parses a date as documents have it: in UTC, to the second or finer.
fn parse(date: &str) -> Option<DateTime> {
    date.strip_suffix('Z')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_date_is_that_of_its_text() {
        let english = Language::English;
        assert_eq!(english.written_day("2026-04-03T12:00:58.123456789Z"), "3 April 2026");
        assert_eq!(english.written_day("9999-12-31T23:59:59Z"), "31 December 9999");
        assert_eq!(english.written_day("soon"), "soon");
        assert_eq!(Language::German.written_day("2026-04-03T12:00:58Z"), "3. April 2026");
    }

    #[test]
    fn the_last_day_is_one_that_is_covered() {
        for (date, expected) in [
            ("2031-07-01T00:00:00Z", "30 June 2031"),
            ("2028-03-01T00:00:00.000Z", "29 February 2028"),
            ("2031-06-30T23:59:59Z", "30 June 2031"),
            ("2031-06-30T23:59:59.999Z", "30 June 2031"),
            ("2031-06-30T12:00:00Z", "30 June 2031, 12:00 UTC"),
            ("2031-06-30T12:00:07Z", "30 June 2031, 12:00:07 UTC"),
            ("2031-07-01T00:00:00.5Z", "1 July 2031, 00:00 UTC"),
            ("9999-12-31T00:00:00Z", "31 December 9999"),
            ("9999-12-31T23:59:59Z", "31 December 9999"),
            ("never", "never"),
        ] {
            assert_eq!(Language::English.written_last_day(date), expected, "{date}");
        }
    }
}
