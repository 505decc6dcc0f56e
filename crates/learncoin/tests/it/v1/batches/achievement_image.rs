//! `achievement.image`: named with a batch, fetched afterwards, drawn in the badge, and gone after erasure.

use axum::http::StatusCode;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Caller, TestApp, one};
use serde_json::{Value, json};

use crate::support::site::{Site, app_that_reaches_sites};

const PNG: &[u8] = include_bytes!("../../../../../badge/src/picture/data/mark.png");
const MINUTE_MS: i64 = 60 * 1000;

fn with_image(url: &str) -> Value {
    let mut body = one("Ada Lovelace");
    body["credentials"][0]["achievement"]["image"] = json!(url);
    body
}

async fn issue(app: &TestApp, uni: &Caller, body: Value) -> String {
    let posted = uni.post_batch(body).await;
    app.run_until_idle().await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

async fn fetch(app: &TestApp) {
    while app.state().fetch_achievement_images().await.unwrap() {}
}

async fn badge(app: &TestApp, id: &str) -> String {
    app.get(&format!("/c/{id}/badge.svg?plain=true")).await.text().to_owned()
}

#[tokio::test]
async fn the_badge_shows_the_picture_once_it_was_fetched() {
    let (app, site) = (app_that_reaches_sites().await, Site::open().await);
    let uni = app.tenant("Example University").await;
    let plain = issue(&app, &uni, one("Ada Lovelace")).await;
    // The site is down: the batch is accepted and anchored all the same.
    site.fail("/ml.png", StatusCode::INTERNAL_SERVER_ERROR);
    let id = issue(&app, &uni, with_image(&site.url("/ml.png"))).await;
    assert_eq!(site.times_asked("/ml.png"), 0, "accepting a batch fetches nothing");
    fetch(&app).await;
    assert_eq!(site.times_asked("/ml.png"), 1);
    assert!(!badge(&app, &id).await.contains("<image"));
    assert_eq!(
        badge(&app, &id).await,
        badge(&app, &plain).await,
        "until then it has the ornament of its course"
    );
    site.put("/ml.png", PNG);
    fetch(&app).await;
    assert_eq!(site.times_asked("/ml.png"), 1, "it is tried again after a pause");
    app.clock().advance_ms(MINUTE_MS);
    fetch(&app).await;
    assert_eq!(site.times_asked("/ml.png"), 2);
    assert!(badge(&app, &id).await.contains("<image"));
    assert_ne!(
        app.get(&format!("/c/{id}/card.png")).await.body,
        app.get(&format!("/c/{plain}/card.png")).await.body
    );
    // It is no part of the document.
    let document = app.get(&format!("/c/{id}/credential.json")).await.json();
    assert!(!document.to_string().contains("ml.png"), "{document}");
    fetch(&app).await;
    assert_eq!(site.times_asked("/ml.png"), 2, "a picture that is there is not fetched again");
}

#[tokio::test]
async fn a_picture_that_nobody_can_show_leaves_the_ornament_and_is_given_up() {
    let (app, site) = (app_that_reaches_sites().await, Site::open().await);
    let uni = app.tenant("Example University").await;
    site.put("/ml.png", "no picture");
    let id = issue(&app, &uni, with_image(&site.url("/ml.png"))).await;
    for _ in 0..40 {
        fetch(&app).await;
        app.clock().advance_ms(6 * 60 * MINUTE_MS);
    }
    assert_eq!(site.times_asked("/ml.png"), 12);
    assert!(!badge(&app, &id).await.contains("<image"));
}

#[tokio::test]
async fn erasure_takes_the_picture_with_it() {
    let (app, site) = (app_that_reaches_sites().await, Site::open().await);
    let uni = app.tenant("Example University").await;
    site.put("/ada.png", PNG);
    let id = issue(&app, &uni, with_image(&site.url("/ada.png"))).await;
    fetch(&app).await;
    assert!(badge(&app, &id).await.contains("<image"));
    let body = json!({
        "requester": "recipient", "verified_at": "2026-04-23T12:00:00Z"
    });
    uni.post(&format!("/v1/credentials/{id}/erase"), body.to_string()).await.expect(200);
    assert!(!badge(&app, &id).await.contains("<image"));
    let rows = app.issuance().store.rows("achievement_images").await.unwrap();
    assert!(rows.is_empty(), "{rows:?}");
    assert!(app.issuance().store.rows("logos").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_dry_run_lists_what_is_wrong_with_a_picture_and_fetches_nothing() {
    let (app, site) = (TestApp::start().await, Site::open().await);
    let uni = app.tenant("Example University").await;
    let mut body = json!({ "credentials": [] });
    for image in [json!(site.url("/ml.png")), json!("ml.png"), json!(["https://a.example/b.png"])] {
        let mut credential = learncoin_testkit::credential("Ada Lovelace");
        credential["achievement"]["image"] = image;
        body["credentials"].as_array_mut().unwrap().push(credential);
    }
    let checked = uni.post("/v1/batches?dry_run=true", body.to_string()).await.expect(200);
    let faults = checked["faults"].as_array().unwrap();
    let paths: Vec<&str> = faults.iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    let expected = [0, 1, 2].map(|index| format!("credentials[{index}].achievement.image"));
    assert_eq!(paths, expected, "{checked}");
    assert_eq!(site.times_asked("/ml.png"), 0);
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_the_picture_too() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut body = with_image("https://school.example/ml.png");
    uni.post_batch_under("key-1", &body).await.expect(202);
    body["credentials"][0]["achievement"]["image"] = json!("https://school.example/other.png");
    uni.post_batch_under("key-1", &body).await.expect_error(ErrorCode::IdempotencyKeyReused);
}
