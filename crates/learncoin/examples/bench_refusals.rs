//! Measures what keys that are refused make the disk hold: five revoked and five limited ones, at 2,000 requests a second for a minute.
//! It starts the program that was built beside it, prints JSON, and exits with status 1 when a promise is missed. `docs/operations.md`
//! holds its figures.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_refusals && target/dist/examples/bench_refusals
//! ```

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use support::Deployment;
use tokio::task::JoinSet;

/// The rate of requests, for how long, and over how many connections.
const A_SECOND: u32 = 2_000;
const SECONDS: u32 = 60;
const CONNECTIONS: u32 = 20;
/// The tenants; each has a key that is revoked and one that is limited.
const TENANTS: usize = 5;
/// The promise.
const MOST_BYTES: usize = 1_000_000;

#[tokio::main]
async fn main() -> ExitCode {
    let deployment = Deployment::embedded();
    let run = |arguments: &[&str]| deployment.run(arguments, &[]);
    let text = |answer: &Value, member: &str| answer[member].as_str().expect("a text").to_owned();
    let (mut tenants, mut keys) = (Vec::new(), Vec::new());
    for number in 0..TENANTS {
        let name = format!("University {number}");
        let tenant = text(&run(&["tenant", "create", "--name", &name, "--plan", "starter"]), "id");
        run(&["tenant", "update", &tenant, "--rate", "1"]);
        let key = || run(&["key", "create", "--tenant", &tenant, "--environment", "test"]);
        let (revoked, limited) = (key(), key());
        run(&["key", "revoke", &text(&revoked, "id")]);
        keys.extend([text(&revoked, "key"), text(&limited, "key")]);
        tenants.push(tenant);
    }
    // Its first start fills the database with what is the program's own.
    deployment.serve(&[]).stop();
    let server = deployment.serve(&[]);
    let before = deployment.database_bytes();
    let began = Instant::now();
    let mut calling = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let (url, keys) = (format!("{}/v1/tenants/me", server.url), keys.clone());
        let client = Client::builder().no_proxy().build().expect("a client");
        calling.spawn(async move {
            let mut accepted = 0;
            for number in (connection..A_SECOND * SECONDS).step_by(CONNECTIONS as usize) {
                tokio::time::sleep_until((began + number * Duration::from_secs(1) / A_SECOND).into()).await;
                let request = client.get(&url).bearer_auth(&keys[number as usize % keys.len()]);
                let answer = request.send().await.expect("an answer");
                accepted += usize::from(answer.status() == 200);
                answer.bytes().await.expect("a whole answer");
            }
            accepted
        });
    }
    let accepted: usize = calling.join_all().await.into_iter().sum();
    let seconds = began.elapsed().as_secs_f64();
    let processor_seconds = server.processor_seconds();
    server.stop();
    let grown = deployment.database_bytes().saturating_sub(before);
    let (mut rows, mut bytes, mut calls) = (0, 0, 0);
    for tenant in &tenants {
        let export = deployment.output(&["audit", "export", "--tenant", tenant], &[]);
        let export = String::from_utf8(export).expect("text");
        let exported = export.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let exported: Vec<Value> =
            exported.filter(|row| row["endpoint"] == "*" || row["method"] == "GET").collect();
        rows += exported.len();
        bytes += export.len();
        calls += exported.iter().filter_map(|row| row["calls"].as_u64()).sum::<u64>();
    }
    let requests = A_SECOND * SECONDS;
    println!(
        "{:#}",
        json!({
            "requests": requests, "seconds": seconds, "accepted": accepted, "processor_seconds": processor_seconds,
            "rows": rows, "bytes_of_rows_as_json": bytes, "database_grew_by": grown, "calls_told": calls,
        })
    );
    let kept = calls == u64::from(requests) && bytes <= MOST_BYTES && grown <= MOST_BYTES as u64;
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
