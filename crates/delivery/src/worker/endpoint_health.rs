//! The health of endpoints: marks those that fail, and disables those that are gone or have failed for too long.

use std::collections::{BTreeMap, HashSet};

use learncoin_store::id::WebhookId;
use learncoin_store::{Result, WriteTx};

use super::attempt::FinishedAttempt;

/// The time without a success after which an endpoint is disabled, in milliseconds.
const GIVE_UP_AFTER_MS: i64 = 5 * 24 * 60 * 60 * 1000;

/// The results of one endpoint's attempts in one turn.
#[derive(Default)]
pub(super) struct EndpointResults {
    succeeded: bool,
    was_failing: bool,
    is_gone: bool,
}

impl EndpointResults {
    /// Adds the result of an attempt.
    pub(super) fn add(&mut self, finished: &FinishedAttempt) {
        self.succeeded |= finished.is_success;
        self.was_failing |= finished.was_failing;
        self.is_gone |= finished.is_gone();
    }
}

/// Records the health of endpoints.
#[derive(Default)]
pub(super) struct EndpointHealth {
    /// The endpoints that this worker has marked as failing. The mark of any other is removed only if it was set before.
    failing: HashSet<WebhookId>,
}

impl EndpointHealth {
    /// Marks endpoints as failing or well, and disables those that are gone or have had no success for too long.
    pub(super) async fn update(
        &mut self,
        tx: &mut WriteTx,
        endpoints: BTreeMap<WebhookId, EndpointResults>,
        now: i64,
    ) -> Result<()> {
        for (id, results) in endpoints {
            if results.is_gone {
                tracing::warn!(webhook.id = %id, "the endpoint answered that it is gone, and is turned off");
                tx.disable_webhook(&id, now).await?;
            } else if results.succeeded {
                if self.failing.remove(&id) || results.was_failing {
                    tx.mark_webhook_well(&id).await?;
                }
            } else if let Some(since) = tx.mark_webhook_failing(&id, now).await? {
                if now.saturating_sub(since) >= GIVE_UP_AFTER_MS {
                    tracing::warn!(webhook.id = %id, "the endpoint took nothing for five days, and is turned off");
                    tx.disable_webhook(&id, now).await?;
                }
                self.failing.insert(id);
            }
        }
        Ok(())
    }
}
