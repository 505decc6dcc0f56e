//! Lists, page by page: the parameters that every list has, and the page that they ask for.

use std::str::FromStr;

use learncoin_store::seal::Sealer;

use super::cursor::List;
use super::limits::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::error::{ApiError, ErrorCode};

/// The parsed query of a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageQuery {
    cursor: Option<String>,
    limit: u32,
    /// The filters that were given: their names and values.
    filters: Vec<(&'static str, String)>,
}

impl PageQuery {
    /// Parses the query string. `filters` are the parameters that the list has beside `cursor` and `limit`. One that is unknown or
    /// given twice is refused: a mistyped filter would list everything.
    pub(super) fn parse(query: &str, filters: &'static [&'static str]) -> Result<Self, ApiError> {
        let (mut cursor, mut limit) = (None, None);
        let mut given: Vec<(&'static str, String)> = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let is_second = match &*name {
                "cursor" => cursor.replace(value.into_owned()).is_some(),
                "limit" => limit.replace(parse_limit(&value)?).is_some(),
                name => {
                    let Some(filter) = filters.iter().copied().find(|filter| *filter == name) else {
                        return Err(malformed("query", &only_the_parameters(filters)));
                    };
                    let is_second = given.iter().any(|(name, _)| *name == filter);
                    given.push((filter, value.into_owned()));
                    is_second
                }
            };
            if is_second {
                return Err(malformed(&name, "the parameter once"));
            }
        }
        Ok(Self { cursor, limit: limit.unwrap_or(DEFAULT_LIMIT), filters: given })
    }

    /// Returns a filter's value.
    pub(super) fn filter(&self, name: &str) -> Option<&str> {
        self.filters.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// Returns the id after which the page begins; `None` for the first page.
    ///
    /// # Errors
    /// If the cursor is not one of this list.
    pub(super) fn start<Id: FromStr>(
        &self,
        list: &List<'_>,
        sealer: &Sealer,
        now_ms: i64,
    ) -> Result<Option<Id>, ApiError> {
        self.cursor.as_ref().map(|cursor| list.read_cursor(cursor, sealer, now_ms)).transpose()
    }

    /// Returns how many rows are to be read. One more than asked for shows whether there is a next page.
    pub(super) fn rows_to_read(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// Creates the page from the rows that were read. `id` returns a row's id.
    pub(super) fn page<T>(
        &self,
        list: &List<'_>,
        mut rows: Vec<T>,
        id: impl Fn(&T) -> &str,
        sealer: &Sealer,
        now_ms: i64,
    ) -> Result<Page<T>, ApiError> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = match rows.last() {
            Some(last) if has_more => Some(list.cursor_after(id(last), sealer, now_ms)?),
            _ => None,
        };
        Ok(Page { rows, next_cursor, has_more })
    }
}

/// A page of a list.
pub(super) struct Page<T> {
    /// Its rows.
    pub(super) rows: Vec<T>,
    /// The cursor of the next page; `None` at the end.
    pub(super) next_cursor: Option<String>,
    /// Whether there is a next page.
    pub(super) has_more: bool,
}

fn parse_limit(value: &str) -> Result<u32, ApiError> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(limit) if digits && (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(malformed("limit", "an integer from 1 to 100")),
    }
}

/// Names the parameters that a list with these filters has.
fn only_the_parameters(filters: &[&str]) -> String {
    let all: Vec<&str> = ["cursor", "limit"].into_iter().chain(filters.iter().copied()).collect();
    match all.split_last() {
        Some((last, others)) => format!("only the parameters {} and {last}", others.join(", ")),
        None => "no parameters".to_owned(),
    }
}

/// Returns the error for a malformed parameter.
pub(super) fn malformed(parameter: &str, expected: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidFieldFormat, format!("{parameter}: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_defaults_and_limits() {
        let defaults = PageQuery { cursor: None, limit: 25, filters: Vec::new() };
        assert_eq!(PageQuery::parse("", &[]).unwrap(), defaults);
        assert_eq!(PageQuery::parse("", &["status"]).unwrap(), defaults);
        let all = PageQuery::parse("status=failed&limit=100&cursor=a%2Bb&to=x", &["status", "to"]).unwrap();
        let filters = vec![("status", "failed".to_owned()), ("to", "x".to_owned())];
        assert_eq!(all, PageQuery { cursor: Some("a+b".into()), limit: 100, filters });
        assert_eq!(
            (all.filter("to"), all.filter("status"), all.filter("of")),
            (Some("x"), Some("failed"), None)
        );
        assert_eq!(PageQuery::parse("limit=1", &[]).unwrap().limit, 1);
    }

    #[test]
    fn what_a_query_must_not_hold_is_named() {
        for (query, message) in [
            ("limit=0", "limit: expected an integer from 1 to 100"),
            ("limit=101", "limit: expected an integer from 1 to 100"),
            ("limit=-1", "limit: expected an integer from 1 to 100"),
            ("limit=%2B5", "limit: expected an integer from 1 to 100"),
            ("limit=1.0", "limit: expected an integer from 1 to 100"),
            ("limit=", "limit: expected an integer from 1 to 100"),
            ("limit=99999999999999999999", "limit: expected an integer from 1 to 100"),
            ("limit=5&limit=5", "limit: expected the parameter once"),
            ("cursor=a&cursor=a", "cursor: expected the parameter once"),
            ("status=failed&status=failed", "status: expected the parameter once"),
            ("to=a&to=a", "to: expected the parameter once"),
            ("stats=failed", "query: expected only the parameters cursor, limit, status and to"),
        ] {
            let error = PageQuery::parse(query, &["status", "to"]).unwrap_err();
            assert_eq!((error.code, &*error.message), (ErrorCode::InvalidFieldFormat, message), "{query}");
        }
        let error = PageQuery::parse("status=failed", &[]).unwrap_err();
        assert_eq!(error.message, "query: expected only the parameters cursor and limit");
    }
}
