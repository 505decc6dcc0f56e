//! The JSON-RPC methods. The table in [`call`] lists all of them.
//!
//! Invariant: the state is locked to look something up, never to render it.

use std::sync::Arc;

use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Address, B256, U256};
use serde_json::Value;

use super::block::{Block, Mined};
use super::budget::Budget;
use super::error::SubmitError;
use super::params::{BlockChoice, Failure, Params};
use super::render::{self, Position};
use super::rules::{BLOCK_GAS_LIMIT, CHAIN_ID, RECOMMENDED_TIP, gas_of};
use super::state::State;
use super::submitter::Submitter;
use super::{DevChain, fee_history};
use learncoin_chain::hex::{data, parse_address, parse_data, parse_hash, parse_quantity, quantity};

/// The circumstances of a call.
pub(crate) struct Call<'a> {
    /// The submitter, if the call is a submission.
    pub(crate) submitter: Submitter,
    /// The bytes that the answer may still have.
    pub(crate) budget: &'a mut Budget,
}

/// Executes one call.
pub(crate) fn call(chain: &DevChain, call: Call<'_>, method: &str, params: Value) -> Result<Value, Failure> {
    let Call { submitter, budget } = call;
    let params = Params::new(params)?;
    match method {
        "eth_chainId" => Ok(quantity(CHAIN_ID)),
        "net_version" => Ok(Value::String(CHAIN_ID.to_string())),
        "web3_clientVersion" => {
            Ok(Value::String(concat!("LearnCoin/v", env!("CARGO_PKG_VERSION")).to_owned()))
        }
        "eth_blockNumber" => Ok(quantity(chain.state().head().header.number)),
        "eth_getBlockByNumber" => block_by_number(chain, budget, &params),
        "eth_getBlockByHash" => block_by_hash(chain, budget, &params),
        "eth_getTransactionByHash" => transaction_by_hash(chain, budget, &params),
        "eth_getRawTransactionByHash" => raw_transaction_by_hash(chain, budget, &params),
        "eth_getTransactionReceipt" => receipt(chain, &params),
        "eth_getTransactionCount" => transaction_count(&chain.state(), &params),
        "eth_getBalance" => balance(&chain.state(), &params),
        "eth_getCode" => code(&chain.state(), &params),
        "eth_gasPrice" => Ok(gas_price(&chain.state())),
        "eth_maxPriorityFeePerGas" => Ok(quantity(RECOMMENDED_TIP)),
        "eth_feeHistory" => fee_history::answer(chain, budget, &params),
        "eth_estimateGas" => estimate_gas(chain, &params),
        "eth_sendRawTransaction" => {
            let raw = params.text(0, "the transaction is data", parse_data)?;
            Ok(data(chain.submit_by(submitter, &raw)?))
        }
        _ => Err(Failure::new(-32601, "the method does not exist or is not available")),
    }
}

fn block_by_number(chain: &DevChain, budget: &mut Budget, params: &Params) -> Result<Value, Failure> {
    let full = params.flag(1)?;
    match params.block(0)? {
        BlockChoice::Pending => {
            let selection = chain.state().select(0);
            budget.look_at(selection.len())?;
            rendered_block(&selection.into_block().block, full, true, budget)
        }
        BlockChoice::Head => known_block(Some(chain.head()), full, budget),
        BlockChoice::Number(number) => known_block(chain.block(number), full, budget),
    }
}

fn block_by_hash(chain: &DevChain, budget: &mut Budget, params: &Params) -> Result<Value, Failure> {
    let hash = params.hash(0)?;
    let block = chain.state().block_by_hash(&hash).map(Arc::clone);
    known_block(block, params.flag(1)?, budget)
}

fn known_block(block: Option<Arc<Block>>, full: bool, budget: &mut Budget) -> Result<Value, Failure> {
    block.map_or(Ok(Value::Null), |block| rendered_block(&block, full, false, budget))
}

fn rendered_block(block: &Block, full: bool, pending: bool, budget: &mut Budget) -> Result<Value, Failure> {
    budget.check(render::most_bytes_of_block(block, full))?;
    Ok(render::block(block, full, pending))
}

fn transaction_by_hash(chain: &DevChain, budget: &mut Budget, params: &Params) -> Result<Value, Failure> {
    let hash = params.hash(0)?;
    if let Some(found) = find_mined(chain, &hash) {
        let Some(position) = found.position() else { return Ok(Value::Null) };
        budget.check(render::most_bytes_of_transaction(&position.mined.transaction))?;
        return Ok(render::transaction(&position.mined.transaction, Some(&position)));
    }
    let waiting = chain.state().waiting(&hash).cloned();
    let Some(waiting) = waiting else { return Ok(Value::Null) };
    budget.check(render::most_bytes_of_transaction(&waiting))?;
    Ok(render::transaction(&waiting, None))
}

fn raw_transaction_by_hash(chain: &DevChain, budget: &mut Budget, params: &Params) -> Result<Value, Failure> {
    let hash = params.hash(0)?;
    let raw = {
        let state = chain.state();
        let mined = state.mined(&hash).map(|(_, _, mined)| &mined.transaction);
        mined.or_else(|| state.waiting(&hash)).map(|transaction| transaction.raw.clone())
    };
    let Some(raw) = raw else { return Ok(Value::Null) };
    budget.check(raw.len().saturating_mul(2))?;
    Ok(data(&raw))
}

fn receipt(chain: &DevChain, params: &Params) -> Result<Value, Failure> {
    let found = find_mined(chain, &params.hash(0)?);
    let position = found.as_ref().and_then(Found::position);
    Ok(position.map_or(Value::Null, |position| render::receipt(&position)))
}

/// A transaction in a block, which is held so that the state need not be.
struct Found {
    block: Arc<Block>,
    index: usize,
}

impl Found {
    fn position(&self) -> Option<Position<'_>> {
        let mined: &Mined = self.block.transactions.get(self.index)?;
        Some(Position { block: &self.block, index: self.index, mined })
    }
}

fn find_mined(chain: &DevChain, hash: &B256) -> Option<Found> {
    chain.state().mined(hash).map(|(block, index, _)| Found { block: Arc::clone(block), index })
}

fn transaction_count(state: &State, params: &Params) -> Result<Value, Failure> {
    let address = params.address(0)?;
    match params.block(1)? {
        BlockChoice::Pending => Ok(quantity(state.next_nonce(&address))),
        BlockChoice::Head => Ok(quantity(state.account(&address).nonce)),
        BlockChoice::Number(number) if number <= state.head().header.number => {
            Ok(quantity(state.nonce_at(&address, number)))
        }
        BlockChoice::Number(_) => Err(Failure::refused("there is no such block yet")),
    }
}

fn balance(state: &State, params: &Params) -> Result<Value, Failure> {
    let address = params.address(0)?;
    present(state, params)?;
    Ok(quantity(state.account(&address).balance))
}

/// Returns the code at an address, which is empty: there are no contracts.
fn code(state: &State, params: &Params) -> Result<Value, Failure> {
    params.address(0)?;
    present(state, params)?;
    Ok(data([]))
}

/// Returns the block that a query about an account is for, which is the second parameter. Except for nonces only the
/// newest state is kept.
fn present(state: &State, params: &Params) -> Result<BlockChoice, Failure> {
    match params.block(1)? {
        BlockChoice::Number(number) if number != state.head().header.number => {
            Err(Failure::refused("the state of this block is not kept"))
        }
        choice => Ok(choice),
    }
}

fn gas_price(state: &State) -> Value {
    quantity(state.head().next_base_fee().saturating_add(RECOMMENDED_TIP))
}

/// Returns the gas of a transaction object. Without code it depends only on calldata and access list.
fn estimate_gas(chain: &DevChain, params: &Params) -> Result<Value, Failure> {
    let wrong = || Failure::invalid_params("params[0]: it is a transaction object");
    let transaction = params.get(0).and_then(Value::as_object).ok_or_else(wrong)?;
    let member = |name: &str| transaction.get(name).filter(|value| !value.is_null());
    let address = |value: &Value| value.as_str().and_then(parse_address);
    let Some(to) = member("to") else {
        return Err(SubmitError::ContractCreation.into());
    };
    address(to).ok_or_else(wrong)?;
    let from = member("from").map_or(Some(Address::ZERO), address).ok_or_else(wrong)?;
    let value = member("value").map_or(Some(U256::ZERO), |value| value.as_str().and_then(parse_quantity));
    let input = member("input").or_else(|| member("data"));
    let input =
        input.map_or(Some(Vec::new()), |input| input.as_str().and_then(parse_data)).ok_or_else(wrong)?;
    let list = member("accessList").map_or(Some(AccessList::default()), access_list).ok_or_else(wrong)?;
    if value.ok_or_else(wrong)? > chain.state().account(&from).balance {
        return Err(Failure::refused("insufficient funds for transfer"));
    }
    let gas = gas_of(&input, &list);
    if gas > BLOCK_GAS_LIMIT {
        return Err(SubmitError::GasLimitTooHigh.into());
    }
    Ok(quantity(gas))
}

fn access_list(list: &Value) -> Option<AccessList> {
    let item = |item: &Value| {
        let keys = item.get("storageKeys")?.as_array()?;
        let storage_keys: Option<Vec<B256>> =
            keys.iter().map(|key| parse_hash(key.as_str()?).map(B256::new)).collect();
        Some(AccessListItem {
            address: parse_address(item.get("address")?.as_str()?)?,
            storage_keys: storage_keys?,
        })
    };
    list.as_array()?.iter().map(item).collect::<Option<Vec<_>>>().map(AccessList)
}
