//! The same scenario on a real EVM node (Anvil) and on the embedded development chain, through the same client. To the
//! same call both must return the same result.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "everything here is a test; the lints' own exception does not reach functions that tests call"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use learncoin_chain::fee::MIN_PRIORITY_FEE;
use learncoin_chain::rpc::{BlockTag, HttpTransport, Located, SendOutcome, Timeouts, Transport};
use learncoin_chain::{
    ANCHOR_GAS_LIMIT, ChainKey, Client, Fees, IncludedTransaction, Inclusion, RootTransaction,
    SignedTransaction, network,
};
use learncoin_dev_chain::{DevChain, DevChainOptions};
use serde_json::{Value, json};

const ETHER: u128 = 1_000_000_000_000_000_000;
/// A time after the genesis of both chains, so that neither complains.
const NOW: u64 = 1_900_000_000;

/// A running Anvil that mines only on request, stopped when dropped.
struct Anvil {
    process: Child,
    url: url::Url,
}

impl Anvil {
    fn start(chain_id: u64) -> Anvil {
        let mut process = Command::new(anvil_binary())
            .args(["--host", "127.0.0.1", "--port", "0", "--no-mining", "--chain-id", &chain_id.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Anvil starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .expect("Anvil says where it listens");
        // Anvil writes a line per call, and a pipe that is not read would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Anvil { process, url: format!("http://{address}").parse().unwrap() }
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn anvil_binary() -> PathBuf {
    let installed = "../../tests/node/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    let binary = std::env::var_os("LEARNCOIN_ANVIL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(installed), PathBuf::from);
    assert!(
        binary.exists(),
        "no Anvil at {}: run `./test` at the top of the repository, which installs it, or name one in LEARNCOIN_ANVIL",
        binary.display()
    );
    binary
}

/// A chain that the scenario runs on.
struct Node {
    transport: Arc<dyn Transport>,
    client: Client,
    chain_id: u64,
    kind: Kind,
}

enum Kind {
    Anvil { _process: Anvil },
    Dev { chain: DevChain, _folder: tempfile::TempDir },
}

impl Node {
    fn anvil(chain_id: u64) -> Node {
        let process = Anvil::start(chain_id);
        let transport = Arc::new(HttpTransport::new(process.url.clone(), Timeouts::default()).unwrap());
        Node::new(transport, chain_id, Kind::Anvil { _process: process })
    }

    fn dev() -> Node {
        let folder = tempfile::tempdir().unwrap();
        let options = DevChainOptions { genesis_salt: [7; 32], genesis_time: NOW };
        let chain = DevChain::open(&folder.path().join("chain.jsonl"), options).unwrap();
        Node::new(Arc::new(chain.clone()), network::DEVELOPMENT, Kind::Dev { chain, _folder: folder })
    }

    fn new(transport: Arc<dyn Transport>, chain_id: u64, kind: Kind) -> Node {
        Node { client: Client::new(transport.clone()), transport, chain_id, kind }
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        self.transport.call(method, params).await.unwrap()
    }

    /// Mines the next block, of all transactions that wait.
    async fn mine(&self) {
        match &self.kind {
            Kind::Anvil { .. } => drop(self.call("evm_mine", json!([])).await),
            Kind::Dev { chain, .. } => drop(chain.mine_empty(NOW).unwrap()),
        }
    }

    /// Returns a sender with ether, which every address has on the development chain.
    async fn sender(&self, secret: u8) -> Sender<'_> {
        let key = ChainKey::from_secret_bytes([secret; 32]).unwrap();
        if let Kind::Anvil { .. } = self.kind {
            self.call(
                "anvil_setBalance",
                json!([key.address().to_string(), format!("{:#x}", 1_000 * ETHER)]),
            )
            .await;
        }
        Sender { node: self, fees: self.client.fees().await.unwrap(), key }
    }

    async fn included(&self, hash: &[u8; 32]) -> IncludedTransaction {
        match self.client.inclusion(hash).await.unwrap() {
            Inclusion::Included(included) => included,
            other => panic!("not in a block: {other:?}"),
        }
    }
}

struct Sender<'a> {
    node: &'a Node,
    key: ChainKey,
    fees: Fees,
}

impl Sender<'_> {
    fn anchor(&self, nonce: u64, root: [u8; 32], fees: Fees) -> SignedTransaction {
        let chain_id = self.node.chain_id;
        RootTransaction { chain_id, nonce, root, fees, gas_limit: ANCHOR_GAS_LIMIT }.sign(&self.key).unwrap()
    }

    async fn count(&self, tag: BlockTag) -> u64 {
        self.node.client.transaction_count(&self.key.address(), tag).await.unwrap()
    }

    async fn send(&self, transaction: &SignedTransaction) -> SendOutcome {
        self.node.client.send_raw_transaction(&transaction.raw).await.unwrap()
    }
}

#[track_caller]
fn refused(outcome: SendOutcome) {
    assert!(matches!(outcome, SendOutcome::Refused { .. }), "{outcome:?}");
}

/// Runs the scenario that every chain must pass.
async fn run_scenario(node: &Node) {
    it_identifies_its_chain(node).await;
    an_anchor_waits_is_included_and_gains_confirmations(node).await;
    a_replacement_wins_over_what_it_replaces(node).await;
    a_gap_holds_back_until_it_is_closed(node).await;
    what_is_not_for_this_chain_never_gets_on_it(node).await;
    a_transaction_is_found_by_its_nonce(node).await;
}

async fn it_identifies_its_chain(node: &Node) {
    assert_eq!(node.client.chain_id().await.unwrap(), node.chain_id);
    assert!(node.client.genesis_hash().await.unwrap().is_some());
    assert_eq!(node.client.inclusion(&[0xab; 32]).await.unwrap(), Inclusion::Unknown);
}

async fn an_anchor_waits_is_included_and_gains_confirmations(node: &Node) {
    let sender = node.sender(1).await;
    assert!(sender.fees.max_priority_fee_per_gas >= MIN_PRIORITY_FEE);
    assert!(sender.fees.max_fee_per_gas > sender.fees.max_priority_fee_per_gas);
    assert_eq!(node.client.balance(&sender.key.address()).await.unwrap(), 1_000 * ETHER);
    assert_eq!((sender.count(BlockTag::Latest).await, sender.count(BlockTag::Pending).await), (0, 0));

    let anchor = sender.anchor(0, [0xaa; 32], sender.fees);
    assert_eq!(sender.send(&anchor).await, SendOutcome::Accepted);
    assert_eq!(node.client.inclusion(&anchor.hash).await.unwrap(), Inclusion::Pending);
    assert_eq!((sender.count(BlockTag::Latest).await, sender.count(BlockTag::Pending).await), (0, 1));
    refused(sender.send(&anchor).await);
    assert_eq!(node.client.inclusion(&anchor.hash).await.unwrap(), Inclusion::Pending);

    node.mine().await;
    let included = node.included(&anchor.hash).await;
    assert_eq!(included.raw, anchor.raw);
    assert!(included.succeeded);
    assert_eq!(included.confirmations, 1);
    assert_eq!(included.block_number, node.client.block_number().await.unwrap());
    assert_eq!((sender.count(BlockTag::Latest).await, sender.count(BlockTag::Pending).await), (1, 1));
    refused(sender.send(&anchor).await);
    assert_eq!(node.included(&anchor.hash).await, included);

    node.mine().await;
    assert_eq!(
        node.included(&anchor.hash).await,
        IncludedTransaction { confirmations: 2, ..included.clone() }
    );

    let receipt = node.call("eth_getTransactionReceipt", json!([hex(&anchor.hash)])).await;
    assert_eq!(receipt["gasUsed"], "0x5708", "21,000 and 32 bytes at 40 each");
    let price = u128::from_str_radix(&receipt["effectiveGasPrice"].as_str().unwrap()[2..], 16).unwrap();
    assert_eq!(node.client.balance(&sender.key.address()).await.unwrap(), 1_000 * ETHER - 22_280 * price);
}

async fn a_replacement_wins_over_what_it_replaces(node: &Node) {
    let sender = node.sender(2).await;
    let first = sender.anchor(0, [0xaa; 32], sender.fees);
    assert_eq!(sender.send(&first).await, SendOutcome::Accepted);
    let less = Fees { max_fee_per_gas: sender.fees.max_fee_per_gas - 1, ..sender.fees };
    refused(sender.send(&sender.anchor(0, [0xaa; 32], less)).await);

    let second = sender.anchor(0, [0xaa; 32], sender.fees.raised());
    assert_eq!(sender.send(&second).await, SendOutcome::Accepted);
    node.mine().await;
    assert_eq!(node.included(&second.hash).await.raw, second.raw);
    assert_eq!(node.client.inclusion(&first.hash).await.unwrap(), Inclusion::Unknown);
    refused(sender.send(&first).await);
    assert_eq!(node.client.inclusion(&first.hash).await.unwrap(), Inclusion::Unknown);
}

async fn a_gap_holds_back_until_it_is_closed(node: &Node) {
    let sender = node.sender(3).await;
    let (first, second) =
        (sender.anchor(0, [0xaa; 32], sender.fees), sender.anchor(1, [0xbb; 32], sender.fees));
    assert_eq!(sender.send(&second).await, SendOutcome::Accepted);
    node.mine().await;
    assert_eq!(node.client.inclusion(&second.hash).await.unwrap(), Inclusion::Pending);
    assert_eq!(sender.count(BlockTag::Pending).await, 0);
    assert_eq!(sender.send(&first).await, SendOutcome::Accepted);
    assert_eq!(sender.count(BlockTag::Pending).await, 2);
    node.mine().await;
    assert_eq!(node.included(&first.hash).await.block_hash, node.included(&second.hash).await.block_hash);
}

async fn what_is_not_for_this_chain_never_gets_on_it(node: &Node) {
    let sender = node.sender(4).await;
    let anchor = RootTransaction {
        chain_id: 8453,
        nonce: 0,
        root: [0xaa; 32],
        fees: sender.fees,
        gas_limit: ANCHOR_GAS_LIMIT,
    };
    let foreign = anchor.sign(&sender.key).unwrap();
    refused(sender.send(&foreign).await);
    let starved = RootTransaction { chain_id: node.chain_id, gas_limit: 20_999, ..anchor };
    refused(sender.send(&starved.sign(&sender.key).unwrap()).await);
    let poor = Fees { max_fee_per_gas: 1_001 * ETHER / 30_000, ..sender.fees };
    refused(sender.send(&sender.anchor(0, [0xaa; 32], poor)).await);
    node.mine().await;
    assert_eq!(node.client.inclusion(&foreign.hash).await.unwrap(), Inclusion::Unknown);
    assert_eq!(sender.count(BlockTag::Latest).await, 0);
}

async fn a_transaction_is_found_by_its_nonce(node: &Node) {
    let sender = node.sender(5).await;
    let address = sender.key.address();
    assert_eq!(node.client.locate(&address, 0).await.unwrap(), None);
    // Two in one block, then one after a few empty blocks.
    let anchors: Vec<_> =
        (0..3_u8).map(|nonce| sender.anchor(nonce.into(), [nonce; 32], sender.fees)).collect();
    sender.send(&anchors[0]).await;
    sender.send(&anchors[1]).await;
    assert_eq!(node.client.locate(&address, 0).await.unwrap(), None, "one that waits is in no block");
    node.mine().await;
    let first = node.client.block_number().await.unwrap();
    for _ in 0..9 {
        node.mine().await;
    }
    sender.send(&anchors[2]).await;
    node.mine().await;
    for (nonce, anchor) in (0..3_u8).zip(&anchors) {
        let block_number = if nonce == 2 { first + 10 } else { first };
        let expected =
            Located { hash: anchor.hash, raw: anchor.raw.clone(), root: Some([nonce; 32]), block_number };
        assert_eq!(node.client.locate(&address, nonce.into()).await.unwrap(), Some(expected));
    }
    assert_eq!(node.client.locate(&address, 3).await.unwrap(), None);
    let number = |tag| node.client.transaction_count(&address, tag);
    assert_eq!(number(BlockTag::Number(first - 1)).await.unwrap(), 0);
    assert_eq!(number(BlockTag::Number(first)).await.unwrap(), 2);
    assert!(node.client.finalized_number().await.unwrap() <= Some(first + 10));
    assert_eq!(node.client.data_fee(&anchors[0].raw).await.unwrap(), 0, "neither is Base");
}

fn hex(hash: &[u8; 32]) -> String {
    learncoin_chain::U256::from_be_bytes(*hash)
        .to_be_bytes::<32>()
        .iter()
        .fold("0x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

#[tokio::test]
async fn the_development_chain_passes_the_scenario() {
    run_scenario(&Node::dev()).await;
}

#[tokio::test]
async fn anvil_as_base_sepolia_passes_the_scenario() {
    run_scenario(&Node::anvil(network::BASE_SEPOLIA)).await;
}

#[tokio::test]
async fn anvil_with_the_development_chains_id_passes_the_scenario() {
    run_scenario(&Node::anvil(network::DEVELOPMENT)).await;
}

#[tokio::test]
async fn a_chain_id_alone_does_not_make_a_node_base_sepolia() {
    let node = Node::anvil(network::BASE_SEPOLIA);
    assert_eq!(node.client.chain_id().await.unwrap(), network::BASE_SEPOLIA);
    assert_ne!(
        node.client.genesis_hash().await.unwrap(),
        network::pinned_genesis_hash(network::BASE_SEPOLIA)
    );
}

#[tokio::test]
async fn a_block_that_is_rolled_back_takes_the_anchor_out_until_it_is_sent_again() {
    let node = Node::anvil(network::BASE_SEPOLIA);
    let sender = node.sender(1).await;
    let snapshot = node.call("evm_snapshot", json!([])).await;
    let anchor = sender.anchor(0, [0xaa; 32], sender.fees);
    sender.send(&anchor).await;
    node.mine().await;
    let before = node.included(&anchor.hash).await;

    node.call("evm_revert", json!([snapshot])).await;
    assert_eq!(node.client.inclusion(&anchor.hash).await.unwrap(), Inclusion::Unknown);

    node.mine().await;
    sender.send(&anchor).await;
    node.mine().await;
    let after = node.included(&anchor.hash).await;
    assert_eq!(after.raw, before.raw);
    assert_eq!(after.block_number, before.block_number + 1);
}

#[tokio::test]
async fn a_reorganization_takes_the_anchor_out_until_it_is_sent_again() {
    for depth in [1, 2, 5] {
        let node = Node::anvil(network::BASE_SEPOLIA);
        let sender = node.sender(1).await;
        let anchor = sender.anchor(0, [0xaa; 32], sender.fees);
        for _ in 0..5 {
            node.mine().await;
        }
        sender.send(&anchor).await;
        for _ in 0..depth {
            node.mine().await;
        }
        let before = node.included(&anchor.hash).await;
        assert_eq!(before.confirmations, depth);

        node.call("anvil_reorg", json!([depth, []])).await;
        let without = node.client.inclusion(&anchor.hash).await.unwrap();
        assert!(matches!(without, Inclusion::Unknown | Inclusion::Pending), "depth {depth}: {without:?}");

        sender.send(&anchor).await;
        node.mine().await;
        let after = node.included(&anchor.hash).await;
        assert_eq!(after.raw, before.raw);
        assert_ne!(after.block_hash, before.block_hash);
    }
}

#[tokio::test]
async fn both_chains_describe_the_same_transaction_alike() {
    let (anvil, dev) = (Node::anvil(network::DEVELOPMENT), Node::dev());
    let fees = Fees { max_fee_per_gas: 3_000_000_000, max_priority_fee_per_gas: 1_000_000 };
    let mut answers = Vec::new();
    for node in [&anvil, &dev] {
        let sender = node.sender(9).await;
        let anchor = sender.anchor(0, [0xcc; 32], fees);
        assert_eq!(sender.send(&anchor).await, SendOutcome::Accepted);
        let pending = node.call("eth_getTransactionByHash", json!([hex(&anchor.hash)])).await;
        node.mine().await;
        let included = node.call("eth_getTransactionByHash", json!([hex(&anchor.hash)])).await;
        let receipt = node.call("eth_getTransactionReceipt", json!([hex(&anchor.hash)])).await;
        let block = node.call("eth_getBlockByNumber", json!(["latest", true])).await;
        answers.push([pending, included, receipt, block]);
    }
    let [anvils, devs] = &answers[..] else { panic!("two chains") };
    // Where the chains themselves differ: hashes, times, base fee, state, who mines, and two members of newer nodes.
    let own = ["blockHash", "gasPrice", "effectiveGasPrice", "blockTimestamp", "blobGasPrice", "blobGasUsed"];
    let own_of_block = [
        "hash",
        "parentHash",
        "timestamp",
        "stateRoot",
        "miner",
        "extraData",
        "mixHash",
        "baseFeePerGas",
        "size",
        "gasLimit",
        "totalDifficulty",
        "parentBeaconBlockRoot",
        "requestsHash",
        "withdrawals",
        "withdrawalsRoot",
        "transactions",
        "nonce",
        "blobGasUsed",
        "excessBlobGas",
        "blockAccessListHash",
        "slotNumber",
    ];
    for (index, (theirs, ours)) in anvils.iter().zip(devs).enumerate() {
        for (name, value) in theirs.as_object().unwrap() {
            let differs =
                if index == 3 { own_of_block.contains(&name.as_str()) } else { own.contains(&name.as_str()) };
            if !differs {
                assert_eq!(&ours[name], value, "answer {index}, {name}");
            }
        }
    }
    for name in ["hash", "parentHash", "timestamp", "stateRoot", "miner", "mixHash", "baseFeePerGas", "nonce"]
    {
        assert!(devs[3][name].is_string(), "{name}");
    }
    assert_eq!(devs[3]["transactions"][0], devs[1]);
}
