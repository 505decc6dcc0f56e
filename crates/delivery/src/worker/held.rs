//! The endpoints that asked for a pause by `Retry-After`. Until it is over none of their deliveries is attempted.

use std::collections::HashMap;

use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::WaitingEndpoint;

use super::attempt::FinishedAttempt;

/// When each endpoint is attempted again, in milliseconds since 1970. A process that restarts forgets it, and learns it at the next attempt.
#[derive(Default)]
pub(super) struct HeldEndpoints(HashMap<WebhookId, i64>);

impl HeldEndpoints {
    /// Records the pause that an endpoint asked for, or that it accepts events again.
    pub(super) fn update(&mut self, finished: &FinishedAttempt, now_ms: i64) {
        let endpoint_id = &finished.lease.endpoint_id;
        if finished.is_success {
            self.0.remove(endpoint_id);
        } else if let Some(pause) = finished.retry_after_ms {
            self.0.insert(endpoint_id.clone(), now_ms.saturating_add(pause));
        }
    }

    /// Delays what waits for an endpoint to the end of its pause.
    pub(super) fn delay(&mut self, waiting: &mut [WaitingEndpoint], now_ms: i64) {
        self.0.retain(|_, until| *until > now_ms);
        for one in waiting {
            if let Some(until) = self.0.get(&one.endpoint_id) {
                one.due_at = one.due_at.max(*until);
            }
        }
    }
}
