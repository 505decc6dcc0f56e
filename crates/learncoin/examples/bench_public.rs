//! Measures what callers without a key cost: connections that trickle or are silent, headers that never end, and pages that are read
//! over and over. It starts the program that was built beside it, prints JSON, and exits with status 1 when a promise is missed.
//! `docs/performance.md` holds its figures.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_public && target/dist/examples/bench_public
//! ```
//!
//! With arguments only the scenarios that they name are run: `connections`, `headers`, `views`, `flood`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod anchor_load;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod distant_node;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use learncoin_testkit::many;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::anchor_load::Load;
use crate::distant_node::DistantNode;
use crate::support::{Deployment, Server, Tenant};

/// The most descriptors that the server may open, as a shell gives them by default.
const DESCRIPTORS: usize = 1_024;
const CONNECTIONS: usize = 1_000;
/// The connections of each address.
const OF_AN_ADDRESS: usize = 20;
const TRICKLING: Duration = Duration::from_secs(60);
/// The pause between two bytes of a connection that trickles.
const BETWEEN_BYTES: Duration = Duration::from_secs(1);
/// The pause between two requests of an honest caller.
const BETWEEN_REQUESTS: Duration = Duration::from_millis(50);
/// The slowest of 99 in a hundred honest requests, in milliseconds.
const PROMISED_P99_MS: f64 = 250.0;
const PROMISED_MB: f64 = 100.0;
/// The longest that each kind of connection stays, in seconds: its time of `docs/operations.md`, and some for a busy machine.
const PROMISED_CUT_S: [(Kind, f64); 3] = [(Kind::Header, 15.0), (Kind::Body, 40.0), (Kind::Nothing, 15.0)];

/// Half-sent headers, and the bytes of each.
const HEADERS: (usize, usize) = (400, 390_000);
const PROMISED_HEADERS_MB: f64 = 30.0;

/// The credentials whose pages are read, and how often in all.
const VIEWS: (usize, usize) = (100, 5_000);
/// The time for which a look at a transaction is remembered, in seconds.
const REMEMBERED_S: f64 = 5.0;

/// The round trip to the node, in milliseconds, and the seconds between two blocks.
const LATENCY_MS: u64 = 80;
const BLOCK_SECONDS: u64 = 2;
/// The requests that are anchored beside a flood, the pause between two, and the callers that flood.
const FLOODED: (u64, Duration, usize) = (300, Duration::from_millis(200), 16);
/// The most by which a flood of pages may delay an anchor.
const PROMISED_SLOWER: f64 = 1.1;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let mut missed = false;
    if is_chosen("connections") {
        missed |= connections().await;
    }
    if is_chosen("headers") {
        missed |= headers().await;
    }
    if is_chosen("views") {
        missed |= views().await;
    }
    if is_chosen("flood") {
        missed |= flood().await;
    }
    ExitCode::from(u8::from(missed))
}

fn print(figures: &Value) {
    println!("{figures}");
}

/// The kind of a connection that keeps its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Sends a byte of a header now and then.
    Header,
    /// Sends a byte of a body now and then.
    Body,
    /// Sends nothing.
    Nothing,
}

/// Holds a thousand connections of fifty addresses, each opened anew when it is closed, while an honest caller works.
async fn connections() -> bool {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let limit = format!("--nofile={DESCRIPTORS}:{DESCRIPTORS}");
    let server = deployment.serve(&["prlimit", &limit]);
    let load = Load::new(&server, &tenant);
    load.until_anchored(&load.all_at_once(1).await).await;
    let idle = server.memory_mb("VmRSS");
    let ends = Instant::now() + TRICKLING;
    let mut holding = JoinSet::new();
    for number in 0..CONNECTIONS {
        let kind = PROMISED_CUT_S[number % PROMISED_CUT_S.len()].0;
        let address = number / OF_AN_ADDRESS + 2;
        let from = format!("127.0.1.{address}:0").parse().expect("an address");
        holding.spawn(hold(kind, from, address_of(&server), ends));
    }
    let (times, anchored) = tokio::join!(ask_honestly(&server, &tenant, ends), anchor_meanwhile(&load, ends));
    let peak = server.memory_mb("VmHWM");
    let mut longest = PROMISED_CUT_S.map(|(kind, _)| (kind, 0.0_f64));
    while let Some(held) = holding.join_next().await {
        let (kind, seconds) = held.expect("a connection");
        for (of, most) in &mut longest {
            if *of == kind {
                *most = most.max(seconds);
            }
        }
    }
    let p99 = percentile(&times, 99);
    let late = longest.iter().zip(PROMISED_CUT_S).any(|((_, longest), (_, promised))| *longest > promised);
    print(&json!({
        "connections": CONNECTIONS, "descriptors": DESCRIPTORS, "seconds": TRICKLING.as_secs(),
        "longest_s": longest.map(|(kind, seconds)| json!({ "kind": format!("{kind:?}"), "seconds": seconds })),
        "honest_requests": times.len(), "honest_p50_ms": percentile(&times, 50), "honest_p99_ms": p99,
        "anchored_meanwhile": anchored, "idle_mb": idle, "peak_mb": peak,
    }));
    p99 > PROMISED_P99_MS || peak - idle > PROMISED_MB || late || anchored == 0
}

/// Holds a connection of this kind until then, opened anew each time that the server closes it. Returns the longest that one stayed
/// open, in seconds.
async fn hold(kind: Kind, from: SocketAddr, to: SocketAddr, ends: Instant) -> (Kind, f64) {
    let mut longest = 0.0_f64;
    while Instant::now() < ends {
        let began = Instant::now();
        if let Ok(stream) = connect(from, to).await {
            let left = ends.saturating_duration_since(Instant::now());
            let closed = timeout(left, until_closed(kind, stream)).await.is_ok();
            // One that is still open at the end counts with the time that it had.
            if closed || began.elapsed() < TRICKLING {
                longest = longest.max(began.elapsed().as_secs_f64());
            }
        }
        sleep(BETWEEN_REQUESTS).await;
    }
    (kind, longest)
}

async fn connect(from: SocketAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(from)?;
    timeout(BETWEEN_BYTES, socket.connect(to)).await?
}

/// Trickles until the server closes the connection.
async fn until_closed(kind: Kind, mut stream: TcpStream) {
    let head: &[u8] = match kind {
        Kind::Header => b"GET / HTTP/1.1\r\nHost: learncoin.example\r\nX-Long: ",
        Kind::Body => {
            b"POST /v1/batches HTTP/1.1\r\nHost: learncoin.example\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
        }
        Kind::Nothing => b"",
    };
    if stream.write_all(head).await.is_err() {
        return;
    }
    let mut answer = [0; 1_024];
    loop {
        tokio::select! {
            read = stream.read(&mut answer) => if !matches!(read, Ok(1..)) { return },
            () = sleep(BETWEEN_BYTES) => {
                if kind != Kind::Nothing && stream.write_all(b"a").await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Asks as an honest caller, every second time by a new connection. Returns how long each answer took, in milliseconds.
async fn ask_honestly(server: &Server, tenant: &Tenant, ends: Instant) -> Vec<f64> {
    let kept = client();
    let mut times = Vec::new();
    while Instant::now() < ends {
        let http = if times.len() % 2 == 0 { kept.clone() } else { client() };
        let began = Instant::now();
        let request = http.get(format!("{}/v1/tenants/me", server.url)).bearer_auth(&tenant.api_key);
        let answer = request.send().await.expect("an honest caller is answered");
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().await.expect("a whole answer");
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        sleep(BETWEEN_REQUESTS).await;
    }
    times.sort_by(f64::total_cmp);
    times
}

/// Anchors one batch after the other. Returns their number.
async fn anchor_meanwhile(load: &Load, ends: Instant) -> usize {
    let mut anchored = 0;
    while Instant::now() < ends {
        load.until_anchored(&load.all_at_once(1).await).await;
        anchored += 1;
        sleep(BETWEEN_BYTES).await;
    }
    anchored
}

/// Sends headers that never end, all at once.
async fn headers() -> bool {
    let deployment = Deployment::embedded();
    let server = deployment.serve(&[]);
    let (count, bytes) = HEADERS;
    let idle = server.memory_mb("VmRSS");
    let mut sending = JoinSet::new();
    for number in 0..count {
        let (from, to) = (format!("127.0.1.{}:0", number / OF_AN_ADDRESS + 2), address_of(&server));
        sending.spawn(async move {
            let Ok(mut stream) = connect(from.parse().expect("an address"), to).await else { return };
            let head = format!("GET / HTTP/1.1\r\nHost: learncoin.example\r\nX-Long: {}", "a".repeat(bytes));
            // The server may close it before all is sent.
            let _ = stream.write_all(head.as_bytes()).await;
            sleep(BETWEEN_BYTES * 5).await;
        });
    }
    sending.join_all().await;
    let peak = server.memory_mb("VmHWM");
    print(&json!({ "headers": count, "bytes_each": bytes, "idle_mb": idle, "peak_mb": peak }));
    peak - idle > PROMISED_HEADERS_MB
}

/// A deployment on a node that is far away, with credentials that are anchored.
struct Pages {
    deployment: Deployment,
    node: DistantNode,
    tenant: Tenant,
    server: Server,
    ids: Vec<String>,
}

impl Pages {
    /// Anchors credentials with one confirmation, or with as many as make them final.
    async fn issue(count: usize) -> Self {
        let deployment = Deployment::new(BLOCK_SECONDS);
        let node = DistantNode::start(deployment.anvil().url(), Duration::from_millis(LATENCY_MS)).await;
        let tenant = deployment.tenant("Example University").await;
        let server = deployment.serve_with(&[("LEARNCOIN_CHAIN_TEST_RPC_URL", &node.url)]);
        let load = Load::new(&server, &tenant);
        let http = client();
        let request = http.post(format!("{}/v1/batches", server.url)).bearer_auth(&tenant.api_key);
        let answer = request.json(&many(count)).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 202);
        let batch: Value = answer.json().await.expect("JSON");
        let id = batch["id"].as_str().expect("an id").to_owned();
        load.until_anchored(std::slice::from_ref(&id)).await;
        let request = http.get(format!("{}/v1/batches/{id}", server.url)).bearer_auth(&tenant.api_key);
        let batch: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let credentials = batch["credentials"].as_array().expect("credentials");
        let ids = credentials.iter().map(|one| one["id"].as_str().expect("an id").to_owned()).collect();
        Self { deployment, node, tenant, server, ids }
    }

    /// Reads pages one after the other, by some callers. Returns how many calls the node saw meanwhile, and the seconds that it took.
    async fn read(&self, count: usize) -> (usize, f64) {
        let (calls, began) = (self.node.calls(), Instant::now());
        let http = client();
        for number in 0..count {
            let path = format!("{}/c/{}", self.server.url, self.ids[number % self.ids.len()]);
            let answer = http.get(path).header("Accept", "text/html").send().await.expect("a page");
            assert_eq!(answer.status().as_u16(), 200);
            answer.bytes().await.expect("a whole page");
        }
        (self.node.calls() - calls, began.elapsed().as_secs_f64())
    }
}

/// Reads the pages of credentials whose anchor is fresh, and of the same ones once it is final.
async fn views() -> bool {
    let (credentials, views) = VIEWS;
    let pages = Pages::issue(credentials).await;
    // The pipeline looks at the chain as well, at what it watches; how often, this measures.
    let watch = pages.node.calls();
    sleep(Duration::from_secs(10)).await;
    let own_per_second = (pages.node.calls() - watch) as f64 / 10.0;
    let (fresh_calls, fresh_seconds) = pages.read(views).await;
    // Anvil's blocks are final two epochs later.
    let transport = pages.deployment.anvil().url().to_owned();
    mine(&transport, 100).await;
    sleep(Duration::from_secs(60)).await;
    let (final_calls, final_seconds) = pages.read(views).await;
    let fresh_own = own_per_second * fresh_seconds;
    let looks = (fresh_seconds / REMEMBERED_S).ceil() + 1.0;
    print(&json!({
        "views": views, "credentials": credentials, "own_calls_a_second": own_per_second,
        "fresh": { "calls": fresh_calls, "seconds": fresh_seconds, "look_ups_promised": looks },
        "final": { "calls": final_calls, "seconds": final_seconds },
    }));
    // A look-up is a receipt, the transaction, the head and what is final.
    fresh_calls as f64 > fresh_own + looks * 4.0 || final_calls as f64 > own_per_second * final_seconds + 1.0
}

async fn mine(node: &str, blocks: u64) {
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "anvil_mine", "params": [format!("0x{blocks:x}")] });
    client().post(node).json(&body).send().await.expect("Anvil mines");
}

/// Anchors requests at a pace, alone and beside a flood of pages.
async fn flood() -> bool {
    let (requests, period, flooding) = FLOODED;
    let pages = Pages::issue(VIEWS.0).await;
    let load = Load::new(&pages.server, &pages.tenant);
    let alone = load.until_anchored(&load.at_a_pace(requests, period).await).await;
    let mut floods = JoinSet::new();
    for number in 0..flooding {
        let (http, url, ids) = (client(), pages.server.url.clone(), pages.ids.clone());
        floods.spawn(async move {
            for turn in number.. {
                // Those that find no room are refused, and come again.
                let path = format!("{url}/c/{}", ids[turn % ids.len()]);
                let _ = http.get(path).header("Accept", "text/html").send().await;
            }
        });
    }
    let beside = load.until_anchored(&load.at_a_pace(requests, period).await).await;
    floods.abort_all();
    let (before, after) = (alone.percentile(50), beside.percentile(50));
    print(&json!({
        "requests": requests, "flooding_callers": flooding, "alone_p50_s": before, "alone_p99_s": alone.percentile(99),
        "beside_p50_s": after, "beside_p99_s": beside.percentile(99),
    }));
    after > before * PROMISED_SLOWER
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

fn address_of(server: &Server) -> SocketAddr {
    server.url.trim_start_matches("http://").parse().expect("an address")
}

/// Returns a value from sorted times.
fn percentile(times: &[f64], percent: usize) -> f64 {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}
