//! The audit log: which key called what.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::middleware::from_fn_with_state;
use learncoin_issuance::tenant::allowlist;
use learncoin_server::error::ErrorCode;
use learncoin_store::id::{RequestId, TenantId};
use learncoin_store::maintenance::ColumnValue;
use learncoin_store::requests::AuditRow;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{
    Answer, Body, Caller, Method, Request, TestApp, answer_of, assert_doctor_is_content, one,
};

use crate::api::environments::{Side, body_of, in_order};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn rows(app: &TestApp, tenant_id: &TenantId) -> Vec<AuditRow> {
    let store = app.issuance().store.clone();
    store.list_audit_rows(Some(tenant_id), i64::MIN, i64::MAX, None, 100_000).await.unwrap()
}

async fn row_of(app: &TestApp, answer: &Answer) -> Option<AuditRow> {
    let id: RequestId = answer.header("x-request-id").parse().unwrap();
    app.issuance().store.find_audit_row(&id).await.unwrap()
}

fn seen(row: &AuditRow) -> (&str, &str, u16) {
    (&row.method, &row.endpoint, row.status)
}

#[tokio::test]
async fn every_authenticated_request_has_its_row() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    for (method, path, endpoint, status) in [
        (Method::GET, format!("/v1/batches/{id}"), "/v1/batches/{id}", 200),
        (Method::GET, "/v1/batches?limit=0".to_owned(), "/v1/batches", 400),
        (Method::HEAD, "/v1/tenants/me".to_owned(), "/v1/tenants/me", 200),
        (Method::POST, "/v1/credentials/x/revoke".to_owned(), "/v1/credentials/{id}/revoke", 400),
    ] {
        app.clock().advance_ms(1);
        let answer = uni.send(method.clone(), &path, &[], Body::empty()).await;
        let row = row_of(&app, &answer).await.unwrap();
        assert_eq!(seen(&row), (method.as_str(), endpoint, status));
        assert_eq!((row.tenant_id.as_ref(), row.key_id.as_ref()), (Some(&uni.tenant_id), Some(&uni.key_id)));
        assert_eq!(row.at, app.now_ms());
    }
    let rows = rows(&app, &uni.tenant_id).await;
    assert_eq!(rows.len(), 5);
    assert_eq!(seen(&rows[0]), ("POST", "/v1/batches", 202));
}

#[tokio::test]
async fn whatever_changes_something_has_the_id_of_that_in_its_row() {
    let app = TestApp::builder().private_targets().start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let side = Side::of(&app, uni).await;
    let mut changing = 0;
    for operation in in_order() {
        let path = side.path(operation);
        let answer = side.caller.send(operation.method.clone(), &path, &[], body_of(operation)).await;
        let answered = answer.expect(operation.success());
        let row = row_of(&app, &answer).await.unwrap();
        let changes = operation.described["x-changes"] != "nothing";
        let expected = match path.split('/').nth(3) {
            _ if !changes => None,
            Some("me") => Some(side.caller.tenant_id.to_string()),
            Some(id) => Some(id.to_owned()),
            None => Some(answered["id"].as_str().unwrap().to_owned()),
        };
        assert_eq!(row.subjects, Vec::from_iter(expected), "{}", operation.id);
        changing += usize::from(changes);
        if operation.method == Method::POST {
            // A refused one changes nothing.
            let refused = side.caller.send(operation.method.clone(), &path, &[], "{").await;
            if refused.status >= 400 {
                assert_eq!(row_of(&app, &refused).await.unwrap().subjects, [""; 0], "{}", operation.id);
            }
        }
    }
    assert!(changing >= 6, "{changing} operations change something");
    let posted = side.caller.post_batch_under("once", &one("Ada Lovelace")).await;
    let replayed = side.caller.post_batch_under("once", &one("Ada Lovelace")).await;
    assert_eq!(row_of(&app, &posted).await.unwrap().subjects.len(), 1);
    assert_eq!(row_of(&app, &replayed).await.unwrap().subjects, [""; 0], "a replay changes nothing");
    assert_doctor_is_content(&app.issuance().store).await;
}

#[tokio::test]
async fn a_row_tells_addresses_apart_and_names_none() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut hashes = Vec::new();
    for address in
        ["192.0.2.1", "192.0.2.1", "192.0.2.2", "[2001:db8::1]", "[2001:db8::2]", "[2001:db8:0:1::1]"]
    {
        let answer = from(&app, address, Some(&uni.key)).await;
        assert_eq!(answer.status, 200);
        hashes.push(row_of(&app, &answer).await.unwrap().address_mac.unwrap());
    }
    assert_eq!(hashes[0], hashes[1]);
    assert_eq!(hashes[3], hashes[4], "a client chooses its addresses within its network");
    assert_eq!(BTreeSet::from_iter(&hashes).len(), 4);
    assert_eq!(hashes[2], app.issuance().store.sealer().address_mac("192.0.2.2"));
    let all = format!("{:?}", all_rows(&app).await);
    assert!(!all.contains("192.0.2") && !all.contains("2001:db8"), "{all}");
}

#[tokio::test]
async fn a_refused_key_has_its_row_too() {
    let app = TestApp::builder().plans(Default::default()).start().await;
    let uni = app.tenant("Example University").await;
    let stranger = Caller { key: format!("{}1", uni.key), ..uni.clone() };
    let answer = stranger.get("/v1/tenants/me").await;
    answer.expect_error(ErrorCode::ApiKeyInvalid);
    let row = row_of(&app, &answer).await.unwrap();
    assert_eq!((seen(&row), &row.tenant_id, &row.key_id), (("GET", "/v1/tenants/me", 401), &None, &None));
    let row = row_of(&app, &app.get("/v1/tenants/me").await).await.unwrap();
    assert_eq!((seen(&row), &row.tenant_id, &row.key_id), (("GET", "/v1/tenants/me", 401), &None, &None));
    let public = app.get("/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A").await;
    assert_eq!(row_of(&app, &public).await, None, "a call without a key is not recorded");
    for _ in 0..121 {
        uni.get("/v1/tenants/me").await;
    }
    uni.revoke_key().await;
    uni.get("/v1/tenants/me").await.expect_error(ErrorCode::ApiKeyRevoked);
    let rows = rows(&app, &uni.tenant_id).await;
    let count = |status| rows.iter().filter(|row| row.status == status).count();
    assert_eq!((rows.len(), count(200), count(429), count(401)), (122, 120, 1, 1));
}

/// Sends a request from an address.
async fn from(app: &TestApp, address: &str, key: Option<&str>) -> Answer {
    let peer: SocketAddr = format!("{address}:1").parse().unwrap();
    let mut request = Request::get("/v1/tenants/me").extension(ConnectInfo(peer));
    if let Some(key) = key {
        request = request.header("Authorization", format!("Bearer {key}"));
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

/// Returns every row, a column's name and value each.
async fn all_rows(app: &TestApp) -> Vec<BTreeMap<String, ColumnValue>> {
    let rows = app.issuance().store.rows("audit_log").await.unwrap();
    rows.into_iter().map(|row| row.into_iter().collect()).collect()
}

#[tokio::test]
async fn a_flood_without_a_key_fills_no_disk_and_crowds_out_nobody() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let strange = format!("{}1", uni.key);
    let nodes = app.nodes().len();
    let mut answers = Vec::new();
    for round in 0..150 * nodes {
        let key = (round / nodes % 2 == 0).then_some(strange.as_str());
        answers.push(from(&app, "192.0.2.1", key).await);
    }
    let mut written = 0;
    for answer in &answers {
        assert_eq!(answer.status, 401);
        written += usize::from(row_of(&app, answer).await.is_some());
    }
    assert_eq!(written, 5 * nodes);
    let other = from(&app, "192.0.2.2", Some(&strange)).await;
    assert!(row_of(&app, &other).await.is_some(), "another address has its row whatever strangers do");
    let own = uni.get("/v1/tenants/me").await;
    assert!(row_of(&app, &own).await.is_some(), "so has a known key");
    app.clock().advance_ms(60_000);
    for _ in 0..nodes {
        let next = from(&app, "192.0.2.1", None).await;
        assert!(row_of(&app, &next).await.is_some(), "each minute has its own");
    }
    let counted: Vec<_> = all_rows(&app)
        .await
        .into_iter()
        .filter(|row| row["method"] == ColumnValue::Text("*".into()))
        .collect();
    assert_eq!(counted.len(), nodes, "each node tells its number");
    assert!(counted.iter().all(|row| row["calls"] == ColumnValue::Integer(145)), "{counted:?}");
}

#[tokio::test]
async fn of_what_a_key_is_refused_the_first_have_rows_and_the_number_of_the_others_is_told() {
    let app = TestApp::builder().plans(Default::default()).start().await;
    let nodes = app.nodes().len();
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let (revoked, outside) = (uni.live().await, uni.live().await);
    revoked.revoke_key().await;
    allowlist::allow(&app.issuance().store, &outside.key_id, &["198.51.100.0/24".parse().unwrap()])
        .await
        .unwrap();
    for _ in 0..600 {
        uni.get("/v1/tenants/me").await.expect(200);
    }
    let refusals = 100 * nodes;
    for _ in 0..refusals {
        assert_eq!(from(&app, "192.0.2.1", Some(&revoked.key)).await.status, 401);
        assert_eq!(from(&app, "192.0.2.1", Some(&outside.key)).await.status, 401);
        assert_eq!(from(&app, "192.0.2.1", Some(&uni.key)).await.status, 429);
    }
    let of = |rows: &[AuditRow], caller: &Caller, status| {
        let own =
            rows.iter().filter(|row| row.key_id.as_ref() == Some(&caller.key_id) && row.status == status);
        (own.clone().count(), own.map(|row| row.calls).sum::<u64>())
    };
    let sources = [(&revoked, 401), (&outside, 401), (&uni, 429)];
    let during = rows(&app, &uni.tenant_id).await;
    for (caller, status) in sources {
        assert_eq!(of(&during, caller, status), (10 * nodes, u64::try_from(10 * nodes).unwrap()));
    }
    // A request within the limit has its row, whatever else the key was refused.
    assert_eq!(of(&during, &uni, 200), (600, 600));
    for node in app.nodes() {
        node.write_refusal_counts().await;
    }
    assert_eq!(rows(&app, &uni.tenant_id).await, during, "the minute has not ended");
    app.clock().advance_ms(60_000);
    for _ in 0..2 {
        for node in app.nodes() {
            node.write_refusal_counts().await;
        }
    }
    let after = rows(&app, &uni.tenant_id).await;
    for (caller, status) in sources {
        assert_eq!(of(&after, caller, status), (11 * nodes, u64::try_from(refusals).unwrap()));
    }
    let counted = after.iter().find(|row| row.calls > 1).unwrap();
    assert_eq!((counted.method.as_str(), counted.endpoint.as_str(), counted.calls), ("*", "*", 90));
}

#[tokio::test]
async fn a_panic_has_its_row() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let panicking =
        axum::routing::get(panics).layer(from_fn_with_state(app.state(), learncoin_server::authenticated));
    let router = learncoin_server::layered(axum::Router::new().route("/v1/panics", panicking), app.state());
    let request = Request::get("/v1/panics").header("Authorization", format!("Bearer {}", uni.key));
    let answer = answer_of(router, request.body(Body::empty()).unwrap()).await;
    answer.expect_error(ErrorCode::InternalError);
    assert_eq!(seen(&row_of(&app, &answer).await.unwrap()), ("GET", "/v1/panics", 500));
}

async fn panics() -> &'static str {
    panic!("as this test wants it")
}

#[tokio::test]
async fn a_request_whose_caller_left_is_finished_and_has_its_row() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let (send, sent) = tokio::sync::oneshot::channel::<String>();
    let (reached, is_reached) = tokio::sync::oneshot::channel::<()>();
    let body = Body::from_stream(futures_util::stream::once(async move {
        let _ = reached.send(());
        sent.await.map_err(|_| std::io::Error::other("reset"))
    }));
    tokio::select! {
        answer = uni.send(Method::POST, "/v1/batches", &[], body) => panic!("answered {} without a body", answer.status),
        reached = is_reached => reached.unwrap(),
    }
    send.send(one("Ada Lovelace").to_string()).unwrap();
    let mut found = rows(&app, &uni.tenant_id).await;
    while found.is_empty() {
        tokio::task::yield_now().await;
        found = rows(&app, &uni.tenant_id).await;
    }
    assert_eq!(seen(&found[0]), ("POST", "/v1/batches", 202));
    assert_eq!(uni.all_batches().await.len(), 1);
}

#[tokio::test]
async fn rows_are_kept_for_the_retention_time_of_the_plan() {
    let app = TestApp::start().await;
    let starter = app.tenant("Small").await;
    let institution = app.tenant_on(Plan::Institution, "Large").await;
    let stranger = Caller { key: format!("{}1", starter.key), ..starter.clone() };
    for caller in [&starter, &institution] {
        caller.get("/v1/tenants/me").await.expect(200);
    }
    let strange = stranger.get("/v1/tenants/me").await;
    let purge = async || {
        app.issuance().retention.purge().await.unwrap();
        let kept =
            (rows(&app, &starter.tenant_id).await.len(), rows(&app, &institution.tenant_id).await.len());
        (kept.0, kept.1, row_of(&app, &strange).await.is_some())
    };
    app.clock().advance_ms(90 * DAY_MS);
    assert_eq!(purge().await, (1, 1, true));
    app.clock().advance_ms(1);
    assert_eq!(purge().await, (0, 1, false));
    app.clock().advance_ms(275 * DAY_MS - 1);
    assert_eq!(purge().await, (0, 1, false));
    app.clock().advance_ms(1);
    assert_eq!(purge().await, (0, 0, false));
}

#[tokio::test]
async fn a_long_log_is_read_in_pages() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for _ in 0..25 {
        uni.get("/v1/tenants/me").await;
    }
    let all = rows(&app, &uni.tenant_id).await;
    let store = app.issuance().store.clone();
    let mut paged: Vec<AuditRow> = Vec::new();
    loop {
        let page =
            store.list_audit_rows(Some(&uni.tenant_id), i64::MIN, i64::MAX, paged.last(), 7).await.unwrap();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
    let now = app.now_ms();
    assert!(store.list_audit_rows(Some(&uni.tenant_id), i64::MIN, now, None, 100).await.unwrap().is_empty());
    assert_eq!(store.list_audit_rows(Some(&uni.tenant_id), now, now + 1, None, 100).await.unwrap().len(), 25);
}
