//! `GET /v1/tenants/me`, `GET /v1/tenants/{id}`.

use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{TestApp, many};
use serde_json::json;

#[tokio::test]
async fn a_key_shows_its_tenant_in_its_environment() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(many(142)).await;
    let live = uni.live().await;
    let ulid = uni.tenant_id.ulid();
    let expected = |environment: &str, issued: u64| {
        json!({
            "id": uni.tenant_id,
            "name": "Example University",
            "did": format!("did:web:learncoin.example#tenant-{ulid}"),
            "plan": "starter",
            "environment": environment,
            "credentials_issued_this_month": issued,
            "credentials_limit_this_month": 2500,
        })
    };
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200), expected("test", 142));
    assert_eq!(live.get("/v1/tenants/me").await.expect(200), expected("live", 0));
    assert_eq!(uni.get(&format!("/v1/tenants/{}", uni.tenant_id)).await.expect(200), expected("test", 142));
}

#[tokio::test]
async fn each_plan_has_its_limit() {
    let app = TestApp::start().await;
    for (plan, limit) in [
        (Plan::Developer, 250),
        (Plan::Starter, 2_500),
        (Plan::Institution, 25_000),
        (Plan::Industry, 250_000),
    ] {
        let tenant = app.tenant_on(plan, plan.as_str()).await.get("/v1/tenants/me").await.expect(200);
        assert_eq!(tenant["credentials_limit_this_month"], limit);
        assert_eq!(tenant["plan"], plan.as_str());
    }
}

#[tokio::test]
async fn no_other_tenant_is_shown() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other").await);
    for id in [other.tenant_id.as_str(), "tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ", "ME", "x", "%ff"] {
        uni.get(&format!("/v1/tenants/{id}")).await.expect_error(ErrorCode::TenantNotFound);
    }
}
