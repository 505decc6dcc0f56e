//! A deployment on a node, and what is seen of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{Client, ExpectedChain, Failover, Inclusion};
use learncoin_issuance::options::{FundsOptions, PipelineOptions};
use learncoin_issuance::{Chain, Chains};
use learncoin_store::anchors::{AnchorStatus, NEVER};
use learncoin_store::onchain::TxHash;
use learncoin_store::transactions::AnchorTransaction;
use learncoin_testkit::{Caller, TestApp, one, transactions_of_batch};
use serde_json::{Value, json};

use crate::support::node::Node;
use learncoin_testkit::Interceptor;

/// An ether, in wei.
pub(crate) const ETHER: u128 = 1_000_000_000_000_000_000;
/// The required depth of an anchor in these stories.
pub(crate) const CONFIRMATIONS: u64 = 10;
/// After how long a transaction is replaced, in milliseconds.
pub(crate) const REPLACE_AFTER_MS: i64 = 60_000;

/// A deployment with one tenant, on a node.
pub(crate) struct Story {
    pub(crate) node: Node,
    pub(crate) line: Interceptor,
    pub(crate) app: TestApp,
    pub(crate) uni: Caller,
    /// The address that the tenant anchors from.
    pub(crate) address: String,
    /// The batches that are not announced as anchored yet.
    open: Mutex<BTreeSet<String>>,
}

impl Story {
    pub(crate) async fn begin() -> Self {
        Self::begin_with(|chain| chain).await
    }

    /// Begins a story with a chain of other settings.
    pub(crate) async fn begin_with(change: impl Fn(Chain) -> Chain) -> Self {
        Self::begin_as(change, FundsOptions::default()).await
    }

    /// Begins a story with a chain of other settings, and a host with these options of funding.
    pub(crate) async fn begin_as(change: impl Fn(Chain) -> Chain, funds: FundsOptions) -> Self {
        let client = |_: &Node, line: &Interceptor| Client::new(Arc::new(line.clone()));
        Self::begin_on(client, change, funds).await
    }

    /// Begins a story whose client has a second way to the same node, on which no rule is set.
    pub(crate) async fn begin_beside_a_healthy_node() -> Self {
        let client = |node: &Node, line: &Interceptor| {
            let nodes = vec![Client::new(Arc::new(line.clone())), Client::new(Arc::new(node.transport()))];
            Client::new(Arc::new(Failover::new(ExpectedChain { id: BASE_SEPOLIA, genesis: None }, nodes)))
        };
        Self::begin_on(client, |chain| chain, FundsOptions::default()).await
    }

    async fn begin_on(
        client: impl Fn(&Node, &Interceptor) -> Client,
        change: impl Fn(Chain) -> Chain,
        funds: FundsOptions,
    ) -> Self {
        let node = Node::start();
        let line = Interceptor::on(Arc::new(node.transport()));
        let client = client(&node, &line);
        let explorer = "https://sepolia.basescan.org/tx/".to_owned();
        let chain = change(Chain {
            confirmations: CONFIRMATIONS,
            replace_after_ms: REPLACE_AFTER_MS,
            ..Chain::new(BASE_SEPOLIA, client, explorer)
        });
        let options =
            PipelineOptions { live_keys_on_development_chain: true, funds, ..PipelineOptions::default() };
        let chains = Chains { test: Some(chain), live: None };
        let app = TestApp::builder().nodes(chains).pipeline(options).start().await;
        let uni = app.tenant("Example University").await;
        let address = address_of(&app, &uni).await;
        node.give(&address, ETHER).await;
        Self { node, line, app, uni, address, open: Mutex::default() }
    }

    /// Posts a batch, and returns its id.
    pub(crate) async fn post(&self) -> String {
        // Ids of one millisecond have no order among them.
        self.app.clock().advance_ms(1);
        let batch = self.uni.post_batch(one("Ada Lovelace")).await;
        let id = batch["id"].as_str().unwrap().to_owned();
        self.open.lock().unwrap().insert(id.clone());
        id
    }

    /// Lets this much time pass, in milliseconds, and the pipeline do what is due then. An anchor that is announced meanwhile must be
    /// deep enough in the chain.
    pub(crate) async fn pass(&self, milliseconds: i64) {
        self.app.clock().advance_ms(milliseconds);
        self.app.run_steps(4).await;
        let open = self.open.lock().unwrap().clone();
        for id in open {
            if self.status(&id).await == "anchored" {
                let confirmations = self.confirmations(&id).await;
                assert!(
                    confirmations >= CONFIRMATIONS,
                    "{id} was announced with {confirmations} confirmations"
                );
                self.open.lock().unwrap().remove(&id);
            }
        }
    }

    /// Mines block by block, two seconds each, until all of these batches are anchored and the database has the right block of each.
    pub(crate) async fn come_to_rest(&self, ids: impl IntoIterator<Item = &String> + Copy) {
        for _ in 0..200 {
            self.node.mine(1).await;
            self.pass(2_000).await;
            if self.are_at_rest(ids).await {
                return;
            }
        }
        panic!("it does not come to rest: {:#?}", self.uni.all_batches().await);
    }

    async fn are_at_rest(&self, ids: impl IntoIterator<Item = &String>) -> bool {
        for id in ids {
            if self.status(id).await != "anchored" || self.confirmations(id).await < CONFIRMATIONS {
                return false;
            }
            let attempts = self.attempts(id).await;
            let mined = attempts.iter().find(|attempt| attempt.block.is_some()).unwrap();
            let Inclusion::Included(seen) = self.inclusion(&mined.hash).await else { return false };
            if *mined.block.as_ref().unwrap().hash.as_bytes() != seen.block_hash {
                return false;
            }
        }
        true
    }

    /// Returns the depth of the transaction that the API names as the batch's anchor.
    pub(crate) async fn confirmations(&self, batch_id: &str) -> u64 {
        let batch = self.uni.batch(batch_id).await;
        let hash = batch["anchor_transaction"]["hash"].as_str().unwrap_or_default();
        match self.inclusion(&hash.trim_start_matches("0x").parse().unwrap()).await {
            Inclusion::Included(included) => included.confirmations,
            Inclusion::Pending | Inclusion::Unknown => 0,
        }
    }

    /// Returns the true inclusion of the transaction with this hash: the node is asked, not the line.
    pub(crate) async fn inclusion(&self, hash: &TxHash) -> Inclusion {
        Client::new(Arc::new(self.node.transport())).inclusion(hash.as_bytes()).await.unwrap()
    }

    /// Returns the transactions that were signed for a batch, oldest first.
    pub(crate) async fn attempts(&self, batch_id: &str) -> Vec<AnchorTransaction> {
        let store = &self.app.issuance().store;
        transactions_of_batch(store, &batch_id.parse().unwrap()).await
    }

    pub(crate) async fn status(&self, batch_id: &str) -> String {
        self.uni.batch(batch_id).await["status"].as_str().unwrap().to_owned()
    }

    /// Blocks and time until every anchor is final, so that nothing is watched any more.
    pub(crate) async fn until_final(&self) {
        self.node.mine(70).await;
        for _ in 0..64 {
            self.pass(60_000).await;
            let store = &self.app.issuance().store;
            match store.next_due_anchor(AnchorStatus::Anchored, self.app.now_ms()).await.unwrap() {
                None | Some(NEVER) => return,
                Some(_) => {}
            }
        }
        panic!("anchors are still watched");
    }

    /// Asserts that each batch is anchored once: one transaction in the chain carries its root, it is the one that the API names,
    /// and there is one event of each transition; and that the nonces of the sender have no gap.
    pub(crate) async fn assert_anchored_once(&self) {
        let mut carrying: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut nonces: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for transaction in self.node.transactions().await {
            let text = |member: &str| transaction[member].as_str().unwrap().to_owned();
            carrying.entry(text("input")).or_default().push(text("hash"));
            let nonce = u64::from_str_radix(&text("nonce")[2..], 16).unwrap();
            nonces.entry(text("from").to_lowercase()).or_default().push(nonce);
        }
        for (sender, nonces) in nonces {
            assert!(nonces.iter().copied().eq((0..).take(nonces.len())), "{sender} sent {nonces:?}");
        }
        for batch in self.uni.all_batches().await {
            let id = batch["id"].as_str().unwrap();
            assert_eq!(batch["status"], "anchored", "{id}");
            let hash = batch["anchor_transaction"]["hash"].as_str().unwrap();
            assert_eq!(carrying[batch["merkle_root"].as_str().unwrap()], [hash], "{id}");
            let events = self.app.events(id).await;
            // Those of one millisecond have no order among them.
            let types: BTreeSet<&str> = events.iter().map(|event| event.event_type.as_str()).collect();
            assert_eq!(types, BTreeSet::from(["batch.created", "batch.signed", "batch.anchored"]), "{id}");
            assert_eq!(events.len(), 3, "{id}");
        }
    }

    /// Signs another transaction with the tenant's key, which the deployment knows nothing of.
    pub(crate) async fn sign_elsewhere(&self, nonce: u64, root: [u8; 32]) -> String {
        let store = &self.app.issuance().store;
        let secret = store.signing_secret(&self.uni.tenant_id, 1).await.unwrap();
        let key = learncoin_chain::ChainKey::from_secret_bytes(*secret).unwrap();
        let fees = learncoin_chain::Fees {
            max_fee_per_gas: 10_000_000_000,
            max_priority_fee_per_gas: 2_000_000_000,
        };
        let transaction = learncoin_chain::RootTransaction {
            chain_id: BASE_SEPOLIA,
            nonce,
            root,
            fees,
            gas_limit: learncoin_chain::ANCHOR_GAS_LIMIT,
        };
        format!("0x{}", hex::encode(transaction.sign(&key).unwrap().raw))
    }

    /// Hands bytes to the node, beside the deployment.
    pub(crate) async fn send_elsewhere(&self, raw: &str) -> Value {
        self.node.call("eth_sendRawTransaction", json!([raw])).await
    }
}

/// Returns the address of a tenant's one key, as its profile lists it.
pub(crate) async fn address_of(app: &TestApp, uni: &Caller) -> String {
    let profile = app.get(&format!("/tenants/{}/issuer.json", uni.tenant_id.ulid())).await.expect(200);
    profile["publicKey"][0]["id"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
}
