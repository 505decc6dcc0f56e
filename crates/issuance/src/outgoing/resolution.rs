//! Resolution: which of several competing attempts was mined, and whether that can be relied on.

use learncoin_chain::rpc::{IncludedTransaction, Inclusion};

use super::attempt::Attempt;
use crate::chains::{Chain, Mark};
use crate::metrics::Alarm;
use crate::step::StepError;

/// The fate of the attempts.
#[derive(Debug)]
pub(crate) enum Resolution<'a> {
    /// One is in a block.
    Mined {
        /// The attempt.
        attempt: &'a Attempt,
        /// Its block.
        inclusion: IncludedTransaction,
    },
    /// None is in a block.
    Unmined {
        /// Whether the nodes know the newest one.
        newest_is_known: bool,
    },
}

/// Looks the attempts up, the newest first.
///
/// # Errors
/// Returns an error if a node does not respond. Nothing is known then.
pub(crate) async fn resolve<'a>(chain: &Chain, attempts: &'a [Attempt]) -> Result<Resolution<'a>, StepError> {
    let mut newest_is_known = false;
    let newest_nonce = attempts.last().map(|newest| newest.nonce);
    for (age, attempt) in attempts.iter().rev().enumerate() {
        match chain.client.inclusion(attempt.hash.as_bytes()).await? {
            // One that failed under an earlier nonce was followed by the one with a later nonce.
            Inclusion::Included(inclusion) if !inclusion.succeeded && Some(attempt.nonce) != newest_nonce => {
            }
            Inclusion::Included(inclusion) => return Ok(Resolution::Mined { attempt, inclusion }),
            Inclusion::Pending if age == 0 => newest_is_known = true,
            Inclusion::Pending | Inclusion::Unknown => {}
        }
    }
    Ok(Resolution::Unmined { newest_is_known })
}

/// Returns the height of the block that one of the attempts is in, if it is known without a look-up that it is there and not deep enough.
pub(super) async fn known_shallow(chain: &Chain, attempts: &[Attempt], mark: &Mark) -> Option<u64> {
    for attempt in attempts.iter().rev() {
        if let Some(number) = chain.heads.block_of(attempt.hash.as_bytes(), mark).await {
            return (mark.confirmations(number) < chain.confirmations).then_some(number);
        }
    }
    None
}

/// Checks whether a mined attempt is deep enough, and no other node contradicts.
pub(super) async fn is_confirmed(chain: &Chain, attempt: &Attempt, inclusion: &IncludedTransaction) -> bool {
    inclusion.confirmations >= chain.confirmations
        && is_witnessed(chain, attempt.hash.as_bytes(), inclusion).await
}

/// Checks whether the other nodes of the chain see the transaction in the same block, as far as they respond and have reached it.
/// One node may lie, or follow a side branch.
async fn is_witnessed(chain: &Chain, hash: &[u8; 32], inclusion: &IncludedTransaction) -> bool {
    for (index, witness) in chain.witnesses.iter().enumerate() {
        let contradicts = match witness.inclusion(hash).await {
            Ok(Inclusion::Included(seen)) => seen.block_hash != inclusion.block_hash,
            Ok(Inclusion::Pending | Inclusion::Unknown) => match witness.block_number().await {
                // A node that is behind can't know yet.
                Ok(head) => head >= inclusion.block_number.saturating_add(chain.confirmations),
                Err(_) => false,
            },
            Err(_) => false,
        };
        if contradicts {
            let alarm = Alarm::NodesDisagree.raise();
            tracing::error!(
                alarm,
                chain.id = chain.chain_id,
                witness = index + 1,
                "nodes of the chain disagree about a block: the anchor waits until they agree"
            );
            return false;
        }
    }
    true
}
