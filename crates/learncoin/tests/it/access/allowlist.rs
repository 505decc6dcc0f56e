//! The addresses that may present a key.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use learncoin_issuance::tenant::allowlist::{AllowlistError, allow, disallow, parse_network};
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Body, Caller, Request, TestApp, answer_of};

/// Sends a request from this address, to a deployment behind the proxies of 10.0.0.0/8.
async fn get_from(caller: &Caller, address: &str, forwarded_for: Option<&str>) -> Answer {
    let peer: SocketAddr = format!("{address}:4711").parse().unwrap();
    let mut request =
        Request::get("/v1/tenants/me").header("Authorization", format!("Bearer {}", caller.key));
    if let Some(forwarded_for) = forwarded_for {
        request = request.header("X-Forwarded-For", forwarded_for);
    }
    let request = request.extension(ConnectInfo(peer)).body(Body::empty()).unwrap();
    let state = caller.app.state().with_trusted_proxies(vec![parse_network("10.0.0.0/8").unwrap()]);
    answer_of(learncoin_server::router(state), request).await
}

async fn allow_office(caller: &Caller) {
    let office = parse_network("203.0.113.0/24").unwrap();
    allow(&caller.app.issuance().store, &caller.key_id, &[office]).await.unwrap();
}

#[tokio::test]
async fn a_key_with_an_allowlist_is_presented_from_there_alone() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let sibling = uni.with_new_key(Environment::Test).await;
    get_from(&uni, "198.51.100.1", None).await.expect(200);
    allow_office(&uni).await;
    get_from(&uni, "203.0.113.7", None).await.expect(200);
    get_from(&uni, "198.51.100.1", None).await.expect_error(ErrorCode::IpNotAllowed);
    get_from(&sibling, "198.51.100.1", None).await.expect(200);
    uni.get("/v1/tenants/me").await.expect_error(ErrorCode::IpNotAllowed);
    let office = parse_network("203.0.113.0/24").unwrap();
    disallow(&app.issuance().store, &uni.key_id, &[office]).await.unwrap();
    get_from(&uni, "198.51.100.1", None).await.expect(200);
}

#[tokio::test]
async fn only_a_trusted_proxy_names_the_address_that_it_forwards() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    allow_office(&uni).await;
    get_from(&uni, "10.0.0.1", Some("203.0.113.7")).await.expect(200);
    get_from(&uni, "10.0.0.1", Some("198.51.100.1, 203.0.113.7, 10.9.9.9")).await.expect(200);
    for (address, forwarded_for) in [
        ("10.0.0.1", None),
        ("10.0.0.1", Some("203.0.113.7, 198.51.100.1")),
        ("10.0.0.1", Some("203.0.113.7, unknown")),
        ("198.51.100.1", Some("203.0.113.7")),
    ] {
        let answer = get_from(&uni, address, forwarded_for).await;
        answer.expect_error(ErrorCode::IpNotAllowed);
    }
}

#[tokio::test]
async fn an_unreadable_allowlist_allows_no_address() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    allow_office(&uni).await;
    let mut tx = app.issuance().store.begin().await.unwrap();
    tx.allow_network(&uni.key_id, "the office").await.unwrap();
    tx.commit().await.unwrap();
    get_from(&uni, "203.0.113.7", None).await.expect_error(ErrorCode::IpNotAllowed);
}

#[tokio::test]
async fn an_allowlist_needs_the_institution_plan_but_outlives_it() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let office = parse_network("203.0.113.0/24").unwrap();
    let issuance = app.issuance();
    let refused = allow(&issuance.store, &uni.key_id, &[office]).await;
    assert!(matches!(refused, Err(AllowlistError::NeedsInstitution(Plan::Starter))));
    let to = |plan| TenantUpdate { plan: Some(plan), ..TenantUpdate::default() };
    issuance.tenants.update_tenant(&uni.tenant_id, to(Plan::Industry)).await.unwrap();
    allow_office(&uni).await;
    issuance.tenants.update_tenant(&uni.tenant_id, to(Plan::Developer)).await.unwrap();
    get_from(&uni, "198.51.100.1", None).await.expect_error(ErrorCode::IpNotAllowed);
    get_from(&uni, "203.0.113.7", None).await.expect(200);
}

#[tokio::test]
async fn a_revoked_key_is_revoked_from_everywhere() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    allow_office(&uni).await;
    uni.revoke_key().await;
    get_from(&uni, "198.51.100.1", None).await.expect_error(ErrorCode::ApiKeyRevoked);
}
