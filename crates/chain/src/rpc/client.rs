//! The calls that are made to a node, one method for each. The client keeps no state.

use std::sync::Arc;

use alloy_primitives::{Address, U256, keccak256};
use futures_util::future::join;
use serde_json::{Value, json};

use super::fields::{Fields, answer_quantity, answer_u64};
use super::{Header, Located, RpcError, Transport, inclusion, locate};
use crate::fee::Market;
use crate::hex::{data, parse_data, parse_hash, parse_quantity, quantity};
use crate::{Fees, Inclusion};

/// The number of latest blocks whose tips are read if the node recommends none.
const FEE_HISTORY_BLOCKS: &str = "0x5";

/// Base's contract that computes the price of data.
const GAS_PRICE_ORACLE: &str = "0x420000000000000000000000000000000000000f";
/// `getL1Fee(bytes)`.
const GET_L1_FEE: [u8; 4] = [0x49, 0x94, 0x8e, 0x0e];

/// The state of the chain that a call is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockTag {
    /// The newest block.
    Latest,
    /// The newest block and the transactions that wait in the node's pool.
    Pending,
    /// The newest block that can't be replaced any more.
    Finalized,
    /// The block at this height. Only some nodes (archive nodes) keep the state of accounts at old blocks.
    Number(u64),
}

impl BlockTag {
    fn to_json(self) -> Value {
        match self {
            BlockTag::Latest => "latest".into(),
            BlockTag::Pending => "pending".into(),
            BlockTag::Finalized => "finalized".into(),
            BlockTag::Number(number) => quantity(number),
        }
    }
}

/// A node's response to a transaction that was sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It accepted the transaction.
    Accepted,
    /// It returned an error. That may mean that it has the transaction already: look up the hash before any decision.
    Refused {
        /// The JSON-RPC error code.
        code: i64,
        /// The node's message, for people.
        message: String,
    },
}

/// A client of one chain's nodes. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

impl Client {
    /// Creates a client that calls through `transport`.
    pub fn new(transport: Arc<dyn Transport>) -> Client {
        Client { transport }
    }

    /// Returns the id of the node's chain (`eth_chainId`). Compare it with the expected one before any other call.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn chain_id(&self) -> Result<u64, RpcError> {
        let answer = self.call("eth_chainId", json!([])).await?;
        self.checked(answer_u64("eth_chainId", &answer))
    }

    /// Returns the hash of block 0; `None` from a node that no longer keeps it, as pruned nodes.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn genesis_hash(&self) -> Result<Option<[u8; 32]>, RpcError> {
        let block = self.call("eth_getBlockByNumber", json!(["0x0", false])).await?;
        self.checked(member_of_block(&block, |block| block.hash("hash")))
    }

    /// Returns the height of the newest block.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn block_number(&self) -> Result<u64, RpcError> {
        let answer = self.call("eth_blockNumber", json!([])).await?;
        self.checked(answer_u64("eth_blockNumber", &answer))
    }

    /// Returns the number of transactions that `address` has sent, which is its next nonce.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn transaction_count(&self, address: &Address, tag: BlockTag) -> Result<u64, RpcError> {
        let method = "eth_getTransactionCount";
        let answer = self.call(method, json!([data(address), tag.to_json()])).await?;
        self.checked(answer_u64(method, &answer))
    }

    /// Returns the balance of `address` in the newest block, in wei; `u128::MAX` means that or more.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn balance(&self, address: &Address) -> Result<u128, RpcError> {
        self.balance_at(address, BlockTag::Latest).await
    }

    /// Returns the balance of `address` in the state that `tag` names, in wei; `u128::MAX` means that or more.
    ///
    /// # Errors
    /// Any [`RpcError`]; `Node` if the node does not have that block.
    pub async fn balance_at(&self, address: &Address, tag: BlockTag) -> Result<u128, RpcError> {
        let method = "eth_getBalance";
        let answer = self.call(method, json!([data(address), tag.to_json()])).await?;
        Ok(self.checked(answer_quantity(method, &answer))?.saturating_to())
    }

    /// Returns the height of the newest block that can't be replaced any more; `None` from a node that does not report it.
    ///
    /// # Errors
    /// Any [`RpcError`] but `Node`.
    pub async fn finalized_number(&self) -> Result<Option<u64>, RpcError> {
        match self.call("eth_getBlockByNumber", json!([BlockTag::Finalized.to_json(), false])).await {
            Ok(block) => self.checked(member_of_block(&block, |block| block.u64("number"))),
            Err(error) if error.is_absence() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the block that `tag` names; `None` if the node does not have it.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn header(&self, tag: BlockTag) -> Result<Option<Header>, RpcError> {
        let block = self.call("eth_getBlockByNumber", json!([tag.to_json(), false])).await?;
        self.checked(member_of_block(&block, Header::read))
    }

    /// Returns the offer for a transaction that should be in one of the next blocks, by the rule of [`crate::fee`].
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn fees(&self) -> Result<Fees, RpcError> {
        Ok(self.market().await?.offer())
    }

    /// Returns the fees of the next block.
    ///
    /// The base fee comes from `eth_feeHistory`, the tip from `eth_maxPriorityFeePerGas`, else from the latest tips. If a
    /// node has no usable fee history, `eth_gasPrice` is called.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub async fn market(&self) -> Result<Market, RpcError> {
        let (tip, history) = join(
            self.call("eth_maxPriorityFeePerGas", json!([])),
            self.call("eth_feeHistory", json!([FEE_HISTORY_BLOCKS, "latest", [50.0]])),
        )
        .await;
        // A hint: some nodes have none, or `null`.
        let recommended =
            tip.ok().and_then(|tip| parse_quantity(tip.as_str()?)).map(|tip| tip.saturating_to());
        match history.and_then(|history| read_fee_history(&history)) {
            Ok((base_fee, usual_tip)) => Ok(Market { base_fee, tip: recommended.unwrap_or(usual_tip) }),
            Err(RpcError::Node { .. } | RpcError::Malformed { .. }) => {
                // A gas price includes base fee and tip. As a base fee it is too high rather than too low.
                let price = self.call("eth_gasPrice", json!([])).await?;
                let price: u128 = self.checked(answer_quantity("eth_gasPrice", &price))?.saturating_to();
                Ok(Market { base_fee: price, tip: recommended.unwrap_or(price / 10) })
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the price of writing these bytes to Ethereum, in wei, which Base charges on top of the gas: the result of its
    /// contract `GasPriceOracle`. 0 on a chain without the contract.
    ///
    /// # Errors
    /// Any [`RpcError`] but `Node`.
    pub async fn data_fee(&self, raw: &[u8]) -> Result<u128, RpcError> {
        let call = json!({ "to": GAS_PRICE_ORACLE, "data": data(get_l1_fee(raw)) });
        let answer = match self.call("eth_call", json!([call, "latest"])).await {
            Ok(answer) => answer,
            Err(error) if error.is_absence() => return Ok(0),
            Err(error) => return Err(error),
        };
        let word = answer.as_str().and_then(parse_data);
        let word =
            self.checked(word.ok_or_else(|| RpcError::malformed("the answer to eth_call is no data")))?;
        Ok(U256::try_from_be_slice(word.get(..32).unwrap_or_default()).unwrap_or_default().saturating_to())
    }

    /// Searches the blocks for the transaction that `address` sent with this nonce. Returns `None` if there is none.
    ///
    /// # Errors
    /// Any [`RpcError`]; `Node` if the node does not keep the state of accounts at that time.
    pub async fn locate(&self, address: &Address, nonce: u64) -> Result<Option<Located>, RpcError> {
        self.checked(locate::look_for(self, address, nonce).await)
    }

    /// Sends a signed transaction to the node.
    ///
    /// Sending the same bytes again is harmless. After a refusal or an error the transaction may be on its way all the same:
    /// look up [`Client::inclusion`] of its hash.
    ///
    /// # Errors
    /// Any [`RpcError`] but `Node`, which becomes [`SendOutcome::Refused`]; also `Malformed` if the node returns another
    /// hash.
    pub async fn send_raw_transaction(&self, raw: &[u8]) -> Result<SendOutcome, RpcError> {
        match self.call("eth_sendRawTransaction", json!([data(raw)])).await {
            Ok(answer) if answer.as_str().and_then(parse_hash) == Some(keccak256(raw).0) => {
                Ok(SendOutcome::Accepted)
            }
            Ok(_) => {
                self.checked(Err(RpcError::malformed("eth_sendRawTransaction answered with another hash")))
            }
            Err(RpcError::Node { code, message }) => Ok(SendOutcome::Refused { code, message }),
            Err(error) => Err(error),
        }
    }

    /// Returns whether the node knows the transaction with this hash, and its block and bytes if it is in one.
    ///
    /// # Errors
    /// Any [`RpcError`]. None of them means that the transaction is absent.
    pub async fn inclusion(&self, hash: &[u8; 32]) -> Result<Inclusion, RpcError> {
        self.checked(inclusion::look_up(self, hash).await)
    }

    /// Returns an outcome. If the node's result made no sense, another node is called next.
    fn checked<T>(&self, outcome: Result<T, RpcError>) -> Result<T, RpcError> {
        if let Err(RpcError::Malformed { .. }) = &outcome {
            self.transport.distrust();
        }
        outcome
    }

    /// Makes one call to the node.
    pub(super) async fn call(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        self.transport.call(method, params).await
    }
}

/// Reads something of a block; `None` if the node does not have the block.
fn member_of_block<T>(
    block: &Value,
    read: impl Fn(&Fields<'_>) -> Result<T, RpcError>,
) -> Result<Option<T>, RpcError> {
    Fields::of("block", block)?.map(|block| read(&block)).transpose()
}

/// Returns the calldata of `getL1Fee` with these bytes, in the ABI's encoding: offset, length, the bytes, padding.
fn get_l1_fee(raw: &[u8]) -> Vec<u8> {
    let word = |number: usize| U256::from(number).to_be_bytes::<32>();
    let padding = vec![0; raw.len().next_multiple_of(32).saturating_sub(raw.len())];
    [GET_L1_FEE.as_slice(), &word(32), &word(raw.len()), raw, &padding].concat()
}

/// Parses the next block's base fee, which is the last of the list, and the median of the tips that were paid.
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
