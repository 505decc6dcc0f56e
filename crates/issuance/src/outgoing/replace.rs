//! Replace: an attempt that waits too long is followed by one with the same nonce and payload that offers more. Each is stored before
//! it is sent, and whichever is mined counts.

use super::attempt::{Attempt, Outgoing};
use super::fees::raised_offer;
use super::owner::{Notice, Owner};
use super::payload::Payload;
use crate::chains::Chain;
use crate::step::StepError;

/// Signs and stores an attempt that offers more than the newest one, if that one has waited long enough and `used_nonces` shows that
/// nothing of the sender is ahead of it. Returns whether it did: not if the offer would exceed the fee cap, or the key must not sign.
pub(super) async fn replace_if_stuck(
    outgoing: &Outgoing,
    payload: &Payload,
    used_nonces: u64,
    chain: &Chain,
    owner: &impl Owner,
) -> Result<bool, StepError> {
    let newest = outgoing.newest()?;
    let waited_ms = owner.now_ms().saturating_sub(newest.created_at);
    // One behind another of the same sender waits for that one, and a higher offer would not hurry it.
    if used_nonces != newest.nonce || waited_ms < chain.replace_after_ms || !owner.may_sign() {
        return Ok(false);
    }
    let offered = newest.read()?.fees;
    let Some(fees) = raised_offer(chain, offered, owner.now_ms()).await? else {
        owner.report(&Notice::FeeCapReached { offered: offered.max_fee_per_gas, cap: chain.fee_cap() });
        return Ok(false);
    };
    let unsigned = payload.unsigned(outgoing.chain_id, &outgoing.sender, newest.nonce, fees);
    let signed = owner.sign(unsigned).await?;
    owner.store_replacement(&Attempt::signed(signed, newest.nonce, owner.now_ms())).await?;
    owner.report(&Notice::Replaced(fees));
    Ok(true)
}
