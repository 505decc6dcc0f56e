//! Purpose: what the host's next transaction is for. A tenant's key that runs out comes first, since batches wait for it; then the
//! newest statement about keys, which covers all before it.

use learncoin_chain::rpc::{BlockTag, Inclusion};
use learncoin_store::keys::{Funds, HostKey};
use learncoin_store::onchain::AccountAddress;
use learncoin_store::scope::Environment;
use learncoin_store::transactions::{HostAttempt, HostPurpose, HostStatus, HostTransaction};

use super::attempts::WEI_PER_GWEI;
use super::funds::Costs;
use super::memory::Memory;
use crate::chains::{Chain, chain_address};
use crate::metrics::Alarm;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The period of the caps on top-ups, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Pipeline {
    /// Returns what is to be sent next; `None` if there is nothing, or the host's key can't pay for it.
    pub(super) async fn next_purpose(
        &self,
        environment: Environment,
        chain: &Chain,
        key: &HostKey,
        memory: &mut Memory,
    ) -> Result<Option<HostPurpose>, StepError> {
        if let Some(top_up) = self.next_top_up(chain, key, memory).await? {
            return Ok(Some(top_up));
        }
        if self.chains.of_statements() != environment {
            return Ok(None);
        }
        let Some(newest) = self.store.newest_statement().await? else { return Ok(None) };
        if self.store.is_statement_anchored(chain.chain_id, newest.sequence, &newest.hash).await? {
            return Ok(None);
        }
        // Nothing is signed that can't be paid for: by the time that it can, there may be a newer one. What the key lacks is
        // reported with the other keys.
        let balance = chain.client.balance(&chain_address(&key.address)).await?;
        if balance < Costs::of(chain, self.clock.now_ms()).await?.at_most {
            return Ok(None);
        }
        Ok(Some(HostPurpose::Statement { sequence: newest.sequence, hash: newest.hash }))
    }

    /// Returns the poorest key that is to be topped up, and the amount.
    async fn next_top_up(
        &self,
        chain: &Chain,
        host: &HostKey,
        memory: &mut Memory,
    ) -> Result<Option<HostPurpose>, StepError> {
        let options = &self.options.funds;
        if options.top_up_to_gwei == 0 {
            return Ok(None);
        }
        let mut poor = self.store.list_key_balances(chain.chain_id).await?;
        poor.retain(|one| one.funds != Funds::Enough && one.address != host.address);
        if poor.is_empty() {
            return Ok(None);
        }
        let costs = Costs::of(chain, self.clock.now_ms()).await?;
        let recent =
            self.store.top_ups_since(chain.chain_id, self.clock.now_ms().saturating_sub(DAY_MS)).await?;
        let head = chain.client.block_number().await?;
        for one in poor {
            // A node that is behind does not show what the key was given last.
            if !shows_top_ups(chain, head, &recent, &one.address) {
                continue;
            }
            // What a reorganization took out is sent again, and is not in the balance until then.
            if !are_included(chain, &recent, &one.address).await? {
                continue;
            }
            let tag = BlockTag::Number(head);
            let now = self.balance_of(chain, &costs, &one.address, Some(one.funds), tag).await?;
            if now.funds != one.funds {
                let mut tx = self.store.begin().await?;
                tx.put_key_balance(&now).await?;
                tx.commit().await?;
            }
            // A little is not given again and again: a key that is low may own nearly all of what it is filled up to.
            if now.funds == Funds::Enough || now.gwei > options.top_up_to_gwei / 2 {
                memory.capped.remove(&one.address);
                continue;
            }
            let gwei = options.top_up_to_gwei.saturating_sub(now.gwei);
            let of_key = given(&recent, Some(&one.address)).saturating_add(gwei);
            let of_all = given(&recent, None).saturating_add(gwei);
            if of_key > options.top_up_daily_cap_per_key_gwei || of_all > options.top_up_daily_cap_gwei {
                if memory.capped.insert(one.address.clone()) {
                    let alarm = Alarm::TopUpCap.raise();
                    tracing::warn!(
                        alarm,
                        chain.id = chain.chain_id,
                        address = %one.address,
                        gwei,
                        "a key is not topped up: that would pass the cap of a day"
                    );
                }
                continue;
            }
            let needed = u128::from(gwei).saturating_mul(WEI_PER_GWEI).saturating_add(costs.at_most);
            let balance = chain.client.balance(&chain_address(&host.address)).await?;
            if balance < needed {
                if memory.capped.insert(host.address.clone()) {
                    let alarm = Alarm::LowFunds.raise();
                    tracing::warn!(alarm, chain.id = chain.chain_id, address = %host.address, %balance, %needed, is_host = true, "the host's key can't pay for a top-up");
                }
                return Ok(None);
            }
            memory.capped.remove(&host.address);
            memory.capped.remove(&one.address);
            return Ok(Some(HostPurpose::TopUp { receiver: one.address, gwei }));
        }
        Ok(None)
    }

    /// Stores a transaction that was signed. Returns whether it did: not one for a key that must not sign any more.
    pub(super) async fn store_host_transaction(
        &self,
        key: &HostKey,
        new: &HostTransaction,
        attempt: &HostAttempt,
    ) -> Result<bool, StepError> {
        let mut tx = self.store.begin().await?;
        if let HostPurpose::TopUp { receiver, .. } = &new.purpose
            && !tx.hold_active_key(new.chain_id, receiver).await?
        {
            tx.forget_key_balance(new.chain_id, receiver).await?;
            tx.commit().await?;
            return Ok(false);
        }
        tx.insert_host_transaction(key, new, attempt).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Returns whether a chain with this head has all that the key was given.
fn shows_top_ups(chain: &Chain, head: u64, recent: &[HostTransaction], address: &AccountAddress) -> bool {
    let blocks = recent.iter().filter(|one| is_for(one, address)).map(|one| {
        // One that is nowhere is still under way.
        one.mined.as_ref().map_or(u64::MAX, |mined| mined.block.number)
    });
    blocks.max().is_none_or(|newest| head >= newest.saturating_add(chain.confirmations).saturating_sub(1))
}

/// Checks whether everything that the key was given and that is not final is in the chain.
async fn are_included(
    chain: &Chain,
    recent: &[HostTransaction],
    address: &AccountAddress,
) -> Result<bool, StepError> {
    let unsettled = recent.iter().filter(|one| is_for(one, address) && one.status == HostStatus::Confirmed);
    for mined in unsettled.filter_map(|one| one.mined.as_ref()) {
        if !matches!(chain.client.inclusion(mined.hash.as_bytes()).await?, Inclusion::Included(_)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_for(top_up: &HostTransaction, address: &AccountAddress) -> bool {
    matches!(&top_up.purpose, HostPurpose::TopUp { receiver, .. } if receiver == address)
}

/// Returns the sum of what was given, to one key or to all, in gwei.
fn given(recent: &[HostTransaction], address: Option<&AccountAddress>) -> u64 {
    recent
        .iter()
        .filter(|one| address.is_none_or(|address| is_for(one, address)))
        .map(|one| match &one.purpose {
            HostPurpose::TopUp { gwei, .. } => *gwei,
            HostPurpose::Statement { .. } => 0,
        })
        .fold(0, u64::saturating_add)
}
