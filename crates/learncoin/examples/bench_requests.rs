//! Measures what a request costs: reads of the API and of public pages, and batches that are accepted and anchored, each beside a
//! server of the same HTTP stack that answers a constant. It starts the program that was built beside it, on the embedded chain, with
//! the callers on the same machine. Prints JSON; exit status 1 when a promised figure is missed.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_requests && target/dist/examples/bench_requests
//! ```
//!
//! With arguments only the scenarios that they name are run: `reads`, `small-batches`, `full-batches`, `sizes`.
//! `LEARNCOIN_BENCH_SECONDS` is how long each is loaded, 60 by default for batches and a sixth of it for reads.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

mod http_load;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::http_load::callers::{
    CONNECTIONS, CONNECTIONS_OF_FULL, bearer, durations, issue, post_target, print, read, until_anchored,
};
use crate::http_load::{Load, Target};
use crate::support::{Deployment, time};

/// The first argument of a process that only answers a constant.
const CONSTANT: &str = "constant";

/// The promises.
mod promised {
    /// Reads of a credential over the API in a second, the slowest of 99 in a hundred in milliseconds, and the processor time of
    /// one as a multiple of a constant answer's.
    pub(crate) const CREDENTIAL: (f64, f64, f64) = (8_000.0, 20.0, 6.0);
    /// Reads of a public document in a second.
    pub(crate) const DOCUMENT: f64 = 15_000.0;
    /// Reads of a public page in a second.
    pub(crate) const PAGE: f64 = 5_000.0;
    /// Credentials accepted and anchored in a second, one a request.
    pub(crate) const SMALL: f64 = 4_000.0;
    /// Credentials accepted and anchored in a second, 500 a request, and the slowest of 99 in a hundred answers in milliseconds.
    pub(crate) const FULL: (f64, f64) = (30_000.0, 100.0);
    /// Bytes on the disk for each credential, alone and in batches of 500.
    pub(crate) const BYTES: (f64, f64) = (3_000.0, 1_500.0);
    /// The memory of the server, in megabytes.
    pub(crate) const MEGABYTES: f64 = 200.0;
    /// The longest that the last batches may be behind the load when it ends, in seconds.
    pub(crate) const BEHIND: f64 = 2.0;
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let chosen: Vec<String> = env::args().skip(1).collect();
    if chosen.first().is_some_and(|first| first == CONSTANT) {
        answer_a_constant().await;
        return ExitCode::SUCCESS;
    }
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let mut missed = false;
    if is_chosen("reads") {
        missed |= reads().await;
    }
    if is_chosen("small-batches") {
        missed |= batches(CONNECTIONS, 1, promised::SMALL, None).await;
    }
    if is_chosen("full-batches") {
        missed |= batches(CONNECTIONS_OF_FULL, 500, promised::FULL.0, Some(promised::FULL.1)).await;
    }
    if is_chosen("sizes") {
        missed |= sizes(2_000, 1, promised::BYTES.0).await;
        missed |= sizes(40, 500, promised::BYTES.1).await;
    }
    ExitCode::from(u8::from(missed))
}

/// Serves a constant until it is killed.
async fn answer_a_constant() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    let router = Router::new().route("/", get(|| async { "a constant" }));
    axum::serve(listener, router).await.expect("it serves");
}

/// A process that answers a constant, killed when dropped.
struct ConstantServer(Child);

impl ConstantServer {
    fn start() -> (Self, String) {
        let program = env::current_exe().expect("a program knows where it is");
        let mut child =
            Command::new(program).arg(CONSTANT).stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("it prints its address");
        (Self(child), format!("http://{}", line.trim_end()))
    }
}

impl Drop for ConstantServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads credentials, over the API and as the public does, and a constant before and after them.
async fn reads() -> bool {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let ids = issue(&server, &tenant).await;
    let (constant, constant_url) = ConstantServer::start();
    let of_constant = || read(constant.0.id(), Target::get(&constant_url, vec!["/".to_owned()]));
    let before = of_constant().await;
    let api = |paths: Vec<String>| Target::get(&server.url, paths).header("authorization", &bearer(&tenant));
    let public = |accept: &str| {
        Target::get(&server.url, ids.iter().map(|id| format!("/c/{id}")).collect()).header("accept", accept)
    };
    let credentials = ids.iter().map(|id| format!("/v1/credentials/{id}")).collect();
    let credential = read(server.id(), api(credentials)).await;
    let me = read(server.id(), api(vec!["/v1/tenants/me".to_owned()])).await;
    let document = read(server.id(), public("application/json")).await;
    let page = read(server.id(), public("text/html")).await;
    let after = of_constant().await;
    let constant_ms = f64::midpoint(before.processor_ms, after.processor_ms);
    let megabytes = server.memory_mb("VmHWM");
    for (name, figures) in [
        ("a constant", &before),
        ("GET /v1/credentials/{id}", &credential),
        ("GET /v1/tenants/me", &me),
        ("GET /c/{id} as JSON", &document),
        ("GET /c/{id} as HTML", &page),
        ("a constant again", &after),
    ] {
        print(&json!({
            "read": name, "connections": CONNECTIONS, "a_second": figures.a_second(), "p50_ms": figures.percentile(50),
            "p99_ms": figures.percentile(99), "processor_ms": figures.processor_ms,
            "times_a_constant": figures.processor_ms / constant_ms,
        }));
    }
    print(&json!({ "memory_mb": megabytes }));
    credential.a_second() < promised::CREDENTIAL.0
        || credential.percentile(99) > promised::CREDENTIAL.1
        || credential.processor_ms > promised::CREDENTIAL.2 * constant_ms
        || document.a_second() < promised::DOCUMENT
        || page.a_second() < promised::PAGE
        || megabytes > promised::MEGABYTES
}

/// Sends batches as fast as they are accepted, and waits until the last is anchored.
async fn batches(connections: usize, size: usize, promised: f64, promised_p99_ms: Option<f64>) -> bool {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let load = Load { target: post_target(&server, &tenant, size), connections };
    load.run(Duration::from_secs(5), || server.processor_seconds()).await;
    let began = Instant::now();
    let measured = load.run(durations().0, || server.processor_seconds()).await;
    let last = post_target(&server, &tenant, 1).fetch().await;
    let accepting = began.elapsed().as_secs_f64();
    let batch = until_anchored(&server, &tenant, last["id"].as_str().expect("an id")).await;
    let anchoring = began.elapsed().as_secs_f64();
    let behind = time(&batch, "anchored_at") - time(&batch, "created_at");
    let credentials = (measured.count() * size) as f64;
    let accepted = credentials / accepting;
    let anchored = credentials / anchoring;
    let (p99, megabytes) = (measured.percentile(99), server.memory_mb("VmHWM"));
    print(&json!({
        "credentials_a_request": size, "connections": connections, "seconds": accepting, "accepted_a_second": accepted,
        "anchored_a_second": anchored, "behind_s": behind, "p50_ms": measured.percentile(50), "p99_ms": p99,
        "processor_ms": measured.processor_ms, "memory_mb": megabytes,
    }));
    anchored < promised
        || promised_p99_ms.is_some_and(|promised| p99 > promised)
        || behind > promised::BEHIND
        || megabytes > promised::MEGABYTES
}

/// Issues batches one after the other, and compares what the database takes.
async fn sizes(batches: usize, size: usize, promised: f64) -> bool {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    // What is in the log is folded into the file when the server ends.
    let server = deployment.serve(&[]);
    let first = post_target(&server, &tenant, size).fetch().await;
    until_anchored(&server, &tenant, first["id"].as_str().expect("an id")).await;
    server.stop();
    let before = deployment.database_bytes();
    let server = deployment.serve(&[]);
    let target = post_target(&server, &tenant, size);
    let mut last = Value::Null;
    for _ in 0..batches {
        last = target.fetch().await;
    }
    until_anchored(&server, &tenant, last["id"].as_str().expect("an id")).await;
    server.stop();
    let bytes = (deployment.database_bytes() - before) as f64 / (batches * size) as f64;
    print(&json!({ "credentials_a_request": size, "bytes_of_a_credential": bytes, "promised": promised }));
    bytes > promised
}
