//! Rotation of an endpoint's secret: for a day the previous secret signs beside the new one.

use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::id::WebhookId;
use learncoin_store::{Result, Store};
use zeroize::Zeroizing;

use crate::signature::{SECRET_BYTES, new_secret};

/// The time for which the previous secret goes on signing, in milliseconds.
pub const OVERLAP_MS: i64 = 24 * 60 * 60 * 1000;

/// A completed rotation.
pub struct RotatedSecret {
    /// The new secret, shown this once.
    pub secret: Zeroizing<String>,
    /// The end of the previous secret's use, in milliseconds since 1970.
    pub previous_until: i64,
}

/// Sets a new secret of an endpoint. Returns `None` if there is no such endpoint.
///
/// # Errors
/// If the store fails.
pub async fn rotate(
    store: &Store,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
    id: &WebhookId,
) -> Result<Option<RotatedSecret>> {
    let secret = new_secret(&random_bytes::<SECRET_BYTES>(entropy));
    let mut tx = store.begin().await?;
    let previous_until = clock.now_ms().saturating_add(OVERLAP_MS);
    if !tx.rotate_webhook_secret(id, &secret, previous_until, entropy).await? {
        return Ok(None);
    }
    tx.commit().await?;
    Ok(Some(RotatedSecret { secret, previous_until }))
}
