//! The same limits and the same answers, whichever node a request reaches.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use learncoin_issuance::tenant::plans::{PlanLimits, Plans};
use learncoin_testkit::{Caller, TestApp, many, one};
use tokio::task::JoinSet;

const NODES: usize = 4;

/// Sends a request 64 times at once, and returns the answers: status, body and whether it was a replay.
async fn at_once(uni: &Caller, key: &str) -> Vec<(u16, String, bool)> {
    let body = one("Ada Lovelace");
    let requests = (0..64).map(|_| {
        let (uni, key, body) = (uni.clone(), key.to_owned(), body.clone());
        tokio::spawn(async move { uni.post_batch_under(&key, &body).await })
    });
    let answers = join_all(requests.collect::<Vec<_>>()).await;
    let read = |answer: learncoin_testkit::Answer| {
        let is_replay = !answer.header("idempotent-replayed").is_empty();
        (answer.status, answer.text().to_owned(), is_replay)
    };
    answers.into_iter().map(|answer| read(answer.unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_64_identical_requests_to_four_nodes_one_executes_and_all_get_its_answer() {
    let app = TestApp::builder().equal_nodes(NODES).start().await;
    let uni = app.tenant("Example University").await;
    for round in 0..20 {
        let answers = at_once(&uni, &format!("round {round}")).await;
        assert!(answers.iter().all(|(status, _, _)| *status == 202), "{answers:?}");
        assert_eq!(answers.iter().map(|(_, body, _)| body).collect::<BTreeSet<_>>().len(), 1);
        assert_eq!(answers.iter().filter(|(_, _, is_replay)| !is_replay).count(), 1);
    }
    assert_eq!(uni.all_batches().await.len(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_two_nodes_together_pass_the_quota() {
    let plans = learncoin_testkit::patient_plans();
    let starter = PlanLimits { credentials_per_month: 100, ..plans.starter };
    let app = TestApp::builder().equal_nodes(NODES).plans(Plans { starter, ..plans }).start().await;
    let uni = app.tenant("Example University").await;
    let mut posts = JoinSet::new();
    for _ in 0..60 {
        let uni = uni.clone();
        posts.spawn(async move { uni.post("/v1/batches", many(3).to_string()).await.status });
    }
    let accepted = posts.join_all().await.into_iter().filter(|status| *status == 202).count();
    let issued = uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"].clone();
    assert_eq!((accepted, issued), (33, 99.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_window_of_a_minute_is_one_over_all_nodes() {
    let app = TestApp::builder().equal_nodes(NODES).plans(Plans::default()).start().await;
    let uni = app.tenant("Example University").await;
    for minute in 0..3 {
        let mut requests = JoinSet::new();
        for _ in 0..200 {
            let uni = uni.clone();
            requests.spawn(async move { uni.get("/v1/tenants/me").await.status });
        }
        let taken = requests.join_all().await.into_iter().filter(|status| *status == 200).count();
        assert_eq!(taken, 120, "minute {minute}");
        app.clock().advance_ms(60_000);
    }
}

#[tokio::test]
async fn a_key_that_was_revoked_on_one_node_works_on_none() {
    let app = TestApp::builder().equal_nodes(NODES).start().await;
    let uni = app.tenant("Example University").await;
    for _ in 0..NODES {
        assert_eq!(uni.get("/v1/tenants/me").await.status, 200);
    }
    uni.revoke_key().await;
    for _ in 0..NODES {
        assert_eq!(uni.get("/v1/tenants/me").await.status, 401);
    }
}
