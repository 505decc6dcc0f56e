//! Measures what anchors cost and how long they take: the program as it is, on a node that makes a block every two seconds and that is
//! as far away as a hosted one; then on the embedded chain, where nothing but the machine limits it. Prints JSON; exit status 1 when a
//! promised figure is missed.
//!
//! ```text
//! cargo build --release --bin learncoin --example bench_anchors && target/release/examples/bench_anchors
//! ```
//!
//! `LEARNCOIN_LATENCY_MS` is the delay of each round trip to the node, 80 by default.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

mod distant_node;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use learncoin_testkit::many;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use crate::distant_node::DistantNode;
use crate::support::{Deployment, Server, Tenant, time};

const BLOCK_SECONDS: u64 = 2;
/// Requests of one credential that are sent at once.
const AT_ONCE: usize = 300;
/// The time that requests arrive at a rate, in seconds.
const ARRIVING_SECONDS: u64 = 120;
/// The slowest that the last of the requests that were sent at once may be anchored, in seconds, and the most anchors and calls for them.
const PROMISED_AT_ONCE: (f64, usize, usize) = (35.0, 12, 700);
/// The slowest of a hundred requests that arrive at 100 a second, in seconds.
const PROMISED_P99: f64 = 32.0;
/// The most gas that a credential may cost at 100 requests a second.
const PROMISED_GAS: f64 = 150.0;
/// The gas of an anchor (EIP-7623).
const GAS_OF_AN_ANCHOR: f64 = 22_250.0;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let latency =
        std::env::var("LEARNCOIN_LATENCY_MS").map_or(80, |text| text.parse().expect("milliseconds"));
    let deployment = Deployment::new(BLOCK_SECONDS);
    let node = DistantNode::start(deployment.anvil.url(), Duration::from_millis(latency)).await;
    let tenants = [deployment.tenant("Example University").await, deployment.tenant("Example College").await];
    let server = deployment.serve_on(&node.url);
    let mut missed = false;

    let (calls, began) = (node.calls(), Instant::now());
    let at_once = Load::new(&server, &tenants[0]).all_at_once(AT_ONCE).await;
    let (calls, anchors) = (node.calls() - calls, at_once.anchors());
    let last = began.elapsed().as_secs_f64();
    missed |= last > PROMISED_AT_ONCE.0 || anchors > PROMISED_AT_ONCE.1 || calls > PROMISED_AT_ONCE.2;
    println!(
        "{}",
        json!({
            "latency_ms": latency, "requests_at_once": AT_ONCE, "last_anchored_s": last, "anchors": anchors, "rpc_calls": calls,
        })
    );

    for (rate, tenant) in [(10, &tenants[0]), (100, &tenants[1])] {
        let (calls, began) = (node.calls(), Instant::now());
        let arrived = Load::new(&server, tenant).at_a_rate(rate).await;
        let minutes = began.elapsed().as_secs_f64() / 60.0;
        let calls_a_minute = number(node.calls() - calls) / minutes;
        let gas = number(arrived.anchors()) * GAS_OF_AN_ANCHOR / number(arrived.seconds.len());
        let p99 = arrived.percentile(99);
        missed |= rate == 100 && (p99 > PROMISED_P99 || gas > PROMISED_GAS);
        println!(
            "{}",
            json!({
                "latency_ms": latency, "requests_a_second": rate, "requests": arrived.seconds.len(), "median_s": arrived.percentile(50),
                "p99_s": p99, "longest_s": arrived.percentile(100), "anchors": arrived.anchors(),
                "gas_per_credential": gas, "rpc_calls_a_minute": calls_a_minute,
            })
        );
    }
    ExitCode::from(u8::from(missed))
}

/// Requests of one credential each to one server, by one tenant.
struct Load {
    http: reqwest::Client,
    url: String,
    api_key: String,
}

/// Batches that are anchored.
struct Anchored {
    /// The time from acceptance to anchor of each, in seconds, in ascending order.
    seconds: Vec<f64>,
    roots: std::collections::BTreeSet<String>,
}

impl Anchored {
    fn anchors(&self) -> usize {
        self.roots.len()
    }

    fn percentile(&self, percent: usize) -> f64 {
        self.seconds[(self.seconds.len() * percent / 100).min(self.seconds.len() - 1)]
    }
}

impl Load {
    fn new(server: &Server, tenant: &Tenant) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { http, url: server.url.clone(), api_key: tenant.api_key.clone() }
    }

    /// Sends so many requests at once, and waits until all are anchored.
    async fn all_at_once(&self, count: usize) -> Anchored {
        let mut posting = JoinSet::new();
        for _ in 0..count {
            posting.spawn(self.post());
        }
        self.until_anchored(&posting.join_all().await).await
    }

    /// Sends so many requests a second, and waits until all are anchored.
    async fn at_a_rate(&self, rate: u64) -> Anchored {
        let mut posting = JoinSet::new();
        let mut pace = interval(Duration::from_secs(1) / u32::try_from(rate).expect("a small rate"));
        for _ in 0..rate * ARRIVING_SECONDS {
            pace.tick().await;
            posting.spawn(self.post());
        }
        self.until_anchored(&posting.join_all().await).await
    }

    fn post(&self) -> impl Future<Output = String> + Send + use<> {
        let request =
            self.http.post(format!("{}/v1/batches", self.url)).bearer_auth(&self.api_key).json(&many(1));
        async move {
            let answer = request.send().await.expect("the server answers");
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(status, 202, "{body}");
            body["id"].as_str().expect("a batch has an id").to_owned()
        }
    }

    /// Waits until each of these batches is anchored. The oldest are looked at in the end: what they were anchored at is in them.
    async fn until_anchored(&self, ids: &[String]) -> Anchored {
        let mut anchored = Anchored { seconds: Vec::new(), roots: Default::default() };
        for id in ids {
            let batch = loop {
                let batch = self.get(&format!("/v1/batches/{id}")).await;
                match batch["status"].as_str() {
                    Some("anchored") => break batch,
                    Some("failed") => panic!("{batch}"),
                    _ => sleep(Duration::from_millis(250)).await,
                }
            };
            anchored.seconds.push(time(&batch, "anchored_at") - time(&batch, "created_at"));
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

/// Returns a count as a number to divide.
fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a count of a benchmark is small"))
}
