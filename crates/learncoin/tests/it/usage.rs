//! The month's credentials: what is counted, when the count begins anew, and what is given back.

use learncoin_testkit::{Caller, TestApp, many, one};
use tokio::task::JoinSet;

async fn issued(uni: &Caller) -> u64 {
    uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"].as_u64().unwrap()
}

#[tokio::test]
async fn accepted_credentials_are_counted_by_environment() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(many(8)).await;
    uni.post_batch(many(2)).await;
    let live = uni.live().await;
    live.post_batch(many(3)).await;
    assert_eq!((issued(&uni).await, issued(&live).await), (10, 3));
    // What was refused is not counted.
    uni.post("/v1/batches", many(501).to_string()).await.expect(400);
    assert_eq!(issued(&uni).await, 10);
}

#[tokio::test]
async fn the_count_begins_anew_with_the_calendar_month_in_utc() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(one("Ada")).await;
    // 2026-11-30T23:59:59.999Z, and a millisecond later.
    app.clock().advance_to(1_796_083_199_999);
    uni.post_batch(one("Ada")).await;
    app.clock().advance_ms(1);
    assert_eq!(issued(&uni).await, 0);
    uni.post_batch(one("Ada")).await;
    assert_eq!(issued(&uni).await, 1);
}

#[tokio::test]
async fn a_failed_batch_is_given_back_once() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    uni.post_batch(many(5)).await;
    app.run_until_idle().await;
    assert_eq!(uni.all_batches().await[0]["status"], "failed");
    assert_eq!(issued(&uni).await, 0);
    app.set_chain_down(false);
    uni.post_batch(many(5)).await;
    app.run_until_idle().await;
    assert_eq!(issued(&uni).await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_batches_are_all_counted() {
    const BATCHES: u64 = 40;
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut posts = JoinSet::new();
    for _ in 0..BATCHES {
        let uni = uni.clone();
        posts.spawn(async move { uni.post("/v1/batches", one("Ada").to_string()).await.expect(202) });
    }
    assert_eq!(posts.join_all().await.len(), usize::try_from(BATCHES).unwrap());
    assert_eq!(issued(&uni).await, BATCHES);
}
