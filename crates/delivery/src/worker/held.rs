//! The endpoints that asked for a pause by `Retry-After`. Until it is over none of their deliveries is attempted.

use std::collections::HashMap;

use learncoin_store::deadlines::is_due;
use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::WaitingEndpoint;

use super::attempt::FinishedAttempt;
use crate::webhook::MAX_RETRY_AFTER_MS;

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
            self.hold(endpoint_id.clone(), now_ms.saturating_add(pause));
        }
    }

    fn hold(&mut self, endpoint_id: WebhookId, until_ms: i64) {
        self.0.insert(endpoint_id, until_ms);
    }

    /// Delays what waits for an endpoint to the end of its pause.
    pub(super) fn delay(&mut self, waiting: &mut [WaitingEndpoint], now_ms: i64) {
        self.0.retain(|_, until| !is_due(*until, now_ms, MAX_RETRY_AFTER_MS));
        for one in waiting {
            if let Some(until) = self.0.get(&one.endpoint_id) {
                one.due_at = one.due_at.max(*until);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_held_until_its_pause_ends_and_no_longer_than_the_longest() {
        let due_after = |now_ms: i64, until_ms: i64| {
            let endpoint_id: WebhookId = "whk_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap();
            let mut held = HeldEndpoints::default();
            held.hold(endpoint_id.clone(), until_ms);
            let mut waiting = [WaitingEndpoint { endpoint_id, due_at: 0, is_failing: true }];
            held.delay(&mut waiting, now_ms);
            waiting[0].due_at
        };
        assert_eq!(due_after(1_000, 16_000), 16_000);
        assert_eq!(due_after(16_000, 16_000), 0);
        assert_eq!(due_after(1_000, 1_000 + MAX_RETRY_AFTER_MS), 1_000 + MAX_RETRY_AFTER_MS);
        // The clock was a day ahead when the endpoint asked for it.
        assert_eq!(due_after(1_000, 86_400_000), 0);
    }
}
