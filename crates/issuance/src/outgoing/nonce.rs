//! Nonce: which transaction used a nonce that none of our attempts is seen to have used.
//!
//! Invariant: a nonce is passed over only for a transaction that was seen, with its sender's signature, deep in the chain. Neither a
//! node that lies nor one that is behind makes a gap.

use learncoin_chain::Address;
use learncoin_chain::rpc::{BlockTag, Located};
use learncoin_store::onchain::{self, MerkleRoot, RawTransaction, TxHash};
use learncoin_store::transactions::UnknownTransaction;

use super::attempt::{Outgoing, read};
use super::outcome::Outcome;
use super::owner::Owner;
use super::payload::Payload;
use crate::chains::Chain;
use crate::step::StepError;

/// Finds the transaction that used `nonce`, while none of the attempts is in a block. One that carries the payload becomes an attempt.
pub(super) async fn find_use(
    outgoing: &Outgoing,
    nonce: u64,
    payload: &Payload,
    chain: &Chain,
    owner: &impl Owner,
) -> Result<Outcome, StepError> {
    let Some(found) = chain.client.locate(&outgoing.sender, nonce).await? else {
        // The node that counted is ahead of the one that was asked next, or lies.
        return Ok(Outcome::Waiting);
    };
    if outgoing.attempts.iter().any(|attempt| *attempt.hash.as_bytes() == found.hash) {
        // It was mined between the two calls.
        return Ok(Outcome::Waiting);
    }
    if payload.is_carried_by(&read(&found.raw)?) {
        owner.store_found(nonce, &found).await?;
        return Ok(Outcome::Progressed);
    }
    Ok(match is_deep(chain, &found).await? {
        true => Outcome::NonceTaken(found),
        false => Outcome::Waiting,
    })
}

/// Returns the transaction that an account sent under the nonce `next`, the first that the database does not know; `None` if it sent
/// nothing more.
///
/// # Errors
/// [`StepError::ChainAhead`] while that transaction waits at the nodes, is not found, or is not deep enough.
pub(super) async fn next_unknown(
    chain: &Chain,
    sender: &Address,
    next: u64,
) -> Result<Option<Located>, StepError> {
    let mined = chain.client.transaction_count(sender, BlockTag::Latest).await?;
    if next < mined {
        let ahead = StepError::ChainAhead { sent: mined, known: next };
        let Some(found) = chain.client.locate(sender, next).await? else { return Err(ahead) };
        return if is_deep(chain, &found).await? { Ok(Some(found)) } else { Err(ahead) };
    }
    let sent = chain.client.transaction_count(sender, BlockTag::Pending).await?;
    if sent > next { Err(StepError::ChainAhead { sent, known: next }) } else { Ok(None) }
}

/// Checks whether a transaction that was found is deep enough in the chain to rely on.
async fn is_deep(chain: &Chain, found: &Located) -> Result<bool, StepError> {
    let head = chain.client.block_number().await?;
    Ok(head >= found.block_number.saturating_add(chain.confirmations).saturating_sub(1))
}

/// Returns the record of a transaction that an account sent under `nonce` and the database did not know.
pub(crate) fn unknown_transaction(
    chain: &Chain,
    address: &onchain::AccountAddress,
    nonce: u64,
    found: &Located,
    now_ms: i64,
) -> UnknownTransaction {
    UnknownTransaction {
        chain_id: chain.chain_id,
        address: address.clone(),
        nonce,
        hash: TxHash::new(found.hash),
        raw: RawTransaction::new(found.raw.clone()),
        root: found.root.map(MerkleRoot::new),
        seen_at: now_ms,
    }
}
