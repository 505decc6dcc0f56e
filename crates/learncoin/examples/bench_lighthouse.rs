//! What Lighthouse says of an anchored credential's page as a phone loads it, performance included: the median of three
//! runs. The server is in this process; exit status 1 when a promise is missed.

#![expect(clippy::expect_used, reason = "a measurement that can't be made has failed")]

use std::process::{Command, ExitCode};

use learncoin_testkit::{TestApp, one};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/node/lighthouse.mjs");
const RUNS: &str = "3";
const PROMISED_PERFORMANCE: &str = "95";

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let (app, _) = TestApp::builder().serve().await;
    let uni = app.tenant("Example University").await;
    let posted = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = uni.batch(posted["id"].as_str().expect("a batch has an id")).await;
    let id =
        batch.pointer("/credentials/0/id").and_then(serde_json::Value::as_str).expect("it has a credential");
    let credential = uni.credential(id).await;
    let url = credential["verify_url"].as_str().expect("a credential has a page").to_owned();
    let judged = tokio::task::spawn_blocking(move || {
        Command::new("node")
            .args([PROGRAM, &url, "--runs", RUNS, "--performance", PROMISED_PERFORMANCE])
            .status()
    });
    let status = judged.await.expect("nothing panics there").expect("node is installed");
    ExitCode::from(u8::from(!status.success()))
}
