//! PostgreSQL fails over to its standby and back, under load: nothing that was accepted is lost, nothing is read from a
//! standby, and the service is back with the primary.
//!
//! `LEARNCOIN_FAILOVERS=5` is the long form.

use std::time::{Duration, Instant};

use learncoin_testkit::{Line, Proxy};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::client::{Call, Client, Posted, READY};
use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::{judge, until_anchored};
use crate::support::server_pair::ServerPair;

/// Each is one over and one back.
const DEFAULT_ROUNDS: usize = 1;
const POSTING: usize = 3;
/// The longest time until everything works again once there is a primary.
const RECOVERY: Duration = Duration::from_secs(30);
/// The time for which only the standby is there.
const WITHOUT_PRIMARY: Duration = Duration::from_secs(1);
const STANDBY: &str = r#"{"status":"unavailable","reason":"read_only"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_fails_over_and_back_loses_nothing() {
    if Deployment::new().is_in_a_file() {
        eprintln!("left out: a file has no standby");
        return;
    }
    let rounds = std::env::var("LEARNCOIN_FAILOVERS");
    let rounds = rounds.map_or(DEFAULT_ROUNDS, |text| text.trim().parse().expect("a number"));
    let mut pair = ServerPair::start();
    let line = Proxy::to(pair.primary.address).await;
    let mut deployment =
        Deployment::with_database(format!("postgres://learncoin@127.0.0.1:{}/postgres", line.port()));
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let process = deployment.process_id();
    let mut posted = vec![uni.post("before", 1).await];
    until_anchored(&uni, &posted[0].batch_id()).await;

    let (stop, stopped) = watch::channel(false);
    let mut posting = start_posting(&uni, &stopped);
    for round in 0..rounds * 2 {
        let revoked = uni.post(&format!("round {round}"), 1).await;
        let id = credential_of(&uni, &revoked).await;
        // From here on the standby does not know what happens.
        pair.standby.ask("SELECT pg_wal_replay_pause()");
        revoke(&uni, &id).await;
        line.set(Line::Cut);
        while uni.door.readiness().await.body == READY {
            sleep(Duration::from_millis(20)).await;
        }
        line.lead_to(pair.standby.address);
        line.set(Line::Open);
        only_a_standby_is_there(&deployment, &uni, &id).await;
        pair.standby.ask("SELECT pg_wal_replay_resume()");
        pair.primary.stop();
        pair.promote();
        let promoted = Instant::now();
        while uni.door.readiness().await.body != READY {
            assert!(promoted.elapsed() < RECOVERY, "not ready:\n{}", deployment.log());
            sleep(Duration::from_millis(20)).await;
        }
        posted.push(uni.post(&format!("round {round}, after"), 1).await);
        eprintln!("failover {round} ends after {:.1} s", promoted.elapsed().as_secs_f64());
        assert!(promoted.elapsed() < RECOVERY);
        assert!(is_revoked(&uni, &id).await, "what was revoked stays so");
        posted.push(revoked);
        pair.follow();
    }
    stop.send_replace(true);
    while let Some(done) = posting.join_next().await {
        posted.extend(done.expect("every request was answered as it must be"));
    }
    assert_eq!(deployment.process_id(), process, "it recovered by itself");
    eprintln!("{} batches, {} requests failed", posted.len(), uni.door.failed());
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}

/// Checks that nothing is accepted, nothing old is served, and readiness has the reason.
async fn only_a_standby_is_there(deployment: &Deployment, uni: &Client, id: &str) {
    let begun = Instant::now();
    let body = learncoin_testkit::many(1).to_string();
    let address = uni.door.address().await;
    let mut refused = 0;
    let mut said = String::new();
    while begun.elapsed() < WITHOUT_PRIMARY || said != STANDBY {
        assert!(begun.elapsed() < RECOVERY, "readiness says {said}:\n{}", deployment.log());
        let key = format!("{id}, {refused}");
        let reply = uni.door.attempt(&address, &uni.post_call(&key, &body)).await;
        let reply = reply.unwrap_or_else(|error| panic!("{error:?}:\n{}", deployment.log()));
        assert_eq!(reply.status, 500, "{}", reply.body);
        refused += 1;
        let path = format!("/v1/credentials/{id}");
        let reply = uni.door.attempt(&address, &get(&path, Some(&uni.api_key))).await.expect("it answers");
        assert_eq!(reply.status, 500, "{}", reply.body);
        let page = format!("/c/{id}");
        let reply = uni.door.attempt(&address, &get(&page, None)).await.expect("it answers");
        assert!(reply.status >= 500, "{}", reply.body);
        said = uni.door.readiness().await.body;
        assert_ne!(said, READY);
    }
}

fn get<'a>(path: &'a str, api_key: Option<&'a str>) -> Call<'a> {
    Call { method: Method::GET, path, api_key, idempotency_key: None, body: None }
}

async fn credential_of(uni: &Client, posted: &Posted) -> String {
    let batch = uni.get(&format!("/v1/batches/{}", posted.batch_id())).await;
    batch["credentials"][0]["id"].as_str().expect("a credential").to_owned()
}

async fn revoke(uni: &Client, id: &str) {
    let path = format!("/v1/credentials/{id}/revoke");
    let body = json!({ "reason": "Superseded", "reason_code": "reissued" }).to_string();
    let reply = uni.door.call(&uni.change_call(Method::POST, &path, id, &body)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
}

async fn is_revoked(uni: &Client, id: &str) -> bool {
    let credential: Value = uni.get(&format!("/v1/credentials/{id}")).await;
    credential["revoked"] == true
}

fn start_posting(uni: &Client, stopped: &watch::Receiver<bool>) -> JoinSet<Vec<Posted>> {
    let mut posting = JoinSet::new();
    for number in 0..POSTING {
        let (uni, stopped) = (uni.clone(), stopped.clone());
        posting.spawn(async move {
            let mut posted = Vec::new();
            while !*stopped.borrow() {
                let batch = uni.post(&format!("program {number}, {}", posted.len()), 1 + number % 2).await;
                uni.repeat(&batch).await;
                posted.push(batch);
                sleep(Duration::from_millis(20)).await;
            }
            posted
        });
    }
    posting
}
