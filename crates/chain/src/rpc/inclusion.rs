//! The inclusion of a transaction in a block. Block and time are taken from the node. Everything that can be checked is
//! checked: the transaction's bytes are rebuilt from its fields and hashed.
//!
//! Invariant: a receipt alone is no inclusion. It counts only if its block is the one that the node's chain has at that
//! height, and the chain's head has reached it. A receipt that is served ahead of the block, an orphaned one and that of a
//! lagging node are all "pending".

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{B256, Signature, TxKind, U256, keccak256};
use futures_util::future::join3;
use serde_json::{Value, json};

use super::fields::{Fields, answer_u64};
use super::{Client, RpcError};
use crate::hex::{data, parse_hash, quantity};

/// The state of a transaction on the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inclusion {
    /// The node does not know it.
    Unknown,
    /// The node knows it, and it is not in a block of the chain.
    Pending,
    /// It is in a block of the chain.
    Included(IncludedTransaction),
}

/// A transaction in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedTransaction {
    /// Its bytes; their Keccak-256 is the hash that was looked up.
    pub raw: Vec<u8>,
    /// The block's height.
    pub block_number: u64,
    /// The block's hash.
    pub block_hash: [u8; 32],
    /// The block's time, in seconds since 1970.
    pub block_time: u64,
    /// Whether it succeeded (status 1).
    pub succeeded: bool,
    /// The number of confirmations: its own block and those on top of it, so 1 in the newest block.
    pub confirmations: u64,
}

/// Looks a transaction up, in two round trips. The block is read last, so that a reorganization in between is noticed.
pub(super) async fn look_up(client: &Client, hash: &[u8; 32]) -> Result<Inclusion, RpcError> {
    let (transaction, receipt, head) = join3(
        client.call("eth_getTransactionByHash", json!([data(hash)])),
        client.call("eth_getTransactionReceipt", json!([data(hash)])),
        client.call("eth_blockNumber", json!([])),
    )
    .await;
    let transaction = transaction?;
    let Some(transaction) = Fields::of("transaction", &transaction)? else {
        return Ok(Inclusion::Unknown);
    };
    let raw = rebuild(&transaction)?;
    if keccak256(&raw).0 != *hash {
        return Err(RpcError::malformed("the transaction's fields do not have the hash that was asked for"));
    }

    let receipt = receipt?;
    let Some(receipt) = Fields::of("receipt", &receipt)? else {
        return Ok(Inclusion::Pending);
    };
    if receipt.hash("transactionHash")? != *hash {
        return Err(RpcError::malformed("the receipt is of another transaction"));
    }
    if receipt.optional("blockHash").is_none() || receipt.optional("blockNumber").is_none() {
        return Ok(Inclusion::Pending);
    }
    let block_hash = receipt.hash("blockHash")?;
    let block_number = receipt.u64("blockNumber")?;
    let succeeded = match receipt.u64("status")? {
        0 => false,
        1 => true,
        _ => return Err(receipt.wrong("status", "0x0 or 0x1")),
    };

    let head = answer_u64("eth_blockNumber", &head?)?;
    let Some(depth) = head.checked_sub(block_number) else {
        return Ok(Inclusion::Pending);
    };
    let block = client.call("eth_getBlockByNumber", json!([quantity(block_number), false])).await?;
    let Some(block) = Fields::of("block", &block)? else {
        return Ok(Inclusion::Pending);
    };
    if block.u64("number")? != block_number {
        return Err(RpcError::malformed("the block is of another height"));
    }
    if block.hash("hash")? != block_hash {
        return Ok(Inclusion::Pending);
    }
    if !lists(&block, hash)? {
        return Err(RpcError::malformed("the block does not list the transaction"));
    }
    Ok(Inclusion::Included(IncludedTransaction {
        raw,
        block_number,
        block_hash,
        block_time: block.u64("timestamp")?,
        succeeded,
        confirmations: depth.saturating_add(1),
    }))
}

fn lists(block: &Fields<'_>, hash: &[u8; 32]) -> Result<bool, RpcError> {
    let transactions = block
        .optional("transactions")
        .and_then(Value::as_array)
        .ok_or_else(|| block.wrong("transactions", "a list"))?;
    Ok(transactions.iter().any(|entry| entry.as_str().and_then(parse_hash).as_ref() == Some(hash)))
}

/// Writes the bytes of a type 2 transaction (EIP-1559) from the fields of `eth_getTransactionByHash`.
pub(super) fn rebuild(fields: &Fields<'_>) -> Result<Vec<u8>, RpcError> {
    let transaction_type = fields.u64("type")?;
    if transaction_type != 2 {
        return Err(RpcError::NotType2 { transaction_type });
    }
    let to =
        if fields.optional("to").is_some() { TxKind::Call(fields.address("to")?) } else { TxKind::Create };
    let transaction = TxEip1559 {
        chain_id: fields.u64("chainId")?,
        nonce: fields.u64("nonce")?,
        gas_limit: fields.u64("gas")?,
        max_fee_per_gas: fields.u128("maxFeePerGas")?,
        max_priority_fee_per_gas: fields.u128("maxPriorityFeePerGas")?,
        to,
        value: fields.quantity("value")?,
        access_list: rebuild_access_list(fields)?,
        input: fields.data("input")?.into(),
    };
    let signature = Signature::new(fields.quantity("r")?, fields.quantity("s")?, parity(fields)?);
    let mut raw = Vec::new();
    transaction.into_signed(signature).eip2718_encode(&mut raw);
    Ok(raw)
}

/// Returns the parity of the signature's point: `yParity`, or `v` from nodes that do not return it.
fn parity(fields: &Fields<'_>) -> Result<bool, RpcError> {
    let name = if fields.optional("yParity").is_some() { "yParity" } else { "v" };
    match fields.quantity(name)? {
        U256::ZERO => Ok(false),
        U256::ONE => Ok(true),
        _ => Err(fields.wrong(name, "0x0 or 0x1")),
    }
}

fn rebuild_access_list(fields: &Fields<'_>) -> Result<AccessList, RpcError> {
    let wrong = || fields.wrong("accessList", "an access list");
    let Some(list) = fields.optional("accessList") else {
        return Ok(AccessList::default());
    };
    let mut items = Vec::new();
    for entry in list.as_array().ok_or_else(wrong)? {
        let entry = Fields::of("access list entry", entry)?.ok_or_else(wrong)?;
        let keys = entry.optional("storageKeys").and_then(Value::as_array).ok_or_else(wrong)?;
        let storage_keys: Option<Vec<B256>> =
            keys.iter().map(|key| key.as_str().and_then(parse_hash).map(B256::new)).collect();
        items.push(AccessListItem {
            address: entry.address("address")?,
            storage_keys: storage_keys.ok_or_else(wrong)?,
        });
    }
    Ok(AccessList(items))
}
