//! The health of a node as it reports it while its database is away.

use std::future::Future;
use std::time::{Duration, Instant};

use learncoin_testkit::{Exposition, Line, Proxy};
use url::Url;

use crate::commands::{Deployment, Server, issue, new_key};

const PATIENCE: Duration = Duration::from_secs(60);
/// The readiness of a node whose database refuses, or does not answer.
const UNREACHABLE: [&str; 2] =
    [r#"{"status":"unavailable","reason":"unreachable"}"#, r#"{"status":"unavailable","reason":"slow"}"#];

async fn status(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn until<F: Future<Output = Result<(), String>>>(what: &str, ask: impl Fn() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(seen) = ask().await {
        assert!(Instant::now() < deadline, "not {what} in time; last seen: {seen}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A node, and where its metrics are.
struct Node {
    server: Server,
    metrics: String,
}

impl Node {
    async fn readiness(&self) -> (u16, String) {
        status(&format!("{}/readyz", self.server.address)).await
    }

    async fn is_alive(&self) {
        assert_eq!(status(&format!("{}/healthz", self.server.address)).await.0, 200);
    }

    async fn metrics(&self) -> Exposition {
        let (status, page) = status(&self.metrics).await;
        assert_eq!(status, 200);
        Exposition::read(&page).unwrap_or_else(|wrong| panic!("{wrong}\n{page}"))
    }

    async fn until_ready(&self) {
        until("ready", || async {
            match self.readiness().await {
                (200, _) => Ok(()),
                seen => Err(format!("{seen:?}")),
            }
        })
        .await;
        assert_eq!(self.metrics().await.get("learncoin_database_up", &[]), Some(1.0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_database_is_away_is_alive_and_not_ready_until_it_is_back() {
    let deployment = Deployment::new();
    let mut url: Url = deployment.url.parse().unwrap();
    let database = (url.host_str().unwrap().to_owned(), url.port().unwrap());
    let database = tokio::net::lookup_host(database).await.unwrap().next().unwrap();
    let line = Proxy::to(database).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(line.port())).unwrap();
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let mut command = deployment.command(&serve);
    command.env("LEARNCOIN_DATABASE_URL", url.as_str());
    command.env("LEARNCOIN_TELEMETRY_METRICS_LISTEN", "127.0.0.1:0");
    let server = Server::start(&mut command);
    let printed = server.printed.iter().find(|line| line.contains("serving metrics")).unwrap();
    let address: String =
        printed.split("address=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let node = Node { server, metrics: format!("http://{address}/metrics") };
    node.until_ready().await;
    let key = new_key(|arguments| deployment.command(arguments));
    issue(&node.server, &key).await;

    for away in [Line::Cut, Line::Stalled] {
        line.set(away);
        until("unready", || async {
            match node.readiness().await {
                (503, words) if UNREACHABLE.contains(&&*words) => Ok(()),
                seen => Err(format!("{seen:?}")),
            }
        })
        .await;
        node.is_alive().await;
        let page = node.metrics().await;
        assert_eq!(page.get("learncoin_database_up", &[]), Some(0.0), "{away:?}");
        for (name, labels) in [
            ("learncoin_batches", &[("environment", "test"), ("status", "pending")][..]),
            ("learncoin_oldest_unanchored_batch_age_seconds", &[("environment", "test")]),
            ("learncoin_mails", &[("environment", "live"), ("status", "waiting")]),
        ] {
            assert!(page.get(name, labels).unwrap().is_nan(), "{name}: an old figure would lie");
        }
        line.set(Line::Open);
        node.until_ready().await;
        node.is_alive().await;
        issue(&node.server, &key).await;
    }
}
