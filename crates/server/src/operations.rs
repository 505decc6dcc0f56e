//! The operations of the API that the console offers too, with the API's own checks of what a caller wrote.

mod batch;
mod preview;

use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::change::Change;
use learncoin_store::webhooks::WebhookEndpoint;

pub use crate::api::batches::dry_run::{BatchCheck, BatchFault, BatchWarning};
pub use crate::api::change_credential::{erasure as read_erasure, revocation as read_revocation};
pub use crate::api::change_tenant::{BrandingOperations, PreviewTexts};
pub use crate::api::health::{Readiness, ReadinessProbe};
pub use crate::api::limits::EVENTS;
use crate::api::webhooks;
pub use crate::api::webhooks::register as register_endpoint;
pub use crate::api::webhooks::test::WebhookTestResult;
use crate::error::ApiError;
pub use crate::middleware::large_body::{LargeBodies, LargeBody};
pub use batch::{BatchDesk, BatchOrder, IssueError};
pub use preview::{AwardPreview, AwardPreviewer};

/// Reads a change of a credential from the body of a request to the API.
pub type ReadChange = fn(&[u8]) -> Result<Change, ApiError>;

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
