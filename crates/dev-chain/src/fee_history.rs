//! `eth_feeHistory`: the base fees of the last blocks and of the next one, how full they were, and the tips paid.

use std::sync::Arc;

use serde_json::{Value, json};

use super::DevChain;
use super::block::Block;
use super::budget::Budget;
use super::params::{BlockChoice, Failure, Params};
use super::rules::BLOCK_GAS_LIMIT;
use learncoin_chain::hex::{parse_u64, quantity};

/// The most blocks in one result; geth's limit.
const MAX_BLOCKS: u64 = 1024;
/// The most percentiles in one call; geth's limit.
const MAX_PERCENTILES: usize = 100;
/// The most bytes of a block in the result: its base fee and its ratio, with commas, quotes and brackets.
const MOST_BYTES_OF_BLOCK: usize = 56;
/// The most bytes of a tip in the result. Tips are limited by what a sender owns: 1,000 ether over 21,000 gas have 14 digits.
const MOST_BYTES_OF_TIP: usize = 24;

/// Returns the result of the call. Its parameters are the number of blocks, the newest of them, and the percentiles of
/// gas at which tips are returned.
pub(crate) fn answer(chain: &DevChain, budget: &mut Budget, params: &Params) -> Result<Value, Failure> {
    let count = params
        .get(0)
        .and_then(|count| count.as_u64().or_else(|| count.as_str().and_then(parse_u64)))
        .ok_or_else(|| Failure::invalid_params("params[0]: it is a number of blocks"))?;
    let choice = params.block(1)?;
    let percentiles = params.get(2).map(read_percentiles).transpose()?;
    let (oldest, blocks) = blocks(chain, choice, count)?;

    let tips_of_block = percentiles.as_ref().map_or(0, Vec::len).saturating_mul(MOST_BYTES_OF_TIP);
    let of_block = MOST_BYTES_OF_BLOCK.saturating_add(tips_of_block);
    budget.check(blocks.len().saturating_add(2).saturating_mul(of_block))?;
    if percentiles.is_some() {
        budget.look_at(blocks.iter().map(|block| block.transactions.len()).sum())?;
    }

    let mut base_fees: Vec<Value> = blocks.iter().map(|block| quantity(block.base_fee())).collect();
    base_fees.extend(blocks.last().map(|newest| quantity(newest.next_base_fee())));
    let ratios: Vec<f64> = blocks.iter().map(|block| fullness(block)).collect();
    let mut answer =
        json!({ "oldestBlock": quantity(oldest), "baseFeePerGas": base_fees, "gasUsedRatio": ratios });
    if let (Some(percentiles), Some(answer)) = (percentiles, answer.as_object_mut()) {
        let rewards: Vec<Vec<Value>> = blocks.iter().map(|block| tips(block, &percentiles)).collect();
        answer.insert("reward".to_owned(), json!(rewards));
    }
    Ok(answer)
}

/// Returns the blocks of the result, and the number of the oldest.
fn blocks(chain: &DevChain, newest: BlockChoice, count: u64) -> Result<(u64, Vec<Arc<Block>>), Failure> {
    let state = chain.state();
    let head = state.head().header.number;
    let newest = match newest {
        BlockChoice::Head | BlockChoice::Pending => head,
        BlockChoice::Number(number) if number <= head => number,
        BlockChoice::Number(_) => return Err(Failure::refused("request beyond head block")),
    };
    let count = count.min(MAX_BLOCKS).min(newest.saturating_add(1));
    let oldest = newest.saturating_add(1).saturating_sub(count);
    let blocks = (oldest..=newest).filter_map(|number| state.block(number)).map(Arc::clone).collect();
    Ok((oldest, blocks))
}

/// Parses the percentiles: rising numbers from 0 to 100.
fn read_percentiles(list: &Value) -> Result<Vec<f64>, Failure> {
    let wrong =
        || Failure::invalid_params("params[2]: percentiles are up to 100 rising numbers from 0 to 100");
    let list = list.as_array().filter(|list| list.len() <= MAX_PERCENTILES).ok_or_else(wrong)?;
    let percentiles: Option<Vec<f64>> = list.iter().map(Value::as_f64).collect();
    let percentiles = percentiles.ok_or_else(wrong)?;
    let in_range = percentiles.iter().all(|percentile| (0.0..=100.0).contains(percentile));
    if in_range && percentiles.is_sorted() { Ok(percentiles) } else { Err(wrong()) }
}

/// Returns the used part of a block's gas, from 0 to 1. Both numbers are far below 2^32, so `f64` is exact.
fn fullness(block: &Block) -> f64 {
    as_f64(block.header.gas_used) / as_f64(BLOCK_GAS_LIMIT)
}

/// Returns the tips of a block at the percentiles, which rise: transactions in order of tip, each weighted by its gas.
fn tips(block: &Block, percentiles: &[f64]) -> Vec<Value> {
    let base_fee = u128::from(block.base_fee());
    let mut paid: Vec<(u128, u64)> = block
        .transactions
        .iter()
        .map(|mined| (mined.gas_price.saturating_sub(base_fee), mined.transaction.gas_used))
        .collect();
    paid.sort_unstable();
    // The percentiles rise, so one walk through the transactions finds all tips.
    let mut paid = paid.into_iter().scan(0_u64, |gas, (tip, used)| {
        *gas = gas.saturating_add(used);
        Some((*gas, tip))
    });
    let mut reached = paid.next();
    let at = |percentile: &f64| {
        let threshold = as_f64(block.header.gas_used) * percentile / 100.0;
        while reached.is_some_and(|(gas, _)| as_f64(gas) < threshold) {
            reached = paid.next();
        }
        quantity(reached.map_or(0, |(_, tip)| tip))
    };
    percentiles.iter().map(at).collect()
}

fn as_f64(gas: u64) -> f64 {
    u32::try_from(gas).map_or(f64::MAX, f64::from)
}
