//! The list of batches, page by page.

use learncoin_issuance::Issuance;
use learncoin_store::batches::BatchStatus;
use learncoin_store::scope::TenantScope;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{self, BatchJson};
use crate::api::cursor::List;
use crate::api::limits::DEFAULT_LIMIT;
use crate::api::query::{malformed, read_limit};
use crate::error::ApiError;
use crate::openapi::words;

/// The parsed query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    cursor: Option<String>,
    limit: u32,
    status: Option<BatchStatus>,
}

impl Query {
    /// Reads the query string. A parameter that is unknown or given twice is refused: a mistyped filter would list everything.
    pub(super) fn read(query: &str) -> Result<Self, ApiError> {
        let (mut cursor, mut limit, mut status) = (None, None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let again = match name.as_ref() {
                "cursor" => cursor.replace(value.into_owned()).is_some(),
                "limit" => limit.replace(read_limit(&value)?).is_some(),
                "status" => status.replace(read_status(&value)?).is_some(),
                _ => return Err(malformed("query", "only the parameters cursor, limit and status")),
            };
            if again {
                return Err(malformed(&name, "the parameter once"));
            }
        }
        Ok(Self { cursor, limit: limit.unwrap_or(DEFAULT_LIMIT), status })
    }
}

fn read_status(value: &str) -> Result<BatchStatus, ApiError> {
    value.parse().map_err(|_| malformed("status", "pending, signed, anchored or failed"))
}

/// A page of batches, the newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchList)]
pub(crate) struct Page {
    data: Vec<BatchJson>,
    /// The `cursor` of the next page; `null` at the end.
    #[schema(value_type = Option<words::Cursor>, inline, required)]
    next_cursor: Option<String>,
    has_more: bool,
}

/// Returns the page that the query asks for.
pub(super) async fn page(issuance: &Issuance, scope: &TenantScope, query: &Query) -> Result<Page, ApiError> {
    let store = &issuance.store;
    let list = List { scope, kind: "batches", filter: query.status.map_or("", BatchStatus::as_str) };
    let now = issuance.clock.now_ms();
    let before = match &query.cursor {
        Some(cursor) => Some(list.read_cursor(cursor, store.sealer(), now)?),
        None => None,
    };
    // One more than asked for shows whether there is a next page.
    let mut batches =
        store.list_batches(scope, before.as_ref(), query.status, query.limit.saturating_add(1)).await?;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let has_more = batches.len() > wanted;
    batches.truncate(wanted);
    let next_cursor = match batches.last() {
        Some(last) if has_more => Some(list.cursor_after(last.id.as_str(), store.sealer(), now)?),
        _ => None,
    };
    Ok(Page { data: view::batches(issuance, scope, batches).await?, next_cursor, has_more })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn a_query_has_defaults_and_limits() {
        let defaults = Query { cursor: None, limit: 25, status: None };
        assert_eq!(Query::read("").unwrap(), defaults);
        let all = Query::read("status=failed&limit=100&cursor=a%2Bb").unwrap();
        let expected = Query { cursor: Some("a+b".into()), limit: 100, status: Some(BatchStatus::Failed) };
        assert_eq!(all, expected);
        assert_eq!(Query::read("limit=1").unwrap().limit, 1);
    }

    #[test]
    fn what_a_query_must_not_hold_is_named() {
        for (query, named) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=-1", "limit"),
            ("limit=%2B5", "limit"),
            ("limit=1.0", "limit"),
            ("limit=", "limit"),
            ("limit=99999999999999999999", "limit"),
            ("limit=5&limit=5", "limit"),
            ("status=done", "status"),
            ("status=", "status"),
            ("status=ANCHORED", "status"),
            ("stats=failed", "query"),
        ] {
            let error = Query::read(query).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidFieldFormat, "{query}");
            assert!(error.message.starts_with(named), "{query}: {}", error.message);
        }
    }
}
