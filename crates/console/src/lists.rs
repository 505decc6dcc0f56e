//! Parts that the lists share: their pages, the places in them, and the days that they are asked.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The number of rows on a page. One more is read, which shows whether there is another page.
pub(crate) const PAGE: u32 = 50;

/// Cuts the rows that were read to a page. Returns whether there is another page.
pub(crate) fn cut_to_page<T>(rows: &mut Vec<T>) -> bool {
    let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let is_more = rows.len() > page;
    rows.truncate(page);
    is_more
}

/// Returns the place in a list by time that a query names: the time and the id of the last row of the page before.
pub(crate) fn place<I: FromStr>(text: &str) -> Option<(i64, I)> {
    let (at, id) = text.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// Returns the beginning of a day, or of the day after it, in milliseconds since 1970; `None` if the text is empty.
pub(crate) fn day(text: &str, is_later: bool) -> Result<Option<i64>, jiff::Error> {
    if text.is_empty() {
        return Ok(None);
    }
    let day: Date = text.parse()?;
    let day = if is_later { day.tomorrow()? } else { day };
    Ok(Some(day.to_zoned(TimeZone::UTC)?.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_as_the_standard_has_it() {
        assert_eq!(day("2026-04-23", false).unwrap(), Some(1_776_902_400_000));
        assert_eq!(day("2026-04-23", true).unwrap(), Some(1_776_988_800_000));
        assert_eq!(day("", false).unwrap(), None);
        assert!(day("23.4.2026", false).is_err() && day("2026-02-30", false).is_err());
    }

    #[test]
    fn a_full_page_alone_has_none_after_it() {
        let mut rows: Vec<u32> = (0..PAGE).collect();
        assert!(!cut_to_page(&mut rows));
        rows.push(PAGE);
        assert!(cut_to_page(&mut rows));
        assert_eq!(rows.len(), 50);
    }
}
