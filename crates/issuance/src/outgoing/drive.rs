//! Drive: an outgoing transaction is sent, looked up, sent again, replaced by one that offers more, and confirmed.

use learncoin_chain::rpc::BlockTag;

use super::attempt::{Attempt, Outgoing};
use super::fees::can_pay;
use super::nonce::find_use;
use super::outcome::Outcome;
use super::owner::{Notice, Owner};
use super::payload::Payload;
use super::replace::replace_if_stuck;
use super::resolution::{Resolution, is_confirmed, known_shallow, resolve};
use super::send::send;
use crate::chains::Chain;
use crate::step::StepError;

/// Does the next thing for an outgoing transaction. [`Outcome::Mined`] is returned once an attempt is deep enough and no node
/// contradicts.
///
/// # Errors
/// Returns an error if a node does not respond, refuses the attempt, or the owner fails. The call can be repeated.
pub(crate) async fn drive(
    outgoing: &Outgoing,
    payload: &Payload,
    chain: &Chain,
    owner: &impl Owner,
) -> Result<Outcome, StepError> {
    let newest = outgoing.newest()?;
    let is_sent = newest.sent_at.is_some();
    if !is_sent && outgoing.attempts.len() == 1 {
        return send_first(outgoing, payload, chain, owner).await;
    }
    let mark = chain.mark(owner.now_ms()).await?;
    if let Some(block_number) = known_shallow(chain, &outgoing.attempts, &mark).await {
        return Ok(Outcome::Shallow { block_number });
    }
    if is_sent
        && !is_late(newest, chain, owner)
        && chain.heads.still_waits(newest.hash.as_bytes(), &mark).await
    {
        return Ok(Outcome::Waiting);
    }
    match resolve(chain, &outgoing.attempts).await? {
        Resolution::Mined { attempt, inclusion } => {
            chain.heads.saw(attempt.hash.as_bytes(), inclusion.block_number, &mark).await;
            Ok(match is_confirmed(chain, attempt, &inclusion).await {
                true => Outcome::Mined { attempt: attempt.clone(), inclusion },
                false => Outcome::Shallow { block_number: inclusion.block_number },
            })
        }
        // A replacement, and the attempts before it are in no block.
        Resolution::Unmined { .. } if !is_sent => send_first(outgoing, payload, chain, owner).await,
        Resolution::Unmined { newest_is_known: true } if !is_late(newest, chain, owner) => {
            // It waits in the nodes' pools: its nonce is free.
            chain.heads.waits(newest.hash.as_bytes(), &mark).await;
            Ok(Outcome::Waiting)
        }
        Resolution::Unmined { newest_is_known } => {
            rebroadcast_or_replace(outgoing, payload, newest_is_known, chain, owner).await
        }
    }
}

/// Returns whether an attempt has waited so long that one that offers more is due.
fn is_late(newest: &Attempt, chain: &Chain, owner: &impl Owner) -> bool {
    owner.now_ms().saturating_sub(newest.created_at) >= chain.replace_after_ms
}

/// Sends an attempt that no node accepted yet.
async fn send_first<O: Owner>(
    outgoing: &Outgoing,
    payload: &Payload,
    chain: &Chain,
    owner: &O,
) -> Result<Outcome, StepError> {
    let newest = outgoing.newest()?;
    if let Err(refusal) = send(chain, newest, O::SENT).await {
        let StepError::Refused { .. } = refusal else { return Err(refusal) };
        let used_nonces = chain.client.transaction_count(&outgoing.sender, BlockTag::Latest).await?;
        if used_nonces <= newest.nonce {
            can_pay(chain, &outgoing.sender, newest).await?;
            // Another transaction with this nonce waits at the nodes: an older attempt, or one of before a restore.
            return match replace_if_stuck(outgoing, payload, used_nonces, chain, owner).await? {
                true => Ok(Outcome::Progressed),
                false => Err(refusal),
            };
        }
        // Its nonce is used. It counts as sent, so that the next look finds the transaction that used it.
    }
    owner.mark_sent(newest).await?;
    Ok(Outcome::Progressed)
}

/// Does what can be done for attempts that are in no block.
async fn rebroadcast_or_replace<O: Owner>(
    outgoing: &Outgoing,
    payload: &Payload,
    newest_is_known: bool,
    chain: &Chain,
    owner: &O,
) -> Result<Outcome, StepError> {
    let newest = outgoing.newest()?;
    let used_nonces = chain.client.transaction_count(&outgoing.sender, BlockTag::Latest).await?;
    if used_nonces > newest.nonce {
        return find_use(outgoing, newest.nonce, payload, chain, owner).await;
    }
    if replace_if_stuck(outgoing, payload, used_nonces, chain, owner).await? {
        return Ok(Outcome::Progressed);
    }
    if !newest_is_known {
        // The nodes forgot it, or a reorganization dropped it.
        owner.report(&Notice::Rebroadcast);
        send(chain, newest, O::SENT).await?;
    }
    Ok(Outcome::Waiting)
}
