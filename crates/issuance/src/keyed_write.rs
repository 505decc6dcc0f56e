//! Writes that a caller requests: with an API key, at most once for each idempotency key, or as a member in the console.

use std::fmt::Display;
use std::future::Future;

use learncoin_store::clock::Clock;
use learncoin_store::id::{KeyId, MemberId, TenantId};
use learncoin_store::members::Role;
use learncoin_store::requests::{Answer, Claimed, IdempotencyClaim};
use learncoin_store::scope::TenantScope;
use learncoin_store::{Attempts, Error as StoreError, Store, WriteTx};

/// The caller that requests a write. Its right to do so is read again within the write's transaction.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// The holder of an API key, while the key is active.
    Key(&'a KeyId),
    /// A member of the tenant, while their role in it is at least this one.
    Member(&'a MemberId, Role),
    /// The operator of the deployment, whose commands need no other right.
    Operator,
}

/// A write that a caller requests. The caller's right, effect and kept response share one transaction.
#[derive(Clone, Copy)]
pub struct KeyedWrite<'a> {
    /// The tenant and environment of the caller.
    pub scope: &'a TenantScope,
    /// The caller.
    pub actor: Actor<'a>,
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

/// The response to a write.
#[derive(Debug)]
pub enum KeyedResponse {
    /// The response to a write that was made.
    New {
        /// The body.
        body: String,
        /// The id of what was made or changed.
        subject_id: String,
    },
    /// The response that was kept from an earlier request with the same idempotency key, byte for byte.
    Kept {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
}

/// An error of a write.
pub trait WriteError: Display {
    /// Returns the error of the store that this is, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl WriteError for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Makes a write. If the database undid it in favor of another transaction, it is made again, at most a few times. `what` names
/// the write in the log.
///
/// # Errors
/// Those of the write.
pub async fn with_retries<T, E, F>(what: &'static str, write: impl Fn() -> F) -> Result<T, E>
where
    E: WriteError,
    F: Future<Output = Result<T, E>>,
{
    let mut attempts = Attempts::default();
    loop {
        match write().await {
            Err(error) if error.store_error().is_some_and(|error| attempts.again_after(error)) => {
                tracing::warn!(%error, "{what} is retried");
            }
            outcome => return outcome,
        }
    }
}

/// Begins the transaction of a write for which no response is kept. Other writes of the tenant wait for its end. Returns the
/// transaction with the time at its beginning, or `None` if the caller lost the right to it since the request began.
///
/// # Errors
/// If the store fails.
pub async fn begin_for_actor(
    store: &Store,
    clock: &dyn Clock,
    tenant_id: &TenantId,
    actor: Actor<'_>,
) -> Result<Option<(WriteTx, i64)>, StoreError> {
    let mut tx = store.begin_for(tenant_id).await?;
    let now = clock.now_ms();
    let may = match actor {
        Actor::Key(key_id) => tx.api_key_is_active(key_id).await?,
        Actor::Member(member_id, least) => {
            tx.hold_role(member_id, tenant_id).await?.is_some_and(|role| role >= least)
        }
        Actor::Operator => true,
    };
    Ok(may.then_some((tx, now)))
}

/// The reason why a write was not begun. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum KeyedWriteError {
    /// The caller lost the right to the write since the request began: the key was revoked, or the member's role taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl KeyedWrite<'_> {
    /// Begins the transaction. Within it the caller may write, and the idempotency key is free.
    ///
    /// # Errors
    /// See [`KeyedWriteError`].
    pub async fn begin(&self, store: &Store, clock: &dyn Clock) -> Result<KeyedTransaction, KeyedWriteError> {
        let begun = begin_for_actor(store, clock, &self.scope.tenant_id, self.actor).await?;
        let (mut tx, now) = begun.ok_or(KeyedWriteError::RightLost)?;
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
