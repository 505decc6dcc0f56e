//! Four nodes that all do the host's work on one chain: each newest statement is anchored once, and a key is topped up once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{Client, HttpTransport, Timeouts, Transport as _};
use learncoin_issuance::host::HostWorker;
use learncoin_issuance::options::{FundsOptions, PipelineOptions};
use learncoin_issuance::{Chain, Chains};
use learncoin_store::onchain::{AccountAddress, StatementHash};
use learncoin_store::transactions::{HostPurpose, HostTransaction};
use learncoin_testkit::{Anvil, TestApp};
use serde_json::json;
use tokio::task::JoinSet;

const NODES: usize = 4;
/// The balance up to which keys are filled, in gwei.
const FILL: u64 = 20_000_000;
/// In real time: a machine that is busy with other things needs some of it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(240);

/// Returns what the host sent, by the chain and by the database: the statements' hashes, and the keys that were given ether.
fn sent(known: &[HostTransaction]) -> (Vec<StatementHash>, Vec<AccountAddress>) {
    let (mut hashes, mut receivers) = (Vec::new(), Vec::new());
    for one in known {
        match &one.purpose {
            HostPurpose::Statement { hash, .. } => hashes.push(*hash),
            HostPurpose::TopUp { receiver, .. } => receivers.push(receiver.clone()),
        }
    }
    (hashes, receivers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_nodes_anchor_a_statement_once_and_top_a_key_up_once() {
    let anvil = Anvil::start(BASE_SEPOLIA, &[]);
    let transport =
        || HttpTransport::new(anvil.url().parse().expect("a URL"), Timeouts::default()).expect("a transport");
    let node = transport();
    let chain = Chain {
        confirmations: 1,
        ..Chain::new(
            BASE_SEPOLIA,
            Client::new(Arc::new(transport())),
            "https://sepolia.basescan.org/tx/".into(),
        )
    };
    let funds = FundsOptions {
        top_up_to_gwei: FILL,
        look_every_ms: 1_000,
        // No cap keeps a node from giving twice.
        top_up_daily_cap_per_key_gwei: 1_000 * FILL,
        top_up_daily_cap_gwei: 1_000 * FILL,
        ..FundsOptions::default()
    };
    let app = TestApp::builder()
        .equal_nodes(NODES)
        .nodes(Chains { test: Some(chain), live: None })
        .pipeline(PipelineOptions { funds, ..PipelineOptions::default() })
        .start()
        .await;
    let store = app.issuance().store.clone();
    let host = store.find_host_key(BASE_SEPOLIA).await.unwrap().unwrap();
    node.call("anvil_setBalance", json!([host.address, "0xde0b6b3a7640000"])).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for state in app.nodes() {
        let done = Arc::clone(&done);
        workers.spawn(async move {
            let mut worker = HostWorker::new(Arc::clone(&state.issuance.pipeline));
            while !done.load(Ordering::SeqCst) {
                worker.step().await;
                tokio::task::yield_now().await;
            }
        });
    }
    let mut keys = Vec::new();
    for number in 0..5 {
        let uni = app.tenant(&format!("University {number}")).await;
        keys.push(store.get_signing_key(&uni.tenant_id, 1).await.unwrap().address);
    }
    let settled = async {
        loop {
            app.clock().advance_ms(1_000);
            let newest = store.newest_statement().await.unwrap().unwrap().hash;
            let (hashes, receivers) = sent(&store.list_host_transactions(BASE_SEPOLIA).await.unwrap());
            let is_open = store.open_host_transaction(BASE_SEPOLIA).await.unwrap().is_some();
            if !is_open && hashes.contains(&newest) && receivers.len() >= keys.len() {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.expect("all is sent in time");
    // And for a while nothing more is.
    for _ in 0..100 {
        app.clock().advance_ms(1_000);
        tokio::task::yield_now().await;
    }
    done.store(true, Ordering::SeqCst);
    workers.join_all().await;
    let known = store.list_host_transactions(BASE_SEPOLIA).await.unwrap();
    let (mut hashes, mut receivers) = sent(&known);
    let all = hashes.len();
    hashes.sort();
    hashes.dedup();
    assert_eq!(hashes.len(), all, "no statement is anchored twice");
    receivers.sort();
    keys.sort();
    assert_eq!(receivers, keys, "each key is topped up once");
    let count = node.call("eth_getTransactionCount", json!([host.address, "latest"])).await.unwrap();
    assert_eq!(count, format!("{:#x}", known.len()), "the chain has nothing else of the host's");
    for finding in store.examine().await.unwrap() {
        assert!(finding.broken_by.is_empty(), "{finding:?}");
    }
}
