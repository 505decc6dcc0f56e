//! Measures what hostile callers cost: the memory and processor time of large bodies, and how long others wait meanwhile. It starts the
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

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use learncoin_testkit::{costly_bodies, hostile_bodies, one};
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
}

#[tokio::main]
async fn main() -> ExitCode {
    let outcomes = [costs().await, refusals().await, dozen().await];
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
            let (memory, time) = (memory(&server, "VmRSS"), server.processor_seconds());
            let status = caller.post(body).await;
            let taken = self::memory(&server, "VmHWM") - memory;
            let times = taken / size;
            let seconds = server.processor_seconds() - time;
            let valid = name.starts_with("a valid");
            kept &= status == if valid { 202 } else { 400 };
            kept &= times <= promised::TIMES_ITS_BODY || taken <= promised::LEAST_MB * MEGABYTE;
            kept &= valid || seconds <= promised::REFUSAL_SECONDS;
            rows.push(json!({ "body": name, "bytes": size, "status": status, "megabytes": taken / MEGABYTE, "times_its_body": times, "seconds": seconds }));
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
    let idle = memory(&server, "VmRSS") / MEGABYTE;
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
    let (statuses, mut times) = tokio::join!(post_all, watch);
    let peak = memory(&server, "VmHWM") / MEGABYTE;
    times.sort_unstable();
    let p99 = times[times.len() * 99 / 100].as_secs_f64() * 1_000.0;
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

/// A caller with a key.
#[derive(Clone)]
struct Caller {
    client: Client,
    url: String,
    key: String,
}

impl Caller {
    fn new(server: &Server, key: &str) -> Self {
        let client = Client::builder().no_proxy().build().expect("a client");
        Self { client, url: server.url.clone(), key: key.to_owned() }
    }

    async fn post(&self, body: Vec<u8>) -> u16 {
        let request = self.client.post(format!("{}/v1/batches", self.url)).bearer_auth(&self.key);
        status(request.header("Content-Type", "application/json").body(body)).await
    }

    async fn get(&self, path: &str) -> u16 {
        status(self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.key)).await
    }
}

async fn status(request: reqwest::RequestBuilder) -> u16 {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    answer.bytes().await.expect("a whole answer");
    status
}

/// Returns the server's memory as the kernel reports it, in bytes.
fn memory(server: &Server, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).expect("it runs");
    let line = status.lines().find(|line| line.starts_with(name)).expect("such a line");
    let kilobytes: f64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    kilobytes * 1024.0
}
