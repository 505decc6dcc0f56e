//! The Lighthouse scores of an anchored credential's page as a phone loads it, performance included: the median of three
//! runs. The server is in this process; exit status 1 when a promise is missed.

#![expect(clippy::expect_used, reason = "a measurement that can't be made has failed")]

use std::process::{Command, ExitCode};

use learncoin_testkit::{TestApp, one};
use serde_json::Value;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/node/lighthouse.mjs");
const RUNS: &str = "3";
const PROMISED_PERFORMANCE: &str = "95";

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let (app, _) = TestApp::builder().serve().await;
    let uni = app.tenant("Example University").await;
    let posted = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = uni.batch(text(&posted, "/id")).await;
    let url = text(&batch, "/credentials/0/verify_url").to_owned();
    let judged = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .args([PROGRAM, &url, "--runs", RUNS, "--performance", PROMISED_PERFORMANCE])
            .status()
    });
    let status = judged.await.expect("nothing panics there").expect("node is installed");
    ExitCode::from(u8::from(!status.success()))
}

/// Returns a text of a response, by its JSON pointer.
fn text<'a>(answer: &'a Value, pointer: &str) -> &'a str {
    answer.pointer(pointer).and_then(Value::as_str).expect("the answer has this text")
}
