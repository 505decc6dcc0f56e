//! The section `[chain]`.

use std::time::Duration;

use learncoin_chain::rpc::Client;
use learncoin_dev_chain::{CallerOptions, RunOptions};
use learncoin_issuance::chains::Chain;
use learncoin_issuance::options::{FundsOptions, PipelineOptions};
use serde::{Deserialize, Serialize};
use url::Url;

use super::time::{to_ms, to_s};

const WEI_PER_GWEI: u128 = 1_000_000_000;

/// The chains that batches are anchored on, and how they are used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChainConfig {
    /// The JSON-RPC nodes of Base Sepolia, separated by spaces, in order of preference; empty for none.
    pub(crate) test_rpc_url: String,
    /// The JSON-RPC nodes of Base, likewise.
    pub(crate) live_rpc_url: String,
    /// The depth, in blocks, from which a transaction on a real chain counts as anchored.
    pub(crate) confirmations: u64,
    /// The interval at which an open transaction is looked up on a real chain, in milliseconds.
    pub(crate) poll_ms: u64,
    /// The interval at which an anchor is looked up on a real chain until its block is final, in seconds.
    pub(crate) watch_s: u64,
    /// The most transactions of one key that wait at the nodes, in no block; at least 1. What is accepted meanwhile shares the next one.
    pub(crate) anchors_in_flight: u64,
    /// The time after which a transaction that is in no block is replaced by one that offers more, in seconds.
    pub(crate) replace_after_s: u64,
    /// The most that one anchor may cost, in gwei (a billionth of an ether), without the fee for its data on Ethereum.
    pub(crate) max_anchor_cost_gwei: u64,
    /// A balance is low if it pays for fewer anchors than this at the current price.
    pub(crate) low_funds_below_anchors: u64,
    /// The interval at which balances are read on a real chain, in seconds.
    pub(crate) look_at_funds_s: u64,
    /// The balance that a top-up from the host's key restores, in gwei; 0 for no top-ups.
    pub(crate) top_up_to_gwei: u64,
    /// The most that one key gets within 24 hours, in gwei.
    pub(crate) top_up_daily_cap_per_key_gwei: u64,
    /// The most that all keys of a chain get within 24 hours, in gwei.
    pub(crate) top_up_daily_cap_gwei: u64,
    /// The interval at which the embedded chain mines, in milliseconds.
    pub(crate) block_time_ms: u64,
    /// The most transactions that the embedded chain takes from callers of its JSON-RPC in all; 0 if it is read-only for them.
    pub(crate) development_chain_transactions: u64,
    /// Whether a deployment whose public URL is not on this machine may use the embedded chain.
    pub(crate) allow_public_development_chain: bool,
    /// Whether live keys may be created on the embedded chain.
    pub(crate) allow_live_keys_on_development_chain: bool,
    /// Whether a node may have another genesis block than the chain whose id it reports: a local node in tests.
    pub(crate) allow_other_genesis: bool,
}

impl Default for ChainConfig {
    fn default() -> Self {
        let funds = FundsOptions::default();
        let block_time = RunOptions::default().block_time;
        Self {
            test_rpc_url: String::new(),
            live_rpc_url: String::new(),
            confirmations: Chain::CONFIRMATIONS,
            poll_ms: Chain::POLL_MS.unsigned_abs(),
            watch_s: to_s(Chain::WATCH_MS),
            anchors_in_flight: PipelineOptions::default().anchors_in_flight,
            replace_after_s: to_s(Chain::REPLACE_AFTER_MS),
            max_anchor_cost_gwei: u64::try_from(Chain::MAX_ANCHOR_COST / WEI_PER_GWEI).unwrap_or(u64::MAX),
            low_funds_below_anchors: funds.low_below_anchors,
            look_at_funds_s: to_s(funds.look_every_ms),
            top_up_to_gwei: funds.top_up_to_gwei,
            top_up_daily_cap_per_key_gwei: funds.top_up_daily_cap_per_key_gwei,
            top_up_daily_cap_gwei: funds.top_up_daily_cap_gwei,
            block_time_ms: u64::try_from(block_time.as_millis()).unwrap_or(u64::MAX),
            development_chain_transactions: CallerOptions::default().transactions,
            allow_public_development_chain: false,
            allow_live_keys_on_development_chain: false,
            allow_other_genesis: false,
        }
    }
}

impl ChainConfig {
    /// Returns whether the embedded chain serves both environments: no node of a real chain is configured.
    pub(crate) fn is_embedded(&self) -> bool {
        self.test_rpc_url.is_empty() && self.live_rpc_url.is_empty()
    }

    /// Creates a real chain with these settings.
    pub(crate) fn real_chain(&self, chain_id: u64, client: Client, explorer: String) -> Chain {
        Chain {
            confirmations: self.confirmations,
            poll_ms: i64::try_from(self.poll_ms).unwrap_or(i64::MAX),
            watch_ms: to_ms(self.watch_s),
            replace_after_ms: to_ms(self.replace_after_s),
            max_anchor_cost: u128::from(self.max_anchor_cost_gwei).saturating_mul(WEI_PER_GWEI),
            ..Chain::new(chain_id, client, explorer)
        }
    }

    /// Returns the options of balances and top-ups.
    pub(crate) fn funds_options(&self) -> FundsOptions {
        FundsOptions {
            low_below_anchors: self.low_funds_below_anchors,
            look_every_ms: to_ms(self.look_at_funds_s),
            top_up_to_gwei: self.top_up_to_gwei,
            top_up_daily_cap_per_key_gwei: self.top_up_daily_cap_per_key_gwei,
            top_up_daily_cap_gwei: self.top_up_daily_cap_gwei,
        }
    }

    /// Returns what callers of the embedded chain's JSON-RPC may do.
    pub(crate) fn caller_options(&self) -> CallerOptions {
        CallerOptions { transactions: self.development_chain_transactions }
    }

    /// Returns the options of the embedded chain.
    pub(crate) fn mining_options(&self) -> RunOptions {
        RunOptions { block_time: Duration::from_millis(self.block_time_ms.max(1)), ..RunOptions::default() }
    }
}

/// Returns the hosts of nodes, without the users, passwords, paths and keys that their URLs may have.
pub(crate) fn hosts(urls: &str) -> Vec<String> {
    let host = |url: &str| url.parse::<Url>().ok()?.host_str().map(str::to_owned);
    urls.split_whitespace().filter_map(host).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_named_by_its_host_alone() {
        let urls = "https://user:secret@one.example:8545/key?k=1  http://127.0.0.1:1/ nonsense";
        assert_eq!(hosts(urls), ["one.example", "127.0.0.1"]);
        assert_eq!(hosts(""), Vec::<String>::new());
    }
}
