//! The `Idempotency-Key` header.

use futures_util::{StreamExt as _, stream};
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::Environment;
use learncoin_testkit::{Method, TestApp, many, one, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::task::JoinSet;

const HOUR_MS: i64 = 60 * 60 * 1000;
const MINUTE_MS: i64 = 60 * 1000;

#[tokio::test]
async fn a_repetition_gets_the_first_answer_byte_for_byte() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let first = uni.post_batch_under("key", &request).await;
    first.expect(202);
    assert_eq!(first.header("idempotent-replayed"), "");
    app.run_until_idle().await;
    for wait in [0, 1, 12 * HOUR_MS] {
        app.clock().advance_ms(wait);
        let again = uni.post_batch_under("key", &request).await;
        assert_eq!((again.status, &again.body), (202, &first.body));
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
    }
    assert_eq!(uni.all_batches().await.len(), 1);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let first = uni.post_batch_under("key", &request).await;
    app.clock().advance_ms(24 * HOUR_MS - MINUTE_MS);
    assert_eq!(uni.post_batch_under("key", &request).await.body, first.body);
    app.clock().advance_ms(2 * MINUTE_MS);
    let later = uni.post_batch_under("key", &request).await;
    assert_ne!(later.expect(202)["id"], first.json()["id"]);
    assert_eq!(later.header("idempotent-replayed"), "");
    // The new answer has taken the old one's place.
    assert_eq!(uni.post_batch_under("key", &request).await.body, later.body);
    assert_eq!(uni.all_batches().await.len(), 2);
}

#[tokio::test]
async fn a_key_survives_a_restart() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let first = uni.post_batch_under("key", &request).await;
    app.restart().await;
    assert_eq!(uni.post_batch_under("key", &request).await.body, first.body);
}

#[tokio::test]
async fn another_body_under_the_same_key_is_a_conflict() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    uni.post_batch_under("key", &request).await.expect(202);
    let spaced = format!("{request} ");
    for other in [one("Grace Hopper").to_string(), spaced, String::new(), "{not json".to_owned()] {
        let headers = [("Idempotency-Key", "key")];
        let answer = uni.send(Method::POST, "/v1/batches", &headers, other).await;
        answer.expect_error(ErrorCode::IdempotencyKeyReused);
    }
    assert_eq!(uni.all_batches().await.len(), 1);
}

#[tokio::test]
async fn a_body_that_differs_in_a_single_byte_is_another_body() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    uni.post_batch_under("key", &request).await.expect(202);
    let body = request.to_string().into_bytes();
    let mut random = StdRng::seed_from_u64(seed());
    let others = (0..1_000).map(|_| {
        let mut other = body.clone();
        let place = random.random_range(0..other.len());
        other[place] ^= 1 << random.random_range(0..8);
        other
    });
    let refuse = async |other: Vec<u8>| {
        let answer = uni.send(Method::POST, "/v1/batches", &[("Idempotency-Key", "key")], other).await;
        answer.expect_error(ErrorCode::IdempotencyKeyReused);
    };
    stream::iter(others).for_each_concurrent(64, refuse).await;
    assert_eq!(uni.all_batches().await.len(), 1);
}

#[tokio::test]
async fn keys_of_other_tenants_and_environments_are_other_keys() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let callers =
        [uni.clone(), uni.live().await, app.tenant("Other").await, uni.with_new_key(Environment::Test).await];
    let request = one("Ada Lovelace");
    let mut ids = Vec::new();
    for caller in &callers {
        ids.push(caller.post_batch_under("key", &request).await.expect(202)["id"].clone());
    }
    assert_eq!(ids[0], ids[3], "two keys of one tenant and environment share their idempotency keys");
    ids.pop();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_refusal_does_not_use_the_key_up() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut mended = one("Ada Lovelace");
    mended["credentials"][0]["recipient"]["name"] = json!("");
    uni.post_batch_under("key", &mended).await.expect_error(ErrorCode::InvalidFieldFormat);
    uni.post_batch_under("key", &many(501)).await.expect_error(ErrorCode::BatchTooLarge);
    for _ in 0..5 {
        uni.post_batch(many(500)).await;
    }
    let mut stranger = uni.clone();
    stranger.key.push('x');
    stranger.post_batch_under("key", &mended).await.expect_error(ErrorCode::ApiKeyInvalid);
    mended["credentials"][0]["recipient"]["name"] = json!("Ada Lovelace");
    uni.post_batch_under("key", &mended).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    app.clock().advance_ms(20 * 24 * HOUR_MS);
    uni.post_batch_under("key", &mended).await.expect(202);
}

#[tokio::test]
async fn a_repetition_is_answered_though_the_request_would_be_refused_now() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = many(500);
    let first = uni.post_batch_under("key", &request).await;
    for _ in 0..4 {
        uni.post_batch(many(500)).await;
    }
    uni.post("/v1/batches", one("Ada").to_string()).await.expect_error(ErrorCode::MonthlyQuotaExceeded);
    assert_eq!(uni.post_batch_under("key", &request).await.body, first.body);
    uni.revoke_key().await;
    uni.post_batch_under("key", &request).await.expect_error(ErrorCode::ApiKeyRevoked);
}

#[tokio::test]
async fn a_key_is_trimmed_and_has_limits() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let first = uni.post_batch_under("a key", &request).await;
    assert_eq!(uni.post_batch_under("  a key ", &request).await.body, first.body);
    uni.post_batch_under(&"k".repeat(255), &request).await.expect(202);
    for key in ["", "   ", &"k".repeat(256)] {
        let message = uni.post_batch_under(key, &request).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains("Idempotency-Key"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_bodies_racing_for_one_key_one_wins() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for round in 0..20 {
        let mut requests = JoinSet::new();
        for name in ["Ada", "Grace"] {
            let uni = uni.clone();
            requests.spawn(async move { uni.post_batch_under(&format!("round {round}"), &one(name)).await });
        }
        let mut statuses: Vec<u16> = requests.join_all().await.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409]);
    }
    assert_eq!(uni.all_batches().await.len(), 20);
}
