//! Requests to one server by one tenant, and how long their batches take to be anchored.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use learncoin_chain::rpc::{BlockTag, Client, HttpTransport, Timeouts};
use learncoin_testkit::many;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use crate::support::{Server, Tenant, time};

/// A caller: one tenant's key at one server.
#[derive(Clone)]
pub(crate) struct Load {
    http: reqwest::Client,
    url: String,
    api_key: String,
}

/// Batches that are anchored.
pub(crate) struct Anchored {
    /// The time from acceptance to anchor of each, in seconds, in ascending order.
    pub(crate) seconds: Vec<f64>,
    /// When the first was accepted, in seconds since 1970.
    pub(crate) first_accepted: f64,
    /// When the last was accepted, in seconds since 1970.
    pub(crate) last_accepted: f64,
    /// When the last was anchored, in seconds since 1970.
    pub(crate) last_anchored: f64,
    roots: BTreeSet<String>,
}

impl Default for Anchored {
    fn default() -> Self {
        let never = f64::NEG_INFINITY;
        Self {
            seconds: Vec::new(),
            first_accepted: f64::INFINITY,
            last_accepted: never,
            last_anchored: never,
            roots: BTreeSet::new(),
        }
    }
}

impl Anchored {
    pub(crate) fn anchors(&self) -> usize {
        self.roots.len()
    }

    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        self.seconds[(self.seconds.len() * percent / 100).min(self.seconds.len() - 1)]
    }

    /// Adds the batches of another caller.
    pub(crate) fn merge(&mut self, other: Anchored) {
        self.seconds.extend(other.seconds);
        self.seconds.sort_by(f64::total_cmp);
        self.first_accepted = self.first_accepted.min(other.first_accepted);
        self.last_accepted = self.last_accepted.max(other.last_accepted);
        self.last_anchored = self.last_anchored.max(other.last_anchored);
        self.roots.extend(other.roots);
    }
}

impl Load {
    pub(crate) fn new(server: &Server, tenant: &Tenant) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { http, url: server.url.clone(), api_key: tenant.api_key.clone() }
    }

    /// Sends so many requests of one credential at once. Returns the ids of their batches.
    pub(crate) async fn all_at_once(&self, count: usize) -> Vec<String> {
        let mut posting = JoinSet::new();
        for _ in 0..count {
            posting.spawn(self.post(many(1).to_string()));
        }
        posting.join_all().await
    }

    /// Sends so many requests of one credential, one each `period`. Returns the ids of their batches.
    pub(crate) async fn at_a_pace(&self, count: u64, period: Duration) -> Vec<String> {
        let mut posting = JoinSet::new();
        let mut pace = interval(period);
        for _ in 0..count {
            pace.tick().await;
            posting.spawn(self.post(many(1).to_string()));
        }
        posting.join_all().await
    }

    /// Sends requests of `size` credentials for `duration`, so many at the same time. Returns the ids of each caller's batches.
    pub(crate) async fn as_fast_as_answered(
        &self,
        callers: usize,
        size: usize,
        duration: Duration,
    ) -> Vec<Vec<String>> {
        let (body, ends) = (many(size).to_string(), Instant::now() + duration);
        let mut posting = JoinSet::new();
        for _ in 0..callers {
            let (load, body) = (self.clone(), body.clone());
            posting.spawn(async move {
                let mut ids = Vec::new();
                while Instant::now() < ends {
                    ids.push(load.post(body.clone()).await);
                }
                ids
            });
        }
        posting.join_all().await
    }

    fn post(&self, body: String) -> impl Future<Output = String> + Send + use<> {
        let request = self.http.post(format!("{}/v1/batches", self.url)).bearer_auth(&self.api_key);
        let request = request.header("content-type", "application/json").body(body);
        async move {
            let answer = request.send().await.expect("the server answers");
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(status, 202, "{body}");
            body["id"].as_str().expect("a batch has an id").to_owned()
        }
    }

    /// Waits until each of these batches is anchored. What was anchored long ago is read as well: when that was is in the batch.
    pub(crate) async fn until_anchored(&self, ids: &[String]) -> Anchored {
        let mut anchored = Anchored::default();
        for id in ids {
            let batch = loop {
                let batch = self.get(&format!("/v1/batches/{id}")).await;
                match batch["status"].as_str() {
                    Some("anchored") => break batch,
                    Some("failed") => panic!("{batch}"),
                    _ => sleep(Duration::from_millis(100)).await,
                }
            };
            let (accepted_at, anchored_at) = (time(&batch, "created_at"), time(&batch, "anchored_at"));
            anchored.first_accepted = anchored.first_accepted.min(accepted_at);
            anchored.last_accepted = anchored.last_accepted.max(accepted_at);
            anchored.last_anchored = anchored.last_anchored.max(anchored_at);
            anchored.seconds.push(anchored_at - accepted_at);
            anchored.roots.insert(batch["merkle_root"].to_string());
        }
        anchored.seconds.sort_by(f64::total_cmp);
        anchored
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.url)).bearer_auth(&self.api_key);
        request.send().await.expect("the server answers").json().await.expect("JSON")
    }
}

/// Watches how many transactions of some addresses wait at a node, until it is dropped.
pub(crate) struct InFlight {
    most: Arc<AtomicUsize>,
    has_ended: Arc<AtomicBool>,
}

impl InFlight {
    /// Begins to ask the node at this URL, without delay.
    pub(crate) fn watch(node: &str, tenants: &[Tenant]) -> Self {
        let transport =
            HttpTransport::new(node.parse().expect("a URL"), Timeouts::default()).expect("a transport");
        let client = Client::new(Arc::new(transport));
        let addresses: Vec<_> =
            tenants.iter().map(|tenant| tenant.address.parse().expect("an address")).collect();
        let watch = Self { most: Arc::default(), has_ended: Arc::default() };
        let (most, has_ended) = (Arc::clone(&watch.most), Arc::clone(&watch.has_ended));
        tokio::spawn(async move {
            while !has_ended.load(Ordering::Relaxed) {
                for address in &addresses {
                    // Asked last, what is in blocks is at its highest: a block between the two calls hides some, and invents none.
                    let pending =
                        client.transaction_count(address, BlockTag::Pending).await.expect("the node answers");
                    let latest =
                        client.transaction_count(address, BlockTag::Latest).await.expect("the node answers");
                    let waiting = usize::try_from(pending.saturating_sub(latest)).expect("a small number");
                    most.fetch_max(waiting, Ordering::Relaxed);
                }
                sleep(Duration::from_millis(50)).await;
            }
        });
        watch
    }

    /// Returns the most transactions of one address that waited at the same time.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::Relaxed)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.has_ended.store(true, Ordering::Relaxed);
    }
}
