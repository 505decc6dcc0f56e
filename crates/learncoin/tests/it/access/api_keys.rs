//! Authentication and authorization of API keys.

use learncoin_server::error::ErrorCode;
use learncoin_store::clock::Clock as _;
use learncoin_store::id::KeyId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{ApiKey, KeyDigest, Plan};
use learncoin_testkit::{Body, Caller, Method, Request, TestApp, one};

/// Every route that needs a key.
const ROUTES: [(Method, &str); 13] = [
    (Method::PATCH, "/v1/tenants/me"),
    (Method::POST, "/v1/webhooks"),
    (Method::GET, "/v1/webhooks"),
    (Method::DELETE, "/v1/webhooks/whk_01KPX4MRGJZZZZZZZZZZZZZZZZ"),
    (Method::POST, "/v1/webhooks/whk_01KPX4MRGJZZZZZZZZZZZZZZZZ/test"),
    (Method::POST, "/v1/credentials/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ/revoke"),
    (Method::POST, "/v1/credentials/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ/erase"),
    (Method::POST, "/v1/batches"),
    (Method::GET, "/v1/batches"),
    (Method::GET, "/v1/batches/bat_01KPX4MRGJZZZZZZZZZZZZZZZZ"),
    (Method::GET, "/v1/credentials/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ"),
    (Method::GET, "/v1/tenants/me"),
    (Method::GET, "/v1/tenants/tnt_01KPX4MRGJZZZZZZZZZZZZZZZZ"),
];

#[tokio::test]
async fn without_a_key_no_route_answers() {
    let app = TestApp::start().await;
    for (method, path) in ROUTES {
        let request = Request::builder().method(method).uri(path).body(Body::from("{")).unwrap();
        app.send(request).await.expect_error(ErrorCode::ApiKeyMissing);
    }
}

#[tokio::test]
async fn what_is_no_key_is_invalid_on_every_route() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let unknown = "Bearer lrn_test_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM".to_owned();
    let basic = format!("Basic {}", uni.key);
    let live = format!("Bearer {}", uni.key.replace("lrn_test_", "lrn_live_"));
    let cut = format!("Bearer {}", &uni.key[..uni.key.len() - 1]);
    for header in [unknown, basic, live, cut, uni.key.clone(), "Bearer".to_owned(), String::new()] {
        for (method, path) in ROUTES {
            let request = Request::builder().method(method).uri(path).header("Authorization", &header);
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            answer.expect_error(ErrorCode::ApiKeyInvalid);
            assert!(!answer.text().contains(&uni.key[9..]), "no answer contains a key");
        }
    }
}

#[tokio::test]
async fn a_key_is_not_read_from_the_query() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.get(&format!("/v1/tenants/me?api_key={}", uni.key)).await.expect_error(ErrorCode::ApiKeyMissing);
}

#[tokio::test]
async fn a_revoked_key_is_refused_and_its_sibling_works() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let sibling = uni.with_new_key(Environment::Test).await;
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    uni.revoke_key().await;
    for (method, path) in ROUTES {
        uni.send(method, path, &[], Body::empty()).await.expect_error(ErrorCode::ApiKeyRevoked);
    }
    sibling.batch(&id).await;
    app.run_until_idle().await;
    assert_eq!(sibling.batch(&id).await["status"], "anchored");
}

/// Returns a body that arrives only after the caller's key was revoked, long after the key was first checked.
pub(crate) fn body_after_revocation(caller: &Caller, body: String) -> Body {
    let caller = caller.clone();
    Body::from_stream(futures_util::stream::once(async move {
        caller.revoke_key().await;
        Ok::<_, std::io::Error>(body)
    }))
}

#[tokio::test]
async fn a_key_revoked_while_its_write_is_under_way_has_no_effect() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let late = uni.with_new_key(Environment::Test).await;
    let body = body_after_revocation(&late, one("Ada Lovelace").to_string());
    late.send(Method::POST, "/v1/batches", &[], body).await.expect_error(ErrorCode::ApiKeyRevoked);
    // The holder of a revoked key does not learn what was wrong with the request either.
    let late = uni.with_new_key(Environment::Test).await;
    let body = body_after_revocation(&late, "{".to_owned());
    late.send(Method::POST, "/v1/batches", &[], body).await.expect_error(ErrorCode::ApiKeyRevoked);
    assert!(uni.all_batches().await.is_empty());
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 0);
}

#[tokio::test]
async fn a_key_revoked_while_its_read_is_under_way_gets_no_data() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    let absent = "/v1/credentials/crd_01KPX4MRGJZZZZZZZZZZZZZZZZ".to_owned();
    for path in [format!("/v1/batches/{id}"), "/v1/batches".to_owned(), "/v1/tenants/me".to_owned(), absent] {
        let late = uni.with_new_key(Environment::Test).await;
        let body = body_after_revocation(&late, String::new());
        late.send(Method::GET, &path, &[], body).await.expect_error(ErrorCode::ApiKeyRevoked);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_accepted_after_a_revocation_committed() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for _ in 0..20 {
        let racing = uni.with_new_key(Environment::Test).await;
        let mut posts = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let racing = racing.clone();
            posts.spawn(async move { racing.post("/v1/batches", one("Ada").to_string()).await });
        }
        racing.revoke_key().await;
        let known = uni.all_batches().await.len();
        // What was in flight is accepted before the revocation or refused; later ones are all refused.
        racing.post("/v1/batches", one("Ada").to_string()).await.expect_error(ErrorCode::ApiKeyRevoked);
        for answer in posts.join_all().await {
            assert!(answer.status == 202 || answer.status == 401, "{}", answer.text());
        }
        assert_eq!(uni.all_batches().await.len(), known, "a revoked key's request had an effect");
    }
}

#[tokio::test]
async fn a_live_key_below_starter_is_refused() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Developer, "Example University").await;
    let live = insert_live_key(&uni).await;
    for (method, path) in ROUTES {
        live.send(method, path, &[], Body::empty()).await.expect_error(ErrorCode::TierRequired);
    }
    live.revoke_key().await;
    live.get("/v1/tenants/me").await.expect_error(ErrorCode::ApiKeyRevoked);
}

/// Stores a live key, such as a tenant keeps after a downgrade.
pub(crate) async fn insert_live_key(uni: &Caller) -> Caller {
    let issuance = uni.app.issuance();
    let key = "lrn_live_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM".to_owned();
    let record = ApiKey {
        id: KeyId::generate(&*issuance.clock, &*issuance.entropy),
        tenant_id: uni.tenant_id.clone(),
        environment: Environment::Live,
        label: None,
        created_at: issuance.clock.now_ms(),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = issuance.store.begin().await.unwrap();
    tx.insert_api_key(&record, &KeyDigest::of(&key)).await.unwrap();
    tx.commit().await.unwrap();
    Caller { key, key_id: record.id, environment: Environment::Live, ..uni.clone() }
}

#[tokio::test]
async fn a_keys_time_of_use_is_written_only_when_it_is_flushed() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let last_used =
        || async { app.issuance().store.list_api_keys(&uni.tenant_id).await.unwrap().remove(0).last_used_at };
    uni.get("/v1/tenants/me").await.expect(200);
    assert_eq!(last_used().await, None);
    app.clock().advance_ms(30_000);
    app.state().flush_key_uses().await.unwrap();
    assert_eq!(last_used().await, Some(app.clock().now_ms()));
    app.clock().advance_ms(60_000);
    app.state().flush_key_uses().await.unwrap();
    assert_eq!(
        last_used().await,
        Some(app.clock().now_ms() - 60_000),
        "a key that was not used is not written"
    );
}
