//! Dates: the one form that is accepted, and what the others can mean.

use jiff::ToSpan as _;
use jiff::civil::Date;
use learncoin_credential::text::{check_date, normalize_request_date};
use learncoin_language::Language;

use crate::cell::ascii_digit;

/// Serial numbers of days that people mean: 1954 to 2119.
const SERIALS: std::ops::RangeInclusive<i64> = 20_000..=80_000;

/// A date in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CellDate {
    /// A day.
    Day(Date),
    /// A moment, in the form of a document.
    Moment(String),
}

impl CellDate {
    /// Returns the date of issue: the first moment of the day in UTC.
    pub(crate) fn first_moment(&self) -> String {
        match self {
            CellDate::Day(day) => format!("{day}T00:00:00Z"),
            CellDate::Moment(moment) => moment.clone(),
        }
    }

    /// Returns the date of expiration if the day is the last one that is covered: the first moment of the day after. Pages and certificates
    /// show the day before a midnight (`learncoin_language::Language::written_last_day`), so they show the day that the cell has.
    pub(crate) fn end(&self) -> String {
        match self {
            CellDate::Day(day) => match day.checked_add(1.day()) {
                Ok(next) if next.year() < Language::NEVER => format!("{next}T00:00:00Z"),
                _ => format!("{day}T23:59:59Z"),
            },
            CellDate::Moment(moment) => moment.clone(),
        }
    }
}

/// Reads a date: `2017-05-31`, or a moment in UTC as the API takes it.
///
/// # Errors
/// The days that the text can mean, in the form to write; nothing if it is no date.
pub(crate) fn read(text: &str) -> Result<CellDate, Vec<String>> {
    if let Some(day) = iso_day(text) {
        return Ok(CellDate::Day(day));
    }
    if let Ok(moment) = normalize_request_date(text) {
        return Ok(CellDate::Moment(moment));
    }
    let mut days = meanings(&text.chars().map(ascii_digit).collect::<String>());
    days.sort_unstable();
    days.dedup();
    Err(days.into_iter().map(|day| day.to_string()).collect())
}

/// Returns the day of a text that is the day of a document's date.
fn iso_day(text: &str) -> Option<Date> {
    check_date(&format!("{text}T00:00:00Z")).ok()?;
    text.parse().ok()
}

/// Returns the days that a text can mean.
fn meanings(text: &str) -> Vec<Date> {
    let numbers: Vec<&str> = text
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .collect();
    if let [digits] = *numbers
        && digits == text
    {
        return of_digits(digits).into_iter().collect();
    }
    let with_word = of_words(text, &numbers);
    if !with_word.is_empty() {
        return with_word;
    }
    // A time after the day is left out.
    let [first, second, third, ..] = *numbers else { return Vec::new() };
    let day_first = [(third, second, first)];
    let both = [(third, second, first), (third, first, second)];
    let year_first = [(first, second, third)];
    let after = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let candidates: &[(&str, &str, &str)] = match (first.len(), after.chars().next()) {
        (4, _) => &year_first,
        // Where points are written, the day comes first.
        (_, Some('.')) => &day_first,
        _ => &both,
    };
    candidates.iter().filter_map(|(year, month, day)| date(year, month, day)).collect()
}

/// Returns the day of `20170531`, or of the serial number of a spreadsheet program.
fn of_digits(digits: &str) -> Option<Date> {
    if digits.len() == 8 {
        return date(digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?);
    }
    let serial: i64 = digits.parse().ok().filter(|serial| SERIALS.contains(serial))?;
    Date::constant(1899, 12, 30).checked_add(serial.days()).ok()
}

/// Returns the days of a text with the name of a month: `31. Mai 2017`, `May 31, 2017`.
fn of_words(text: &str, numbers: &[&str]) -> Vec<Date> {
    let word = text
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| word.chars().count() >= 3)
        .find_map(|word| month(&word.to_lowercase()));
    let (Some(month), [first, second, ..]) = (word, numbers) else { return Vec::new() };
    let (year, day) = if first.len() == 4 { (first, second) } else { (second, first) };
    date(year, &month.to_string(), day).into_iter().collect()
}

/// Returns the number of a month by its name in a supported language, or by the first letters of it if they fit no other one.
fn month(word: &str) -> Option<usize> {
    let mut found = None;
    for language in Language::ALL {
        for (index, name) in language.words().dates.months.iter().enumerate() {
            let name = name.to_lowercase();
            if name == word {
                return Some(index + 1);
            }
            if name.starts_with(word) {
                match found {
                    Some(other) if other != index + 1 => return None,
                    _ => found = Some(index + 1),
                }
            }
        }
    }
    found
}

/// Returns the day of these digits. A year of two digits is one of this century.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = match year.len() {
        2 => format!("20{year}").parse().ok()?,
        4 => year.parse().ok()?,
        _ => return None,
    };
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_accepted_and_the_others_are_written_in_it() {
        assert_eq!(read("2017-05-31"), Ok(CellDate::Day(Date::constant(2017, 5, 31))));
        let moment = CellDate::Moment("2017-05-31T10:00:00Z".to_owned());
        assert_eq!(read("2017-05-31T10:00:00+00:00"), Ok(moment.clone()));
        assert_eq!((moment.first_moment(), moment.end()), (moment.end(), "2017-05-31T10:00:00Z".to_owned()));
        for (text, expected) in [
            ("31.5.2017", &["2017-05-31"][..]),
            ("05.06.2017", &["2017-06-05"]),
            ("31/05/2017", &["2017-05-31"]),
            ("5/31/17", &["2017-05-31"]),
            ("5/6/17", &["2017-05-06", "2017-06-05"]),
            ("5/5/2017", &["2017-05-05"]),
            ("5-6-2017", &["2017-05-06", "2017-06-05"]),
            ("2017/5/31", &["2017-05-31"]),
            ("2017.05.31", &["2017-05-31"]),
            ("20170531", &["2017-05-31"]),
            ("42886", &["2017-05-31"]),
            ("2017-05-31 14:30:00", &["2017-05-31"]),
            ("2017-05-31T14:30:00+02:00", &["2017-05-31"]),
            ("31. Mai 2017", &["2017-05-31"]),
            ("May 31, 2017", &["2017-05-31"]),
            ("31 déc. 2017", &["2017-12-31"]),
            ("1 de enero de 2018", &["2018-01-01"]),
            ("٣١/٠٥/٢٠١٧", &["2017-05-31"]),
            ("2017-02-29", &[]),
            ("31.4.2017", &[]),
            ("45/45/2017", &[]),
            ("14:30:00", &[]),
            ("soon", &[]),
            ("7", &[]),
            ("2017", &[]),
            ("31 jui 2017", &[]),
            ("", &[]),
        ] {
            let expected: Vec<String> = expected.iter().map(|day| (*day).to_owned()).collect();
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn the_last_day_is_the_one_that_pages_show() {
        for (day, end, shown) in [
            (Date::constant(2026, 12, 31), "2027-01-01T00:00:00Z", "31 December 2026"),
            (Date::constant(2028, 2, 28), "2028-02-29T00:00:00Z", "28 February 2028"),
            (Date::constant(9999, 12, 31), "9999-12-31T23:59:59Z", "31 December 9999"),
            (Date::constant(9998, 12, 31), "9998-12-31T23:59:59Z", "31 December 9998"),
        ] {
            assert_eq!(CellDate::Day(day).end(), end);
            assert_eq!(Language::English.written_last_day(end), shown);
        }
    }
}
