//! The transactions that wait for a block, in memory only, as on a real node: after a restart their senders send them
//! again. A gap in a sender's nonces holds back what comes after it.

use std::collections::{BTreeMap, BinaryHeap, HashMap};

use alloy_primitives::{Address, B256, U256};

use super::accounts::{Account, Accounts, Execution};
use super::error::SubmitError;
use super::rules::{Accepted, BLOCK_GAS_LIMIT};
use learncoin_chain::Fees;

/// The largest number of transactions that wait.
const MAX_TRANSACTIONS: usize = 10_000;
/// The largest number of bytes that wait.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The transactions that wait.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    senders: HashMap<Address, BTreeMap<u64, Waiting>>,
    hashes: HashMap<B256, (Address, u64)>,
    bytes: usize,
    arrivals: u64,
}

#[derive(Debug)]
struct Waiting {
    transaction: Accepted,
    arrival: u64,
}

impl Pool {
    /// Adds a transaction whose nonce is not used, or returns the reason against it.
    pub(crate) fn insert(
        &mut self,
        transaction: Accepted,
        account: Account,
        next_base_fee: u64,
    ) -> Result<(), SubmitError> {
        if self.hashes.contains_key(&transaction.hash) {
            return Err(SubmitError::AlreadyKnown);
        }
        let nonce = transaction.tx().nonce;
        if nonce < account.nonce {
            return Err(SubmitError::NonceTooLow { next: account.nonce, nonce });
        }
        if transaction.tx().max_fee_per_gas < u128::from(next_base_fee) {
            return Err(SubmitError::MaxFeeBelowBaseFee {
                max_fee: transaction.tx().max_fee_per_gas,
                base_fee: next_base_fee,
            });
        }
        let replaced = self.senders.get(&transaction.from).and_then(|queue| queue.get(&nonce));
        if replaced.is_some_and(|old| !outbids(transaction.fees(), old.transaction.fees())) {
            return Err(SubmitError::Underpriced);
        }
        let others = self.cost_of(&transaction.from, nonce);
        if others.saturating_add(transaction.max_cost()) > account.balance {
            return Err(SubmitError::InsufficientFunds);
        }
        let full = self.len() >= MAX_TRANSACTIONS && replaced.is_none();
        if full || self.bytes.saturating_add(transaction.raw.len()) > MAX_BYTES {
            return Err(SubmitError::PoolFull);
        }

        let from = transaction.from;
        self.remove(&from, nonce);
        self.hashes.insert(transaction.hash, (from, nonce));
        self.bytes = self.bytes.saturating_add(transaction.raw.len());
        self.arrivals = self.arrivals.saturating_add(1);
        let waiting = Waiting { transaction, arrival: self.arrivals };
        self.senders.entry(from).or_default().insert(nonce, waiting);
        Ok(())
    }

    pub(crate) fn get(&self, hash: &B256) -> Option<&Accepted> {
        let (from, nonce) = self.hashes.get(hash)?;
        self.senders.get(from)?.get(nonce).map(|waiting| &waiting.transaction)
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Returns whether the next transaction of any sender waits, so that a block can make progress. It may only wait for a
    /// lower base fee, which falls only with blocks.
    pub(crate) fn has_work(&self, accounts: &Accounts) -> bool {
        self.senders.iter().any(|(from, queue)| queue.contains_key(&accounts.get(from).nonce))
    }

    /// Returns the nonce after the sender's last waiting transaction that no gap holds back.
    pub(crate) fn next_nonce(&self, from: &Address, account: Account) -> u64 {
        let mut next = account.nonce;
        while self.senders.get(from).is_some_and(|queue| queue.contains_key(&next)) {
            next = next.saturating_add(1);
        }
        next
    }

    /// Returns the transactions of the next block: the best tips first, equal ones in order of arrival, each sender's in
    /// order of nonce. With them come the changed accounts.
    pub(crate) fn select(
        &self,
        accounts: &Accounts,
        base_fee: u64,
    ) -> (Vec<Accepted>, HashMap<Address, Account>) {
        let mut execution = Execution::new(accounts, base_fee);
        let mut candidates: BinaryHeap<Candidate<'_>> = self
            .senders
            .iter()
            .filter_map(|(from, queue)| Candidate::of(queue, accounts.get(from).nonce, base_fee))
            .collect();
        let mut gas_left = BLOCK_GAS_LIMIT;
        let mut selected = Vec::new();
        while let Some(candidate) = candidates.pop() {
            let transaction = candidate.transaction;
            // A real node executes to find out how much gas is used. Without code it is known beforehand. A sender
            // whose transaction does not fit is left for the next block.
            let Some(left) = gas_left.checked_sub(transaction.gas_used) else { continue };
            if execution.run(transaction).is_err() {
                continue;
            }
            gas_left = left;
            selected.push(transaction.clone());
            let next = transaction.tx().nonce.saturating_add(1);
            candidates.extend(Candidate::of(candidate.queue, next, base_fee));
        }
        (selected, execution.into_changes())
    }

    /// Removes a sender's transactions below its nonce, which a block has made invalid.
    pub(crate) fn forget_used(&mut self, from: &Address, account: Account) {
        let used: Vec<u64> = self
            .senders
            .get(from)
            .map(|queue| queue.range(..account.nonce).map(|(nonce, _)| *nonce).collect())
            .unwrap_or_default();
        for nonce in used {
            self.remove(from, nonce);
        }
    }

    fn remove(&mut self, from: &Address, nonce: u64) {
        let Some(queue) = self.senders.get_mut(from) else { return };
        if let Some(waiting) = queue.remove(&nonce) {
            self.hashes.remove(&waiting.transaction.hash);
            self.bytes = self.bytes.saturating_sub(waiting.transaction.raw.len());
        }
        if queue.is_empty() {
            self.senders.remove(from);
        }
    }

    /// Returns the highest cost of a sender's waiting transactions, without the one with this nonce.
    fn cost_of(&self, from: &Address, but: u64) -> U256 {
        let queue = self.senders.get(from).into_iter().flatten();
        queue
            .filter(|(nonce, _)| **nonce != but)
            .fold(U256::ZERO, |sum, (_, waiting)| sum.saturating_add(waiting.transaction.max_cost()))
    }
}

/// Returns whether an offer replaces another: both parts are higher, by at least a tenth.
fn outbids(new: Fees, old: Fees) -> bool {
    let part = |new: u128, old: u128| new > old && new >= old.saturating_add(old / 10);
    part(new.max_fee_per_gas, old.max_fee_per_gas)
        && part(new.max_priority_fee_per_gas, old.max_priority_fee_per_gas)
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
