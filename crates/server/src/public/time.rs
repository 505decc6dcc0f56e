//! Points in time as the page shows them, and the note on two of them that are far apart.

use jiff::{SignedDuration, Timestamp};
use learncoin_credential::text::parse_timestamp;
use learncoin_language::{Language, fill};

/// Two dates further apart than this are pointed out (the format's section 11).
const GAP: SignedDuration = SignedDuration::from_hours(24);
const NANOSECONDS_OF_A_DAY: i128 = 86_400 * 1_000_000_000;

/// A point in time: for people, and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// As a machine reads it.
    pub machine: String,
    /// As a person reads it.
    pub day: String,
    /// The day and the time in UTC.
    pub full: String,
}

impl When {
    /// Creates a point in time, to be shown in UTC.
    pub fn at(language: Language, time: Timestamp) -> Self {
        Self { machine: time.to_string(), day: language.day(time), full: language.second(time) }
    }

    /// Parses a date of a document. One that can't be parsed is shown as it is.
    pub(crate) fn written(language: Language, date: &str) -> Self {
        match parse_timestamp(date) {
            // The last day of the year 9999 is beyond the range of a timestamp.
            Ok(time) if time < Timestamp::MAX => {
                Self { machine: date.to_owned(), ..Self::at(language, time) }
            }
            Ok(_) => Self { machine: date.to_owned(), day: day_of(date), full: date.to_owned() },
            Err(_) => Self { machine: date.to_owned(), day: date.to_owned(), full: date.to_owned() },
        }
    }
}

impl When {
    /// Parses the date on which a document expires. `day` is the last one that it covers, with the time if that is near.
    pub(crate) fn until(language: Language, date: &str, now: Timestamp) -> Self {
        let written = Self::written(language, date);
        match parse_timestamp(date) {
            Ok(end) if end < Timestamp::MAX => Self { day: until(language, end, now), ..written },
            _ => written,
        }
    }
}

/// Returns the last day before an end. Within a day of `now` the time matters, so it is shown, unless the end is a midnight.
pub(crate) fn until(language: Language, end: Timestamp, now: Timestamp) -> String {
    let is_near = end.duration_since(now).abs() <= GAP;
    let is_midnight = end.as_nanosecond() % NANOSECONDS_OF_A_DAY == 0;
    if is_near && !is_midnight { language.second(end) } else { language.last_day(end) }
}

/// Returns the day of a date in a document, as it is written there.
fn day_of(date: &str) -> String {
    date.split('T').next().unwrap_or(date).to_owned()
}

/// Returns milliseconds since 1970 as a point in time; what lies beyond the calendar becomes 1970.
pub fn from_ms(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Returns seconds since 1970 as a point in time; `None` beyond the calendar.
pub(crate) fn from_seconds(seconds: u64) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

/// Points out that a document's date is more than 24 hours from the block that proves its existence.
pub(crate) fn gap(language: Language, issued: Timestamp, block: Timestamp) -> Option<String> {
    let distance = block.duration_since(issued);
    if distance.abs() <= GAP {
        return None;
    }
    let words = &language.words().page.gap;
    let apart = match distance.abs().as_hours() / 24 {
        1 => words.a_day.clone(),
        days @ ..732 => fill(&words.days, &[("days", &days.to_string())]),
        days => fill(&words.years, &[("years", &(days / 366).to_string())]),
    };
    let sentence = if distance.is_positive() { &words.before } else { &words.after };
    Some(fill(sentence, &[("apart", &apart)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_said_for_people_and_kept_for_machines() {
        let when = When::written(Language::English, "2026-04-03T12:00:58.123456789Z");
        assert_eq!(when.machine, "2026-04-03T12:00:58.123456789Z");
        assert_eq!(when.day, "3 April 2026");
        assert_eq!(when.full, "3 April 2026, 12:00:58 UTC");
    }

    #[test]
    fn an_expiration_names_the_last_day_that_it_covers() {
        let now = time("2026-05-01T00:00:00Z");
        let day = |date| When::until(Language::English, date, now).day;
        assert_eq!(day("2027-01-01T00:00:00Z"), "31 December 2026");
        assert_eq!(day("2027-01-01T10:00:00Z"), "1 January 2027");
        assert_eq!(
            day("2026-05-01T10:00:00Z"),
            "1 May 2026, 10:00:00 UTC",
            "it ends today, so the time matters"
        );
        assert_eq!(day("2026-05-02T00:00:00Z"), "1 May 2026");
        assert_eq!(day("9999-12-31T23:59:59Z"), "9999-12-31");
        assert_eq!(When::written(Language::English, "9999-12-31T23:59:59Z").full, "9999-12-31T23:59:59Z");
    }

    #[test]
    fn a_date_that_is_none_is_shown_as_it_stands() {
        assert_eq!(When::written(Language::English, "soon").full, "soon");
    }

    #[test]
    fn only_more_than_24_hours_are_a_gap() {
        let issued = time("2026-04-23T12:00:00Z");
        assert_eq!(gap(Language::English, issued, issued), None);
        assert_eq!(gap(Language::English, issued, time("2026-04-24T12:00:00Z")), None);
        assert_eq!(gap(Language::English, issued, time("2026-04-22T12:00:00Z")), None);
        let later = gap(Language::English, issued, time("2026-04-24T12:00:01Z")).unwrap();
        assert!(later.starts_with("This date is more than a day before the block."), "{later}");
        let weeks = gap(Language::English, issued, time("2026-05-07T12:00:00Z")).unwrap();
        assert!(weeks.starts_with("This date is 14 days before the block."), "{weeks}");
        let years = gap(Language::English, time("2020-01-01T00:00:00Z"), issued).unwrap();
        assert!(years.starts_with("This date is more than 6 years before the block."), "{years}");
        let early = gap(Language::English, issued, time("2026-04-20T11:00:00Z")).unwrap();
        assert!(early.starts_with("This date is 3 days after the block"), "{early}");
    }

    #[test]
    fn a_gap_is_told_in_every_language() {
        let issued = time("2026-04-23T12:00:00Z");
        for block in
            ["2026-04-25T11:00:00Z", "2026-05-07T12:00:00Z", "2029-05-07T12:00:00Z", "2026-04-10T12:00:00Z"]
        {
            let texts: std::collections::BTreeSet<String> =
                Language::ALL.iter().filter_map(|language| gap(*language, issued, time(block))).collect();
            assert_eq!(texts.len(), Language::ALL.len());
            assert!(texts.iter().all(|sentence| !sentence.contains('{')), "{texts:?}");
        }
    }
}
