//! Measures the time from the 202 to the anchor in real time: the program as it is, with its own settings, on a
//! node that makes a block every two seconds. 200 batches of 1 to 500 credentials, four every two seconds. Prints JSON;
//! exit status 1 when more than one batch in a hundred takes longer than was promised.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_delay && target/dist/examples/bench_delay
//! ```
//!
//! The same on the clock of the deployment, where every run is the same, is `tests/chains/delay.rs`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::process::ExitCode;
use std::time::Duration;

use learncoin_testkit::many;
use serde_json::{Value, json};

use crate::support::{Deployment, time};

const BATCHES: usize = 200;
const AT_ONCE: usize = 4;
const BLOCK_SECONDS: u64 = 2;
/// The most that 99 in a hundred batches may take.
const PROMISED: f64 = 60.0;
/// Looks at the end, two seconds apart, before the measurement has failed.
const LOOKS: usize = 150;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let deployment = Deployment::new(BLOCK_SECONDS);
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let call = async |request: reqwest::RequestBuilder, status: u16| -> Value {
        let answer = request.bearer_auth(&tenant.api_key).send().await.expect("the server answers");
        let found = answer.status().as_u16();
        let body = answer.text().await.expect("a body");
        assert_eq!(found, status, "{body}");
        serde_json::from_str(&body).expect("JSON")
    };
    let mut ids = Vec::new();
    let mut pace = tokio::time::interval(Duration::from_secs(BLOCK_SECONDS));
    while ids.len() < BATCHES {
        pace.tick().await;
        for _ in 0..AT_ONCE {
            let size = match ids.len() % 40 {
                0 => 500,
                1..5 => 50,
                _ => 1,
            };
            let posted = call(http.post(format!("{}/v1/batches", server.url)).json(&many(size)), 202).await;
            ids.push(posted["id"].as_str().expect("a batch has an id").to_owned());
        }
    }
    let mut seconds = Vec::new();
    for id in &ids {
        let mut looks = 0..LOOKS;
        let batch = loop {
            let batch = call(http.get(format!("{}/v1/batches/{id}", server.url)), 200).await;
            if batch["status"] == "anchored" {
                break batch;
            }
            assert!(looks.next().is_some(), "{batch}");
            pace.tick().await;
        };
        seconds.push(time(&batch, "anchored_at") - time(&batch, "created_at"));
    }
    seconds.sort_by(f64::total_cmp);
    let at = |percent: usize| seconds.get((seconds.len() * percent / 100).min(seconds.len() - 1)).copied();
    let p99 = at(99).expect("there are batches");
    println!(
        "{}",
        json!({
            "batches": ids.len(), "median_s": at(50), "p99_s": p99, "longest_s": at(100), "promised_p99_s": PROMISED,
        })
    );
    ExitCode::from(u8::from(p99 > PROMISED))
}
