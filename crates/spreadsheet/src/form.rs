//! The fields of a form for one person, as the console has it: the same dates, rules and words as those of a row.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::fault::{CellFault, Problem, shortened};
use crate::field::Field;
use crate::refusal::problem;
use crate::rows::{CellDate, read_date};

/// The end of a date that is the beginning of a day.
const MIDNIGHT: &str = "T00:00:00Z";

/// Returns the fault of a field whose value the API refuses with this code. `dates` are those of issue and expiration, in the form of a
/// document.
pub fn refused(field: Field, value: &str, code: &str, dates: (Option<&str>, Option<&str>)) -> CellFault {
    fault(field, value, problem(field, value, code, dates))
}

/// Reads the day of issue. Returns its first moment, in the form of a document.
///
/// # Errors
/// If the text is no date that is accepted, with the days that it can mean.
pub fn read_issued(text: &str) -> Result<String, CellFault> {
    read(Field::Issued, text).map(|date| date.first_moment())
}

/// Reads the last day. Returns the first moment after it, in the form of a document.
///
/// # Errors
/// If the text is no date that is accepted, with the days that it can mean.
pub fn read_expires(text: &str) -> Result<String, CellFault> {
    read(Field::Expires, text).map(|date| date.end())
}

/// Returns the day of a date of issue in the form of a document, such as `2026-04-23`.
pub fn day_of_issue(date: &str) -> &str {
    date.split('T').next().unwrap_or(date)
}

/// Returns the last day before a date of expiration in the form of a document.
pub fn last_day(date: &str) -> String {
    let day = day_of_issue(date);
    let before = |day: Date| day.checked_sub(1.day()).ok();
    match day.parse().ok().and_then(before).filter(|_| date.ends_with(MIDNIGHT)) {
        Some(before) => before.to_string(),
        None => day.to_owned(),
    }
}

fn read(field: Field, text: &str) -> Result<CellDate, CellFault> {
    read_date(text).map_err(|write| fault(field, text, Problem::NotADate { write }))
}

/// Returns the fault of a field that is in no file.
fn fault(field: Field, value: &str, problem: Problem) -> CellFault {
    CellFault { row: 1, column: None, field: Some(field), found: shortened(value), problem }
}

#[cfg(test)]
mod tests {
    use learncoin_language::Language;

    use super::*;

    #[test]
    fn days_are_read_and_shown_as_people_write_them() {
        assert_eq!(read_issued("2026-04-23").unwrap(), "2026-04-23T00:00:00Z");
        assert_eq!(read_expires("2026-12-31").unwrap(), "2027-01-01T00:00:00Z");
        for day in ["2026-12-31", "2028-02-29", "9999-12-31"] {
            assert_eq!(last_day(&read_expires(day).unwrap()), day);
            assert_eq!(day_of_issue(&read_issued(day).unwrap()), day);
        }
        assert_eq!(last_day("2031-04-23T12:00:00Z"), "2031-04-23");
        let fault = read_issued("31.5.2017").unwrap_err();
        assert_eq!(fault.sentence(Language::English), "31.5.2017 is not a date we accept; write 2017-05-31.");
    }

    #[test]
    fn a_refused_value_has_the_words_of_its_rule() {
        let fault = refused(Field::Email, "Ada <ada@example.org>", "invalid_field_format", (None, None));
        assert!(fault.sentence(Language::English).ends_with("Write ada@example.org."));
        let dates = (Some("2026-04-23T00:00:00Z"), Some("2026-04-02T00:00:00Z"));
        let fault = refused(Field::Expires, "2026-04-01", "invalid_field_format", dates);
        assert_eq!(fault.sentence(Language::English), "The last day is before the day of issue.");
        assert_eq!(
            refused(Field::Name, "", "missing_required_field", (None, None)).problem,
            Problem::Missing
        );
    }
}
