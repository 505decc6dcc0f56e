//! The accounts, with balance and nonce, and the execution of transactions on them.

use std::collections::HashMap;

use alloy_primitives::{Address, U256};

use super::rules::{Accepted, FAUCET_WEI};

/// The state of one address. Every address exists and owns the faucet's ether from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Account {
    /// The number of its transactions that are in blocks.
    pub(crate) nonce: u64,
    /// The balance in wei.
    pub(crate) balance: U256,
}

/// The accounts that differ from a fresh one.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    touched: HashMap<Address, Account>,
}

impl Accounts {
    pub(crate) fn get(&self, address: &Address) -> Account {
        self.touched.get(address).copied().unwrap_or(Account { nonce: 0, balance: FAUCET_WEI })
    }

    /// Applies the changes of an execution on these accounts.
    pub(crate) fn commit(&mut self, changes: HashMap<Address, Account>) {
        self.touched.extend(changes);
    }
}

/// An execution of transactions on the accounts, which do not change until its changes are committed.
pub(crate) struct Execution<'a> {
    accounts: &'a Accounts,
    base_fee: u64,
    changes: HashMap<Address, Account>,
}

/// The error of a transaction that cannot run now: wrong nonce, too little ether, or too low a fee.
#[derive(Debug)]
pub(crate) struct NotExecutable;

impl<'a> Execution<'a> {
    pub(crate) fn new(accounts: &'a Accounts, base_fee: u64) -> Execution<'a> {
        Execution { accounts, base_fee, changes: HashMap::new() }
    }

    /// Executes one transaction: increments the nonce, takes value and fee from the sender, adds the value to the
    /// receiver. The whole fee is burnt, the tip too.
    pub(crate) fn run(&mut self, transaction: &Accepted) -> Result<(), NotExecutable> {
        let tx = transaction.tx();
        let mut sender = self.account(&transaction.from);
        if sender.nonce != tx.nonce
            || tx.max_fee_per_gas < u128::from(self.base_fee)
            || sender.balance < transaction.max_cost()
        {
            return Err(NotExecutable);
        }
        let price = U256::from(transaction.gas_price(self.base_fee));
        let fee = price.saturating_mul(U256::from(transaction.gas_used));
        sender.nonce = sender.nonce.saturating_add(1);
        sender.balance = sender.balance.saturating_sub(fee).saturating_sub(tx.value);
        self.changes.insert(transaction.from, sender);
        let mut receiver = self.account(&transaction.to);
        receiver.balance = receiver.balance.saturating_add(tx.value);
        self.changes.insert(transaction.to, receiver);
        Ok(())
    }

    pub(crate) fn base_fee(&self) -> u64 {
        self.base_fee
    }

    pub(crate) fn into_changes(self) -> HashMap<Address, Account> {
        self.changes
    }

    /// Returns an account as the transactions so far have left it.
    pub(crate) fn account(&self, address: &Address) -> Account {
        self.changes.get(address).copied().unwrap_or_else(|| self.accounts.get(address))
    }
}
