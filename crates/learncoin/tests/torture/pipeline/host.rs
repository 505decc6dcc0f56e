//! The process dies at each point of the host's own transactions, on a chain that lives on: each newest statement is anchored once.

use std::collections::BTreeMap;
use std::time::Duration;

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use learncoin_store::kill;
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::nothing_was_an_error;
use crate::support::node::Node;

/// The time that it may take until a statement is anchored.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

#[tokio::test]
async fn what_was_mined_while_the_process_was_dead_is_not_anchored_again() {
    die_at_every_point(&[]).await;
}

#[tokio::test]
async fn what_still_waits_in_the_nodes_pool_is_not_anchored_again() {
    die_at_every_point(&["--block-time", "1"]).await;
}

async fn die_at_every_point(mining: &[&str]) {
    let node = Node::start(mining);
    let mut deployment = Deployment::on(node.url());
    let first = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let address = host_address(&deployment).await;
    // Before it can pay: a busy machine would let it anchor the first statement here, which is none of those that are counted.
    deployment.kill().await;
    node.fund(&address).await;
    drop(first);
    for point in kill::HOST {
        eprintln!("{point}");
        // Another key, about which there is a statement.
        let tenant = deployment.tenant(point).await;
        deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
        deployment.until_aborted(point).await;
        deployment.start(PLAIN).await;
        let anchored = async {
            while !is_newest_anchored(&tenant.get("/.well-known/learncoin-keys.json").await) {
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, anchored)
            .await
            .unwrap_or_else(|_| panic!("{point}: {}", deployment.log()));
        deployment.kill().await;
    }
    let anchored = anchored_by(node.url(), &address).await;
    assert_eq!(anchored.len(), kill::HOST.len(), "{anchored:#?}");
    assert!(anchored.values().all(|times| *times == 1), "{anchored:#?}");
    nothing_was_an_error(&deployment);
    let store = deployment.open_store().await;
    for finding in store.examine().await.expect("the database is read") {
        assert!(finding.broken_by.is_empty(), "{finding:?}");
    }
    store.close().await;
}

fn is_newest_anchored(list: &Value) -> bool {
    list["anchored"]["hash"] == list["newest"]["hash"]
}

async fn host_address(deployment: &Deployment) -> String {
    let store = deployment.open_store().await;
    let key = store.find_host_key(BASE_SEPOLIA).await.expect("the database is read").expect("a key");
    store.close().await;
    key.address.to_string()
}

/// Returns the payloads that the address has in blocks, and how many times each.
async fn anchored_by(url: &str, address: &str) -> BTreeMap<String, u64> {
    let transport =
        HttpTransport::new(url.parse().expect("a URL"), Timeouts::default()).expect("a transport");
    let call = async |method: &str, params: Value| transport.call(method, params).await.expect("it answers");
    let head = call("eth_blockNumber", json!([])).await;
    let head = u64::from_str_radix(&head.as_str().expect("a number")[2..], 16).expect("a number");
    let mut anchored = BTreeMap::new();
    for number in 0..=head {
        let block = call("eth_getBlockByNumber", json!([format!("{number:#x}"), true])).await;
        for one in block["transactions"].as_array().expect("a list") {
            if one["from"].as_str().expect("a sender").eq_ignore_ascii_case(address) {
                *anchored.entry(one["input"].as_str().expect("data").to_owned()).or_default() += 1;
            }
        }
    }
    anchored
}
