//! The interface to the stage that owns an outgoing transaction: it signs, stores, and words what happened.

use std::future::Future;

use learncoin_chain::rpc::Located;
use learncoin_chain::{Fees, SignedTransaction, UnsignedTransaction};

use super::attempt::Attempt;
use crate::step::StepError;

/// Signs with the key of one account.
pub(crate) trait Signer: Sync {
    /// Signs a transaction. Nothing is stored.
    fn sign(
        &self,
        transaction: UnsignedTransaction,
    ) -> impl Future<Output = Result<SignedTransaction, StepError>> + Send;
}

/// Records the transactions of one account that are on chain and unknown to the database.
pub(crate) trait NonceRecorder: Sync {
    /// Records a transaction that used `nonce`, which was the account's next one. The one after it is next from then on.
    fn record_unknown(
        &self,
        nonce: u64,
        found: &Located,
    ) -> impl Future<Output = Result<(), StepError>> + Send;
}

/// The owner of an outgoing transaction.
///
/// Invariant: a method that stores has committed once it returns `Ok`, so that what is sent next was stored before.
pub(crate) trait Owner: Signer {
    /// The kill point behind a call that sends an attempt.
    const SENT: &'static str;

    /// Returns the time, in milliseconds since 1970.
    fn now_ms(&self) -> i64;

    /// Checks whether the key may sign a further attempt.
    fn may_sign(&self) -> bool;

    /// Stores an attempt that is to replace the newest one, before it is sent.
    fn store_replacement(&self, replacement: &Attempt) -> impl Future<Output = Result<(), StepError>> + Send;

    /// Records that a node has the attempt, or that its nonce is used.
    fn mark_sent(&self, attempt: &Attempt) -> impl Future<Output = Result<(), StepError>> + Send;

    /// Stores a transaction that was found on chain and carries the payload as an attempt that was sent.
    fn store_found(&self, nonce: u64, found: &Located) -> impl Future<Output = Result<(), StepError>> + Send;

    /// Logs what happened, and raises the alarm that belongs to it.
    fn report(&self, notice: &Notice<'_>);
}

/// An event that an owner logs.
#[derive(Debug)]
pub(crate) enum Notice<'a> {
    /// A replacement was stored, which offers this.
    Replaced(Fees),
    /// The newest attempt waits, and a higher offer would exceed the fee cap.
    FeeCapReached {
        /// The most that the newest attempt pays for a unit of gas, in wei.
        offered: u128,
        /// The cap, in wei.
        cap: u128,
    },
    /// The nodes do not know the newest attempt. It is sent again.
    Rebroadcast,
    /// A reorganization took the announced attempt out of the chain.
    LeftChain,
    /// The announced attempt could not be sent again.
    RebroadcastFailed(&'a StepError),
}
