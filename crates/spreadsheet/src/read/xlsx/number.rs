//! Numbers as the text that a person sees: days, times, percentages, and plain numbers.

use jiff::Span;
use jiff::civil::Date;

/// The kind of a number's format, as far as it changes what the number is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum NumberFormat {
    /// Digits. A currency or thousands separator is no part of the value.
    #[default]
    Plain,
    /// A day.
    Day,
    /// A day with its time.
    DayAndTime,
    /// A time, or hours that may be more than a day has.
    Time,
    /// A percentage.
    Percent,
    /// Digits with zeros before them, up to this many.
    Padded(u8),
}

/// The last serial number of a day: 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;
/// Numbers from here on have more digits than Excel keeps.
const MOST_EXACT: f64 = 1e15;

impl NumberFormat {
    /// Returns the format of an id that needs no code (part 1, section 18.8.30), with those of East Asian editions.
    pub(super) fn built_in(id: u32) -> Self {
        match id {
            9 | 10 => NumberFormat::Percent,
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => NumberFormat::Day,
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => NumberFormat::Time,
            22 => NumberFormat::DayAndTime,
            _ => NumberFormat::Plain,
        }
    }

    /// Returns the format of a code such as `dd/mm/yyyy`.
    pub(super) fn of_code(code: &str) -> Self {
        let (mut days, mut months, mut times, mut percent, mut zeros, mut others) = (0, 0, 0, 0, 0_u8, 0);
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character.to_ascii_lowercase() {
                // What applies to positive numbers is first.
                ';' => break,
                '"' => _ = characters.by_ref().find(|character| *character == '"'),
                '\\' | '_' | '*' => _ = characters.next(),
                '[' => {
                    let inside: String =
                        characters.by_ref().take_while(|character| *character != ']').collect();
                    let letters = inside.to_ascii_lowercase();
                    times += usize::from(
                        !letters.is_empty() && letters.chars().all(|one| matches!(one, 'h' | 'm' | 's')),
                    );
                }
                'd' | 'y' => days += 1,
                'm' => months += 1,
                'h' | 's' => times += 1,
                '%' => percent += 1,
                '0' => zeros = zeros.saturating_add(1),
                // "General" is a word, not a date of the era.
                'g' if characters
                    .as_str()
                    .get(..6)
                    .is_some_and(|rest| rest.eq_ignore_ascii_case("eneral")) =>
                {
                    characters = characters.as_str().get(6..).unwrap_or_default().chars();
                    others += 1;
                }
                _ => others += 1,
            }
        }
        match (days > 0 || (months > 0 && times == 0), times > 0, percent > 0) {
            (true, true, _) => NumberFormat::DayAndTime,
            (true, false, _) => NumberFormat::Day,
            (false, true, _) => NumberFormat::Time,
            (false, false, true) => NumberFormat::Percent,
            _ if zeros > 1 && others == 0 => NumberFormat::Padded(zeros),
            _ => NumberFormat::Plain,
        }
    }

    /// Returns the text of a number. A day is `2017-05-31`; a number that is no day of the calendar stays a number.
    pub(super) fn text(self, value: f64, is_1904: bool) -> String {
        if !value.is_finite() {
            return value.to_string();
        }
        match self {
            NumberFormat::Day => day(value, is_1904).map(|day| day.to_string()),
            NumberFormat::DayAndTime => day(value, is_1904).map(|day| match time(value.fract()) {
                Some(time) if time != "00:00:00" => format!("{day} {time}"),
                // A moment that is rounded up to the end of its day.
                None => format!("{day} 24:00:00"),
                Some(_) => day.to_string(),
            }),
            NumberFormat::Time => hours(value),
            NumberFormat::Percent => Some(format!("{}%", plain(value * 100.0))),
            NumberFormat::Padded(digits) if (0.0..MOST_EXACT).contains(&value) => {
                Some(format!("{value:0>width$.0}", width = usize::from(digits)))
            }
            NumberFormat::Padded(_) | NumberFormat::Plain => None,
        }
        .unwrap_or_else(|| plain(value))
    }
}

/// Returns a number with the 15 digits that Excel keeps. One that has more is written with an exponent, as Excel shows it.
fn plain(value: f64) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded.abs() < MOST_EXACT {
        return if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() };
    }
    let text = format!("{rounded:e}");
    match text.split_once('e') {
        Some((digits, exponent)) => format!("{digits}E+{exponent}"),
        None => text,
    }
}

/// Returns the day of a serial number (part 1, section 18.17.4). The system of 1900 has a 29 February 1900, which is no day.
fn day(serial: f64, is_1904: bool) -> Option<Date> {
    if !(0.0..LAST_DAY + 1.0).contains(&serial) {
        return None;
    }
    let days: i64 = format!("{:.0}", serial.trunc()).parse().ok()?;
    let (year, month, first) = match days {
        _ if is_1904 => (1904, 1, 1),
        0 | 60 => return None,
        1..60 => (1899, 12, 31),
        _ => (1899, 12, 30),
    };
    Date::new(year, month, first).ok()?.checked_add(Span::new().try_days(days).ok()?).ok()
}

/// Returns the time of a part of a day, or `None` if it is rounded up to a whole one.
fn time(part: f64) -> Option<String> {
    let seconds = seconds(part)?;
    (seconds < 86_400).then(|| clock(seconds))
}

/// Returns hours, minutes and seconds of a number of days, of which there may be several.
fn hours(days: f64) -> Option<String> {
    (0.0..LAST_DAY).contains(&days).then(|| seconds(days)).flatten().map(clock)
}

fn seconds(days: f64) -> Option<u64> {
    format!("{:.0}", days * 86_400.0).parse().ok()
}

fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_code_is_what_a_person_sees() {
        for (code, expected) in [
            ("General", NumberFormat::Plain),
            ("dd.mm.yyyy", NumberFormat::Day),
            ("[$-407]d\\. mmmm yyyy;@", NumberFormat::Day),
            ("mmm-yy", NumberFormat::Day),
            ("yyyy-mm-dd hh:mm", NumberFormat::DayAndTime),
            ("m/d/yy h:mm AM/PM", NumberFormat::DayAndTime),
            ("[h]:mm:ss", NumberFormat::Time),
            ("mm:ss.0", NumberFormat::Time),
            ("0.00%", NumberFormat::Percent),
            ("00000", NumberFormat::Padded(5)),
            ("0", NumberFormat::Plain),
            ("0.00", NumberFormat::Plain),
            ("#,##0.00 [$€-407]", NumberFormat::Plain),
            ("\"day\" 0", NumberFormat::Plain),
            ("[Red]0.00E+00", NumberFormat::Plain),
            ("0;dd.mm.yyyy", NumberFormat::Plain),
            ("\"", NumberFormat::Plain),
            ("[", NumberFormat::Plain),
            ("", NumberFormat::Plain),
        ] {
            assert_eq!(NumberFormat::of_code(code), expected, "{code}");
        }
    }

    #[test]
    fn numbers_are_the_text_that_a_person_sees() {
        for (format, value, is_1904, expected) in [
            (NumberFormat::Day, 42_886.0, false, "2017-05-31"),
            (NumberFormat::Day, 41_424.0, true, "2017-05-31"),
            (NumberFormat::Day, 42_886.75, false, "2017-05-31"),
            (NumberFormat::Day, 1.0, false, "1900-01-01"),
            (NumberFormat::Day, 59.0, false, "1900-02-28"),
            (NumberFormat::Day, 60.0, false, "60"),
            (NumberFormat::Day, 61.0, false, "1900-03-01"),
            (NumberFormat::Day, 0.0, true, "1904-01-01"),
            (NumberFormat::Day, 2_958_465.0, false, "9999-12-31"),
            (NumberFormat::Day, 2_958_466.0, false, "2958466"),
            (NumberFormat::Day, -1.0, false, "-1"),
            (NumberFormat::DayAndTime, 42_886.0, false, "2017-05-31"),
            (NumberFormat::DayAndTime, 42_886.5, false, "2017-05-31 12:00:00"),
            (NumberFormat::DayAndTime, 42_886.999_999_9, false, "2017-05-31 24:00:00"),
            (NumberFormat::Time, 0.604_166_666_7, false, "14:30:00"),
            (NumberFormat::Time, 1.5, false, "36:00:00"),
            (NumberFormat::Percent, 0.85, false, "85%"),
            (NumberFormat::Percent, 0.855, false, "85.5%"),
            (NumberFormat::Padded(5), 123.0, false, "00123"),
            (NumberFormat::Padded(2), 1_234.0, false, "1234"),
            (NumberFormat::Plain, 1.0, false, "1"),
            (NumberFormat::Plain, -0.0, false, "0"),
            (NumberFormat::Plain, 0.1 + 0.2, false, "0.3"),
            (NumberFormat::Plain, 123_456_789_012_345.0, false, "123456789012345"),
            (NumberFormat::Plain, 1.23e15, false, "1.23E+15"),
            (NumberFormat::Plain, f64::INFINITY, false, "inf"),
            (NumberFormat::Day, 1e300, false, "1E+300"),
            (NumberFormat::Day, f64::NAN, false, "NaN"),
        ] {
            assert_eq!(format.text(value, is_1904), expected, "{format:?} {value}");
        }
    }
}
