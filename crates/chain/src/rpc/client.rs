//! The questions that are put to a node. One method each; none of them keeps anything.

use std::sync::Arc;

use alloy_primitives::{Address, keccak256};
use serde_json::{Value, json};

use super::fields::{Fields, answer_quantity, answer_u64};
use super::{RpcError, Transport, inclusion};
use crate::hex::{data, parse_hash, parse_quantity};
use crate::{Fees, Inclusion};

/// Over how many of the latest blocks the tips are looked at when the node recommends none.
const FEE_HISTORY_BLOCKS: &str = "0x5";

/// Which state of the chain a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockTag {
    /// The newest block.
    Latest,
    /// The newest block and the transactions that wait in the node's pool.
    Pending,
}

impl BlockTag {
    fn as_str(self) -> &'static str {
        match self {
            BlockTag::Latest => "latest",
            BlockTag::Pending => "pending",
        }
    }
}

/// What a node did with a transaction that was sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It took the transaction.
    Accepted,
    /// It answered with an error. That may mean "I have it already": look the hash up before you decide anything.
    Refused {
        /// The JSON-RPC error code.
        code: i64,
        /// The node's words, for people.
        message: String,
    },
}

/// Asks one chain's nodes. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

impl Client {
    /// A client that calls through `transport`.
    pub fn new(transport: Arc<dyn Transport>) -> Client {
        Client { transport }
    }

    /// The id that the node gives its chain (`eth_chainId`); compare it with the one expected before anything else.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn chain_id(&self) -> Result<u64, RpcError> {
        answer_u64("eth_chainId", &self.call("eth_chainId", json!([])).await?)
    }

    /// The hash of block 0, or `None` from a node that no longer keeps it, as pruned nodes do.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn genesis_hash(&self) -> Result<Option<[u8; 32]>, RpcError> {
        let block = self.call("eth_getBlockByNumber", json!(["0x0", false])).await?;
        Fields::of("block", &block)?.map(|block| block.hash("hash")).transpose()
    }

    /// The height of the newest block.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn block_number(&self) -> Result<u64, RpcError> {
        answer_u64("eth_blockNumber", &self.call("eth_blockNumber", json!([])).await?)
    }

    /// How many transactions `address` has sent, which is the next nonce.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn transaction_count(&self, address: &Address, tag: BlockTag) -> Result<u64, RpcError> {
        let method = "eth_getTransactionCount";
        answer_u64(method, &self.call(method, json!([data(address), tag.as_str()])).await?)
    }

    /// What `address` owns in the newest block, in wei; `u128::MAX` stands for more than that.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn balance(&self, address: &Address) -> Result<u128, RpcError> {
        let method = "eth_getBalance";
        let balance = answer_quantity(method, &self.call(method, json!([data(address), "latest"])).await?)?;
        Ok(balance.saturating_to())
    }

    /// What to offer for a transaction that shall be in one of the next blocks; the rule stands in [`crate::fee`].
    ///
    /// The base fee comes from `eth_feeHistory`, the tip from `eth_maxPriorityFeePerGas`, else from the tips paid
    /// lately. A node that has no fee history is asked for `eth_gasPrice`.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn fees(&self) -> Result<Fees, RpcError> {
        let recommended = self.optional_quantity("eth_maxPriorityFeePerGas").await?;
        let params = json!([FEE_HISTORY_BLOCKS, "latest", [50.0]]);
        match self.call("eth_feeHistory", params).await {
            Ok(history) => {
                let (base_fee, usual_tip) = read_fee_history(&history)?;
                Ok(Fees::for_market(base_fee, recommended.unwrap_or(usual_tip)))
            }
            Err(RpcError::Node { .. }) => {
                // A gas price holds base fee and tip together; as a base fee it errs on the side of paying enough.
                let price = self.call("eth_gasPrice", json!([])).await?;
                let price: u128 = answer_quantity("eth_gasPrice", &price)?.saturating_to();
                Ok(Fees::for_market(price, recommended.unwrap_or(price / 10)))
            }
            Err(error) => Err(error),
        }
    }

    /// Hands a signed transaction to the node.
    ///
    /// Sending the same bytes again is harmless. Neither a refusal nor an error says that the transaction is not on
    /// its way: [`Client::inclusion`] of its hash does.
    ///
    /// # Errors
    /// Any [`RpcError`] but `Node`, which becomes [`SendOutcome::Refused`]; `Malformed` too when the node answers
    /// with another hash.
    pub async fn send_raw_transaction(&self, raw: &[u8]) -> Result<SendOutcome, RpcError> {
        match self.call("eth_sendRawTransaction", json!([data(raw)])).await {
            Ok(answer) if answer.as_str().and_then(parse_hash) == Some(keccak256(raw).0) => {
                Ok(SendOutcome::Accepted)
            }
            Ok(_) => Err(RpcError::malformed("eth_sendRawTransaction answered with another hash")),
            Err(RpcError::Node { code, message }) => Ok(SendOutcome::Refused { code, message }),
            Err(error) => Err(error),
        }
    }

    /// Where the transaction with this hash stands, and its bytes once it is in a block.
    ///
    /// # Errors
    /// Any [`RpcError`]. None of them means that the transaction is absent.
    pub async fn inclusion(&self, hash: &[u8; 32]) -> Result<Inclusion, RpcError> {
        inclusion::look_up(self, hash).await
    }

    /// Puts one call to the node.
    pub(super) async fn call(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.transport.call(method, params).await
    }

    /// A quantity that some nodes cannot give: their refusal is `None`.
    async fn optional_quantity(&self, method: &str) -> Result<Option<u128>, RpcError> {
        match self.call(method, json!([])).await {
            Ok(answer) => Ok(Some(answer_quantity(method, &answer)?.saturating_to())),
            Err(RpcError::Node { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Reads the next block's base fee, which is the last of the list, and the median of the tips that were paid.
fn read_fee_history(history: &Value) -> Result<(u128, u128), RpcError> {
    let history = Fields::of("fee history", history)?
        .ok_or_else(|| RpcError::malformed("the answer to eth_feeHistory is null"))?;
    let fee =
        |value: &Value| -> Option<u128> { parse_quantity(value.as_str()?).map(|fee| fee.saturating_to()) };
    let base_fee = history
        .optional("baseFeePerGas")
        .and_then(Value::as_array)
        .and_then(|fees| fees.last())
        .and_then(fee)
        .ok_or_else(|| history.wrong("baseFeePerGas", "a list of quantities"))?;
    let rewards = history.optional("reward").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut tips: Vec<u128> =
        rewards.iter().filter_map(Value::as_array).filter_map(|block| block.first().and_then(fee)).collect();
    tips.sort_unstable();
    Ok((base_fee, tips.get(tips.len() / 2).copied().unwrap_or(0)))
}

#[cfg(test)]
mod tests;
