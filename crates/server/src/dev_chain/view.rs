//! The contents of the chain's pages, as plain values.

use askama::Template;
use jiff::Timestamp;
use learncoin_chain::U256;
use learncoin_dev_chain::{BlockSummary, DevTransaction};
use learncoin_language::Language;

use crate::public::time;
use crate::public::time::When;

/// The most transactions that are listed of a block. A block may have more than a thousand.
const LISTED_TRANSACTIONS: usize = 20;

/// A block of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockRow {
    pub(super) number: u64,
    pub(super) hash: String,
    pub(super) time: Option<When>,
    /// The hashes of its first transactions.
    pub(super) transactions: Vec<String>,
    /// The number of its further transactions.
    pub(super) more: usize,
}

/// The latest blocks.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "dev_chain.html")]
pub(super) struct ChainPage {
    pub(super) blocks: Vec<BlockRow>,
    /// The number of transactions that wait for a block.
    pub(super) pending: usize,
}

impl ChainPage {
    pub(super) fn new(blocks: &[BlockSummary], pending: usize) -> Self {
        let row = |summary: &BlockSummary| BlockRow {
            number: summary.block.number,
            hash: with_0x(&summary.block.hash),
            time: time::from_seconds(summary.block.time).map(english),
            transactions: summary
                .transactions
                .iter()
                .take(LISTED_TRANSACTIONS)
                .map(|hash| with_0x(hash))
                .collect(),
            more: summary.transactions.len().saturating_sub(LISTED_TRANSACTIONS),
        };
        Self { blocks: blocks.iter().map(row).collect(), pending }
    }
}

/// The block of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InclusionView {
    pub(super) number: u64,
    pub(super) hash: String,
    pub(super) time: Option<When>,
    pub(super) confirmations: u64,
}

/// One transaction.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "dev_transaction.html")]
pub(super) struct TransactionPage {
    pub(super) hash: String,
    /// Its block; `None` while it waits.
    pub(super) inclusion: Option<InclusionView>,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) nonce: u64,
    pub(super) data: String,
    /// Whether the calldata is 32 bytes, as a Merkle root is.
    pub(super) is_root: bool,
    pub(super) value: String,
    pub(super) gas_used: u64,
    pub(super) fee: Option<String>,
}

impl TransactionPage {
    pub(super) fn new(transaction: &DevTransaction) -> Self {
        Self {
            hash: with_0x(&transaction.hash),
            inclusion: transaction.block.map(|block| InclusionView {
                number: block.number,
                hash: with_0x(&block.hash),
                time: time::from_seconds(block.time).map(english),
                confirmations: transaction.confirmations,
            }),
            from: transaction.from.to_string(),
            to: transaction.to.to_string(),
            nonce: transaction.nonce,
            data: with_0x(&transaction.data),
            is_root: transaction.data.len() == 32,
            value: ether(transaction.value),
            gas_used: transaction.gas_used,
            fee: transaction.fee.map(ether),
        }
    }
}

fn english(time: Timestamp) -> When {
    When::at(Language::English, time)
}

fn with_0x(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Returns an amount of wei in ether, exactly.
fn ether(wei: U256) -> String {
    let digits = format!("{wei:0>19}");
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(18));
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} ether"),
        fraction => format!("{whole}.{fraction} ether"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_exact() {
        assert_eq!(ether(U256::ZERO), "0 ether");
        assert_eq!(ether(U256::from(1)), "0.000000000000000001 ether");
        assert_eq!(ether(U256::from(22_250_000_000_000_u64)), "0.00002225 ether");
        assert_eq!(ether(U256::from(1_000) * U256::from(10).pow(U256::from(18))), "1000 ether");
    }
}
