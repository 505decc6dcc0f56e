//! A block: a real header over real transactions and receipts, hashed as on Ethereum.

use alloy_consensus::constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_WITHDRAWALS};
use alloy_consensus::proofs::{calculate_receipt_root, ordered_trie_root_with_encoder};
use alloy_consensus::{Header, Receipt, ReceiptEnvelope};
use alloy_eips::eip7685::EMPTY_REQUESTS_HASH;
use alloy_primitives::{B256, Bytes};
use alloy_rlp::{BufMut, Encodable};

use super::rules::{Accepted, BASE_FEE_FLOOR, BLOCK_GAS_LIMIT, next_base_fee};

/// A block with the results of its transactions.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) header: Header,
    pub(crate) hash: B256,
    pub(crate) transactions: Vec<Mined>,
}

/// A transaction in a block.
#[derive(Debug, Clone)]
pub(crate) struct Mined {
    pub(crate) transaction: Accepted,
    /// The gas that the block's transactions used up to and including this one.
    pub(crate) cumulative_gas_used: u64,
    /// The price that it paid for one unit of gas, in wei.
    pub(crate) gas_price: u128,
}

impl Block {
    /// Creates the first block. Its `extraData` contains the salt, so that no two chains share a hash.
    pub(crate) fn genesis(time: u64, salt: [u8; 32]) -> Block {
        Block::seal(B256::ZERO, 0, time, BASE_FEE_FLOOR, Bytes::copy_from_slice(&salt), Vec::new())
    }

    /// Creates the block after this one.
    pub(crate) fn child(&self, time: u64, transactions: Vec<Accepted>) -> Block {
        let number = self.header.number.saturating_add(1);
        Block::seal(self.hash, number, time, self.next_base_fee(), Bytes::new(), transactions)
    }

    /// Returns the base fee of the block after this one, in wei.
    pub(crate) fn next_base_fee(&self) -> u64 {
        next_base_fee(self.base_fee(), self.header.gas_used)
    }

    /// Returns the block's base fee, in wei.
    pub(crate) fn base_fee(&self) -> u64 {
        self.header.base_fee_per_gas.unwrap_or(BASE_FEE_FLOOR)
    }

    /// Returns the length of the block's RLP: header, transactions, no ommers, no withdrawals.
    pub(crate) fn size(&self) -> usize {
        let transactions: usize = self.transactions.iter().map(|mined| mined.transaction.raw.length()).sum();
        let list = |payload_length: usize| {
            alloy_rlp::Header { list: true, payload_length }.length().saturating_add(payload_length)
        };
        let empty_lists = list(0).saturating_mul(2);
        list(self.header.length().saturating_add(list(transactions)).saturating_add(empty_lists))
    }

    fn seal(
        parent_hash: B256,
        number: u64,
        timestamp: u64,
        base_fee: u64,
        extra_data: Bytes,
        accepted: Vec<Accepted>,
    ) -> Block {
        let mut gas_used = 0_u64;
        let mut transactions = Vec::with_capacity(accepted.len());
        for transaction in accepted {
            gas_used = gas_used.saturating_add(transaction.gas_used);
            let gas_price = transaction.gas_price(base_fee);
            transactions.push(Mined { transaction, cumulative_gas_used: gas_used, gas_price });
        }
        let receipts: Vec<ReceiptEnvelope> = transactions.iter().map(receipt).collect();
        let header = Header {
            parent_hash,
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            // There is no state trie, and no account gets the tips: both members stay zero.
            state_root: B256::ZERO,
            transactions_root: ordered_trie_root_with_encoder(&transactions, |mined, out| {
                out.put_slice(&mined.transaction.raw);
            }),
            receipts_root: calculate_receipt_root(&receipts),
            number,
            gas_limit: BLOCK_GAS_LIMIT,
            gas_used,
            timestamp,
            extra_data,
            base_fee_per_gas: Some(base_fee),
            withdrawals_root: Some(EMPTY_WITHDRAWALS),
            blob_gas_used: Some(0),
            excess_blob_gas: Some(0),
            parent_beacon_block_root: Some(B256::ZERO),
            requests_hash: Some(EMPTY_REQUESTS_HASH),
            ..Header::default()
        };
        Block { hash: header.hash_slow(), header, transactions }
    }
}

/// Returns the receipt. Every transaction in a block has succeeded: there is no code that could fail.
fn receipt(mined: &Mined) -> ReceiptEnvelope {
    let receipt =
        Receipt { status: true.into(), cumulative_gas_used: mined.cumulative_gas_used, logs: Vec::new() };
    ReceiptEnvelope::Eip1559(receipt.with_bloom())
}
