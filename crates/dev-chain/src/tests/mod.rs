//! The development chain, tested through its public interface.

mod callers;
mod file;
mod interface;
mod limits;
mod mining;
mod submission;

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{Address, TxKind, U256};
use serde_json::{Value, json};
use std::path::PathBuf;

use super::*;
use crate::rules::{BASE_FEE_FLOOR, CHAIN_ID, FAUCET_WEI};
use learncoin_chain::ChainKey;

/// The first block's time in these tests, in seconds since 1970.
const START: u64 = 1_800_000_000;
const GWEI: u128 = 1_000_000_000;

/// A chain in a folder of its own.
struct TestChain {
    folder: tempfile::TempDir,
    chain: DevChain,
}

impl TestChain {
    fn new() -> TestChain {
        let folder = tempfile::tempdir().unwrap();
        let chain = open(&folder.path().join("chain.jsonl")).unwrap();
        TestChain { folder, chain }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("chain.jsonl")
    }

    /// Closes the chain and opens it again from its file.
    fn reopened(self) -> TestChain {
        let TestChain { folder, chain } = self;
        drop(chain);
        let chain = open(&folder.path().join("chain.jsonl")).unwrap();
        TestChain { folder, chain }
    }

    fn balance(&self, address: &Address) -> U256 {
        self.chain.state().account(address).balance
    }
}

impl std::ops::Deref for TestChain {
    type Target = DevChain;

    fn deref(&self) -> &DevChain {
        &self.chain
    }
}

/// The rights of callers in most tests.
const OPEN: CallerOptions = CallerOptions { transactions: 1_000_000 };

/// Sends a request or a batch to the JSON-RPC. Returns null if there is no answer.
fn request(chain: &DevChain, options: CallerOptions, request: &Value) -> Value {
    let text = json_rpc(chain, options, request.to_string().as_bytes());
    text.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap())
}

/// Calls a method and returns its result.
fn ask(chain: &DevChain, method: &str, params: Value) -> Value {
    let call = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
    let answer = request(chain, OPEN, &call);
    assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(7)), "{answer}");
    assert!(answer.get("error").is_none(), "{answer}");
    answer["result"].clone()
}

/// Calls a method and returns its error's code and text.
fn fail(chain: &DevChain, method: &str, params: Value) -> (i64, String) {
    let call = json!({ "jsonrpc": "2.0", "id": "x", "method": method, "params": params });
    let answer = request(chain, OPEN, &call);
    assert!(answer.get("result").is_none(), "{answer}");
    assert_eq!(answer["id"], "x");
    (answer["error"]["code"].as_i64().unwrap(), answer["error"]["message"].as_str().unwrap().to_owned())
}

fn open(path: &Path) -> Result<DevChain, DevChainError> {
    DevChain::open(path, DevChainOptions { genesis_salt: [3; 32], genesis_time: START })
}

fn key(secret: u8) -> ChainKey {
    ChainKey::from_secret_bytes([secret; 32]).unwrap()
}

/// Creates a valid anchor, which tests modify.
fn anchor(from: &ChainKey, nonce: u64) -> TxEip1559 {
    TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 30_000,
        max_fee_per_gas: 2 * GWEI,
        max_priority_fee_per_gas: 1_000_000,
        to: TxKind::Call(from.address()),
        value: U256::ZERO,
        access_list: Default::default(),
        input: [0xaa; 32].into(),
    }
}

fn sign(from: &ChainKey, transaction: TxEip1559) -> Vec<u8> {
    let signature = from.sign_digest(&transaction.signature_hash().0).unwrap();
    let mut raw = Vec::new();
    transaction.into_signed(signature).eip2718_encode(&mut raw);
    raw
}

/// Anchors with this nonce from this sender, ready to send.
fn signed_anchor(secret: u8, nonce: u64) -> Vec<u8> {
    sign(&key(secret), anchor(&key(secret), nonce))
}
