//! The binding of a credential to its holder's key.
//!
//! A proof shows that the wallet which asks has a key. The credential then names that key's DID as its subject, so that the wallet can
//! prove later that it is the one which fetched it. No proof shows whose wallet that is: every holder of the credential's link may fetch
//! it. The name in the credential states who it was awarded to.

use learncoin_credential::wallet::HolderProof;
use learncoin_issuance::Issuance;
use learncoin_store::id::TenantId;
use learncoin_store::members::TokenHash;

use super::answer::WalletError;
use super::issuer::identifier;
use super::nonce::read_nonce;
use crate::public::time::from_ms;

/// A holder, and the nonce that its proof uses up.
pub(super) struct Holder {
    /// The DID.
    pub(super) did: String,
    /// The hash of the nonce.
    pub(super) nonce: TokenHash,
}

/// Verifies the proof of a holder's key.
pub(super) fn verify(issuance: &Issuance, tenant_id: &TenantId, proof: &str) -> Result<Holder, WalletError> {
    let audience = identifier(&issuance.host, tenant_id);
    let invalid = |description: String| WalletError::new("invalid_proof", description);
    let proof = HolderProof::read(proof, &audience, from_ms(issuance.clock.now_ms()))
        .map_err(|error| invalid(format!("proof: {error}")))?;
    let nonce =
        proof.nonce.ok_or_else(|| invalid("proof: nonce: expected one of the nonce endpoint".into()))?;
    let nonce = read_nonce(issuance, tenant_id, &nonce).ok_or_else(invalid_nonce)?;
    Ok(Holder { did: proof.did, nonce })
}

/// Returns the error for a nonce that is not ours, too old, or was used.
pub(super) fn invalid_nonce() -> WalletError {
    WalletError::new("invalid_nonce", "proof: nonce: expected a new one of the nonce endpoint")
}
