//! Writes that a caller requests with an API key, at most once for each idempotency key.

use learncoin_store::clock::Clock;
use learncoin_store::id::KeyId;
use learncoin_store::requests::{Answer, Claimed, IdempotencyClaim};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Error as StoreError, Store, WriteTx};

/// A write that a caller requests. Key, effect and kept response share one transaction.
#[derive(Clone, Copy)]
pub struct KeyedWrite<'a> {
    /// The tenant and environment of the caller.
    pub scope: &'a TenantScope,
    /// The API key of the caller.
    pub key_id: &'a KeyId,
    /// The claim on an idempotency key, if the request has one.
    pub claim: Option<&'a IdempotencyClaim>,
}

/// The beginning of a write.
pub enum KeyedTransaction {
    /// The write is new: its transaction is open.
    New {
        /// The transaction. Other writes of the tenant wait for its end.
        tx: WriteTx,
        /// The time, in milliseconds since 1970. Of two writes of a tenant the one that waited for the other is the newer one.
        now: i64,
    },
    /// The same request was made before. This is the response that was kept, byte for byte.
    Kept {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// The reason why a write was not begun. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyedWriteError {
    /// The key was revoked since the request began.
    #[error("the API key was revoked")]
    KeyRevoked,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyedWrite<'_> {
    /// Begins the transaction. Within it the API key is active, and the idempotency key is free.
    ///
    /// # Errors
    /// See [`KeyedWriteError`].
    pub async fn begin(&self, store: &Store, clock: &dyn Clock) -> Result<KeyedTransaction, KeyedWriteError> {
        let mut tx = store.begin_for(&self.scope.tenant_id).await?;
        let now = clock.now_ms();
        if !tx.api_key_is_active(self.key_id).await? {
            return Err(KeyedWriteError::KeyRevoked);
        }
        let Some(claim) = self.claim else { return Ok(KeyedTransaction::New { tx, now }) };
        match tx.find_claim(self.scope, claim, now).await? {
            Claimed::Free => Ok(KeyedTransaction::New { tx, now }),
            Claimed::Answered { status, body } => Ok(KeyedTransaction::Kept { status, body }),
            Claimed::OtherRequest => Err(KeyedWriteError::IdempotencyKeyReused),
        }
    }

    /// Keeps the response under the idempotency key, if the request has one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep_response(
        &self,
        tx: &mut WriteTx,
        response: &Answer<'_>,
        now: i64,
    ) -> Result<(), StoreError> {
        match self.claim {
            Some(claim) => tx.keep_answer(self.scope, claim, response, now).await,
            None => Ok(()),
        }
    }
}
