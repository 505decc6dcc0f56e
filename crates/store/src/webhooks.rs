//! Webhooks: endpoints, the deliveries to them, and the log of attempts.

pub(crate) mod deliveries;
pub(crate) mod delivery_log;
pub(crate) mod endpoints;
pub(crate) mod test_events;

pub use deliveries::{Lease, OutgoingEvent, Replay, Target, WaitingEndpoint};
pub use delivery_log::{AttemptOutcome, AttemptRow, Attempted, KEPT_FOR_MS};
pub use endpoints::{MAX_ENDPOINTS, WebhookEndpoint};
pub use test_events::WebhookTestRecord;
