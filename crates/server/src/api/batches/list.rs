//! The list of batches, page by page.

use std::sync::Arc;

use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::{StreamExt as _, stream};
use learncoin_credential::text;
use learncoin_issuance::Issuance;
use learncoin_store::batches::{Batch, BatchFilter, BatchStatus};
use learncoin_store::scope::TenantScope;
use utoipa::ToSchema;

use super::view::{self, BatchJson};
use crate::api::cursor::List;
use crate::api::json_body;
use crate::api::paging::{PageQuery, malformed};
use crate::error::ApiError;
use crate::openapi::words;

/// The parameter that selects the batches of a status.
const STATUS: &str = "status";
/// The parameter that selects the batches with a credential of a recipient.
const RECIPIENT_ID: &str = "recipient_id";
/// The parameters that a list of batches has beside those of every list.
pub(super) const FILTERS: [&str; 2] = [STATUS, RECIPIENT_ID];

fn parse_status(value: &str) -> Result<BatchStatus, ApiError> {
    value.parse().map_err(|_| malformed(STATUS, "pending, signed, anchored or failed"))
}

fn parse_recipient_id(value: &str) -> Result<&str, ApiError> {
    match text::check_uuid_urn(value) {
        Ok(()) => Ok(value),
        Err(_) => Err(malformed(RECIPIENT_ID, "urn:uuid: followed by a version 4 UUID")),
    }
}

/// Returns a filter as the text that a cursor is tied to. One of a status alone has the text that it always had.
fn filter_text(filter: BatchFilter<'_>) -> String {
    let status = filter.status.map_or("", BatchStatus::as_str);
    match filter.recipient_id {
        Some(recipient_id) => format!("{status} {recipient_id}"),
        None => status.to_owned(),
    }
}

/// The most batches that are read at once while a page is sent.
const BATCHES_AT_ONCE: usize = 25;
/// The most credentials of theirs that are in memory: a full batch is read alone.
const CREDENTIALS_AT_ONCE: u64 = 500;

/// A page of batches, the newest first.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a page, which is written piece by piece")]
pub(crate) struct BatchList {
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
    query: &PageQuery,
) -> Result<Response, ApiError> {
    let store = &issuance.store;
    let filter = BatchFilter {
        status: query.filter(STATUS).map(parse_status).transpose()?,
        recipient_id: query.filter(RECIPIENT_ID).map(parse_recipient_id).transpose()?,
    };
    let text = filter_text(filter);
    let list = List { scope: &scope, kind: "batches", filter: &text };
    let now = issuance.clock.now_ms();
    let before = query.start(&list, store.sealer(), now)?;
    let batches = store.list_batches(&scope, before.as_ref(), filter, query.rows_to_read()).await?;
    let page = query.page(&list, batches, |batch| batch.id.as_str(), store.sealer(), now)?;
    let next_cursor = serde_json::to_string(&page.next_cursor).map_err(ApiError::internal)?;
    let end = format!(r#"],"next_cursor":{next_cursor},"has_more":{}}}"#, page.has_more);
    let mut pieces = Pieces { issuance, scope, batches: page.rows.into_iter(), is_first: true };
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
    fn a_status_is_one_of_the_contracts() {
        assert_eq!(parse_status("failed").unwrap(), BatchStatus::Failed);
        for value in ["done", "", "ANCHORED"] {
            let error = parse_status(value).unwrap_err();
            let expected = "status: expected pending, signed, anchored or failed";
            assert_eq!((error.code, &*error.message), (ErrorCode::InvalidFieldFormat, expected), "{value}");
        }
    }
}
