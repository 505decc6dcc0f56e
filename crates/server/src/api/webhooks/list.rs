//! The list of webhook endpoints, page by page.

use learncoin_issuance::Issuance;
use learncoin_store::scope::TenantScope;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::{self, WebhookJson};
use crate::api::cursor::List;
use crate::api::paging::PageQuery;
use crate::error::ApiError;
use crate::openapi::words;

/// A page of endpoints, the oldest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookList<'a> {
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
    query: &PageQuery,
) -> Result<String, ApiError> {
    let store = &issuance.store;
    let list = List { scope, kind: "webhooks", filter: "" };
    let now = issuance.clock.now_ms();
    let after = query.start(&list, store.sealer(), now)?;
    let endpoints = store.list_webhooks(scope, after.as_ref(), query.rows_to_read()).await?;
    let page = query.page(&list, endpoints, |endpoint| endpoint.id.as_str(), store.sealer(), now)?;
    let data = page.rows.iter().map(view::endpoint).collect();
    let body = WebhookList { data, next_cursor: page.next_cursor, has_more: page.has_more };
    serde_json::to_string(&body).map_err(ApiError::internal)
}
