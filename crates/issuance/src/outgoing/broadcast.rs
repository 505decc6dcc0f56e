//! Broadcast: a stored transaction is handed to the chain, and what it offers for its gas is chosen and raised. The same for
//! whatever a transaction says and whoever signs it.

use learncoin_chain::rpc::{Inclusion, SendOutcome};
use learncoin_chain::{ANCHOR_GAS_LIMIT, Address, Fees, ReadTransaction};
use learncoin_store::kill;

use crate::chains::Chain;
use crate::metrics::Alarm;
use crate::outgoing::resolution::{Attempt, hash_bytes, raw_bytes};
use crate::step::StepError;

/// Hands a stored transaction to the chain. The process may be killed at the point `sent` once a node was asked.
///
/// # Errors
/// [`StepError::Refused`] where no node took it and none has it.
pub(crate) async fn send(
    chain: &Chain,
    transaction: &impl Attempt,
    sent: &'static str,
) -> Result<(), StepError> {
    let answer = chain.client.send_raw_transaction(&raw_bytes(transaction)?).await;
    kill::reached(sent);
    if answer == Ok(SendOutcome::Accepted) {
        return Ok(());
    }
    // "Already known" and "nonce too low" may mean that it is there, and so may a connection that broke.
    // Nodes word it in many ways, so the hash is looked up instead.
    if chain.client.inclusion(&hash_bytes(transaction)?).await? != Inclusion::Unknown {
        return Ok(());
    }
    match answer? {
        SendOutcome::Accepted => Ok(()),
        SendOutcome::Refused { code, message } => Err(StepError::Refused { code, message }),
    }
}

/// What a new transaction offers.
///
/// # Errors
/// [`StepError::TooExpensive`] where the chain asks for more than a transaction may cost.
pub(crate) async fn first_offer(chain: &Chain) -> Result<Fees, StepError> {
    let (market, cap) = (chain.client.market().await?, chain.fee_cap());
    if market.price() > cap {
        let alarm = Alarm::FeeCap.raise();
        tracing::error!(alarm, chain.id = chain.chain_id, price = %market.price(), %cap, "the chain asks for more than an anchor may cost");
        return Err(StepError::TooExpensive { price: market.price(), cap });
    }
    Ok(market.offer().within(cap))
}

/// What a transaction offers that takes the place of one which offered this; `None` where that would pass the cap on what it may
/// cost.
pub(crate) async fn raised_offer(chain: &Chain, offered: Fees) -> Result<Option<Fees>, StepError> {
    let (raised, cap) = (offered.raised(), chain.fee_cap());
    if raised.within(cap) != raised {
        return Ok(None);
    }
    Ok(Some(raised.max(chain.client.market().await?.offer().within(cap))))
}

/// Makes sure that a sender owns what its transaction may cost.
///
/// # Errors
/// [`StepError::Funds`] where it does not.
pub(crate) async fn can_pay(chain: &Chain, sender: &Address, raw: &[u8]) -> Result<(), StepError> {
    let read = read(raw)?;
    let gas = read.fees.max_cost(ANCHOR_GAS_LIMIT).saturating_add(chain.client.data_fee(raw).await?);
    let needed = read.wei.saturating_add(gas);
    let balance = chain.client.balance(sender).await?;
    if balance >= needed {
        return Ok(());
    }
    let alarm = Alarm::NoFunds.raise();
    tracing::error!(alarm, address = %sender, %balance, %needed, "a key can't pay for its transaction");
    Err(StepError::Funds { address: sender.to_string(), balance, needed })
}

/// What the bytes of a stored transaction say.
pub(crate) fn read(raw: &[u8]) -> Result<ReadTransaction, StepError> {
    ReadTransaction::read(raw).ok_or(StepError::Inconsistent("unreadable transaction"))
}
