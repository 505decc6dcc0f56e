//! The operations of the API that the console offers too, with the API's own checks of what a caller wrote.

use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::change::Change;
use learncoin_issuance::keyed_write::{KeyedResponse, KeyedWrite};
use learncoin_store::webhooks::WebhookEndpoint;

pub use crate::api::change_credential::{erasure as read_erasure, revocation as read_revocation};
pub use crate::api::limits::EVENTS;
use crate::api::webhooks;
pub use crate::api::webhooks::test::WebhookTestResult;
use crate::error::ApiError;

/// Reads a change of a credential from the body of a request to the API.
pub type ReadChange = fn(&[u8]) -> Result<Change, ApiError>;

/// Registers the endpoint that the body of `POST /v1/webhooks` describes. The response's body holds the endpoint's secret.
///
/// # Errors
/// If the body or the target is not as it should be, if there are too many endpoints, or if the write fails.
pub async fn register_endpoint(
    issuance: &Issuance,
    egress: &Egress,
    write: KeyedWrite<'_>,
    body: &[u8],
) -> Result<KeyedResponse, ApiError> {
    webhooks::register(issuance, egress, write, body).await
}

/// Sends a test to an endpoint, and waits for its response.
///
/// # Errors
/// If the store fails.
pub async fn test_endpoint(
    issuance: &Issuance,
    egress: &Egress,
    endpoint: &WebhookEndpoint,
) -> Result<WebhookTestResult, ApiError> {
    webhooks::test::send(issuance, egress, endpoint, &webhooks::test::new_test(issuance)).await
}
