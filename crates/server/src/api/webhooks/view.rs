//! A webhook endpoint as the API shows it.

use learncoin_issuance::time::iso8601;
use learncoin_store::webhooks::WebhookEndpoint;
use serde::Serialize;
use utoipa::ToSchema;

use crate::openapi::words;

/// An endpoint: where events are sent.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub(crate) struct WebhookJson<'a> {
    #[schema(value_type = words::WebhookId)]
    id: &'a str,
    url: &'a str,
    #[schema(value_type = Vec<words::WebhookEventType>)]
    events: &'a [String],
    /// The secret with which events are signed. Returned only at creation: save it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<words::SigningSecret>, inline, nullable = false)]
    signing_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    #[schema(value_type = words::IsoDateTime)]
    created_at: String,
    /// Whether events are still sent there.
    active: bool,
}

/// Returns the endpoint as it is shown from the second time on.
pub(super) fn endpoint(endpoint: &WebhookEndpoint) -> WebhookJson<'_> {
    WebhookJson {
        id: endpoint.id.as_str(),
        url: &endpoint.url,
        events: &endpoint.events,
        signing_secret: None,
        description: endpoint.description.as_deref(),
        created_at: iso8601(endpoint.created_at),
        active: endpoint.is_active(),
    }
}

/// Returns the endpoint as it is shown once, with its secret.
pub(super) fn created<'a>(new: &'a WebhookEndpoint, secret: &'a str) -> WebhookJson<'a> {
    WebhookJson { signing_secret: Some(secret), ..endpoint(new) }
}
