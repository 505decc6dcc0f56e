//! Callers of a server, which read and issue.

use std::env;
use std::time::Duration;

use learncoin_testkit::many;
use serde_json::Value;
use tokio::time::sleep;

use crate::http_load::{Load, Measured, Target};
use crate::support::{Server, Tenant, processor_seconds};

/// The connections of reads and of small batches.
pub(crate) const CONNECTIONS: usize = 64;
/// The connections of batches of 500.
pub(crate) const CONNECTIONS_OF_FULL: usize = 4;
/// The credentials whose pages and documents are read in turn.
const READ: usize = 100;

pub(crate) fn print(figures: &Value) {
    println!("{figures}");
}

/// Returns how long batches are sent, and how long anything is read.
pub(crate) fn durations() -> (Duration, Duration) {
    let seconds = env::var("LEARNCOIN_BENCH_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60.0);
    (Duration::from_secs_f64(seconds), Duration::from_secs_f64(seconds / 6.0))
}

/// Reads a target as fast as it is answered, after a second that is not counted.
pub(crate) async fn read(process: u32, target: Target) -> Measured {
    let load = Load { target, connections: CONNECTIONS };
    load.run(Duration::from_secs(1), || processor_seconds(process)).await;
    load.run(durations().1, || processor_seconds(process)).await
}

/// Issues a batch, and returns the ids of its credentials once it is anchored.
pub(crate) async fn issue(server: &Server, tenant: &Tenant) -> Vec<String> {
    let posted = post_target(server, tenant, READ).fetch().await;
    let id = posted["id"].as_str().unwrap_or_else(|| panic!("no id in {posted}")).to_owned();
    let batch = until_anchored(server, tenant, &id).await;
    let credentials = batch["credentials"].as_array().expect("the credentials of a batch");
    credentials.iter().map(|credential| credential["id"].as_str().expect("an id").to_owned()).collect()
}

pub(crate) fn bearer(tenant: &Tenant) -> String {
    format!("Bearer {}", tenant.api_key)
}

pub(crate) fn post_target(server: &Server, tenant: &Tenant, size: usize) -> Target {
    Target::post(&server.url, "/v1/batches", many(size).to_string()).header("authorization", &bearer(tenant))
}

/// Waits until a batch is anchored, and returns it.
pub(crate) async fn until_anchored(server: &Server, tenant: &Tenant, id: &str) -> Value {
    let target = Target::get(&server.url, vec![format!("/v1/batches/{id}")]);
    let target = target.header("authorization", &bearer(tenant));
    loop {
        let batch = target.fetch().await;
        match batch["status"].as_str() {
            Some("anchored") => return batch,
            Some("failed") => panic!("{batch}"),
            _ => sleep(Duration::from_millis(50)).await,
        }
    }
}
