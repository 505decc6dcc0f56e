//! Hostile callers of the embedded chain's JSON-RPC: whatever they send, anchors go on, and neither the disk nor the memory fills.

use std::time::Instant;

use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_primitives::{TxKind, U256};
use jiff::Unit;
use learncoin_chain::ChainKey;
use learncoin_chain::network::DEVELOPMENT;
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http;
use crate::support::process::PATIENCE;
use crate::support::school::{School, one, text};

/// The transactions that callers may send in all.
const ALLOWANCE: u64 = 400;
/// The longest time from a batch's acceptance to its anchor, in milliseconds, on a busy machine. A block takes 200 ms.
const ANCHORED_WITHIN_MS: f64 = 10_000.0;
/// The largest answer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;
/// The most that the process may grow by, in bytes.
const MAX_GROWTH: u64 = 150 * 1024 * 1024;
/// The most that the chain's file may grow by for a transaction of a caller, and for everything else.
const BYTES_OF_TRANSACTION: u64 = 5 * 1024;
const OTHER_BYTES: u64 = 1024 * 1024;

/// Returns the key of one of many callers.
fn caller(number: u64) -> ChainKey {
    let mut secret = [7; 32];
    secret[24..].copy_from_slice(&number.to_be_bytes());
    ChainKey::from_secret_bytes(secret).unwrap()
}

/// Returns the call that sends a transaction with this calldata, which offers more than any anchor.
fn sending(from: &ChainKey, nonce: u64, calldata: Vec<u8>) -> Value {
    let transaction = TxEip1559 {
        chain_id: DEVELOPMENT,
        nonce,
        gas_limit: 100_000,
        max_fee_per_gas: 200_000_000_000,
        max_priority_fee_per_gas: 100_000_000_000,
        to: TxKind::Call(from.address()),
        value: U256::ZERO,
        access_list: Default::default(),
        input: calldata.into(),
    };
    let signature = from.sign_digest(&transaction.signature_hash().0).unwrap();
    let mut raw = Vec::new();
    transaction.into_signed(signature).eip2718_encode(&mut raw);
    call("eth_sendRawTransaction", json!([format!("0x{}", hex::encode(raw))]))
}

fn call(method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

/// Sends calls in batches of this size. Returns the number of those that had a result.
fn send(server: &Server, calls: impl IntoIterator<Item = Value>, size: usize) -> usize {
    let calls: Vec<Value> = calls.into_iter().collect();
    let results = calls.chunks(size).map(|batch| {
        let answer = http::post(&server.chain_url(), &[], &Value::from(batch));
        assert!(answer.body.len() <= MAX_ANSWER, "{}", answer.body.len());
        match answer.json() {
            Value::Array(answers) => answers.iter().filter(|answer| answer.get("result").is_some()).count(),
            refused => panic!("{refused}"),
        }
    });
    results.sum()
}

/// Issues batches for as long as the attack lasts, and one after it. Each is anchored in time. Returns what the attack returns.
fn beside<T: Send>(school: &School, attack: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let attack = scope.spawn(attack);
        loop {
            let is_over = attack.is_finished();
            let batch = school.issue(&one());
            let time = |member: &str| text(&batch, member).parse::<jiff::Timestamp>().unwrap();
            let took = time("/anchored_at") - time("/created_at");
            assert!(took.total(Unit::Millisecond).unwrap() < ANCHORED_WITHIN_MS, "{took}");
            if is_over {
                return attack.join().unwrap();
            }
        }
    })
}

fn chain_bytes(server: &Server) -> u64 {
    std::fs::metadata(server.deployment.data_dir().join("chain.jsonl")).unwrap().len()
}

#[test]
fn callers_only_read_unless_a_setting_says_otherwise() {
    let server = Deployment::new().serve();
    let before = chain_bytes(&server);
    let answer = http::post(&server.chain_url(), &[], &sending(&caller(1), 0, vec![1; 32])).json();
    assert_eq!(answer["error"]["code"], -32004, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains("read-only"), "{answer}");
    let school = School::join(&server, "institution");
    assert_eq!(chain_bytes(&server), before);
    school.issue(&one());
    let head = http::rpc(&server.chain_url(), "eth_getBlockByNumber", &json!(["latest", true]));
    assert_eq!(head["transactions"].as_array().unwrap().len(), 1, "the anchor alone");
}

#[test]
fn whatever_callers_send_anchors_go_on_and_disk_and_memory_stay_bounded() {
    let deployment = Deployment::new()
        .with("LEARNCOIN_CHAIN_BLOCK_TIME_MS", 200)
        .with("LEARNCOIN_CHAIN_DEVELOPMENT_CHAIN_TRANSACTIONS", ALLOWANCE);
    let server = deployment.serve();
    let school = School::join(&server, "institution");
    school.issue(&one());
    let (memory, disk) = (server.peak_memory(), chain_bytes(&server));

    let one_sender = caller(0);
    let gapped = (1..=10_000).map(|nonce| sending(&one_sender, nonce, vec![1; 32]));
    assert_eq!(beside(&school, || send(&server, gapped, 100)), 16, "the places of one sender");

    let gapped = (1..=10_000).map(|number| sending(&caller(number), 5, vec![1; 32]));
    let places = usize::try_from(ALLOWANCE).unwrap() - 16;
    assert_eq!(beside(&school, || send(&server, gapped, 100)), places, "the places of all");

    // Rounds of the largest transactions, each of which can be mined at once. They take the places of those that can't.
    let flood = || {
        let mut nonces = [0; 50];
        let begun = Instant::now();
        let mut taken = 0;
        while taken < ALLOWANCE {
            assert!(begun.elapsed() < PATIENCE, "{taken}");
            for (number, nonce) in (20_000..).zip(&mut nonces) {
                let calls = (0..8).map(|ahead| sending(&caller(number), *nonce + ahead, vec![1; 1_024]));
                let sent = u64::try_from(send(&server, calls, 25)).unwrap();
                *nonce += sent;
                taken += sent;
            }
        }
        taken
    };
    assert_eq!(beside(&school, flood), ALLOWANCE, "and not one more");
    let more = sending(&caller(1), 0, vec![1; 32]);
    assert_eq!(beside(&school, || send(&server, vec![more; 1_000], 50)), 0);
    let too_large = sending(&caller(1), 0, vec![1; 1_025]);
    assert_eq!(send(&server, [too_large], 1), 0);

    let percentiles: Vec<u64> = (1..=100).collect();
    let levers = [
        call("eth_getBlockByNumber", json!(["latest", true])),
        call("eth_getBlockByNumber", json!(["0x2", true])),
        call("eth_getBlockByNumber", json!(["pending", true])),
        call("eth_feeHistory", json!(["0x400", "latest", percentiles])),
        call("eth_feeHistory", json!(["0x400", "latest", [50]])),
        call("eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "latest" }])),
    ];
    let amplify = |levers: &[Value]| {
        for batch in levers.iter().map(|lever| Value::from(vec![lever.clone(); 100])) {
            for _ in 0..25 {
                let answer = http::post(&server.chain_url(), &[], &batch);
                assert!(answer.status == 200 && answer.body.len() <= MAX_ANSWER, "{}", answer.body.len());
            }
        }
    };
    beside(&school, || {
        std::thread::scope(|scope| {
            for some in levers.chunks(2) {
                scope.spawn(|| amplify(some));
            }
        });
    });

    let growth = server.peak_memory() - memory;
    assert!(growth < MAX_GROWTH, "{growth} bytes more memory");
    let written = chain_bytes(&server) - disk;
    assert!(written < ALLOWANCE * BYTES_OF_TRANSACTION + OTHER_BYTES, "{written} bytes");
    println!("{growth} bytes more memory, {written} bytes more on disk");
    assert!(server.stop().success());
}
