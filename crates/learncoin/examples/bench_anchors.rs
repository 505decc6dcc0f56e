//! Measures what anchors cost and how long they take: the program as it is, on a node that makes a block every two seconds and that is
//! as far away as a hosted one; then on the embedded chain, where nothing but the machine limits it. Prints JSON; exit status 1 when a
//! promised figure is missed.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_anchors && target/dist/examples/bench_anchors
//! ```
//!
//! `LEARNCOIN_LATENCIES_MS` has the delays of a round trip to the node, "80 250" by default. With arguments only the scenarios that they
//! name are run: `at-once`, `at-a-rate`, `many-tenants`, `faulty-tenants`, `embedded`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

mod anchor_load;
mod distant_node;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use learncoin_testkit::{KmsFault, KmsServer};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::anchor_load::{Anchored, InFlight, Load};
use crate::distant_node::DistantNode;
use crate::support::{Deployment, Server, Tenant};

const BLOCK_SECONDS: u64 = 2;
/// The gas of an anchor (EIP-7623).
const GAS_OF_AN_ANCHOR: f64 = 22_250.0;

/// Requests of one credential that are sent at once.
const AT_ONCE: usize = 300;
/// The slowest that the last of them may be anchored, in seconds, and the most anchors and calls for them.
const PROMISED_AT_ONCE: (f64, usize, usize) = (35.0, 12, 700);

/// The rates at which requests arrive, a second.
const RATES: [u64; 2] = [10, 100];
/// The factor by which the calls of two runs differ by chance: those of the higher rate are no more than those of the lower.
const CALLS_MAY_VARY: f64 = 1.1;
/// The time that requests arrive at a rate, in seconds.
const ARRIVING_SECONDS: u64 = 120;
/// The slowest of the median and of 99 in a hundred requests that arrive at 100 a second, in seconds.
const PROMISED_AT_A_RATE: (f64, f64) = (25.0, 32.0);
/// The most gas that a credential may cost at 100 requests a second.
const PROMISED_GAS: f64 = 150.0;
/// The most transactions of a key that wait: the default of `chain.anchors_in_flight`.
const PROMISED_IN_FLIGHT: usize = 4;

const TENANTS: usize = 200;
/// The requests of each, and the pace of each, so that all arrive within ten seconds.
const REQUESTS_OF_EACH: (u64, Duration) = (5, Duration::from_secs(2));
/// The slowest of all their requests, in seconds.
const PROMISED_OF_MANY: f64 = 60.0;

/// The tenants beside those that can't anchor, and the requests of each, two seconds apart.
const OTHERS: (usize, u64) = (20, 30);
/// The most by which 99 in a hundred of the others' requests may be slower because of those that can't anchor.
const PROMISED_SLOWER: f64 = 1.1;

/// The time that the embedded chain is loaded, after as much time to warm up as is not counted, in seconds.
const LOADED_SECONDS: u64 = 60;
/// The longest that the last batches may be behind the load when it ends, in seconds: the backlog is flat.
const PROMISED_BEHIND: f64 = 2.0;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let latencies = std::env::var("LEARNCOIN_LATENCIES_MS").unwrap_or_else(|_| "80 250".to_owned());
    let mut missed = false;
    for latency in latencies.split_whitespace() {
        let latency = latency.parse().expect("milliseconds");
        if is_chosen("at-once") {
            missed |= at_once(latency).await;
        }
        if is_chosen("at-a-rate") {
            let (few, many) = (at_a_rate(latency, RATES[0]).await, at_a_rate(latency, RATES[1]).await);
            missed |= few.missed || many.missed || many.calls_a_minute > few.calls_a_minute * CALLS_MAY_VARY;
        }
        if is_chosen("many-tenants") {
            missed |= many_tenants(latency).await;
        }
        if is_chosen("faulty-tenants") {
            missed |= faulty_tenants(latency).await;
        }
    }
    if is_chosen("embedded") {
        // Callers, credentials of a request, and the least credentials that are anchored in a second.
        for (callers, size, promised) in [(64, 1, 1_500.0), (8, 500, 12_000.0)] {
            missed |= embedded(callers, size, promised).await;
        }
    }
    ExitCode::from(u8::from(missed))
}

/// A deployment whose node is far away, and a server on it.
struct Distant {
    deployment: Deployment,
    node: DistantNode,
}

impl Distant {
    async fn start(latency_ms: u64) -> Self {
        let deployment = Deployment::new(BLOCK_SECONDS);
        let node = DistantNode::start(deployment.anvil().url(), Duration::from_millis(latency_ms)).await;
        Self { deployment, node }
    }

    fn serve(&self, settings: &[(&str, &str)]) -> Server {
        let url = ("LEARNCOIN_CHAIN_TEST_RPC_URL", self.node.url.as_str());
        self.deployment.serve_with(&[&[url], settings].concat())
    }
}

/// Sends requests of one tenant at once.
async fn at_once(latency: u64) -> bool {
    let distant = Distant::start(latency).await;
    let tenant = distant.deployment.tenant("Example University").await;
    let server = distant.serve(&[]);
    let in_flight = InFlight::watch(distant.deployment.anvil().url(), std::slice::from_ref(&tenant));
    let (calls, began) = (distant.node.calls(), Instant::now());
    let load = Load::new(&server, &tenant);
    let anchored = load.until_anchored(&load.all_at_once(AT_ONCE).await).await;
    let (calls, anchors) = (distant.node.calls() - calls, anchored.anchors());
    let last = began.elapsed().as_secs_f64();
    print(&json!({
        "latency_ms": latency, "requests_at_once": AT_ONCE, "last_anchored_s": last, "anchors": anchors, "rpc_calls": calls,
        "most_in_flight": in_flight.most(),
    }));
    last > PROMISED_AT_ONCE.0
        || anchors > PROMISED_AT_ONCE.1
        || calls > PROMISED_AT_ONCE.2
        || in_flight.most() > PROMISED_IN_FLIGHT
}

/// Sends requests of one tenant at this rate, in a deployment of their own: anchors of another load would still be watched.
async fn at_a_rate(latency: u64, rate: u64) -> Measured {
    let distant = Distant::start(latency).await;
    let tenant = distant.deployment.tenant("Example University").await;
    let server = distant.serve(&[]);
    let in_flight = InFlight::watch(distant.deployment.anvil().url(), std::slice::from_ref(&tenant));
    let (calls, posts, began) = (distant.node.calls(), distant.node.posts(), Instant::now());
    let load = Load::new(&server, &tenant);
    let period = Duration::from_secs(1) / u32::try_from(rate).expect("a small rate");
    let arrived = load.until_anchored(&load.at_a_pace(rate * ARRIVING_SECONDS, period).await).await;
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    let gas = number(arrived.anchors()) * GAS_OF_AN_ANCHOR / number(arrived.seconds.len());
    let (median, p99) = (arrived.percentile(50), arrived.percentile(99));
    let calls_a_minute = number(distant.node.calls() - calls) / minutes;
    print(&json!({
        "latency_ms": latency, "requests_a_second": rate, "requests": arrived.seconds.len(), "median_s": median,
        "p99_s": p99, "longest_s": arrived.percentile(100), "anchors": arrived.anchors(), "gas_per_credential": gas,
        "rpc_calls_a_minute": calls_a_minute,
        "rpc_posts_a_minute": number(distant.node.posts() - posts) / minutes, "most_in_flight": in_flight.most(),
    }));
    let is_slow = median > PROMISED_AT_A_RATE.0 || p99 > PROMISED_AT_A_RATE.1 || gas > PROMISED_GAS;
    let missed = (rate == RATES[1] && is_slow) || in_flight.most() > PROMISED_IN_FLIGHT;
    Measured { calls_a_minute, missed }
}

/// The result of a rate of requests.
struct Measured {
    calls_a_minute: f64,
    /// Whether a promised figure was missed.
    missed: bool,
}

async fn many_tenants(latency: u64) -> bool {
    let distant = Distant::start(latency).await;
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        tenants.push(distant.deployment.tenant(&format!("Example School {number}")).await);
    }
    let server = distant.serve(&[]);
    let (calls, posts) = (distant.node.calls(), distant.node.posts());
    let anchored = steady(&server, &tenants, REQUESTS_OF_EACH.0, REQUESTS_OF_EACH.1).await;
    let longest = anchored.percentile(100);
    print(&json!({
        "latency_ms": latency, "tenants": TENANTS, "requests": anchored.seconds.len(), "median_s": anchored.percentile(50),
        "longest_s": longest, "anchors": anchored.anchors(), "rpc_calls": distant.node.calls() - calls,
        "rpc_posts": distant.node.posts() - posts,
    }));
    longest > PROMISED_OF_MANY
}

/// Measures what tenants notice of one that owns nothing and one whose key is in a Cloud KMS that hangs.
async fn faulty_tenants(latency: u64) -> bool {
    let kms = KmsServer::start().await;
    let host = kms.origin().trim_start_matches("http://").to_owned();
    let kms_settings = [("LEARNCOIN_KEYS_KMS_ENDPOINT", kms.origin()), ("GCE_METADATA_HOST", host.as_str())];
    let with_ring = [&kms_settings[..], &[("LEARNCOIN_KEYS_KMS_KEY_RING", kms.key_ring())]].concat();
    let distant = Distant::start(latency).await;
    let mut others = Vec::new();
    for number in 0..OTHERS.0 {
        others.push(distant.deployment.tenant(&format!("Example School {number}")).await);
    }
    let poor = distant.deployment.tenant_without_ether("Poor School", &[]);
    let hanging = distant.deployment.tenant_without_ether("Slow School", &with_ring);
    distant.deployment.give(&hanging, "0xde0b6b3a7640000").await;
    let server = distant.serve(&kms_settings);
    let alone = steady(&server, &others, OTHERS.1, Duration::from_secs(2)).await;
    kms.set_fault(KmsFault::Hang);
    let mut faulty = JoinSet::new();
    for tenant in [&poor, &hanging] {
        let load = Load::new(&server, tenant);
        faulty.spawn(async move { load.at_a_pace(OTHERS.1 * 4, Duration::from_millis(500)).await });
    }
    let beside = steady(&server, &others, OTHERS.1, Duration::from_secs(2)).await;
    faulty.join_all().await;
    let slower = beside.percentile(99) / alone.percentile(99);
    print(&json!({
        "latency_ms": latency, "tenants_beside_two_that_cannot_anchor": OTHERS.0, "p99_alone_s": alone.percentile(99),
        "p99_beside_s": beside.percentile(99), "ratio": slower, "median_alone_s": alone.percentile(50),
        "median_beside_s": beside.percentile(50), "calls_that_hung": kms.faulted(),
    }));
    slower > PROMISED_SLOWER || kms.faulted() == 0
}

/// Sends so many requests of each tenant, one each `period`, all tenants at the same time, and waits until all are anchored.
async fn steady(server: &Server, tenants: &[Tenant], count: u64, period: Duration) -> Anchored {
    let mut loads = JoinSet::new();
    for tenant in tenants {
        let load = Load::new(server, tenant);
        loads.spawn(async move { load.until_anchored(&load.at_a_pace(count, period).await).await });
    }
    let mut all = Anchored::default();
    while let Some(anchored) = loads.join_next().await {
        all.merge(anchored.expect("a caller does not fail"));
    }
    all
}

/// Loads a server on the embedded chain as much as it takes, and measures whether what it accepts is anchored at the same rate.
async fn embedded(callers: usize, size: usize, promised: f64) -> bool {
    /// Of each caller's batches, every so many are looked at.
    const LOOK_AT_ONE_OF: usize = 20;
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let load = Load::new(&server, &tenant);
    load.as_fast_as_answered(callers, size, Duration::from_secs(2)).await;
    let processor = server.processor_seconds();
    let posted = load.as_fast_as_answered(callers, size, Duration::from_secs(LOADED_SECONDS)).await;
    let processor = server.processor_seconds() - processor;
    let first: Vec<String> = posted.iter().filter_map(|ids| ids.first().cloned()).collect();
    let last: Vec<String> = posted.iter().filter_map(|ids| ids.last().cloned()).collect();
    let newest = load.until_anchored(&last).await;
    let (began, ended) = (load.until_anchored(&first).await.first_accepted, newest.last_accepted);
    let sample: Vec<String> =
        posted.iter().flat_map(|ids| ids.iter().step_by(LOOK_AT_ONE_OF)).cloned().collect();
    let sample = load.until_anchored(&sample).await;
    let credentials = number(posted.iter().map(Vec::len).sum::<usize>() * size);
    let (accepted, anchored) = (credentials / (ended - began), credentials / (newest.last_anchored - began));
    let behind = newest.last_anchored - ended;
    print(&json!({
        "chain": "embedded", "callers": callers, "credentials_in_a_batch": size, "accepted_a_second": accepted,
        "anchored_a_second": anchored, "behind_at_the_end_s": behind, "median_s": sample.percentile(50),
        "p99_s": sample.percentile(99), "processor_seconds": processor, "seconds": ended - began,
    }));
    anchored < promised || behind > PROMISED_BEHIND
}

fn print(line: &Value) {
    println!("{line}");
}

/// Returns a count as a number to divide.
fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a count of a benchmark is small"))
}
