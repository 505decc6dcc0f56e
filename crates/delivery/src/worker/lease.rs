//! Leases of deliveries. A lease lasts until the attempt is over and its outcome is recorded.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use learncoin_store::id::WebhookId;
use learncoin_store::webhooks::{Lease, Target};
use learncoin_store::{Result, WriteTx, kill};

/// The part of a lease after the end of the attempt, in milliseconds: the time in which the outcome is recorded.
const LEASE_MARGIN_MS: i64 = 20_000;

/// The leased deliveries to one endpoint.
pub(super) struct LeasedDeliveries {
    pub(super) target: Arc<Target>,
    pub(super) leases: Vec<Lease>,
}

/// Leases as many deliveries to each endpoint as were allocated. `timeout` is the time limit of an attempt.
pub(super) async fn lease(
    tx: &mut WriteTx,
    allocations: Vec<(WebhookId, usize)>,
    now_ms: i64,
    timeout: Duration,
) -> Result<Vec<LeasedDeliveries>> {
    let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    let until = now_ms.saturating_add(kill::lease_ms(timeout.saturating_add(LEASE_MARGIN_MS)));
    let mut leased = Vec::with_capacity(allocations.len());
    for (endpoint_id, count) in allocations {
        let leases = tx.lease_deliveries(&endpoint_id, now_ms, until, count).await?;
        if !leases.is_empty() {
            leased.push((endpoint_id, leases));
        }
    }
    let ids: Vec<&WebhookId> = leased.iter().map(|(id, _)| id).collect();
    let mut targets: HashMap<WebhookId, Target> = tx.list_targets(&ids, now_ms).await?.into_iter().collect();
    let with_target =
        |(id, leases)| Some(LeasedDeliveries { target: Arc::new(targets.remove(&id)?), leases });
    Ok(leased.into_iter().filter_map(with_target).collect())
}
