//! `GET /v1/batches`: pages and cursors.

use futures_util::{StreamExt as _, stream};
use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, TestApp, credential, many, one, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

async fn post(uni: &Caller, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        uni.app.clock().advance_ms(1);
        ids.push(uni.post_batch(one("Ada")).await["id"].as_str().unwrap().to_owned());
    }
    ids
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|batch| batch["id"].as_str().unwrap()).collect()
}

async fn page(uni: &Caller, query: &str) -> Value {
    uni.get(&format!("/v1/batches?{query}")).await.expect(200)
}

#[tokio::test]
async fn an_empty_list_has_its_shape() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let answer = uni.get("/v1/batches").await;
    assert_eq!(answer.expect(200), json!({ "data": [], "next_cursor": null, "has_more": false }));
}

#[tokio::test]
async fn a_page_is_sent_piece_by_piece_and_is_what_each_batch_is() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut newest_first = post(&uni, 9).await;
    newest_first.reverse();
    app.run_until_idle().await;
    let answer = uni.get("/v1/batches?limit=100").await;
    assert!(!answer.headers.contains_key("content-length"), "its length is not known when it begins");
    let page = answer.expect(200);
    for (listed, id) in page["data"].as_array().unwrap().iter().zip(&newest_first) {
        assert_eq!(listed, &uni.batch(id).await);
    }
    assert_eq!(ids(&page), newest_first);
}

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut newest_first = post(&uni, 30).await;
    newest_first.reverse();
    let first = page(&uni, "").await;
    assert_eq!(ids(&first), newest_first[..25]);
    assert_eq!(first["has_more"], true);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = page(&uni, &format!("cursor={cursor}")).await;
    assert_eq!(ids(&second), newest_first[25..]);
    assert_eq!((&second["has_more"], &second["next_cursor"]), (&json!(false), &Value::Null));
    // A page that ends exactly at the end is the last one.
    let exact = page(&uni, &format!("limit=5&cursor={cursor}")).await;
    assert_eq!(
        (ids(&exact).len(), &exact["has_more"], &exact["next_cursor"]),
        (5, &json!(false), &Value::Null)
    );
    assert_eq!(ids(&page(&uni, "limit=1").await), newest_first[..1]);
    assert_eq!(ids(&page(&uni, "limit=100").await), newest_first);
}

#[tokio::test]
async fn an_item_is_the_batch_itself() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = post(&uni, 1).await.remove(0);
    assert_eq!(page(&uni, "").await["data"], json!([uni.batch(&id).await]));
    app.run_until_idle().await;
    // Each item has its own credentials and its own anchor.
    let mut posted = Vec::new();
    for count in [3, 2] {
        // Of two batches of one moment either may be the newer one.
        app.clock().advance_ms(1);
        posted.push(uni.post_batch(many(count)).await);
        app.run_until_idle().await;
    }
    app.clock().advance_ms(1);
    let pending = uni.post_batch(many(2)).await;
    let ids = [&pending, &posted[1], &posted[0]].map(|batch| batch["id"].as_str().unwrap().to_owned());
    let mut expected = Vec::new();
    for id in ids.iter().chain([&id]) {
        expected.push(uni.batch(id).await);
    }
    assert_eq!(page(&uni, "").await["data"], json!(expected));
    assert_eq!(expected.iter().map(|batch| batch["credentials"].as_array().unwrap().len()).sum::<usize>(), 8);
    assert_ne!(expected[1]["anchor_transaction"]["hash"], expected[2]["anchor_transaction"]["hash"]);
}

#[tokio::test]
async fn the_status_filters() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let anchored = post(&uni, 3).await;
    app.run_until_idle().await;
    app.set_chain_down(true);
    let failed = post(&uni, 2).await;
    app.run_until_idle().await;
    app.set_chain_down(false);
    let pending = post(&uni, 3).await;
    let newest_first = |ids: Vec<String>| ids.into_iter().rev().collect::<Vec<_>>();
    assert_eq!(ids(&page(&uni, "status=anchored").await), newest_first(anchored));
    assert_eq!(ids(&page(&uni, "status=failed").await), newest_first(failed));
    assert!(ids(&page(&uni, "status=signed").await).is_empty());
    let pending = newest_first(pending);
    let first = page(&uni, "status=pending&limit=2").await;
    assert_eq!(ids(&first), pending[..2]);
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&page(&uni, &format!("status=pending&cursor={cursor}")).await), pending[2..]);
}

#[tokio::test]
async fn the_recipient_filters_and_its_credential_is_found() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let (ada, other) = (credential("Ada"), credential("Eve"));
    let recipient = ada["recipient"]["id"].as_str().unwrap().to_owned();
    let mut newest_first = Vec::new();
    for rows in [
        vec![ada.clone()],
        vec![other.clone()],
        vec![other.clone(), ada.clone(), ada.clone()],
        vec![ada.clone()],
    ] {
        app.clock().advance_ms(1);
        let wanted = rows.contains(&ada);
        let id = uni.post_batch(json!({ "credentials": rows })).await["id"].as_str().unwrap().to_owned();
        newest_first.splice(0..0, wanted.then_some(id));
        app.run_until_idle().await;
    }
    let query = format!("recipient_id={recipient}");
    assert_eq!(ids(&page(&uni, &query).await), newest_first);
    assert_eq!(ids(&page(&uni, &format!("{query}&status=anchored")).await), newest_first);
    assert!(ids(&page(&uni, &format!("{query}&status=pending")).await).is_empty());
    let found = page(&uni, &query).await;
    let credentials = found["data"][1]["credentials"].as_array().unwrap();
    assert_eq!(credentials.iter().filter(|one| one["recipient_id"] == recipient.as_str()).count(), 2);
    // A cursor belongs to its filter.
    let first = page(&uni, &format!("{query}&limit=2")).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&page(&uni, &format!("{query}&cursor={cursor}")).await), newest_first[2..]);
    let others = other["recipient"]["id"].as_str().unwrap();
    for other in [String::new(), format!("recipient_id={others}&"), format!("{query}&status=anchored&")] {
        let answer = uni.get(&format!("/v1/batches?{other}cursor={cursor}")).await;
        answer.expect_error(ErrorCode::InvalidFieldFormat);
    }
    // Neither another tenant nor the other environment has batches of the recipient.
    let stranger = app.tenant("Other University").await;
    for caller in [&stranger, &uni.live().await] {
        assert!(ids(&page(caller, &query).await).is_empty());
    }
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for (query, named) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("status=done", "status"),
        ("cursor=", "cursor"),
        ("cursor=eyJsYXN0X2lkIjoi", "cursor"),
        ("cursor=%ff%00", "cursor"),
        ("recipient_id=ada", "recipient_id"),
        ("recipient_id=", "recipient_id"),
        ("recipientId=urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f", "query"),
        ("sort=asc", "query"),
    ] {
        let answer = uni.get(&format!("/v1/batches?{query}")).await;
        let message = answer.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.starts_with(&format!("{named}: expected")), "{message}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_for_a_day_and_over_a_restart() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let all = post(&uni, 3).await;
    let cursor = page(&uni, "limit=1").await["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/v1/batches?cursor={cursor}");
    let strangers = [app.tenant("Other").await, uni.live().await];
    for stranger in &strangers {
        stranger.get(&path).await.expect_error(ErrorCode::InvalidFieldFormat);
    }
    uni.get(&format!("{path}&status=pending")).await.expect_error(ErrorCode::InvalidFieldFormat);
    app.restart().await;
    app.clock().advance_ms(24 * 60 * 60 * 1000 - 1);
    assert_eq!(ids(&uni.get(&path).await.expect(200)), [all[1].as_str(), &all[0]]);
    app.clock().advance_ms(1);
    uni.get(&path).await.expect_error(ErrorCode::InvalidFieldFormat);
}

#[tokio::test]
async fn a_changed_cursor_is_refused_and_shows_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    post(&uni, 3).await;
    let cursor = page(&uni, "limit=1").await["next_cursor"].as_str().unwrap().to_owned();
    let mut random = StdRng::seed_from_u64(seed());
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut paths = Vec::new();
    for _ in 0..2_000 {
        let mut changed = cursor.clone().into_bytes();
        for _ in 0..random.random_range(1..4) {
            let place = random.random_range(0..changed.len());
            changed[place] = alphabet[random.random_range(0..alphabet.len())];
        }
        if random.random_bool(0.2) {
            changed.truncate(random.random_range(0..changed.len()));
        }
        let changed = String::from_utf8(changed).unwrap();
        if changed != cursor {
            paths.push(format!("/v1/batches?cursor={changed}"));
        }
    }
    let refuse = async |path: String| {
        uni.get(&path).await.expect_error(ErrorCode::InvalidFieldFormat);
    };
    stream::iter(paths).for_each_concurrent(64, refuse).await;
}

#[tokio::test]
async fn paging_stays_right_while_new_batches_arrive() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Industry, "Example University").await;
    let mut random = StdRng::seed_from_u64(seed());
    let mut known = post(&uni, 40).await;
    for _ in 0..6 {
        let before = known.clone();
        let mut seen = Vec::new();
        let mut query = format!("limit={}", random.random_range(1..8));
        loop {
            let page = page(&uni, &query).await;
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            known.extend(post(&uni, random.random_range(0..3)).await);
            match page["next_cursor"].as_str() {
                Some(cursor) => query = format!("limit={}&cursor={cursor}", random.random_range(1..8)),
                None => break,
            }
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), seen.len(), "no batch is on two pages");
        let expected: Vec<String> = before.into_iter().rev().collect();
        assert_eq!(seen, expected, "those of the beginning, each once, in order");
    }
}

#[tokio::test]
async fn one_tenant_sees_nothing_of_another() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other").await);
    let live = uni.live().await;
    for _ in 0..5 {
        for caller in [&uni, &other, &live] {
            post(caller, 1).await;
        }
    }
    app.run_until_idle().await;
    let mut all = Vec::new();
    for caller in [&uni, &other, &live] {
        let listed = caller.all_batches().await;
        assert_eq!(listed.len(), 5);
        assert!(listed.iter().all(|batch| batch["environment"] == caller.environment.as_str()));
        assert!(listed.iter().all(|batch| batch["credentials"].as_array().unwrap().len() == 1));
        all.extend(listed.into_iter().map(|batch| batch["id"].to_string()));
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 15);
}
