//! The search for the transaction that used a nonce. Nodes have no method for it, so it searches for the block in which the
//! sender's count passes the nonce: backwards from the newest one in steps that double, then by bisection, so that it reads no
//! older state than necessary.
//!
//! Invariant: a result is proven by its own bytes, which are rebuilt and hashed, and its sender recovered from its signature.

use alloy_primitives::{Address, keccak256};
use serde_json::{Value, json};

use super::fields::Fields;
use super::{BlockTag, Client, RpcError, inclusion};
use crate::ReadTransaction;
use crate::hex::quantity;

/// A transaction that was found by its nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its hash.
    pub hash: [u8; 32],
    /// Its bytes.
    pub raw: Vec<u8>,
    /// The 32 bytes of its calldata, if it is an anchor.
    pub root: Option<[u8; 32]>,
    /// The block's height.
    pub block_number: u64,
}

pub(super) async fn look_for(
    client: &Client,
    address: &Address,
    nonce: u64,
) -> Result<Option<Located>, RpcError> {
    let head = client.block_number().await?;
    if client.transaction_count(address, BlockTag::Number(head)).await? <= nonce {
        return Ok(None);
    }
    // The count is above the nonce at `after`, and not at `before`.
    let mut after = head;
    let mut step = 1;
    let mut before = loop {
        let Some(candidate) = after.checked_sub(step) else { break None };
        if client.transaction_count(address, BlockTag::Number(candidate)).await? <= nonce {
            break Some(candidate);
        }
        after = candidate;
        step = step.saturating_mul(2);
    };
    while let Some(middle) = between(before, after) {
        match client.transaction_count(address, BlockTag::Number(middle)).await? <= nonce {
            true => before = Some(middle),
            false => after = middle,
        }
    }
    in_block(client, address, nonce, after).await
}

/// Returns a height between the two, if there is one. `None` means the one before the first.
fn between(before: Option<u64>, after: u64) -> Option<u64> {
    let lowest = before.map_or(0, |before| before.saturating_add(1));
    (lowest < after).then(|| lowest.midpoint(after.saturating_sub(1)))
}

async fn in_block(
    client: &Client,
    address: &Address,
    nonce: u64,
    number: u64,
) -> Result<Option<Located>, RpcError> {
    let block = client.call("eth_getBlockByNumber", json!([quantity(number), true])).await?;
    // A reorganization may have taken it away meanwhile.
    let Some(block) = Fields::of("block", &block)? else { return Ok(None) };
    let transactions = block
        .optional("transactions")
        .and_then(Value::as_array)
        .ok_or_else(|| block.wrong("transactions", "a list"))?;
    for entry in transactions {
        let entry =
            Fields::of("transaction", entry)?.ok_or_else(|| block.wrong("transactions", "objects"))?;
        // Base's own transactions come first in a block, and have no nonce of a sender.
        if entry.address("from").ok() != Some(*address) || entry.u64("nonce").ok() != Some(nonce) {
            continue;
        }
        let raw = inclusion::rebuild(&entry)?;
        let hash = keccak256(&raw).0;
        let read = ReadTransaction::read(&raw);
        let Some(read) = read.filter(|read| (read.sender, read.nonce) == (*address, nonce)) else {
            return Err(RpcError::malformed(
                "a transaction was not signed by the sender that the node names",
            ));
        };
        if hash != entry.hash("hash")? {
            return Err(RpcError::malformed(
                "a transaction's fields do not have the hash that the node names",
            ));
        }
        return Ok(Some(Located { hash, raw, root: read.root, block_number: number }));
    }
    Ok(None)
}
