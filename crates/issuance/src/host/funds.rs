//! Funds: what keys in use own is looked at now and then, and held against what anchors cost at the moment. A key that is about to
//! run out is reported before it stops anything, once for each time that it gets there.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_chain::money::gwei_in_ether;
use learncoin_chain::rpc::BlockTag;
use learncoin_chain::{ANCHOR_GAS_LIMIT, Address, Fees, RootTransaction, Signature, U256};
use learncoin_store::keys::{Funds, HostKey, KeyBalance};
use learncoin_store::onchain;
use learncoin_store::scope::Environment;

use super::attempts::WEI_PER_GWEI;
use crate::chains::{Chain, chain_address};
use crate::metrics;
use crate::metrics::Alarm;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The cost of a transaction on a chain at the moment, in wei, with the fee for its data on Ethereum.
pub(super) struct Costs {
    /// The cost of an anchor at the price of the moment.
    usual: u128,
    /// The balance that its sender must have before it is sent.
    pub(super) at_most: u128,
}

impl Costs {
    pub(super) async fn of(chain: &Chain, now_ms: i64) -> Result<Self, StepError> {
        let market = chain.market(now_ms).await?;
        let offer = market.offer().within(chain.fee_cap());
        let data_fee = chain.client.data_fee(&typical_bytes(chain, offer)).await?;
        let usual = market.price().saturating_mul(u128::from(ANCHOR_GAS_LIMIT)).saturating_add(data_fee);
        Ok(Self { usual, at_most: offer.max_cost(ANCHOR_GAS_LIMIT).saturating_add(data_fee) })
    }

    /// Returns whether a balance is enough. What was too little is enough again only once it is a quarter more than enough: the price goes up
    /// and down, and each time that a key becomes low an alarm is raised.
    pub(super) fn funds(&self, wei: u128, low_below_anchors: u64, before: Option<Funds>) -> Funds {
        let threshold = self.usual.saturating_mul(u128::from(low_below_anchors));
        let enough = match before {
            Some(Funds::Low | Funds::None) => threshold.saturating_add(threshold / 4),
            Some(Funds::Enough) | None => threshold,
        };
        match wei {
            wei if wei < self.at_most => Funds::None,
            wei if wei < enough => Funds::Low,
            _ => Funds::Enough,
        }
    }
}

/// Bytes as long as those of an anchor, and as hard to compress.
fn typical_bytes(chain: &Chain, fees: Fees) -> Vec<u8> {
    let (chain_id, sender) = (chain.chain_id, Address::repeat_byte(0xa7));
    let mut root = [0; 32];
    for (byte, value) in root.iter_mut().zip(0_u8..) {
        *byte = value.wrapping_mul(167).wrapping_add(31);
    }
    let anchor = RootTransaction { chain_id, nonce: 1_000, root, fees, gas_limit: ANCHOR_GAS_LIMIT };
    let number = U256::from_be_bytes(root.map(|byte| byte.wrapping_mul(91).wrapping_add(7)));
    anchor.unsigned(&sender).with_signature(Signature::new(number, !number, true)).raw
}

impl Pipeline {
    /// Looks at what each key in use owns, the host's among them, and reports those that became low.
    pub(super) async fn look_at_funds(&self, chain: &Chain, host: &HostKey) -> Result<(), StepError> {
        let costs = Costs::of(chain, self.clock.now_ms()).await?;
        let known = self.store.list_key_balances(chain.chain_id).await?;
        let before: BTreeMap<&onchain::AccountAddress, Funds> =
            known.iter().map(|one| (&one.address, one.funds)).collect();
        let keys = self.store.list_signing_keys(&[chain.chain_id]).await?;
        let in_use = keys.iter().filter(|key| key.is_in_use());
        let in_use: BTreeSet<&onchain::AccountAddress> =
            in_use.map(|key| &key.address).chain([&host.address]).collect();
        let mut seen = Vec::with_capacity(in_use.len());
        let mut outcome = Ok(());
        for &one in &in_use {
            match self.balance_of(chain, &costs, one, before.get(one).copied(), BlockTag::Latest).await {
                Ok(balance) => seen.push(balance),
                // What was seen counts all the same.
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        let mut tx = self.store.begin().await?;
        for gone in before.keys().filter(|address| !in_use.contains(*address)) {
            tx.forget_key_balance(chain.chain_id, gone).await?;
        }
        for balance in &seen {
            tx.put_key_balance(balance).await?;
        }
        tx.commit().await?;
        for balance in &seen {
            let is_host = balance.address == host.address;
            report(balance, before.get(&balance.address).copied(), is_host);
        }
        outcome
    }

    /// Returns the balance of a key in the state that `tag` names.
    pub(super) async fn balance_of(
        &self,
        chain: &Chain,
        costs: &Costs,
        owner: &onchain::AccountAddress,
        before: Option<Funds>,
        tag: BlockTag,
    ) -> Result<KeyBalance, StepError> {
        let wei = chain.client.balance_at(&chain_address(owner), tag).await?;
        Ok(KeyBalance {
            chain_id: chain.chain_id,
            address: owner.clone(),
            gwei: u64::try_from(wei / WEI_PER_GWEI).unwrap_or(u64::MAX),
            funds: costs.funds(wei, self.options.funds.low_below_anchors, before),
            seen_at: self.clock.now_ms(),
        })
    }

    /// Publishes the balances that any node saw last.
    pub(super) async fn tell_balances(
        &self,
        environment: Environment,
        chain: &Chain,
    ) -> Result<(), StepError> {
        let host = self.store.find_host_key(chain.chain_id).await?.map(|key| key.address);
        let mut seen = self.store.list_key_balances(chain.chain_id).await?;
        seen.retain(|one| Some(&one.address) != host.as_ref());
        let Some(poorest) = seen.first() else { return Ok(()) };
        let without = seen.iter().filter(|one| one.funds == Funds::None).count();
        metrics::balances(
            environment,
            ether(poorest.gwei),
            f64::from(u32::try_from(without).unwrap_or(u32::MAX)),
        );
        Ok(())
    }
}

/// Converts an amount to ether, for people: the last digits of large ones are lost.
fn ether(gwei: u64) -> f64 {
    const GWEI_PER_ETHER: u64 = 1_000_000_000;
    let whole = u32::try_from(gwei / GWEI_PER_ETHER).unwrap_or(u32::MAX);
    let rest = u32::try_from(gwei % GWEI_PER_ETHER).unwrap_or(0);
    f64::from(whole) + f64::from(rest) / 1e9
}

/// Raises an alarm where a key has got worse.
fn report(now: &KeyBalance, before: Option<Funds>, is_host: bool) {
    let (address, chain_id, balance) = (&now.address, now.chain_id, gwei_in_ether(now.gwei));
    match (before, now.funds) {
        (None | Some(Funds::Enough), Funds::Low) => {
            let alarm = Alarm::LowFunds.raise();
            tracing::warn!(alarm, chain.id = chain_id, %address, balance, is_host, "a key pays for few transactions more");
        }
        (None | Some(Funds::Enough | Funds::Low), Funds::None) => {
            let alarm = Alarm::LowFunds.raise();
            tracing::warn!(alarm, chain.id = chain_id, %address, balance, is_host, "a key can't pay for another transaction");
        }
        (Some(Funds::Low | Funds::None), Funds::Enough) => {
            tracing::info!(chain.id = chain_id, %address, balance, is_host, "a key owns enough again");
        }
        (None | Some(Funds::Enough), Funds::Enough)
        | (Some(Funds::Low), Funds::Low)
        | (Some(Funds::None), Funds::Low | Funds::None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COSTS: Costs = Costs { usual: 10, at_most: 20 };

    #[test]
    fn a_key_is_low_before_it_can_pay_for_nothing() {
        let funds = |wei| COSTS.funds(wei, 100, None);
        assert_eq!([funds(0), funds(19)], [Funds::None; 2]);
        assert_eq!([funds(20), funds(999)], [Funds::Low; 2]);
        assert_eq!([funds(1_000), funds(u128::MAX)], [Funds::Enough; 2]);
        // However few anchors are asked for, what can't be paid is none.
        assert_eq!(COSTS.funds(19, 0, None), Funds::None);
        assert_eq!(COSTS.funds(20, 0, None), Funds::Enough);
    }

    #[test]
    fn a_price_that_goes_up_and_down_reports_a_key_once() {
        for before in [Funds::Low, Funds::None] {
            assert_eq!(COSTS.funds(1_249, 100, Some(before)), Funds::Low);
            assert_eq!(COSTS.funds(1_250, 100, Some(before)), Funds::Enough);
        }
        assert_eq!(COSTS.funds(1_000, 100, Some(Funds::Enough)), Funds::Enough);
    }

    #[test]
    fn ether_is_counted_in_ether() {
        assert_eq!([ether(0), ether(1_500_000_000), ether(1)], [0.0, 1.5, 1e-9]);
    }
}
