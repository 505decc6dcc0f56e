//! Signatures by a tenant's key, wherever the key is.

use learncoin_chain::{Address, ChainKey, SignedTransaction, UnsignedTransaction};
use learncoin_store::signing_keys::SigningKey;

use crate::context::Issuance;
use crate::step::StepError;

impl Issuance {
    /// Signs a transaction with the tenant's key.
    ///
    /// # Errors
    /// Where the key's secret does not open.
    pub(crate) async fn sign_with(
        &self,
        key: &SigningKey,
        transaction: UnsignedTransaction,
    ) -> Result<SignedTransaction, StepError> {
        let secret = self.store.signing_secret(&key.tenant_id, key.number).await?;
        let signer =
            ChainKey::from_secret_bytes(*secret).map_err(|_| StepError::SigningKey("it does not open"))?;
        transaction.sign(&signer).map_err(|_| StepError::SigningKey("it does not sign"))
    }
}

/// The key's address, as the chain knows it.
pub(crate) fn key_address(key: &SigningKey) -> Result<Address, StepError> {
    key.address.parse().map_err(|_| StepError::Inconsistent("unreadable address of a signing key"))
}
