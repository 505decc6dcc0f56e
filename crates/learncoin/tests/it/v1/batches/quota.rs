//! The month's credentials.

use learncoin_issuance::tenant::plans::{PlanLimits, Plans};
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Caller, TestApp, many, one, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinSet;

async fn app_with_limit(credentials_per_month: u64) -> TestApp {
    let plans = learncoin_testkit::patient_plans();
    let starter = PlanLimits { credentials_per_month, ..plans.starter };
    TestApp::builder().plans(Plans { starter, ..plans }).start().await
}

async fn issued(uni: &Caller) -> u64 {
    uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"].as_u64().unwrap()
}

#[tokio::test]
async fn a_batch_that_would_pass_the_quota_is_refused_whole() {
    let app = app_with_limit(10).await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(many(8)).await;
    let message =
        uni.post("/v1/batches", many(3).to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    assert!(message.contains("10 credentials"), "{message}");
    assert_eq!(issued(&uni).await, 8);
    uni.post_batch(many(2)).await;
    uni.post("/v1/batches", one("Ada").to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    assert_eq!(issued(&uni).await, 10);
    uni.live().await.post_batch(many(10)).await;
    assert_eq!(uni.all_batches().await.len(), 2);
}

#[tokio::test]
async fn the_quota_begins_anew_with_the_calendar_month_in_utc() {
    let app = app_with_limit(1).await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(one("Ada")).await;
    // 2026-11-30T23:59:59.999Z, and a millisecond later.
    app.clock().advance_to(1_796_083_199_999);
    uni.post("/v1/batches", one("Ada").to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    app.clock().advance_ms(1);
    assert_eq!(issued(&uni).await, 0);
    uni.post_batch(one("Ada")).await;
    assert_eq!(issued(&uni).await, 1);
}

#[tokio::test]
async fn a_failed_batch_gives_its_quota_back_once() {
    let app = app_with_limit(5).await;
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
async fn racing_batches_never_pass_the_quota_together() {
    const LIMIT: u64 = 20;
    let app = app_with_limit(LIMIT).await;
    for round in 0..5 {
        let uni = app.tenant(&format!("University {round}")).await;
        let mut posts = JoinSet::new();
        for _ in 0..2 * LIMIT {
            let uni = uni.clone();
            posts.spawn(async move { uni.post("/v1/batches", one("Ada").to_string()).await });
        }
        let answers = posts.join_all().await;
        let accepted = answers.iter().filter(|answer| answer.status == 202).count();
        assert_eq!(u64::try_from(accepted).unwrap(), LIMIT);
        for refused in answers.iter().filter(|answer| answer.status != 202) {
            refused.expect_error(ErrorCode::MonthlyQuotaExceeded);
        }
        assert_eq!(issued(&uni).await, LIMIT);
        assert_eq!(uni.all_batches().await.len(), accepted);
    }
}

/// Sends twice the quota at once, in batches of 1 to 7. What was refused would not have fitted, which is all that "exactly"
/// can mean for batches that are taken whole; then the rest is filled to the last credential.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_batches_of_any_size_use_the_quota_up_and_no_more() {
    const LIMIT: usize = 100;
    let mut random = StdRng::seed_from_u64(seed());
    let app = app_with_limit(100).await;
    for round in 0..5 {
        let uni = app.tenant(&format!("University {round}")).await;
        let (mut posts, mut asked) = (JoinSet::new(), 0);
        while asked < 2 * LIMIT {
            let (uni, count) = (uni.clone(), random.random_range(1..=7));
            asked += count;
            posts.spawn(async move { (count, uni.post("/v1/batches", many(count).to_string()).await) });
        }
        let (mut accepted, mut refused) = (0, Vec::new());
        for (count, answer) in posts.join_all().await {
            if answer.status == 202 {
                accepted += count;
            } else {
                answer.expect_error(ErrorCode::MonthlyQuotaExceeded);
                refused.push(count);
            }
        }
        assert!(accepted <= LIMIT, "{accepted}");
        assert!(refused.iter().all(|count| accepted + count > LIMIT), "{accepted}, and refused {refused:?}");
        for _ in accepted..LIMIT {
            uni.post_batch(one("Ada")).await;
        }
        uni.post("/v1/batches", one("Ada").to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
        assert_eq!(issued(&uni).await, 100);
    }
}
