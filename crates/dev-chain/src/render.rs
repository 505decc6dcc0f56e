//! Blocks, transactions and receipts as the JSON objects of the
//! [execution API](https://ethereum.github.io/execution-apis/), with the members that wallet libraries read.

use alloy_primitives::Bloom;
use serde_json::{Value, json};

use super::block::{Block, Mined};
use super::rules::{Accepted, CHAIN_ID};
use learncoin_chain::hex::{data, quantity};

/// The position of a mined transaction: its block and its index there, with its results.
pub(crate) struct Position<'a> {
    pub(crate) block: &'a Block,
    pub(crate) index: usize,
    pub(crate) mined: &'a Mined,
}

/// The most bytes of a block as JSON, without its transactions.
const MOST_BYTES_OF_BLOCK: usize = 2_500;
/// The bytes of a hash within a list as JSON.
const BYTES_OF_HASH: usize = 69;
/// The most bytes of a transaction as JSON, without calldata and access list.
const MOST_BYTES_OF_TRANSACTION: usize = 1_100;

/// Returns a number of bytes that [`block`] does not pass.
pub(crate) fn most_bytes_of_block(block: &Block, full: bool) -> usize {
    let transactions = block.transactions.iter().map(|mined| match full {
        true => most_bytes_of_transaction(&mined.transaction),
        false => BYTES_OF_HASH,
    });
    transactions.fold(MOST_BYTES_OF_BLOCK, usize::saturating_add)
}

/// Returns a number of bytes that [`transaction`] does not pass. An address in the access list has 85 bytes for the 22 it has in the
/// transaction; everything else has at most thrice its length.
pub(crate) fn most_bytes_of_transaction(accepted: &Accepted) -> usize {
    MOST_BYTES_OF_TRANSACTION.saturating_add(accepted.raw.len().saturating_mul(4))
}

/// Returns a block. `pending` hides the members that only a mined block has, `full` gives whole transactions in place of
/// hashes.
pub(crate) fn block(block: &Block, full: bool, pending: bool) -> Value {
    let header = &block.header;
    let transactions: Vec<Value> = block
        .transactions
        .iter()
        .enumerate()
        .map(|(index, mined)| match (full, pending) {
            (false, _) => data(mined.transaction.hash),
            (true, true) => transaction(&mined.transaction, None),
            (true, false) => transaction(&mined.transaction, Some(&Position { block, index, mined })),
        })
        .collect();
    let once_mined = |value: Value| if pending { Value::Null } else { value };
    json!({
        "number": quantity(header.number),
        "hash": once_mined(data(block.hash)),
        "parentHash": data(header.parent_hash),
        "nonce": once_mined(data(header.nonce)),
        "sha3Uncles": data(header.ommers_hash),
        "logsBloom": data(header.logs_bloom),
        "transactionsRoot": data(header.transactions_root),
        "stateRoot": data(header.state_root),
        "receiptsRoot": data(header.receipts_root),
        "miner": data(header.beneficiary),
        "difficulty": quantity(header.difficulty),
        "extraData": data(&header.extra_data),
        "size": quantity(block.size()),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "mixHash": data(header.mix_hash),
        "baseFeePerGas": quantity(block.base_fee()),
        "withdrawalsRoot": header.withdrawals_root.map(data),
        "withdrawals": [],
        "blobGasUsed": header.blob_gas_used.map(quantity),
        "excessBlobGas": header.excess_blob_gas.map(quantity),
        "parentBeaconBlockRoot": header.parent_beacon_block_root.map(data),
        "requestsHash": header.requests_hash.map(data),
        "uncles": [],
        "transactions": transactions,
    })
}

/// Returns a transaction. One without a position waits.
pub(crate) fn transaction(accepted: &Accepted, position: Option<&Position<'_>>) -> Value {
    let tx = accepted.tx();
    let signature = accepted.signed.signature();
    let parity = quantity(u8::from(signature.v()));
    let access_list: Vec<Value> = tx
        .access_list
        .iter()
        .map(|item| {
            let keys: Vec<Value> = item.storage_keys.iter().map(data).collect();
            json!({ "address": data(item.address), "storageKeys": keys })
        })
        .collect();
    json!({
        "blockHash": position.map(|position| data(position.block.hash)),
        "blockNumber": position.map(|position| quantity(position.block.header.number)),
        "transactionIndex": position.map(|position| quantity(position.index)),
        "hash": data(accepted.hash),
        "type": "0x2",
        "chainId": quantity(CHAIN_ID),
        "nonce": quantity(tx.nonce),
        "from": data(accepted.from),
        "to": data(accepted.to),
        "value": quantity(tx.value),
        "input": data(&tx.input),
        "gas": quantity(tx.gas_limit),
        "gasPrice": quantity(position.map_or(tx.max_fee_per_gas, |position| position.mined.gas_price)),
        "maxFeePerGas": quantity(tx.max_fee_per_gas),
        "maxPriorityFeePerGas": quantity(tx.max_priority_fee_per_gas),
        "accessList": access_list,
        "v": parity.clone(),
        "yParity": parity,
        "r": quantity(signature.r()),
        "s": quantity(signature.s()),
    })
}

/// Returns the receipt of a transaction in a block.
pub(crate) fn receipt(position: &Position<'_>) -> Value {
    let accepted = &position.mined.transaction;
    json!({
        "transactionHash": data(accepted.hash),
        "transactionIndex": quantity(position.index),
        "blockHash": data(position.block.hash),
        "blockNumber": quantity(position.block.header.number),
        "from": data(accepted.from),
        "to": data(accepted.to),
        "contractAddress": null,
        "cumulativeGasUsed": quantity(position.mined.cumulative_gas_used),
        "gasUsed": quantity(accepted.gas_used),
        "effectiveGasPrice": quantity(position.mined.gas_price),
        "logs": [],
        "logsBloom": data(Bloom::ZERO),
        "status": "0x1",
        "type": "0x2",
    })
}
