//! Fees: what an attempt offers for its gas, how far an offer may rise, and whether the sender can pay.

use learncoin_chain::{ANCHOR_GAS_LIMIT, Address, Fees};

use super::attempt::Attempt;
use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::step::StepError;

/// Returns the offer of a first attempt.
///
/// # Errors
/// [`StepError::TooExpensive`] if the chain asks for more than a transaction may cost.
pub(super) async fn first_offer(chain: &Chain, now_ms: i64) -> Result<Fees, StepError> {
    let (market, cap) = (chain.market(now_ms).await?, chain.fee_cap());
    if market.price() > cap {
        let alarm = Alarm::FeeCap.raise();
        tracing::error!(alarm, chain.id = chain.chain_id, price = %market.price(), %cap, "the chain asks for more than an anchor may cost");
        return Err(StepError::TooExpensive { price: market.price(), cap });
    }
    Ok(market.offer().within(cap))
}

/// Returns the offer of an attempt that replaces one which offered `offered`; `None` if it would exceed the fee cap.
pub(super) async fn raised_offer(
    chain: &Chain,
    offered: Fees,
    now_ms: i64,
) -> Result<Option<Fees>, StepError> {
    let (raised, cap) = (offered.raised(), chain.fee_cap());
    if raised.within(cap) != raised {
        return Ok(None);
    }
    Ok(Some(raised.max(chain.market(now_ms).await?.offer().within(cap))))
}

/// Checks that the sender owns what its attempt may cost.
///
/// # Errors
/// [`StepError::Funds`] if it does not.
pub(super) async fn can_pay(chain: &Chain, sender: &Address, attempt: &Attempt) -> Result<(), StepError> {
    let read = attempt.read()?;
    let data_fee = chain.client.data_fee(attempt.raw.as_bytes()).await?;
    let gas = read.fees.max_cost(ANCHOR_GAS_LIMIT).saturating_add(data_fee);
    let needed = read.wei.saturating_add(gas);
    let balance = chain.client.balance(sender).await?;
    if balance >= needed {
        return Ok(());
    }
    let alarm = Alarm::NoFunds.raise();
    tracing::error!(alarm, address = %sender, %balance, %needed, "a key can't pay for its transaction");
    Err(StepError::Funds { address: sender.to_string(), balance, needed })
}
