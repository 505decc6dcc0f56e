//! The host anchors the newest statement about keys: once, whatever the chain, the line and the database do meanwhile.

use learncoin_chain::rpc::RpcError;
use learncoin_chain::{ANCHOR_GAS_LIMIT, ChainKey, Fees, RootTransaction, network::BASE_SEPOLIA};
use learncoin_issuance::Chain;
use learncoin_issuance::host::HostWorker;
use learncoin_issuance::options::FundsOptions;
use learncoin_store::onchain::RawTransaction;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::transactions::{HostPurpose, HostStatus, HostTransaction};
use learncoin_testkit::Interception;
use serde_json::{Value, json};

use crate::restore::{back_up, restore};
use crate::support::story::{CONFIRMATIONS, ETHER, REPLACE_AFTER_MS, Story};

/// A deployment whose host works, on a node.
pub(crate) struct HostStory {
    pub(crate) story: Story,
    pub(crate) worker: HostWorker,
    pub(crate) address: String,
}

impl HostStory {
    /// Begins a story with a host that owns an ether.
    pub(crate) async fn begin() -> Self {
        let host = Self::begin_without_funds(FundsOptions::default()).await;
        host.story.node.give(&host.address, ETHER).await;
        host
    }

    /// Begins a story with a host that owns nothing.
    pub(crate) async fn begin_without_funds(funds: FundsOptions) -> Self {
        let story = Story::begin_as(|chain| chain, funds).await;
        let key = story.app.issuance().store.find_host_key(BASE_SEPOLIA).await.unwrap().unwrap();
        let worker = HostWorker::new(story.app.issuance().pipeline.clone());
        Self { story, worker, address: key.address.to_string() }
    }

    /// Lets this much time pass, in milliseconds, and the host and the pipeline do what is due then.
    pub(crate) async fn pass(&mut self, milliseconds: i64) {
        self.story.app.clock().advance_ms(milliseconds);
        for _ in 0..4 {
            self.worker.step().await;
        }
        self.story.app.run_steps(2).await;
    }

    /// Mines this many blocks, two seconds each.
    pub(crate) async fn blocks(&mut self, blocks: usize) {
        for _ in 0..blocks {
            self.story.node.mine(1).await;
            self.pass(2_000).await;
        }
    }

    /// Blocks until nothing of the host's is under way, and for a while after.
    pub(crate) async fn come_to_rest(&mut self) {
        for _ in 0..100 {
            self.blocks(1).await;
            let store = &self.story.app.issuance().store;
            let open = store.open_host_transaction(BASE_SEPOLIA).await.unwrap();
            let known = self.known().await;
            let newest = store.newest_statement().await.unwrap().unwrap().hash;
            let is_newest = |purpose: &HostPurpose| matches!(purpose, HostPurpose::Statement { hash, .. } if *hash == newest);
            let is_known = known.iter().any(|one| is_newest(&one.purpose));
            if open.is_none() && is_known {
                return self.blocks(12).await;
            }
        }
        panic!("the host does not come to rest: {:#?}", self.known().await);
    }

    /// Returns the host's transactions that the database knows.
    pub(crate) async fn known(&self) -> Vec<HostTransaction> {
        self.story.app.issuance().store.list_host_transactions(BASE_SEPOLIA).await.unwrap()
    }

    /// Returns the host's transactions that are in blocks, in the order of their nonces.
    pub(crate) async fn mined(&self) -> Vec<Value> {
        let mut mined = self.story.node.transactions().await;
        mined.retain(|one| one["from"].as_str().unwrap().eq_ignore_ascii_case(&self.address));
        for (nonce, one) in mined.iter().enumerate() {
            assert_eq!(one["nonce"], format!("{nonce:#x}"), "no gap");
        }
        mined
    }

    /// Returns the hashes of the statements that the host has in blocks, each as often as it is there.
    pub(crate) async fn anchored_hashes(&self) -> Vec<String> {
        let mined = self.mined().await;
        let statements = mined.iter().filter(|one| one["input"] != "0x");
        statements.map(|one| one["input"].as_str().unwrap().trim_start_matches("0x").to_owned()).collect()
    }

    pub(crate) async fn list(&self) -> Value {
        self.story.app.get("/.well-known/learncoin-keys.json").await.expect(200)
    }

    /// Returns the hash of the newest statement.
    pub(crate) async fn newest(&self) -> String {
        self.list().await["newest"]["hash"].as_str().unwrap().to_owned()
    }

    /// Creates another key of the tenant, about which there is a statement.
    pub(crate) async fn rotate(&self) {
        let tenant_id = self.story.uni.tenant_id.clone();
        let scope = TenantScope { tenant_id, environment: Environment::Test };
        self.story.app.issuance().keys.rotate_signing_key(&scope).await.unwrap();
    }

    pub(crate) async fn restart(&mut self) {
        self.story.app.restart().await;
        self.worker = HostWorker::new(self.story.app.issuance().pipeline.clone());
    }

    pub(crate) async fn assert_examined(&self) {
        for finding in self.story.app.issuance().store.examine().await.unwrap() {
            assert!(finding.broken_by.is_empty(), "{finding:?}");
        }
    }

    async fn raw_of(&self, nonce: u64) -> Vec<RawTransaction> {
        let store = &self.story.app.issuance().store;
        let attempts = store.list_host_attempts(BASE_SEPOLIA, nonce).await.unwrap();
        attempts.into_iter().map(|attempt| attempt.raw).collect()
    }
}

/// Fails unless the anchor that this list of statements names is its newest statement's.
fn assert_newest_is_anchored(list: &Value) {
    let (anchored, newest) = (&list["anchored"], &list["newest"]);
    assert_eq!((&anchored["sequence"], &anchored["hash"]), (&newest["sequence"], &newest["hash"]));
}

#[tokio::test]
async fn the_newest_statement_is_anchored_once_and_served_once_it_is_deep() {
    let mut host = HostStory::begin().await;
    host.pass(0).await;
    host.blocks(usize::try_from(CONFIRMATIONS).unwrap() - 1).await;
    assert_eq!(host.list().await["anchored"], Value::Null, "it is not deep enough yet");
    host.come_to_rest().await;
    let list = host.list().await;
    assert_eq!(host.anchored_hashes().await, [list["newest"]["hash"].as_str().unwrap()]);
    let mined = host.mined().await;
    assert_eq!(mined[0]["to"], mined[0]["from"]);
    let anchored = &list["anchored"];
    assert_newest_is_anchored(&list);
    assert_eq!((&anchored["chain_id"], &anchored["transaction"]), (&json!(BASE_SEPOLIA), &mined[0]["hash"]));
    let block = host.story.node.call("eth_getBlockByNumber", json!([mined[0]["blockNumber"], false])).await;
    let number = |text: &Value| u64::from_str_radix(&text.as_str().unwrap()[2..], 16).unwrap();
    assert_eq!(anchored["block_number"], number(&block["number"]));
    let time: jiff::Timestamp = anchored["block_time"].as_str().unwrap().parse().unwrap();
    assert_eq!(u64::try_from(time.as_second()).unwrap(), number(&block["timestamp"]));
    // For days nothing more is sent, and once its block is final it is not looked at any more.
    host.story.node.mine(70).await;
    for _ in 0..50 {
        host.pass(3_600_000).await;
    }
    assert_eq!(host.mined().await.len(), 1);
    assert_eq!(host.known().await[0].status, HostStatus::Final);
    host.assert_examined().await;
}

#[tokio::test]
async fn of_statements_that_come_while_one_is_under_way_only_the_newest_is_anchored() {
    let mut host = HostStory::begin().await;
    host.pass(0).await;
    let first = host.newest().await;
    for _ in 0..5 {
        host.rotate().await;
        host.pass(100).await;
    }
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [first, host.newest().await]);
    assert_newest_is_anchored(&host.list().await);
    host.assert_examined().await;
}

#[tokio::test]
async fn without_funds_nothing_is_signed_and_nothing_else_is_held_up() {
    let mut host = HostStory::begin_without_funds(FundsOptions::default()).await;
    let batch = host.story.post().await;
    for _ in 0..5 {
        host.pass(60_000).await;
    }
    host.story.come_to_rest([&batch]).await;
    host.story.assert_anchored_once().await;
    assert_eq!(host.known().await, []);
    host.rotate().await;
    host.story.node.give(&host.address, ETHER).await;
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [host.newest().await], "the newest one alone");
}

#[tokio::test]
async fn an_answer_that_is_lost_makes_no_second_anchor() {
    for is_done in [true, false] {
        let mut host = HostStory::begin().await;
        host.story.line.set(move |method, _| {
            let timeout = Err(RpcError::Timeout);
            (method == "eth_sendRawTransaction").then(|| {
                if is_done { Interception::AfterAll(timeout) } else { Interception::Instead(timeout) }
            })
        });
        for _ in 0..3 {
            host.pass(REPLACE_AFTER_MS / 4).await;
        }
        host.story.line.stop();
        // And the process is another one.
        host.restart().await;
        host.come_to_rest().await;
        assert_eq!(host.anchored_hashes().await, [host.newest().await]);
        assert_eq!(host.raw_of(0).await.len(), 1, "the same bytes");
        host.assert_examined().await;
    }
}

#[tokio::test]
async fn what_waits_too_long_is_replaced_and_what_is_dropped_is_sent_again() {
    let mut host = HostStory::begin().await;
    host.pass(0).await;
    for _ in 0..3 {
        host.pass(REPLACE_AFTER_MS).await;
        host.pass(2_000).await;
    }
    let raws = host.raw_of(0).await;
    assert_eq!(raws.len(), 4);
    let offers = |raw: &RawTransaction| {
        learncoin_chain::ReadTransaction::read(raw.as_bytes()).unwrap().fees.max_fee_per_gas
    };
    assert!(raws.windows(2).all(|pair| offers(&pair[1]) * 10 >= offers(&pair[0]) * 11));
    for waiting in
        host.story.node.call("txpool_content", json!([])).await["pending"].as_object().unwrap().values()
    {
        for one in waiting.as_object().unwrap().values() {
            host.story.node.drop_transaction(one["hash"].as_str().unwrap()).await;
        }
    }
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [host.newest().await]);
    host.assert_examined().await;
}

#[tokio::test]
async fn what_the_nodes_forget_is_sent_again_in_the_same_bytes_before_it_is_replaced() {
    let mut host = HostStory::begin().await;
    host.pass(0).await;
    let store = host.story.app.issuance().store.clone();
    let sent = store.list_host_attempts(BASE_SEPOLIA, 0).await.unwrap();
    host.story.node.drop_transaction(&format!("0x{}", sent[0].hash)).await;
    host.story.node.mine(1).await;
    host.pass(2_000).await;
    host.story.node.mine(1).await;
    let mined = host.mined().await;
    assert_eq!((mined.len(), &mined[0]["hash"]), (1, &json!(format!("0x{}", sent[0].hash))));
    assert_eq!(host.raw_of(0).await.len(), 1);
}

#[tokio::test]
async fn where_the_chain_asks_for_more_than_the_cap_the_statement_waits() {
    let cap = |chain| Chain { max_anchor_cost: 30_000 * 3_000_000_000, ..chain };
    let story = Story::begin_as(cap, FundsOptions::default()).await;
    let key = story.app.issuance().store.find_host_key(BASE_SEPOLIA).await.unwrap().unwrap();
    let worker = HostWorker::new(story.app.issuance().pipeline.clone());
    let mut host = HostStory { story, worker, address: key.address.to_string() };
    host.story.node.give(&host.address, ETHER).await;
    host.story.node.call("anvil_setNextBlockBaseFeePerGas", json!(["0x2540be400"])).await;
    host.story.node.mine(1).await;
    host.pass(60_000).await;
    assert_eq!(host.known().await, []);
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [host.newest().await]);
}

#[tokio::test]
async fn a_reorganization_that_takes_a_confirmed_anchor_out_has_the_same_bytes_sent_again() {
    let mut host = HostStory::begin().await;
    host.story.node.mine(5).await;
    host.come_to_rest().await;
    let before = host.mined().await;
    let head = host.story.node.call("eth_blockNumber", json!([])).await;
    let head = u64::from_str_radix(&head.as_str().unwrap()[2..], 16).unwrap();
    host.story.node.reorganize(head - 3, &[]).await;
    assert_eq!(host.mined().await, Vec::<Value>::new());
    host.pass(60_000).await;
    host.come_to_rest().await;
    host.pass(60_000).await;
    let after = host.mined().await;
    assert_eq!((after.len(), &after[0]["hash"]), (1, &before[0]["hash"]));
    let served = host.list().await["anchored"].clone();
    let number = u64::from_str_radix(&after[0]["blockNumber"].as_str().unwrap()[2..], 16).unwrap();
    assert_eq!((&served["transaction"], &served["block_number"]), (&after[0]["hash"], &json!(number)));
    host.assert_examined().await;
}

#[tokio::test]
async fn a_database_that_is_older_than_the_anchor_recovers_it() {
    let mut host = HostStory::begin().await;
    let backup = back_up(&host.story).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    host.come_to_rest().await;
    assert_eq!(host.mined().await.len(), 1);
    restore(&host.story, &backup).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    assert_eq!(host.known().await, []);
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [host.newest().await], "it is not anchored again");
    assert_newest_is_anchored(&host.list().await);
    // What is new goes on from there.
    host.rotate().await;
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await.len(), 2);
    host.assert_examined().await;
}

#[tokio::test]
async fn a_database_that_is_older_than_a_replacement_recovers_it() {
    let mut host = HostStory::begin().await;
    host.pass(0).await;
    let backup = back_up(&host.story).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    host.pass(REPLACE_AFTER_MS).await;
    host.pass(2_000).await;
    assert_eq!(host.raw_of(0).await.len(), 2);
    host.come_to_rest().await;
    restore(&host.story, &backup).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, [host.newest().await]);
    assert_eq!(host.list().await["anchored"]["transaction"], host.mined().await[0]["hash"]);
    host.assert_examined().await;
}

#[tokio::test]
async fn a_nonce_that_a_foreign_transaction_used_is_passed_over() {
    let mut host = HostStory::begin().await;
    host.story.line.set(|method, _| {
        (method == "eth_sendRawTransaction").then(|| Interception::Instead(Err(RpcError::Timeout)))
    });
    host.pass(0).await;
    let secret = host.story.app.issuance().store.host_secret(BASE_SEPOLIA).await.unwrap();
    let key = ChainKey::from_secret_bytes(*secret).unwrap();
    let fees = Fees { max_fee_per_gas: 10_000_000_000, max_priority_fee_per_gas: 2_000_000_000 };
    let theirs = RootTransaction {
        chain_id: BASE_SEPOLIA,
        nonce: 0,
        root: [7; 32],
        fees,
        gas_limit: ANCHOR_GAS_LIMIT,
    };
    host.story.send_elsewhere(&format!("0x{}", hex::encode(theirs.sign(&key).unwrap().raw))).await;
    host.story.node.mine(1).await;
    host.story.line.stop();
    host.come_to_rest().await;
    assert_eq!(host.anchored_hashes().await, ["07".repeat(32), host.newest().await]);
    let statuses: Vec<HostStatus> = host.known().await.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [HostStatus::Lost, HostStatus::Confirmed]);
    host.assert_examined().await;
}

#[tokio::test]
async fn two_workers_at_once_anchor_it_once() {
    let mut host = HostStory::begin().await;
    let mut other = HostWorker::new(host.story.app.issuance().pipeline.clone());
    for _ in 0..40 {
        host.story.node.mine(1).await;
        host.story.app.clock().advance_ms(2_000);
        tokio::join!(host.worker.step(), other.step());
    }
    assert_eq!(host.anchored_hashes().await, [host.newest().await]);
    host.assert_examined().await;
}
