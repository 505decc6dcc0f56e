//! Rotation of an endpoint's secret: for a day the previous secret signs beside the new one.

use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::id::WebhookId;
use learncoin_store::{Result, Store, WriteTx};
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
    let mut tx = store.begin().await?;
    let rotated = rotate_within(&mut tx, clock.now_ms(), entropy, id).await?;
    tx.commit().await?;
    Ok(rotated)
}

/// Sets a new secret of an endpoint within a transaction. Returns `None` if there is no such endpoint.
///
/// # Errors
/// If the store fails.
pub async fn rotate_within(
    tx: &mut WriteTx,
    now_ms: i64,
    entropy: &dyn Entropy,
    id: &WebhookId,
) -> Result<Option<RotatedSecret>> {
    let secret = new_secret(&random_bytes::<SECRET_BYTES>(entropy));
    let previous_until = now_ms.saturating_add(OVERLAP_MS);
    let is_rotated = tx.rotate_webhook_secret(id, &secret, previous_until, entropy).await?;
    Ok(is_rotated.then_some(RotatedSecret { secret, previous_until }))
}
