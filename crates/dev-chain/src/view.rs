//! Blocks and transactions in the form that our own pages display.

use std::sync::Arc;

use alloy_primitives::{Address, B256, U256};

use super::block::Block;
use super::rules::Accepted;
use super::state::State;

/// A block with the hashes of its transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockSummary {
    /// The block.
    pub block: DevBlock,
    /// The hashes of its transactions, in order.
    pub transactions: Vec<[u8; 32]>,
}

/// The number, hash and time of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DevBlock {
    /// Its height.
    pub number: u64,
    /// Its hash.
    pub hash: [u8; 32],
    /// Its time, in seconds since 1970.
    pub time: u64,
}

/// A transaction for display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevTransaction {
    /// Its hash.
    pub hash: [u8; 32],
    /// The sender.
    pub from: Address,
    /// The receiver.
    pub to: Address,
    /// The number of the sender's earlier transactions.
    pub nonce: u64,
    /// Its calldata.
    pub data: Vec<u8>,
    /// The transferred value, in wei.
    pub value: U256,
    /// The gas it uses.
    pub gas_used: u64,
    /// Its bytes as they were sent.
    pub raw: Vec<u8>,
    /// The block it is in; `None` while it waits.
    pub block: Option<DevBlock>,
    /// The number of confirmations: its own block and those on top of it; 0 while it waits.
    pub confirmations: u64,
    /// The price that the sender paid for the gas, in wei; `None` while it waits.
    pub fee: Option<U256>,
}

pub(crate) fn summary(block: &Block) -> BlockSummary {
    let transactions = block.transactions.iter().map(|mined| mined.transaction.hash.0).collect();
    BlockSummary { block: place(block), transactions }
}

pub(crate) fn latest_blocks(state: &State, limit: usize) -> Vec<Arc<Block>> {
    let numbers = (0..=state.head().header.number).rev();
    numbers.take(limit).filter_map(|number| state.block(number)).map(Arc::clone).collect()
}

pub(crate) fn transaction(state: &State, hash: &[u8; 32]) -> Option<DevTransaction> {
    let hash = B256::new(*hash);
    let Some((block, _, mined)) = state.mined(&hash) else {
        return state.waiting(&hash).map(waiting);
    };
    let gas_used = U256::from(mined.transaction.gas_used);
    Some(DevTransaction {
        block: Some(place(block)),
        confirmations: state.head().header.number.saturating_sub(block.header.number).saturating_add(1),
        fee: Some(U256::from(mined.gas_price).saturating_mul(gas_used)),
        ..waiting(&mined.transaction)
    })
}

fn waiting(transaction: &Accepted) -> DevTransaction {
    DevTransaction {
        hash: transaction.hash.0,
        from: transaction.from,
        to: transaction.to,
        nonce: transaction.tx().nonce,
        data: transaction.tx().input.to_vec(),
        value: transaction.tx().value,
        gas_used: transaction.gas_used,
        raw: transaction.raw.to_vec(),
        block: None,
        confirmations: 0,
        fee: None,
    }
}

fn place(block: &Block) -> DevBlock {
    DevBlock { number: block.header.number, hash: block.hash.0, time: block.header.timestamp }
}
