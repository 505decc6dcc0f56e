//! The list of batches, page by page.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use learncoin_issuance::Issuance;
use learncoin_store::batches::{Batch, BatchStatus};
use learncoin_store::scope::TenantScope;
use utoipa::ToSchema;

use super::view::{self, BatchJson};
use crate::api::cursor::List;
use crate::api::json_body;
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

/// The most batches that are read at once while a page is sent.
const BATCHES_AT_ONCE: usize = 25;
/// The most credentials of theirs that are in memory: a full batch is read alone.
const CREDENTIALS_AT_ONCE: u64 = 500;

/// A page of batches, the newest first.
#[derive(ToSchema)]
#[schema(as = BatchList)]
#[expect(dead_code, reason = "it describes a page, which is written piece by piece")]
pub(crate) struct Page {
    data: Vec<BatchJson>,
    /// The `cursor` of the next page; `null` at the end.
    #[schema(value_type = Option<words::Cursor>, inline, required)]
    next_cursor: Option<String>,
    has_more: bool,
}

/// Responds with the page that the query asks for. A full page has 50,000 credentials, so it is read and written piece by
/// piece. The first piece is read before the response begins; a failure after that breaks the connection off, which no
/// client takes for the end of the page.
pub(super) async fn page(
    issuance: Arc<Issuance>,
    scope: TenantScope,
    query: &Query,
) -> Result<Response, ApiError> {
    let store = &issuance.store;
    let list = List { scope: &scope, kind: "batches", filter: query.status.map_or("", BatchStatus::as_str) };
    let now = issuance.clock.now_ms();
    let before = match &query.cursor {
        Some(cursor) => Some(list.read_cursor(cursor, store.sealer(), now)?),
        None => None,
    };
    // One more than asked for shows whether there is a next page.
    let mut batches =
        store.list_batches(&scope, before.as_ref(), query.status, query.limit.saturating_add(1)).await?;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let has_more = batches.len() > wanted;
    batches.truncate(wanted);
    let next_cursor = match batches.last() {
        Some(last) if has_more => Some(list.cursor_after(last.id.as_str(), store.sealer(), now)?),
        _ => None,
    };
    let next_cursor = serde_json::to_string(&next_cursor).map_err(ApiError::internal)?;
    let end = format!(r#"],"next_cursor":{next_cursor},"has_more":{has_more}}}"#);
    let mut pieces = Pieces { issuance, scope, batches: batches.into_iter(), is_first: true };
    let first = format!(r#"{{"data":[{}"#, pieces.next_piece().await?.unwrap_or_default());
    // The response is sent after its handler has returned.
    let span = tracing::Span::current();
    let rest = stream::unfold(Some((pieces, end, span)), |state| async {
        let (mut pieces, end, span) = state?;
        match pieces.next_piece().await {
            Ok(Some(piece)) => Some((Ok(piece), Some((pieces, end, span)))),
            Ok(None) => Some((Ok(end), None)),
            Err(error) => {
                tracing::error!(parent: &span, cause = error.cause(), "a list of batches broke off");
                Some((Err(std::io::Error::other(error.message)), None))
            }
        }
    });
    let body = stream::iter([Ok(first)]).chain(rest);
    Ok(json_body(StatusCode::OK, Body::from_stream(body)))
}

/// The batches of a page that are still to be written.
struct Pieces {
    issuance: Arc<Issuance>,
    scope: TenantScope,
    batches: std::vec::IntoIter<Batch>,
    is_first: bool,
}

impl Pieces {
    /// Returns how many batches the next piece has.
    fn next_count(&self) -> usize {
        let mut credentials = 0_u64;
        let fits = |batch: &&Batch| {
            credentials = credentials.saturating_add(batch.credentials_count);
            credentials <= CREDENTIALS_AT_ONCE
        };
        self.batches.as_slice().iter().take(BATCHES_AT_ONCE).take_while(fits).count().max(1)
    }

    /// Returns the next batches as members of the page's array, with the comma before them; `None` at its end.
    async fn next_piece(&mut self) -> Result<Option<String>, ApiError> {
        let count = self.next_count();
        let batches: Vec<Batch> = self.batches.by_ref().take(count).collect();
        if batches.is_empty() {
            return Ok(None);
        }
        let mut piece = String::new();
        for batch in view::batches(&self.issuance, &self.scope, batches).await? {
            if !std::mem::take(&mut self.is_first) {
                piece.push(',');
            }
            piece.push_str(&serde_json::to_string(&batch).map_err(ApiError::internal)?);
        }
        Ok(Some(piece))
    }
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
