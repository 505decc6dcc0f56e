//! The transactions that wait for a block, in memory only, as on a real node: after a restart their senders send them
//! again. A gap in a sender's nonces holds back what comes after it.
//!
//! A sender is the deployment's own from the first transaction of it that the deployment itself submits. Transactions of all other
//! senders are callers': they have places and gas of their own, and what they do never holds back the deployment's.

mod selection;

use std::collections::{BTreeMap, HashMap, HashSet};

use alloy_primitives::{Address, B256, U256};

use super::accounts::{Account, Accounts};
use super::error::SubmitError;
use super::rules::Accepted;
use super::submitter::Submitter;
use learncoin_chain::Fees;

/// The largest number of the deployment's own transactions that wait.
const MAX_OWN_TRANSACTIONS: usize = 10_000;
/// The largest number of callers' transactions that wait, beside the deployment's own.
pub(crate) const MAX_CALLERS_TRANSACTIONS: usize = 1_000;
/// The largest number of transactions of one sender among those of callers.
pub(crate) const MAX_OF_A_CALLER: usize = 16;

/// The transactions that wait.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    senders: HashMap<Address, BTreeMap<u64, Waiting>>,
    hashes: HashMap<B256, (Address, u64)>,
    /// The senders of the deployment's own transactions.
    own: HashSet<Address>,
    /// The number of callers' transactions.
    callers: usize,
    arrivals: u64,
}

#[derive(Debug)]
struct Waiting {
    transaction: Accepted,
    arrival: u64,
}

/// The state of the chain that a new transaction is compared with.
#[derive(Clone, Copy)]
pub(crate) struct Present<'a> {
    pub(crate) accounts: &'a Accounts,
    pub(crate) next_base_fee: u64,
    /// The number of callers' transactions in blocks.
    pub(crate) mined_of_callers: u64,
}

impl Pool {
    /// Adds a transaction whose nonce is not used, or returns the reason against it.
    pub(crate) fn insert(
        &mut self,
        transaction: Accepted,
        submitter: Submitter,
        present: Present<'_>,
    ) -> Result<(), SubmitError> {
        let from = transaction.from;
        if submitter == Submitter::Deployment {
            self.claim(from);
        }
        if self.hashes.contains_key(&transaction.hash) {
            return Err(SubmitError::AlreadyKnown);
        }
        let account = present.accounts.get(&from);
        let nonce = transaction.tx().nonce;
        if nonce < account.nonce {
            return Err(SubmitError::NonceTooLow { next: account.nonce, nonce });
        }
        if transaction.tx().max_fee_per_gas < u128::from(present.next_base_fee) {
            return Err(SubmitError::MaxFeeBelowBaseFee {
                max_fee: transaction.tx().max_fee_per_gas,
                base_fee: present.next_base_fee,
            });
        }
        let replaced = self.senders.get(&from).and_then(|queue| queue.get(&nonce));
        if replaced.is_some_and(|old| !outbids(transaction.fees(), old.transaction.fees())) {
            return Err(SubmitError::Underpriced);
        }
        let others = self.cost_of(&from, nonce);
        if others.saturating_add(transaction.max_cost()) > account.balance {
            return Err(SubmitError::InsufficientFunds);
        }
        if replaced.is_none() {
            self.find_place(&transaction, submitter, present)?;
        }

        self.remove(&from, nonce);
        self.hashes.insert(transaction.hash, (from, nonce));
        if !self.own.contains(&from) {
            self.callers = self.callers.saturating_add(1);
        }
        self.arrivals = self.arrivals.saturating_add(1);
        let waiting = Waiting { transaction, arrival: self.arrivals };
        self.senders.entry(from).or_default().insert(nonce, waiting);
        Ok(())
    }

    /// Makes the sender, with what waits of it already, the deployment's own.
    fn claim(&mut self, from: Address) {
        if self.own.insert(from) {
            let waiting = self.senders.get(&from).map_or(0, BTreeMap::len);
            self.callers = self.callers.saturating_sub(waiting);
        }
    }

    /// Checks that there is a place for a new transaction. If callers' places are all taken, the one of them that has been held back by a
    /// gap for the longest time gives way, unless the new one is held back too.
    fn find_place(
        &mut self,
        transaction: &Accepted,
        submitter: Submitter,
        present: Present<'_>,
    ) -> Result<(), SubmitError> {
        let allowance = match submitter {
            Submitter::Caller { allowance } if !self.own.contains(&transaction.from) => allowance,
            Submitter::Caller { .. } | Submitter::Deployment => {
                let own = self.len().saturating_sub(self.callers);
                return if own < MAX_OWN_TRANSACTIONS { Ok(()) } else { Err(SubmitError::PoolFull) };
            }
        };
        let left = allowance.saturating_sub(present.mined_of_callers);
        if left == 0 {
            return Err(SubmitError::AllowanceUsedUp { most: allowance });
        }
        let of_sender = self.senders.get(&transaction.from).map_or(0, BTreeMap::len);
        if of_sender >= MAX_OF_A_CALLER {
            return Err(SubmitError::AccountFull { most: MAX_OF_A_CALLER });
        }
        let places = usize::try_from(left).unwrap_or(usize::MAX).min(MAX_CALLERS_TRANSACTIONS);
        if self.callers < places {
            return Ok(());
        }
        let next = self.next_nonce(&transaction.from, present.accounts.get(&transaction.from));
        if transaction.tx().nonce != next {
            return Err(SubmitError::PoolFull);
        }
        let (from, nonce) = self.longest_held_back(present.accounts).ok_or(SubmitError::PoolFull)?;
        self.remove(&from, nonce);
        Ok(())
    }

    /// Returns the transaction of a caller that a gap has held back for the longest time.
    fn longest_held_back(&self, accounts: &Accounts) -> Option<(Address, u64)> {
        let callers = self.senders.iter().filter(|(from, _)| !self.own.contains(*from));
        let held_back = callers.flat_map(|(from, queue)| {
            let next = self.next_nonce(from, accounts.get(from));
            queue.range(next..).map(|(nonce, waiting)| (waiting.arrival, *from, *nonce))
        });
        held_back.min().map(|(_, from, nonce)| (from, nonce))
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

    /// Removes a sender's transactions that a block has made invalid: those below its nonce, and those that it can no longer pay for. A
    /// sender that replaces a transaction while the block with the first one is written may be left with such ones, and they would be
    /// work for ever.
    pub(crate) fn forget_invalid(&mut self, from: &Address, account: Account) {
        let Some(queue) = self.senders.get(from) else { return };
        let mut cost = U256::ZERO;
        let is_invalid = |(nonce, waiting): (&u64, &Waiting)| {
            if *nonce >= account.nonce {
                cost = cost.saturating_add(waiting.transaction.max_cost());
            }
            (*nonce < account.nonce || cost > account.balance).then_some(*nonce)
        };
        let invalid: Vec<u64> = queue.iter().filter_map(is_invalid).collect();
        for nonce in invalid {
            self.remove(from, nonce);
        }
    }

    fn remove(&mut self, from: &Address, nonce: u64) {
        let Some(queue) = self.senders.get_mut(from) else { return };
        if let Some(waiting) = queue.remove(&nonce) {
            self.hashes.remove(&waiting.transaction.hash);
            if !self.own.contains(from) {
                self.callers = self.callers.saturating_sub(1);
            }
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
