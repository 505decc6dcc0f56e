//! Signing keys as the host lists them in its DID document and its issuer profiles.

use learncoin_credential::{HostedKey, PublicKey};
use learncoin_store::keys::SigningKey;
use learncoin_store::{Error, Result};

use crate::time::timestamp;

/// A key's profile entry begins this long before the key, in milliseconds: verifiers refuse a transaction whose
/// block is not later, and block times may run behind this deployment's clock.
const BEGINS_EARLIER_MS: i64 = 5 * 60 * 1000;

/// Returns the time from which on the transactions of a key that was made at `created_at` count, in milliseconds since 1970.
pub(crate) fn begins_at(created_at: i64) -> i64 {
    created_at.saturating_sub(BEGINS_EARLIER_MS)
}

/// Converts a stored key to the form in which the host lists it.
///
/// # Errors
/// If the stored public key is no point of the curve.
pub(crate) fn hosted_key(key: &SigningKey) -> Result<HostedKey> {
    let (x, y) = (*key.public_key.x(), *key.public_key.y());
    let public_key = PublicKey::new(x, y).map_err(|_| Error::Inconsistent {
        table: "signing_keys",
        id: key.tenant_id.to_string(),
        column: "public_key_x",
    })?;
    Ok(HostedKey {
        number: key.number,
        public_key,
        chain_id: key.chain_id,
        created: timestamp(begins_at(key.created_at)),
        expires: key.expires_at.map(timestamp),
        revoked: key.revoked_from.map(timestamp),
    })
}
