//! The bound of each table, which `docs/operations.md` names: no caller fills the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use learncoin_store::maintenance::TABLES;
use learncoin_store::members::{Role, SignInAttempt, Token};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Body, Caller, Method, Operation, Receiver, Request, TestApp, many, one};
use serde_json::{Value, json};

use crate::console::browser::{Browser, member};
use crate::wallets::wallet::post;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Whose rows a table holds, or what bounds them.
const KINDS: [&str; 5] = ["the program's", "the operator's", "a tenant's", "within the quota", "for a time"];

/// Returns the kind of each table that the manual names.
fn kinds() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operations.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("\n## What callers can make the disk hold\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    let mut kinds = BTreeMap::new();
    for row in rows {
        let [table, kind, bound] = row.split(" | ").collect::<Vec<_>>()[..] else { panic!("{row}") };
        let table = table.strip_suffix('`').unwrap();
        assert!(KINDS.contains(&kind) && !bound.is_empty(), "{row}");
        assert!(kinds.insert(table.to_owned(), kind.to_owned()).is_none(), "{table} is named twice");
    }
    kinds
}

/// Returns the number of rows of each table.
async fn sizes(app: &TestApp) -> BTreeMap<&'static str, usize> {
    let store = app.issuance().store.clone();
    let mut sizes = BTreeMap::new();
    for table in TABLES {
        sizes.insert(table, store.rows(table).await.unwrap().len());
    }
    sizes
}

/// Returns the tables that have more rows than before, and how many more.
fn grown(
    before: &BTreeMap<&'static str, usize>,
    after: &BTreeMap<&'static str, usize>,
) -> BTreeMap<&'static str, usize> {
    let more = after.iter().map(|(table, rows)| (*table, rows - before[table].min(*rows)));
    more.filter(|(_, more)| *more > 0).collect()
}

#[test]
fn every_table_has_a_bound_that_is_named() {
    let named: BTreeSet<String> = kinds().into_keys().collect();
    assert_eq!(named, TABLES.map(str::to_owned).into());
}

/// Sends every operation so many times. Returns the number of requests.
async fn call_everything(caller: &Caller, has_key: bool, rounds: usize, expected: u16) -> usize {
    for round in 0..rounds {
        for operation in Operation::all() {
            let path = operation.path.replace("{id}", "crd_01KPX4MQ00REJFE5FBD8QX9Y5A");
            let body = operation.example_request().map(Value::to_string).unwrap_or_default();
            let answer = match has_key {
                true => {
                    let key = format!("key {round}");
                    let headers = [("Idempotency-Key", key.as_str())];
                    caller.send(operation.method.clone(), &path, &headers, body).await
                }
                false => {
                    let request = Request::builder().method(operation.method.clone()).uri(path);
                    caller.app.send(request.body(Body::from(body)).unwrap()).await
                }
            };
            assert_eq!(answer.status, expected, "{}", operation.id);
        }
    }
    rounds * Operation::all().len()
}

#[tokio::test]
async fn what_is_refused_adds_to_the_audit_log_alone_and_little_to_that() {
    let app = TestApp::builder().plans(Default::default()).start().await;
    let uni = app.tenant("Example University").await;
    let revoked = uni.live().await;
    revoked.revoke_key().await;
    let limited = app.tenant("Greedy College").await;
    for _ in 0..120 {
        limited.get("/v1/tenants/me").await.expect(200);
    }
    let unknown = Caller { key: format!("{}1", uni.key), ..uni.clone() };
    let nodes = app.nodes().len();
    for (caller, has_key, status, most) in [
        (&revoked, true, 401, 10),
        (&limited, true, 429, 10),
        (&unknown, true, 401, 5),
        (&uni, false, 401, 5),
    ] {
        // Between them the sources of requests without a known key share an address.
        let most = if most == 5 && !has_key { 0 } else { most * nodes };
        let before = sizes(&app).await;
        let requests = call_everything(caller, has_key, 20 * nodes, status).await;
        let after = sizes(&app).await;
        let expected = if most == 0 { BTreeMap::new() } else { BTreeMap::from([("audit_log", most)]) };
        assert_eq!(grown(&before, &after), expected, "{requests} requests were answered with {status}");
    }
    let before = sizes(&app).await;
    for node in app.nodes() {
        node.write_last_refusal_counts().await;
    }
    assert_eq!(grown(&before, &sizes(&app).await), BTreeMap::from([("audit_log", 3 * nodes)]));
}

#[tokio::test]
async fn visitors_add_to_no_table() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(many(2)).await;
    app.run_until_idle().await;
    let id = uni.batch(batch["id"].as_str().unwrap()).await["credentials"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let before = sizes(&app).await;
    for path in [
        format!("/c/{id}"),
        format!("/c/{id}/credential.json"),
        format!("/c/{id}/embed"),
        format!("/c/{id}/badge.svg"),
        format!("/c/{id}/card.png"),
        format!("/verify?id={id}"),
        "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A".into(),
        "/.well-known/did.json".into(),
        format!("/t/{}/did.json", uni.tenant_id.ulid()),
        "/t/01KPX4MQ00REJFE5FBD8QX9Y5A/did.json".into(),
        "/.well-known/learncoin-keys.json".into(),
        "/revocations".into(),
        "/dev/chain".into(),
        "/docs".into(),
        "/healthz".into(),
        "/readyz".into(),
        "/v1/nothing".into(),
        "/nothing".into(),
    ] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::DELETE] {
            let request = Request::builder().method(method.clone()).uri(&path);
            let status = app.send(request.body(Body::empty()).unwrap()).await.status;
            assert!(status < 500, "{method} {path}: {status}");
        }
    }
    assert_eq!(grown(&before, &sizes(&app).await), BTreeMap::new());
}

#[tokio::test]
async fn what_is_kept_for_a_time_is_gone_after_it() {
    let app = TestApp::builder().private_targets().start().await;
    let uni = app.tenant_on(Plan::Industry, "Example University").await;
    let hook =
        json!({ "url": Receiver::start().await.url("/"), "events": ["batch.created", "batch.anchored"] });
    let hook = uni.post("/v1/webhooks", hook.to_string()).await.expect(201)["id"].clone();
    let test = format!("/v1/webhooks/{}/test", hook.as_str().unwrap());
    let headers = [("Idempotency-Key", "the test")];
    uni.send(Method::POST, &test, &headers, Body::empty()).await.expect(200);
    uni.post_batch_under("the batch", &one("Ada Lovelace")).await.expect(202);
    let mut addressed = one("Ada Lovelace");
    addressed["credentials"][0]["recipient"]["email"] = json!("ada@example.edu");
    let batch = uni.post_batch(addressed).await;
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let wallet = format!("/c/{}/wallet", batch["credentials"][0]["id"].as_str().unwrap());
    assert_eq!(post(&app, &wallet, "format=ldp_vc").await.status, 200);
    app.deliver_until_idle().await;
    app.send_mails_until_idle().await;
    app.get("/v1/tenants/me").await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let mut browser = Browser::signed_in(&app, &owner).await;
    let uploads = format!("/console/t/{}/test/uploads", uni.tenant_id);
    let file = b"name,achievement,description\nAda Lovelace,Botany,Plants\n";
    assert_eq!(browser.upload(&uploads, "people.csv", file, &[]).await.status, 303);
    let (store, now) = (app.issuance().store.clone(), app.now_ms());
    let mut tx = store.begin().await.unwrap();
    tx.count_sign_in_request("an address", 1_000, now).await.unwrap();
    let secret = Token::parse(&"ab".repeat(32)).unwrap();
    let attempt = SignInAttempt { state_hash: secret.hash(), browser_hash: secret.hash(), created_at: now };
    tx.insert_sign_in_attempt(&attempt).await.unwrap();
    tx.use_wallet_nonce(&secret.hash(), now).await.unwrap();
    tx.commit().await.unwrap();
    let kept = |sizes: BTreeMap<&'static str, usize>| {
        let kinds = kinds();
        let (kept, _): (BTreeMap<_, _>, BTreeMap<_, _>) =
            sizes.into_iter().partition(|(table, _)| kinds[*table] == "for a time");
        kept
    };
    let before = kept(sizes(&app).await);
    assert!(before.len() >= 5 && before.values().all(|rows| *rows > 0), "{before:?}");
    app.clock().advance_ms(366 * DAY_MS);
    app.issuance().retention.purge().await.unwrap();
    learncoin_console::sign_in::purge(&store, app.now_ms()).await.unwrap();
    learncoin_console::uploads::purge(&app.issuance()).await.unwrap();
    let after = kept(sizes(&app).await);
    assert!(after.values().all(|rows| *rows == 0), "{after:?}");
}
