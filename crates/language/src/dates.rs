//! Dates and times in each language, always in UTC.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::{Language, fill};

impl Language {
    /// Formats a day: `23 April 2026`.
    pub fn day(self, time: Timestamp) -> String {
        self.date(time.to_zoned(TimeZone::UTC).date())
    }

    /// Formats a day of the calendar.
    pub(crate) fn date(self, date: Date) -> String {
        let dates = &self.words().dates;
        let month = usize::try_from(date.month() - 1).ok().and_then(|month| dates.months.get(month));
        let (day, year) = (date.day().to_string(), date.year().to_string());
        fill(&dates.day, &[("day", &day), ("month", month.map_or("", String::as_str)), ("year", &year)])
    }

    /// Formats the last day before an end, such as an expiration: the day before for an end at midnight.
    pub fn last_day(self, end: Timestamp) -> String {
        let last = end.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(end);
        self.day(last)
    }

    /// Formats a point in time to the second: `23 April 2026, 12:00:58 UTC`.
    pub fn second(self, time: Timestamp) -> String {
        let clock = time.strftime("%H:%M:%S").to_string();
        fill(&self.words().dates.second, &[("day", &self.day(time)), ("time", &clock)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_order_and_months() {
        let time: Timestamp = "2026-04-03T12:00:58.9Z".parse().unwrap();
        let days = Language::ALL.map(|language| language.day(time));
        assert_eq!(
            days,
            ["3 April 2026", "3 de abril de 2026", "3 avril 2026", "3. April 2026", "3 أبريل 2026"]
        );
        assert_eq!(Language::English.second(time), "3 April 2026, 12:00:58 UTC");
    }

    #[test]
    fn an_end_at_midnight_covers_the_day_before() {
        for (end, day) in [
            ("2027-01-01T00:00:00Z", "31 December 2026"),
            ("2027-01-01T00:00:01Z", "1 January 2027"),
            ("2026-12-31T23:59:59Z", "31 December 2026"),
        ] {
            assert_eq!(Language::English.last_day(end.parse().unwrap()), day);
        }
    }
}
