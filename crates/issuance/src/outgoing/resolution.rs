//! Where the transactions stand that are to say one thing: which of them, if any, is in the chain.
//!
//! All attempts carry one nonce or, where a nonce was lost, the next one; at most one of those with one nonce can be mined, and any
//! of them may be.

use learncoin_chain::rpc::{IncludedTransaction, Inclusion};
use learncoin_store::transactions::AnchorTransaction;

use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::step::StepError;

/// A signed transaction, as it is stored.
pub(crate) trait Attempt {
    /// Its hash, lower-case hex without 0x.
    fn hash(&self) -> &str;
    /// Its bytes, likewise.
    fn raw(&self) -> &str;
    /// Its nonce.
    fn nonce(&self) -> u64;
}

impl Attempt for AnchorTransaction {
    fn hash(&self) -> &str {
        &self.hash
    }

    fn raw(&self) -> &str {
        &self.raw
    }

    fn nonce(&self) -> u64 {
        self.nonce
    }
}

/// What the chain says about the attempts.
#[derive(Debug)]
pub(crate) enum Standing<'a, T> {
    /// One is in a block.
    Included {
        /// Which.
        attempt: &'a T,
        /// Where.
        included: IncludedTransaction,
    },
    /// None is.
    Open {
        /// Whether the chain's nodes have the newest one.
        newest_is_known: bool,
    },
}

/// Looks the transactions up, the newest first.
///
/// # Errors
/// Where the chain does not answer: then nothing is known.
pub(crate) async fn standing<'a, T: Attempt>(
    chain: &Chain,
    attempts: &'a [T],
) -> Result<Standing<'a, T>, StepError> {
    let mut newest_is_known = false;
    let newest_nonce = attempts.last().map(Attempt::nonce);
    for (age, attempt) in attempts.iter().rev().enumerate() {
        match chain.client.inclusion(&hash_bytes(attempt)?).await? {
            // One that failed under an older nonce was replaced by the one with a newer nonce.
            Inclusion::Included(included) if !included.succeeded && Some(attempt.nonce()) != newest_nonce => {
            }
            Inclusion::Included(included) => return Ok(Standing::Included { attempt, included }),
            Inclusion::Pending if age == 0 => newest_is_known = true,
            Inclusion::Pending | Inclusion::Unknown => {}
        }
    }
    Ok(Standing::Open { newest_is_known })
}

/// Whether the other nodes of the chain, as far as they answer and have come so far, see the transaction in the same block.
/// One node may lie, or be on a side branch that it alone follows.
pub(crate) async fn is_witnessed(chain: &Chain, hash: &[u8; 32], included: &IncludedTransaction) -> bool {
    for (place, witness) in chain.witnesses.iter().enumerate() {
        let contradicts = match witness.inclusion(hash).await {
            Ok(Inclusion::Included(seen)) => seen.block_hash != included.block_hash,
            Ok(Inclusion::Pending | Inclusion::Unknown) => match witness.block_number().await {
                // A node that is behind can't know yet.
                Ok(head) => head >= included.block_number.saturating_add(chain.confirmations),
                Err(_) => false,
            },
            Err(_) => false,
        };
        if contradicts {
            let alarm = Alarm::NodesDisagree.raise();
            tracing::error!(
                alarm,
                chain.id = chain.chain_id,
                witness = place + 1,
                "nodes of the chain disagree about a block: the anchor waits until they agree"
            );
            return false;
        }
    }
    true
}

/// A transaction's hash, as the chain takes it.
pub(crate) fn hash_bytes(transaction: &impl Attempt) -> Result<[u8; 32], StepError> {
    let mut hash = [0; 32];
    hex::decode_to_slice(transaction.hash(), &mut hash)
        .map_err(|_| StepError::Inconsistent("unreadable transaction hash"))?;
    Ok(hash)
}

/// A transaction's bytes.
pub(crate) fn raw_bytes(transaction: &impl Attempt) -> Result<Vec<u8>, StepError> {
    hex::decode(transaction.raw()).map_err(|_| StepError::Inconsistent("unreadable transaction"))
}
