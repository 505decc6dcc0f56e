//! Measures how long the pages of the console take at the server for a tenant with a million credentials. It starts the program that was
//! built beside it, on the embedded chain, fills it through the API, signs an owner in, and reads each page as their browser does, one
//! request after the other. Prints JSON; exit status 1 when the median of a page is above the promise.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_console && target/dist/examples/bench_console
//! ```
//!
//! `LEARNCOIN_BENCH_CREDENTIALS` is how many credentials there are, 1,000,000 by default, which take 1.3 GB on the disk.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    clippy::print_stdout,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod http_load;
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use learncoin_http_client::{BoundedClient, ClientOptions, Method, Response};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::http_load::callers::{CONNECTIONS_OF_FULL, bearer, issue, post_target, print, until_anchored};
use crate::http_load::{Load, Target};
use crate::support::{Deployment, Server, Tenant};

/// The credentials of a batch that fills the database.
const IN_A_BATCH: usize = 500;
/// The number of times that a page is read.
const READS: usize = 31;
/// The promise: the median time of a page, in milliseconds.
const PROMISED_MS: f64 = 100.0;
/// The longest page that is read, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;
const ORIGIN: &str = "https://learncoin.example";
const OWNER: &str = "owner@example.edu";

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let credentials = env::var("LEARNCOIN_BENCH_CREDENTIALS").ok().and_then(|text| text.parse().ok());
    let credentials = credentials.unwrap_or(1_000_000);
    let deployment = Deployment::embedded();
    let tenant = deployment.tenant("Example University").await;
    let server = deployment.serve(&[]);
    let me = Target::get(&server.url, vec!["/v1/tenants/me".to_owned()]);
    let me = me.header("authorization", &bearer(&tenant)).fetch().await;
    let id = me["id"].as_str().unwrap_or_else(|| panic!("no id in {me}")).to_owned();
    let began = Instant::now();
    fill(&server, &tenant, credentials).await;
    print(
        &json!({ "credentials": credentials, "filled_in_s": began.elapsed().as_secs_f64(), "database_bytes": deployment.database_bytes() }),
    );

    let owner = ["member", "add", OWNER, "--tenant", &id, "--role", "owner", "--operator"];
    deployment.run(&owner, &[]);
    let link = deployment.run(&["member", "link", OWNER], &[]);
    let link = link["link"].as_str().expect("a link").rsplit('/').next().expect("its end").to_owned();
    let browser = Browser::sign_in(&server, &link).await;
    let ids = issue(&server, &tenant).await;
    let base = format!("/console/t/{id}/test");
    let recipient = recipient_of(&server, &tenant, &ids[0]).await;
    let mut missed = false;
    for (page, path) in [
        ("overview", base.clone()),
        ("credentials", format!("{base}/credentials")),
        ("credentials of a day", format!("{base}/credentials?from=2026-01-01&to=2026-01-02")),
        ("credentials of an achievement", format!("{base}/credentials?achievement=machine+learn")),
        ("credentials of no achievement", format!("{base}/credentials?achievement=nothing+of+it")),
        ("revoked credentials", format!("{base}/credentials?state=revoked")),
        ("erased credentials", format!("{base}/credentials?state=erased")),
        ("credentials of a recipient", format!("{base}/credentials?q={recipient}")),
        ("a credential", format!("{base}/credentials/{}", ids[0])),
        ("batches", format!("{base}/batches")),
        ("failed batches", format!("{base}/batches?status=failed")),
        ("spreadsheets", format!("{base}/uploads")),
        ("templates", format!("{base}/templates")),
        ("issue", format!("{base}/issue")),
        ("mails", format!("{base}/mails")),
        ("branding", format!("{base}/branding")),
        ("keys", format!("{base}/keys")),
        ("webhooks", format!("{base}/webhooks")),
        ("audit log", format!("{base}/audit")),
        ("audit log of a day", format!("{base}/audit?from=2026-01-01&to=2026-01-02")),
        ("members", format!("{base}/members")),
        ("organizations", "/console/operator".to_owned()),
        ("health", "/console/operator/health".to_owned()),
    ] {
        let times = browser.times(&path).await;
        let (median, longest) = (times[times.len() / 2], times[times.len() - 1]);
        missed |= median > PROMISED_MS;
        print(&json!({ "page": page, "p50_ms": median, "longest_ms": longest }));
    }
    server.stop();
    ExitCode::from(u8::from(missed))
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

/// Returns the id of a credential's recipient.
async fn recipient_of(server: &Server, tenant: &Tenant, id: &str) -> String {
    let target = Target::get(&server.url, vec![format!("/v1/credentials/{id}")]);
    let credential: Value = target.header("authorization", &bearer(tenant)).fetch().await;
    let recipient = &credential["signed_credential"]["credentialSubject"]["id"];
    recipient.as_str().unwrap_or_else(|| panic!("no recipient in {credential}")).to_owned()
}

/// A browser in which the owner is signed in.
struct Browser {
    client: BoundedClient,
    url: String,
    cookie: String,
}

impl Browser {
    /// Signs in with a link that the command printed.
    async fn sign_in(server: &Server, link: &str) -> Self {
        let options =
            ClientOptions { timeout: Duration::from_secs(30), connect_timeout: None, user_agent: None };
        let client = BoundedClient::new(options).expect("a client");
        let mut browser = Self { client, url: server.url.clone(), cookie: String::new() };
        let form = browser.get(&format!("/console/link/{link}")).await;
        browser.cookie = cookie(&form);
        let form = form.read_bounded(MAX_BYTES).await.expect("a page");
        let form = String::from_utf8(form).expect("UTF-8");
        let (_, csrf) = form.split_once("name=\"csrf\" value=\"").expect("a form");
        let csrf = csrf.split('"').next().expect("a token");
        let url = format!("{}/console/link", browser.url).parse().expect("a URL");
        let request = browser.client.request(Method::POST, &url).header("cookie", &browser.cookie);
        let request =
            request.header("origin", ORIGIN).header("content-type", "application/x-www-form-urlencoded");
        let signed_in = request.body(format!("csrf={csrf}&token={link}")).send().await.expect("an answer");
        assert_eq!(signed_in.status().as_u16(), 303, "the owner signs in");
        browser.cookie = cookie(&signed_in);
        browser
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.url).parse().expect("a URL");
        let request = self.client.request(Method::GET, &url).header("cookie", &self.cookie);
        request.send().await.expect("an answer")
    }

    /// Reads a page several times. Returns how long each took, in milliseconds, the shortest first.
    async fn times(&self, path: &str) -> Vec<f64> {
        let mut times = Vec::with_capacity(READS);
        for _ in 0..READS {
            let began = Instant::now();
            let answer = self.get(path).await;
            assert_eq!(answer.status().as_u16(), 200, "{path}");
            answer.read_bounded(MAX_BYTES).await.expect("a page");
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        times
    }
}

/// Returns the first cookie that an answer sets, as a browser sends it.
fn cookie(answer: &Response) -> String {
    let line = answer.headers().get("set-cookie").expect("a cookie").to_str().expect("ASCII");
    line.split(';').next().expect("its pair").to_owned()
}
