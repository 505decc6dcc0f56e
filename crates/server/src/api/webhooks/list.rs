//! The list of webhook endpoints, page by page.

use learncoin_issuance::Issuance;
use learncoin_store::scope::TenantScope;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{self, WebhookJson};
use crate::api::cursor::List;
use crate::api::limits::DEFAULT_LIMIT;
use crate::api::query::{self, malformed};
use crate::error::ApiError;
use crate::openapi::words;

/// The parsed query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    cursor: Option<String>,
    limit: u32,
}

impl Query {
    /// Reads the query string. A parameter that is unknown or given twice is refused.
    pub(super) fn read(query: &str) -> Result<Self, ApiError> {
        let (mut cursor, mut limit) = (None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let again = match name.as_ref() {
                "cursor" => cursor.replace(value.into_owned()).is_some(),
                "limit" => limit.replace(query::read_limit(&value)?).is_some(),
                _ => return Err(malformed("query", "only the parameters cursor and limit")),
            };
            if again {
                return Err(malformed(&name, "the parameter once"));
            }
        }
        Ok(Self { cursor, limit: limit.unwrap_or(DEFAULT_LIMIT) })
    }
}

/// A page of endpoints, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookList)]
pub(crate) struct Page<'a> {
    data: Vec<WebhookJson<'a>>,
    /// The `cursor` of the next page; `null` at the end.
    #[schema(value_type = Option<words::Cursor>, inline, required)]
    next_cursor: Option<String>,
    has_more: bool,
}

/// Returns the page that the query asks for, as JSON.
pub(super) async fn page(
    issuance: &Issuance,
    scope: &TenantScope,
    query: &Query,
) -> Result<String, ApiError> {
    let store = &issuance.store;
    let list = List { scope, kind: "webhooks", filter: "" };
    let now = issuance.clock.now_ms();
    let after = match &query.cursor {
        Some(cursor) => Some(list.read_cursor(cursor, store.sealer(), now)?),
        None => None,
    };
    // One more than asked for shows whether there is a next page.
    let mut endpoints = store.list_webhooks(scope, after.as_ref(), query.limit.saturating_add(1)).await?;
    let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let has_more = endpoints.len() > wanted;
    endpoints.truncate(wanted);
    let next_cursor = match endpoints.last() {
        Some(last) if has_more => Some(list.cursor_after(last.id.as_str(), store.sealer(), now)?),
        _ => None,
    };
    let page = Page { data: endpoints.iter().map(view::endpoint).collect(), next_cursor, has_more };
    serde_json::to_string(&page).map_err(ApiError::internal)
}
