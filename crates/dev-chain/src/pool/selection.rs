//! The transactions that the next block is made of.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use alloy_primitives::Address;

use super::{Pool, Waiting};
use crate::accounts::{Account, Accounts, Execution};
use crate::rules::{Accepted, BLOCK_GAS_LIMIT, CALLERS_BLOCK_GAS};

impl Pool {
    /// Returns the transactions of the next block: the deployment's own, then those of callers that fit into their part. Of both the best
    /// tips come first, equal ones in order of arrival, each sender's in order of nonce. With them come the changed accounts.
    pub(crate) fn select(
        &self,
        accounts: &Accounts,
        base_fee: u64,
    ) -> (Vec<Accepted>, HashMap<Address, Account>) {
        let mut execution = Execution::new(accounts, base_fee);
        let mut selected = Vec::new();
        let own_gas = self.select_of(false, &mut execution, BLOCK_GAS_LIMIT, &mut selected);
        let left = BLOCK_GAS_LIMIT.saturating_sub(own_gas).min(CALLERS_BLOCK_GAS);
        self.select_of(true, &mut execution, left, &mut selected);
        (selected, execution.into_changes())
    }

    /// Selects transactions of callers or the deployment's own. Returns the gas that they use.
    fn select_of(
        &self,
        callers: bool,
        execution: &mut Execution<'_>,
        gas: u64,
        selected: &mut Vec<Accepted>,
    ) -> u64 {
        let mut candidates: BinaryHeap<Candidate<'_>> = self
            .senders
            .iter()
            .filter(|(from, _)| self.own.contains(*from) != callers)
            .filter_map(|(from, queue)| {
                Candidate::of(queue, execution.account(from).nonce, execution.base_fee())
            })
            .collect();
        let mut gas_left = gas;
        while let Some(candidate) = candidates.pop() {
            let transaction = candidate.transaction;
            // A real node executes to find out how much gas is used. Without code it is known beforehand. A sender
            // whose transaction does not fit is left for the next block.
            let Some(left) = gas_left.checked_sub(transaction.gas_used) else { continue };
            if execution.run(transaction).is_err() {
                continue;
            }
            gas_left = left;
            selected.push(Accepted { is_callers: callers, ..transaction.clone() });
            let next = transaction.tx().nonce.saturating_add(1);
            candidates.extend(Candidate::of(candidate.queue, next, execution.base_fee()));
        }
        gas.saturating_sub(gas_left)
    }
}

/// A sender's next transaction while a block is built. The greatest is taken first.
struct Candidate<'a> {
    queue: &'a BTreeMap<u64, Waiting>,
    transaction: &'a Accepted,
    tip: u128,
    arrival: u64,
}

impl<'a> Candidate<'a> {
    fn of(queue: &'a BTreeMap<u64, Waiting>, nonce: u64, base_fee: u64) -> Option<Candidate<'a>> {
        let Waiting { transaction, arrival } = queue.get(&nonce)?;
        let tip = transaction.gas_price(base_fee).saturating_sub(u128::from(base_fee));
        Some(Candidate { queue, transaction, tip, arrival: *arrival })
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.tip.cmp(&other.tip).then(other.arrival.cmp(&self.arrival))
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate<'_> {}
