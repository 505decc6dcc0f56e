//! So many requests per minute.

use learncoin_issuance::tenant::plans::Plans;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Body, Caller, Method, TestApp, one};
use tokio::task::JoinSet;

async fn strict() -> TestApp {
    TestApp::builder().plans(Plans::default()).start().await
}

async fn status(caller: &Caller) -> u16 {
    caller.get("/v1/tenants/me").await.status
}

#[tokio::test]
async fn every_authenticated_answer_reports_the_remaining_requests() {
    let app = strict().await;
    let uni = app.tenant("Example University").await;
    let requests = [
        (Method::GET, "/v1/tenants/me", 200),
        (Method::GET, "/v1/batches", 200),
        (Method::GET, "/v1/batches/x", 404),
        (Method::POST, "/v1/batches", 400),
        (Method::GET, "/v1/credentials/x", 404),
    ];
    for (number, (method, path, status)) in requests.into_iter().enumerate() {
        app.clock().advance_ms(1_000);
        let answer = uni.send(method, path, &[], Body::empty()).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("ratelimit-limit"), "120", "{path}");
        assert_eq!(answer.header("ratelimit-remaining"), (119 - number).to_string(), "{path}");
        assert_eq!(answer.header("ratelimit-reset"), (60 - number).to_string(), "{path}");
    }
    assert_eq!(app.get("/v1/tenants/me").await.header("ratelimit-limit"), "");
    assert_eq!(app.get("/healthz").await.header("ratelimit-limit"), "");
}

#[tokio::test]
async fn what_is_too_much_waits_for_the_next_window() {
    let app = strict().await;
    let uni = app.tenant("Example University").await;
    let (live, sibling) = (uni.live().await, uni.with_new_key(Environment::Test).await);
    for _ in 0..40 {
        for caller in [&uni, &live, &sibling] {
            assert_eq!(status(caller).await, 200);
        }
    }
    app.clock().advance_ms(59_001);
    for caller in [&uni, &live, &sibling] {
        let answer = caller.post("/v1/batches", one("Ada").to_string()).await;
        answer.expect_error(ErrorCode::RateLimited);
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(answer.header("ratelimit-remaining"), "0");
        assert_eq!(answer.header("ratelimit-reset"), "1");
    }
    let other = app.tenant("Other").await;
    assert_eq!(status(&other).await, 200, "one tenant's limit is not another's");
    app.clock().advance_ms(998);
    assert_eq!(status(&uni).await, 429);
    app.clock().advance_ms(1);
    let answer = uni.get("/v1/tenants/me").await;
    assert_eq!(answer.expect(200)["credentials_issued_this_month"], 0);
    assert_eq!(answer.header("ratelimit-remaining"), "119", "a refusal costs nothing");
}

#[tokio::test]
async fn the_limit_survives_a_restart() {
    let app = strict().await;
    let uni = app.tenant("Example University").await;
    for _ in 0..120 {
        assert_eq!(status(&uni).await, 200);
    }
    app.restart().await;
    assert_eq!(status(&uni).await, 429);
}

/// Returns a caller whose tenant may make so many requests in a minute.
async fn caller_with_limit(app: &TestApp, requests: u64) -> Caller {
    let uni = app.tenant("Example University").await;
    let update = TenantUpdate { requests_per_minute: Some(Some(requests)), ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    uni
}

#[tokio::test]
async fn of_a_large_limit_a_restart_costs_at_most_what_was_taken_at_a_time() {
    let app = strict().await;
    let uni = caller_with_limit(&app, 1_024).await;
    let left = async || uni.get("/v1/tenants/me").await.header("ratelimit-remaining").to_owned();
    for number in 1..=5 {
        assert_eq!(left().await, (1_024 - number).to_string());
    }
    // Taken four at a time, eight are counted.
    app.restart().await;
    assert_eq!(left().await, (1_024 - 9).to_string());
    app.clock().advance_ms(60_000);
    assert_eq!(left().await, "1023", "what was left over is of the window before");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_large_limit_each_request_is_counted_once_and_none_more() {
    let app = strict().await;
    let uni = caller_with_limit(&app, 600).await;
    let mut senders = JoinSet::new();
    for _ in 0..30 {
        let uni = uni.clone();
        senders.spawn(async move {
            let mut left = Vec::new();
            for _ in 0..30 {
                let answer = uni.get("/v1/tenants/me").await;
                if answer.status == 200 {
                    left.push(answer.header("ratelimit-remaining").parse::<usize>().unwrap());
                }
            }
            left
        });
    }
    let mut left = senders.join_all().await.concat();
    left.sort_unstable();
    assert_eq!(left, (0..600).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_plan_has_its_limit_and_a_tenant_its_exception() {
    let app = strict().await;
    for (plan, limit) in [
        (Plan::Developer, "120"),
        (Plan::Starter, "120"),
        (Plan::Institution, "600"),
        (Plan::Industry, "1200"),
    ] {
        let tenant = app.tenant_on(plan, plan.as_str()).await;
        assert_eq!(tenant.get("/v1/tenants/me").await.header("ratelimit-limit"), limit);
    }
    let uni = app.tenant("Example University").await;
    let update = |requests: Option<u64>| TenantUpdate {
        requests_per_minute: Some(requests),
        credentials_per_month: Some(requests),
        ..TenantUpdate::default()
    };
    let issuance = app.issuance();
    issuance.tenants.update_tenant(&uni.tenant_id, update(Some(2))).await.unwrap();
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_limit_this_month"], 2);
    assert_eq!(status(&uni).await, 200);
    assert_eq!(status(&uni).await, 429);
    // A raised limit holds at once, within the same window.
    issuance.tenants.update_tenant(&uni.tenant_id, update(Some(3))).await.unwrap();
    assert_eq!(status(&uni).await, 200);
    assert_eq!(status(&uni).await, 429);
    issuance.tenants.update_tenant(&uni.tenant_id, update(None)).await.unwrap();
    assert_eq!(uni.get("/v1/tenants/me").await.header("ratelimit-limit"), "120");
}

#[tokio::test]
async fn the_limit_comes_before_the_size_and_after_the_key() {
    let app = strict().await;
    let uni = app.tenant("Example University").await;
    let revoked = uni.with_new_key(Environment::Test).await;
    revoked.revoke_key().await;
    for _ in 0..120 {
        assert_eq!(status(&uni).await, 200);
    }
    let large = [("Content-Length", "99999999")];
    uni.send(Method::POST, "/v1/batches", &large, Body::empty()).await.expect_error(ErrorCode::RateLimited);
    revoked.get("/v1/tenants/me").await.expect_error(ErrorCode::ApiKeyRevoked);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_20_000_requests_in_a_minute_over_8_keys_120_are_accepted() {
    let app = strict().await;
    let uni = app.tenant("Example University").await;
    let mut keys = Vec::new();
    for _ in 0..4 {
        keys.push(uni.with_new_key(Environment::Test).await);
        keys.push(uni.with_new_key(Environment::Live).await);
    }
    let mut senders = JoinSet::new();
    for key in keys.iter().cycle().take(80) {
        let (key, count) = (key.clone(), 20_000 / 80);
        senders.spawn(async move {
            let mut answers = Vec::with_capacity(count);
            for _ in 0..count {
                let answer = key.get("/v1/tenants/me").await;
                let [limit, remaining, reset] =
                    ["limit", "remaining", "reset"].map(|name| answer.header(&format!("ratelimit-{name}")));
                assert_eq!((limit, reset), ("120", "60"));
                let remaining: usize = remaining.parse().unwrap();
                if answer.status == 429 {
                    assert_eq!((remaining, answer.header("retry-after")), (0, "60"));
                }
                answers.push((answer.status, remaining));
            }
            answers
        });
    }
    let answers = senders.join_all().await.concat();
    let mut left: Vec<usize> =
        answers.iter().filter(|(status, _)| *status == 200).map(|(_, remaining)| *remaining).collect();
    left.sort_unstable();
    assert_eq!(left, (0..120).collect::<Vec<_>>(), "each of the 120 was counted once");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 429).count(), 20_000 - 120);
}
