//! A webhook endpoint as the API shows it.

use learncoin_issuance::time::iso8601;
use learncoin_store::webhooks::WebhookEndpoint;
use serde::Serialize;

/// An endpoint.
#[derive(Serialize)]
pub(super) struct WebhookJson<'a> {
    id: &'a str,
    url: &'a str,
    events: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    created_at: String,
    active: bool,
}

/// As it is shown from the second time on.
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

/// As it is shown once, with its secret.
pub(super) fn created<'a>(new: &'a WebhookEndpoint, secret: &'a str) -> WebhookJson<'a> {
    WebhookJson { signing_secret: Some(secret), ..endpoint(new) }
}
