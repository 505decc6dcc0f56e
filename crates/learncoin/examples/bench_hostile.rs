//! Measures what hostile and greedy callers cost: the memory and processor time of large bodies, the memory of long lists, and how long
//! others wait meanwhile, for the API and for their badges. It starts the
//! program that was built beside it, prints JSON, and exits with status 1 when a promise is missed. `docs/performance.md` holds its
//! figures.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_hostile && target/dist/examples/bench_hostile
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use learncoin_testkit::{costly_bodies, hostile_bodies, many, one};
use reqwest::Client;
use serde_json::{Value, json};
use support::{Deployment, Server};
use tokio::task::JoinSet;

/// The size at which a body cost 637 MB before there was a limit.
const BODY_BYTES: usize = 14_600_000;
/// The largest body.
const LARGEST_BYTES: usize = 40 * 1024 * 1024;
const MEGABYTE: f64 = 1e6;

/// The promises.
mod promised {
    /// The memory of a body, as a multiple of its bytes.
    pub(crate) const TIMES_ITS_BODY: f64 = 6.0;
    /// The memory that a small body may take all the same.
    pub(crate) const LEAST_MB: f64 = 64.0;
    /// The processor time of a body that is refused.
    pub(crate) const REFUSAL_SECONDS: f64 = 1.0;
    /// The memory of the process with twelve bodies at once.
    pub(crate) const DOZEN_MB: f64 = 500.0;
    /// The 99th percentile of other callers' requests meanwhile.
    pub(crate) const OTHERS_P99_MS: f64 = 100.0;
    /// The memory of eight lists of a hundred full batches at once.
    pub(crate) const LISTS_MB: f64 = 50.0;
    /// The delay of a badge beside a hundred greedy clients.
    pub(crate) const BADGE_DELAY_MS: f64 = 300.0;
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcomes = [costs().await, refusals().await, dozen().await, lists().await, files().await];
    let kept = outcomes.iter().all(|outcome| outcome.kept);
    println!("{:#}", Value::from_iter(outcomes.map(|outcome| outcome.figures)));
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Outcome {
    figures: Value,
    kept: bool,
}

/// Posts each costly body alone, at both sizes.
async fn costs() -> Outcome {
    let (mut rows, mut kept) = (Vec::new(), true);
    for bytes in [BODY_BYTES, LARGEST_BYTES] {
        for (name, body) in costly_bodies(bytes) {
            eprintln!("{name}, {bytes} bytes …");
            let size = body.len() as f64;
            let deployment = Deployment::embedded();
            let tenant = deployment.tenant("Example University").await;
            let server = deployment.serve(&[]);
            let caller = Caller::new(&server, &tenant.api_key);
            caller.post(one("Ada").to_string().into_bytes()).await;
            let (memory, time) = (server.memory_mb("VmRSS"), server.processor_seconds());
            let status = caller.post(body).await;
            let taken = server.memory_mb("VmHWM") - memory;
            let times = taken * MEGABYTE / size;
            let seconds = server.processor_seconds() - time;
            let valid = name.starts_with("a valid");
            kept &= status == if valid { 202 } else { 400 };
            kept &= times <= promised::TIMES_ITS_BODY || taken <= promised::LEAST_MB;
            kept &= valid || seconds <= promised::REFUSAL_SECONDS;
            rows.push(json!({ "body": name, "bytes": size, "status": status, "megabytes": taken, "times_its_body": times, "seconds": seconds }));
        }
    }
    Outcome { figures: json!({ "costs": rows, "promised": promised::TIMES_ITS_BODY }), kept }
}

/// Posts the other hostile bodies, one after the other.
async fn refusals() -> Outcome {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let caller = Caller::new(&server, &tenant.api_key);
    let bodies = hostile_bodies();
    let (count, mut slowest, mut kept) = (bodies.len(), 0.0_f64, true);
    for body in bodies {
        let time = server.processor_seconds();
        kept &= caller.post(body).await == 400;
        slowest = slowest.max(server.processor_seconds() - time);
    }
    kept &= slowest <= promised::REFUSAL_SECONDS;
    Outcome { figures: json!({ "hostile_bodies": count, "slowest_seconds": slowest }), kept }
}

/// Posts a dozen costly bodies at once, while another tenant makes small requests.
async fn dozen() -> Outcome {
    let deployment = Deployment::embedded();
    let greedy = deployment.tenant("Greedy").await;
    let honest = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let (greedy, honest) = (Caller::new(&server, &greedy.api_key), Caller::new(&server, &honest.api_key));
    honest.post(one("Ada").to_string().into_bytes()).await;
    let idle = server.memory_mb("VmRSS");
    let ended = AtomicBool::new(false);
    let post_all = async {
        let mut posting = JoinSet::new();
        for (_, body) in costly_bodies(BODY_BYTES).into_iter().take(12) {
            let greedy = greedy.clone();
            posting.spawn(async move { greedy.post(body).await });
        }
        let statuses = posting.join_all().await;
        ended.store(true, Ordering::SeqCst);
        statuses
    };
    let watch = async {
        let mut times = Vec::new();
        while !ended.load(Ordering::SeqCst) {
            let began = Instant::now();
            match times.len() % 4 {
                0 => assert_eq!(honest.post(one("Ada").to_string().into_bytes()).await, 202),
                _ => assert_eq!(honest.get("/v1/tenants/me").await, 200),
            }
            times.push(began.elapsed());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        times
    };
    let (statuses, times) = tokio::join!(post_all, watch);
    let peak = server.memory_mb("VmHWM");
    let p99 = at(&times, 99);
    let broken = statuses.iter().filter(|status| **status >= 500).count();
    let kept = broken == 0 && peak <= promised::DOZEN_MB && p99 <= promised::OTHERS_P99_MS;
    let refused = statuses.iter().filter(|status| **status == 429).count();
    Outcome {
        figures: json!({
            "at_once": statuses.len(), "told_to_come_again": refused, "idle_mb": idle, "peak_mb": peak,
            "others_requests": times.len(), "others_p99_ms": p99,
        }),
        kept,
    }
}

/// Reads eight lists of a hundred full batches at once.
async fn lists() -> Outcome {
    const BATCHES: usize = 100;
    const LISTS: usize = 8;
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let caller = Caller::new(&server, &tenant.api_key);
    let full = many(500).to_string().into_bytes();
    for number in 0..BATCHES {
        eprintln!("full batch {number} …");
        assert_eq!(caller.post(full.clone()).await, 202);
    }
    drop(server);
    let server = deployment.serve(&[]);
    let caller = Caller::new(&server, &tenant.api_key);
    caller.get("/v1/batches?limit=1").await;
    let idle = server.memory_mb("VmRSS");
    let mut reading = JoinSet::new();
    for _ in 0..LISTS {
        let caller = caller.clone();
        reading.spawn(async move { caller.length("/v1/batches?limit=100").await });
    }
    let lengths = reading.join_all().await;
    let peak = server.memory_mb("VmHWM");
    let shortest = lengths.into_iter().min().unwrap_or_default();
    let kept = peak - idle <= promised::LISTS_MB && shortest > BATCHES * 500 * 100;
    Outcome {
        figures: json!({ "lists": LISTS, "bytes_each": shortest, "idle_mb": idle, "peak_mb": peak }),
        kept,
    }
}

/// Asks for badges while a hundred clients ask for everything that is drawn.
async fn files() -> Outcome {
    const GREEDY: usize = 100;
    const BADGES: usize = 40;
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let caller = Caller::new(&server, &tenant.api_key);
    let ids = caller.issue(3 * BADGES).await;
    let (alone, rest) = ids.split_at(BADGES);
    let (beside, greedy) = rest.split_at(BADGES);
    let honest = Caller::from(&server, &tenant.api_key, [127, 0, 0, 2].into());
    let before = honest.badges(alone).await;
    let mut asking = JoinSet::new();
    for number in 0..GREEDY {
        let (caller, ids) = (caller.clone(), greedy.to_vec());
        asking.spawn(async move {
            for turn in number.. {
                let file = ["certificate.pdf", "badge.png", "card.png"][turn % 3];
                // Those that find no room are refused, and come again.
                caller.get(&format!("/c/{}/{file}", ids[turn % ids.len()])).await;
            }
        });
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let meanwhile = honest.badges(beside).await;
    asking.abort_all();
    let delay = |percent: usize| at(&meanwhile, percent) - at(&before, percent);
    let kept = delay(50) <= promised::BADGE_DELAY_MS && delay(99) <= promised::BADGE_DELAY_MS;
    Outcome {
        figures: json!({
            "greedy_clients": GREEDY, "badge_alone_ms": [at(&before, 50), at(&before, 99)],
            "badge_beside_ms": [at(&meanwhile, 50), at(&meanwhile, 99)],
        }),
        kept,
    }
}

/// Returns the time that this percentage of them stays below, in milliseconds.
fn at(times: &[Duration], percent: usize) -> f64 {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[times.len() * percent / 100].as_secs_f64() * 1_000.0
}

/// A caller with a key.
#[derive(Clone)]
struct Caller {
    client: Client,
    url: String,
    key: String,
}

impl Caller {
    fn new(server: &Server, key: &str) -> Self {
        Self::from(server, key, [127, 0, 0, 1].into())
    }

    /// Creates a caller at another address of this machine.
    fn from(server: &Server, key: &str, address: IpAddr) -> Self {
        let client = Client::builder().no_proxy().local_address(address).build().expect("a client");
        Self { client, url: server.url.clone(), key: key.to_owned() }
    }

    async fn post(&self, body: Vec<u8>) -> u16 {
        let request = self.client.post(format!("{}/v1/batches", self.url)).bearer_auth(&self.key);
        status(request.header("Content-Type", "application/json").body(body)).await
    }

    async fn get(&self, path: &str) -> u16 {
        status(self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key)).await
    }

    /// Returns the length of an answer, which is not held in memory.
    async fn length(&self, path: &str) -> usize {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
        let mut answer = request.send().await.expect("an answer");
        let mut length = 0;
        while let Some(chunk) = answer.chunk().await.expect("a whole answer") {
            length += chunk.len();
        }
        length
    }

    async fn json(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key);
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// Issues so many credentials, and waits until they are anchored. Returns their ids.
    async fn issue(&self, count: usize) -> Vec<String> {
        assert_eq!(self.post(many(count).to_string().into_bytes()).await, 202);
        loop {
            let page = self.json("/v1/batches?limit=1").await;
            let batch = &page["data"][0];
            if batch["status"] == "anchored" {
                let credentials = batch["credentials"].as_array().expect("credentials");
                return credentials.iter().filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Asks for the badge of each credential, one after the other. Returns the times.
    async fn badges(&self, ids: &[String]) -> Vec<Duration> {
        let mut times = Vec::new();
        for id in ids {
            let began = Instant::now();
            assert_eq!(self.get(&format!("/c/{id}/badge.png")).await, 200);
            times.push(began.elapsed());
        }
        times
    }
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    answer.bytes().await.expect("a whole answer");
    status
}
