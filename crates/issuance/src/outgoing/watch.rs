//! Watch: an announced attempt is looked up until its block is final. Until then a reorganization may take it out of the chain.
//!
//! Invariant: nothing is signed here, and nothing but the announced bytes is sent.

use learncoin_chain::rpc::{BlockTag, IncludedTransaction, Inclusion};
use learncoin_store::onchain::TxHash;

use super::attempt::{Attempt, Outgoing};
use super::nonce::find_use;
use super::outcome::Outcome;
use super::owner::{Notice, Owner};
use super::payload::Payload;
use super::resolution::{Resolution, is_confirmed, resolve};
use super::send::send;
use crate::chains::Chain;
use crate::step::StepError;

/// Looks up the announced attempt. [`Outcome::Mined`] names it, in whatever block it is now, or another attempt that is deep enough in
/// its place.
///
/// # Errors
/// Returns an error if a node does not respond, or the attempt failed in the chain.
pub(crate) async fn watch<O: Owner>(
    outgoing: &Outgoing,
    announced_hash: &TxHash,
    payload: &Payload,
    chain: &Chain,
    owner: &O,
) -> Result<Outcome, StepError> {
    let announced = outgoing.attempts.iter().find(|attempt| attempt.hash == *announced_hash);
    let announced = announced.ok_or(StepError::Inconsistent("an announced transaction without bytes"))?;
    let mark = chain.mark(owner.now_ms()).await?;
    let inclusion = chain.client.inclusion(announced.hash.as_bytes()).await?;
    if let Inclusion::Included(inclusion) = inclusion {
        chain.heads.saw(announced.hash.as_bytes(), inclusion.block_number, &mark).await;
        return mined(announced, inclusion);
    }
    owner.report(&Notice::LeftChain);
    match resolve(chain, &outgoing.attempts).await? {
        Resolution::Mined { attempt, inclusion } => {
            return match is_confirmed(chain, attempt, &inclusion).await {
                true => mined(attempt, inclusion),
                false => Ok(Outcome::Shallow { block_number: inclusion.block_number }),
            };
        }
        Resolution::Unmined { .. } => {}
    }
    let used_nonces = chain.client.transaction_count(&outgoing.sender, BlockTag::Latest).await?;
    if used_nonces > announced.nonce {
        return find_use(outgoing, announced.nonce, payload, chain, owner).await;
    }
    if inclusion == Inclusion::Unknown
        && let Err(error) = send(chain, announced, O::SENT).await
    {
        owner.report(&Notice::RebroadcastFailed(&error));
    }
    Ok(Outcome::Waiting)
}

fn mined(attempt: &Attempt, inclusion: IncludedTransaction) -> Result<Outcome, StepError> {
    if !inclusion.succeeded {
        return Err(StepError::Inconsistent("an announced transaction failed in the chain"));
    }
    Ok(Outcome::Mined { attempt: attempt.clone(), inclusion })
}
