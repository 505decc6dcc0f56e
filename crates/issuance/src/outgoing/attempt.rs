//! A signed transaction and the competing attempts it belongs to.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_chain::{Address, ReadTransaction, SignedTransaction};
use learncoin_store::onchain::{BlockHash, RawTransaction, TxHash};
use learncoin_store::transactions::BlockPosition;

use crate::step::StepError;

/// A signed transaction. Its bytes were stored before it is sent and never change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The Keccak-256 of its bytes.
    pub(crate) hash: TxHash,
    /// Its bytes (EIP-2718).
    pub(crate) raw: RawTransaction,
    /// Its nonce.
    pub(crate) nonce: u64,
    /// When it was signed, in milliseconds since 1970.
    pub(crate) created_at: i64,
    /// When a node first accepted it, in milliseconds since 1970.
    pub(crate) sent_at: Option<i64>,
}

/// The attempts to send one payload from one account, the oldest first.
///
/// Invariant: the attempts share one nonce or, after a nonce was lost, the newest ones have a later one. Of those with the same
/// nonce at most one can be mined, and any of them may be.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    /// The account that signs the attempts.
    pub(crate) sender: Address,
    /// Their chain (EIP-155).
    pub(crate) chain_id: u64,
    /// The nonce of the newest attempt.
    pub(crate) nonce: u64,
    /// The attempts.
    pub(crate) attempts: Vec<Attempt>,
}

impl Attempt {
    /// Creates the attempt that was just signed under this nonce and has not been sent.
    pub(crate) fn signed(signed: SignedTransaction, nonce: u64, now_ms: i64) -> Self {
        let (hash, raw) = (TxHash::new(signed.hash), RawTransaction::new(signed.raw));
        Self { hash, raw, nonce, created_at: now_ms, sent_at: None }
    }

    /// Reads the fields of the signed bytes.
    pub(crate) fn read(&self) -> Result<ReadTransaction, StepError> {
        read(self.raw.as_bytes())
    }
}

impl Outgoing {
    /// Returns the newest attempt.
    ///
    /// # Errors
    /// [`StepError::Inconsistent`] if nothing was signed.
    pub(crate) fn newest(&self) -> Result<&Attempt, StepError> {
        self.attempts.last().ok_or(StepError::Inconsistent("an outgoing transaction without an attempt"))
    }
}

/// Reads the fields of signed bytes.
///
/// # Errors
/// [`StepError::Inconsistent`] if they are not a signed transaction of type 2.
pub(crate) fn read(raw: &[u8]) -> Result<ReadTransaction, StepError> {
    ReadTransaction::read(raw).ok_or(StepError::Inconsistent("the bytes of a transaction can't be decoded"))
}

/// Returns the block of a mined transaction, as it is stored.
pub(crate) fn block_position(inclusion: &IncludedTransaction) -> BlockPosition {
    BlockPosition {
        number: inclusion.block_number,
        hash: BlockHash::new(inclusion.block_hash),
        time: inclusion.block_time,
    }
}
