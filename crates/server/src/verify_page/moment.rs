//! Points in time as the page says them, and the note on two of them that lie far apart.

use jiff::{SignedDuration, Timestamp};
use learncoin_credential::text::parse_timestamp;

use super::view::When;

/// Two dates further apart than this are pointed out (the format's section 11).
const GAP: SignedDuration = SignedDuration::from_hours(24);

impl When {
    /// A point in time, to be shown in UTC.
    pub(crate) fn at(time: Timestamp) -> Self {
        Self {
            machine: time.to_string(),
            day: time.strftime("%-d %B %Y").to_string(),
            full: time.strftime("%-d %B %Y, %H:%M:%S UTC").to_string(),
        }
    }

    /// A date as it stands in a document. One that can't be read is shown as it stands.
    pub(crate) fn written(date: &str) -> Self {
        match parse_timestamp(date) {
            Ok(time) => Self { machine: date.to_owned(), ..Self::at(time) },
            Err(_) => Self { machine: date.to_owned(), day: date.to_owned(), full: date.to_owned() },
        }
    }
}

/// Milliseconds since 1970 as a point in time; what lies beyond the calendar becomes 1970.
pub(crate) fn from_ms(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Seconds since 1970 as a point in time; `None` beyond the calendar.
pub(crate) fn from_seconds(seconds: u64) -> Option<Timestamp> {
    Timestamp::from_second(i64::try_from(seconds).ok()?).ok()
}

/// Points out that a document's date is more than 24 hours from the block that proves its existence.
pub(crate) fn gap(issued: Timestamp, block: Timestamp) -> Option<String> {
    let distance = block.duration_since(issued);
    if distance.abs() <= GAP {
        return None;
    }
    let apart = match distance.abs().as_hours() / 24 {
        1 => "more than a day".to_owned(),
        days @ ..365 => format!("{days} days"),
        days @ 365..730 => format!("more than a year ({days} days)"),
        days => format!("more than {} years", days / 366),
    };
    Some(if distance.is_positive() {
        format!(
            "This date is {apart} before the block. The chain shows that the document existed when the block was made, not that it did earlier."
        )
    } else {
        format!("This date is {apart} after the block: the document was anchored in advance.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_said_for_people_and_kept_for_machines() {
        let when = When::written("2026-04-03T12:00:58.123456789Z");
        assert_eq!(when.machine, "2026-04-03T12:00:58.123456789Z");
        assert_eq!(when.day, "3 April 2026");
        assert_eq!(when.full, "3 April 2026, 12:00:58 UTC");
    }

    #[test]
    fn a_date_that_is_none_is_shown_as_it_stands() {
        assert_eq!(When::written("soon").full, "soon");
    }

    #[test]
    fn only_more_than_24_hours_are_a_gap() {
        let issued = time("2026-04-23T12:00:00Z");
        assert_eq!(gap(issued, issued), None);
        assert_eq!(gap(issued, time("2026-04-24T12:00:00Z")), None);
        assert_eq!(gap(issued, time("2026-04-22T12:00:00Z")), None);
        let later = gap(issued, time("2026-04-24T12:00:01Z")).unwrap();
        assert!(later.starts_with("This date is more than a day before the block."), "{later}");
        let weeks = gap(issued, time("2026-05-07T12:00:00Z")).unwrap();
        assert!(weeks.starts_with("This date is 14 days before the block."), "{weeks}");
        let years = gap(time("2020-01-01T00:00:00Z"), issued).unwrap();
        assert!(years.starts_with("This date is more than 6 years before the block."), "{years}");
        let early = gap(issued, time("2026-04-20T11:00:00Z")).unwrap();
        assert!(early.starts_with("This date is 3 days after the block"), "{early}");
    }
}
