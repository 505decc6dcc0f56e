//! Measures what grows with what is stored, and must not: what requests cost at a thousand credentials and at some millions, how long a
//! restart takes, a backup beside a copy of the same file, and the documents about all tenants of a host of ten thousand. It starts the
//! program that was built beside it, on the embedded chain and SQLite. Prints JSON; exit status 1 when a promised figure is missed.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_growth && target/dist/examples/bench_growth
//! ```
//!
//! With arguments only the scenarios that they name are run: `credentials`, `tenants`. `LEARNCOIN_BENCH_CREDENTIALS` is how many
//! credentials there are in the end, 5,000,000 by default, which take 6 GB on the disk and another 12 for the copies of it;
//! `LEARNCOIN_BENCH_TENANTS` how many tenants, 10,000 by default.

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
use std::fs::File;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::http_load::callers::{
    CONNECTIONS, CONNECTIONS_OF_FULL, bearer, issue, post_target, print, read, until_anchored,
};
use crate::http_load::{Load, Target};
use crate::support::{Deployment, Server, Tenant};

/// The credentials of a batch that fills the database.
const IN_A_BATCH: usize = 500;
/// The credentials before it is filled.
const FEW: usize = 1_000;

/// The promises.
mod promised {
    /// The processor time of any request at many credentials, as a multiple of the same at few.
    pub(crate) const GROWTH: f64 = 1.3;
    /// The time from the start of the program to its being ready, in seconds.
    pub(crate) const RESTART: f64 = 1.0;
    /// The time of a backup, as a multiple of that of a copy of the database to the same disk.
    pub(crate) const BACKUP: f64 = 2.0;
    /// The time of an answer about all tenants, in milliseconds.
    pub(crate) const DOCUMENT: f64 = 10.0;
    /// The time until a change is in it, in seconds.
    pub(crate) const CHANGE: f64 = 1.0;
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let chosen: Vec<String> = env::args().skip(1).collect();
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let mut missed = false;
    if is_chosen("credentials") {
        missed |= credentials(number("LEARNCOIN_BENCH_CREDENTIALS", 5_000_000)).await;
    }
    if is_chosen("tenants") {
        missed |= tenants(number("LEARNCOIN_BENCH_TENANTS", 10_000)).await;
    }
    ExitCode::from(u8::from(missed))
}

fn number(variable: &str, default: usize) -> usize {
    env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The cost of a request of one kind.
struct Cost {
    of: &'static str,
    a_second: f64,
    processor_ms: f64,
}

async fn credentials(many: usize) -> bool {
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    fill(&server, &tenant, FEW).await;
    let few = costs(&server, &tenant).await;
    let began = Instant::now();
    fill(&server, &tenant, many).await;
    print(&json!({ "credentials": many, "filled_in_s": began.elapsed().as_secs_f64() }));
    let full = costs(&server, &tenant).await;
    let mut missed = false;
    for (few, full) in few.iter().zip(&full) {
        let growth = full.processor_ms / few.processor_ms;
        missed |= growth > promised::GROWTH;
        print(&json!({
            "request": few.of, "few": FEW, "many": many, "a_second_few": few.a_second, "a_second_many": full.a_second,
            "processor_ms_few": few.processor_ms, "processor_ms_many": full.processor_ms, "growth": growth,
        }));
    }
    print(&json!({ "memory_mb": server.memory_mb("VmHWM") }));
    server.stop();

    let began = Instant::now();
    let server = deployment.serve(&[]);
    let restart = began.elapsed().as_secs_f64();
    server.stop();
    let directory = tempfile::tempdir().expect("a directory");
    let (backup, copy) = (directory.path().join("backup"), directory.path().join("copy"));
    let began = Instant::now();
    std::fs::copy(deployment.database_file(), &copy).expect("a copy");
    File::open(&copy).and_then(|file| file.sync_all()).expect("a copy on the disk");
    let copying = began.elapsed().as_secs_f64();
    std::fs::remove_file(&copy).expect("the copy goes");
    let began = Instant::now();
    deployment.output(&["backup", "--to", backup.to_str().expect("a path in UTF-8")], &[]);
    let backing_up = began.elapsed().as_secs_f64();
    drop(directory);
    let began = Instant::now();
    let found = deployment.run(&["doctor"], &[]);
    print(&json!({
        "database_bytes": deployment.database_bytes(), "restart_s": restart, "copy_s": copying, "backup_s": backing_up,
        "doctor_s": began.elapsed().as_secs_f64(), "doctor": found,
    }));
    missed || restart > promised::RESTART || backing_up > promised::BACKUP * copying
}

/// Issues batches until about so many credentials are stored.
async fn fill(server: &Server, tenant: &Tenant, credentials: usize) {
    let target = post_target(server, tenant, IN_A_BATCH);
    let mut left = credentials / IN_A_BATCH;
    while left > 0 {
        // A load goes on for some time, not for some number.
        let duration = Duration::from_secs(if left > 1_000 { 10 } else { 0 });
        let load = Load { target: target.clone(), connections: CONNECTIONS_OF_FULL.min(left) };
        left = left.saturating_sub(load.run(duration, || 0.0).await.count());
    }
    let last = post_target(server, tenant, 1).fetch().await;
    until_anchored(server, tenant, last["id"].as_str().expect("an id")).await;
}

async fn costs(server: &Server, tenant: &Tenant) -> Vec<Cost> {
    let ids = issue(server, tenant).await;
    let paths = |prefix: &str| ids.iter().map(|id| format!("{prefix}{id}")).collect::<Vec<_>>();
    let api = |paths| Target::get(&server.url, paths).header("authorization", &bearer(tenant));
    let public = |accept| Target::get(&server.url, paths("/c/")).header("accept", accept);
    let mut costs = Vec::new();
    for (of, target) in [
        ("GET /v1/credentials/{id}", api(paths("/v1/credentials/"))),
        ("GET /v1/batches", api(vec!["/v1/batches?limit=10".to_owned()])),
        ("GET /c/{id} as JSON", public("application/json")),
        ("GET /c/{id} as HTML", public("text/html")),
    ] {
        let measured = read(server.id(), target).await;
        costs.push(Cost { of, a_second: measured.a_second(), processor_ms: measured.processor_ms });
    }
    for (of, connections, size) in
        [("POST of one", CONNECTIONS, 1), ("POST of 500", CONNECTIONS_OF_FULL, IN_A_BATCH)]
    {
        let load = Load { target: post_target(server, tenant, size), connections };
        let measured = load.run(Duration::from_secs(10), || server.processor_seconds()).await;
        costs.push(Cost { of, a_second: measured.a_second(), processor_ms: measured.processor_ms });
    }
    costs
}

async fn tenants(many: usize) -> bool {
    let deployment = Deployment::embedded();
    for number in 1..=many {
        let name = format!("School {number}");
        deployment.output(&["tenant", "create", "--name", &name], &[]);
    }
    let server = deployment.serve(&[]);
    let mut missed = false;
    for path in ["/.well-known/did.json", "/issuer.json"] {
        let plain = Target::get(&server.url, vec![path.to_owned()]);
        let gzip = plain.clone().header("accept-encoding", "gzip");
        let (bytes, compressed) = (plain.fetch_bytes().await.len(), gzip.fetch_bytes().await.len());
        let alone = Load { target: gzip, connections: 1 };
        let alone = alone.run(Duration::from_secs(5), || server.processor_seconds()).await;
        deployment.output(&["tenant", "create", "--name", "One more"], &[]);
        let began = Instant::now();
        while plain.fetch_bytes().await.len() <= bytes {
            assert!(began.elapsed() < Duration::from_secs(60), "{path} never changes");
        }
        let change = began.elapsed().as_secs_f64();
        print(&json!({
            "document": path, "tenants": many, "bytes": bytes, "compressed": compressed, "p50_ms": alone.percentile(50),
            "p99_ms": alone.percentile(99), "processor_ms": alone.processor_ms, "changed_after_s": change,
        }));
        missed |= alone.percentile(99) > promised::DOCUMENT || change > promised::CHANGE;
    }
    print(&json!({ "memory_mb": server.memory_mb("VmHWM") }));
    missed
}
