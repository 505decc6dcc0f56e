//! A clock that was a day wrong for a moment, and is right again: nothing waits a day for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_issuance::tenant::plans::Plans;
use learncoin_issuance::worker::run::Worker;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Reaction, Receiver, TestApp, one};

use crate::delivery::webhooks::register;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The requests that a tenant may make in a minute.
const PER_MINUTE: usize = 120;
/// The time within which all goes on.
const RECOVERY_S: usize = 60;

/// Lets a batch, a delivery and a window of the rate limit meet a clock that is wrong by so much.
async fn survive(wrong_by_ms: i64) {
    let is_down = Arc::new(AtomicBool::new(true));
    let backend = {
        let is_down = Arc::clone(&is_down);
        Receiver::reacting(move |_| Reaction::status(if is_down.load(Ordering::SeqCst) { 500 } else { 200 }))
            .await
    };
    let app = TestApp::builder().plans(Plans::default()).private_targets().start().await;
    let uni = app.tenant("Example University").await;
    register(&uni, &backend.url("/hook"), &["batch.created", "batch.anchored"]).await;

    app.clock().advance_ms(wrong_by_ms);
    app.set_chain_down(true);
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    for _ in 0..PER_MINUTE {
        if uni.get("/v1/tenants/me").await.status != 200 {
            break;
        }
    }
    uni.get("/v1/tenants/me").await.expect_error(ErrorCode::RateLimited);
    app.run_steps(2).await;
    app.deliver().await;
    let tried = backend.count();
    assert!(tried > 0);

    app.clock().advance_ms(-wrong_by_ms);
    assert_eq!(uni.get("/v1/tenants/me").await.status, 200, "at once, by what the process remembers");
    app.restart().await;
    app.set_chain_down(false);
    is_down.store(false, Ordering::SeqCst);
    let mended = app.issuance().retention.mend_deadlines().await.unwrap();
    assert_eq!(mended > 0, wrong_by_ms > 0, "{mended}");
    assert_eq!(app.issuance().retention.mend_deadlines().await.unwrap(), 0, "once");
    let mut seconds = 0;
    while uni.batch(&id).await["status"] != "anchored" || backend.count() < tried + 2 {
        assert!(seconds < RECOVERY_S, "{:?}, {} deliveries", uni.batch(&id).await["status"], backend.count());
        for node in app.nodes() {
            Worker::new(Arc::clone(&node.issuance.pipeline)).step().await.unwrap();
        }
        app.mine();
        app.deliver().await;
        app.clock().advance_ms(1_000);
        seconds += 1;
    }
}

#[tokio::test]
async fn a_clock_that_was_a_day_ahead_holds_nothing_up() {
    survive(DAY_MS).await;
}

#[tokio::test]
async fn a_clock_that_was_a_day_behind_holds_nothing_up() {
    survive(-DAY_MS).await;
}
