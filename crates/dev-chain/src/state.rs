//! The state of the development chain: its blocks, the position of each transaction, the accounts, the pool. All of it
//! is in memory, and each lookup takes constant time.

use std::collections::HashMap;
use std::sync::Arc;

use alloy_primitives::{Address, B256};

use super::accounts::{Account, Accounts, Execution};
use super::block::{Block, Mined};
use super::error::SubmitError;
use super::pool::{Pool, Present};
use super::rules::Accepted;
use super::submitter::Submitter;

/// The state of the chain.
#[derive(Debug)]
pub(crate) struct State {
    genesis: Arc<Block>,
    /// The blocks after the first: block n is at n - 1. Each is shared with those who render it, so that the state is not locked
    /// meanwhile.
    later: Vec<Arc<Block>>,
    block_numbers: HashMap<B256, u64>,
    places: HashMap<B256, (u64, usize)>,
    /// The block of each transaction of each sender, by nonce.
    sent_in: HashMap<Address, Vec<u64>>,
    accounts: Accounts,
    pool: Pool,
    /// The number of callers' transactions in blocks.
    mined_of_callers: u64,
}

/// The transactions for the next block. Making a block of them is the larger part of the work, and needs no state.
pub(crate) struct Selection {
    parent: Arc<Block>,
    time: u64,
    transactions: Vec<Accepted>,
    changes: HashMap<Address, Account>,
}

impl Selection {
    /// Returns the number of transactions.
    pub(crate) fn len(&self) -> usize {
        self.transactions.len()
    }

    /// Makes the block.
    pub(crate) fn into_block(self) -> Next {
        let block = Arc::new(self.parent.child(self.time, self.transactions));
        Next { block, changes: self.changes }
    }
}

/// A candidate for the next block, with the accounts that it would change.
pub(crate) struct Next {
    pub(crate) block: Arc<Block>,
    changes: HashMap<Address, Account>,
}

impl State {
    pub(crate) fn new(genesis: Block) -> State {
        let block_numbers = HashMap::from([(genesis.hash, 0)]);
        State {
            genesis: Arc::new(genesis),
            later: Vec::new(),
            block_numbers,
            places: HashMap::new(),
            sent_in: HashMap::new(),
            accounts: Accounts::default(),
            pool: Pool::default(),
            mined_of_callers: 0,
        }
    }

    pub(crate) fn genesis(&self) -> &Block {
        &self.genesis
    }

    /// Returns the newest block.
    pub(crate) fn head(&self) -> &Arc<Block> {
        self.later.last().unwrap_or(&self.genesis)
    }

    pub(crate) fn block(&self, number: u64) -> Option<&Arc<Block>> {
        match number.checked_sub(1) {
            None => Some(&self.genesis),
            Some(index) => self.later.get(usize::try_from(index).ok()?),
        }
    }

    pub(crate) fn block_by_hash(&self, hash: &B256) -> Option<&Arc<Block>> {
        self.block(*self.block_numbers.get(hash)?)
    }

    /// Returns a transaction in a block, with the block and the index there.
    pub(crate) fn mined(&self, hash: &B256) -> Option<(&Arc<Block>, usize, &Mined)> {
        let (number, index) = self.places.get(hash)?;
        let block = self.block(*number)?;
        Some((block, *index, block.transactions.get(*index)?))
    }

    pub(crate) fn waiting(&self, hash: &B256) -> Option<&Accepted> {
        self.pool.get(hash)
    }

    pub(crate) fn waiting_count(&self) -> usize {
        self.pool.len()
    }

    pub(crate) fn account(&self, address: &Address) -> Account {
        self.accounts.get(address)
    }

    /// Returns the number of transactions that the address had sent when this block was the newest.
    pub(crate) fn nonce_at(&self, address: &Address, block_number: u64) -> usize {
        self.sent_in.get(address).map_or(0, |blocks| blocks.partition_point(|block| *block <= block_number))
    }

    /// Returns the nonce that a new transaction should have, those that wait included.
    pub(crate) fn next_nonce(&self, address: &Address) -> u64 {
        self.pool.next_nonce(address, self.accounts.get(address))
    }

    pub(crate) fn has_work(&self) -> bool {
        self.pool.has_work(&self.accounts)
    }

    /// Adds a transaction to the pool.
    pub(crate) fn submit(&mut self, transaction: Accepted, submitter: Submitter) -> Result<(), SubmitError> {
        let next_base_fee = self.head().next_base_fee();
        let mined_of_callers = self.mined_of_callers;
        let present = Present { accounts: &self.accounts, next_base_fee, mined_of_callers };
        self.pool.insert(transaction, submitter, present)
    }

    /// Selects the transactions of the next block among those that wait, without changing the state. Times rise strictly, as
    /// Ethereum requires.
    pub(crate) fn select(&self, now: u64) -> Selection {
        let parent = Arc::clone(self.head());
        let (transactions, changes) = self.pool.select(&self.accounts, parent.next_base_fee());
        Selection { parent, time: self.next_time(now), transactions, changes }
    }

    /// Builds the next block of recorded transactions; `None` if they cannot run.
    pub(crate) fn recorded_block(&self, time: u64, transactions: Vec<Accepted>) -> Option<Next> {
        if time != self.next_time(time) {
            return None;
        }
        let mut execution = Execution::new(&self.accounts, self.head().next_base_fee());
        for transaction in &transactions {
            execution.run(transaction).ok()?;
        }
        let changes = execution.into_changes();
        Some(Next { block: Arc::new(self.head().child(time, transactions)), changes })
    }

    /// Appends a block that was built from this state.
    pub(crate) fn append(&mut self, next: Next) {
        let Next { block, changes } = next;
        for (index, mined) in block.transactions.iter().enumerate() {
            if mined.transaction.is_callers {
                self.mined_of_callers = self.mined_of_callers.saturating_add(1);
            }
            self.places.insert(mined.transaction.hash, (block.header.number, index));
            self.sent_in.entry(mined.transaction.from).or_default().push(block.header.number);
        }
        for (address, account) in &changes {
            self.pool.forget_invalid(address, *account);
        }
        self.accounts.commit(changes);
        self.block_numbers.insert(block.hash, block.header.number);
        self.later.push(block);
    }

    fn next_time(&self, now: u64) -> u64 {
        now.max(self.head().header.timestamp.saturating_add(1))
    }
}
