//! Measures how long the server takes for a credential's page: the five checks, run anew at each reading, and the HTML.
//! It reads the page of an anchored credential in a full batch, among other batches, prints JSON, and ends with status 1
//! when the median is above what was promised.
//!
//! ```text
//! cargo run -p learncoin --profile dist --example bench_page -- [--batches N] [--readings N]
//! ```
//!
//! Router, store and chain are in this process, as in a deployment on the embedded chain; there is no network.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use learncoin_testkit::{Body, Request, TestApp, answer_of, many};
use serde_json::{Value, json};

type Failure = Box<dyn Error>;

const PER_BATCH: usize = 500;
/// The limit for the page at the median.
const PROMISED: Duration = Duration::from_millis(5);

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let (mut batches, mut readings) = (4_usize, 2_000_usize);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--batches" => batches = value.parse()?,
            "--readings" => readings = value.parse()?,
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    let (app, paths) = issued(batches).await?;
    let mut times = Vec::with_capacity(readings);
    let mut bytes = 0;
    for reading in 0..readings {
        // A prime, so that one reading after the other is far away from it.
        let path = paths.get(reading * 7_919 % paths.len()).ok_or("nothing was issued")?;
        let request = Request::get(path).header("Accept", "text/html").body(Body::empty())?;
        let router = learncoin_server::router(app.state());
        let began = Instant::now();
        let answer = black_box(answer_of(router, request).await);
        times.push(began.elapsed());
        bytes = answer.body.len();
        if answer.status != 200 || !answer.text().contains("Cryptographically verified") {
            return Err(format!("{path}: {}", answer.text()).into());
        }
    }
    times.sort_unstable();
    let median = at(&times, 50);
    println!(
        "{}",
        json!({
            "credentials": paths.len(),
            "readings": readings,
            "bytes": bytes,
            "median_ms": milliseconds(median),
            "p99_ms": milliseconds(at(&times, 99)),
            "promised_median_ms": milliseconds(PROMISED),
        })
    );
    Ok(if median <= PROMISED { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Returns the time that this percentage of the requests stays below.
fn at(times: &[Duration], percent: usize) -> Duration {
    times.get(times.len() * percent / 100).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Starts a deployment with this many full batches on its chain, and returns the paths of all their pages.
async fn issued(batches: usize) -> Result<(TestApp, Vec<String>), Failure> {
    eprintln!("issuing {} credentials …", batches * PER_BATCH);
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut paths = Vec::new();
    for _ in 0..batches {
        let posted = uni.post_batch(many(PER_BATCH)).await;
        app.run_until_idle().await;
        let id = posted.get("id").and_then(Value::as_str).ok_or("the batch has no id")?;
        let batch = uni.batch(id).await;
        let credentials = batch.get("credentials").and_then(Value::as_array).ok_or("the batch is empty")?;
        let ids = credentials.iter().filter_map(|credential| credential.get("id").and_then(Value::as_str));
        paths.extend(ids.map(|id| format!("/c/{id}")));
    }
    Ok((app, paths))
}
