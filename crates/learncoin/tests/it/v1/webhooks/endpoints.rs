//! `/v1/webhooks`.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use learncoin_delivery::signature::sign;
use learncoin_http_client::{Egress, Resolver, SystemResolver};
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Body, Caller, Method, TestApp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// Finds the same addresses for every name.
struct Everywhere(&'static [&'static str]);

impl Resolver for Everywhere {
    fn resolve(&self, _name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let addresses = self.0.iter().map(|text| text.parse().unwrap()).collect();
        async move { Ok(addresses) }.boxed()
    }
}

async fn app_where_names_lead_to(addresses: &'static [&'static str]) -> TestApp {
    TestApp::builder().egress(Egress::new(false, Arc::new(Everywhere(addresses)))).start().await
}

async fn open_app() -> TestApp {
    app_where_names_lead_to(&["93.184.215.14"]).await
}

fn wanted(url: &str) -> Value {
    json!({ "url": url, "events": ["batch.anchored", "credential.revoked"], "description": "Production" })
}

async fn register(caller: &Caller, body: &Value) -> Answer {
    caller.post("/v1/webhooks", body.to_string()).await
}

async fn delete(caller: &Caller, id: &str) -> Answer {
    caller.send(Method::DELETE, &format!("/v1/webhooks/{id}"), &[], Body::empty()).await
}

fn id_of(answer: &Answer) -> String {
    answer.expect(201)["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_endpoint_is_registered_listed_and_deleted() {
    let app = open_app().await;
    let uni = app.tenant("Example University").await;
    let mut made = register(&uni, &wanted("https://backend.example.edu/hook?a=b")).await.expect(201);
    let secret = made["signing_secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("whsec_") && secret.len() == 46, "{secret}");
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        made,
        json!({
            "id": id,
            "url": "https://backend.example.edu/hook?a=b",
            "events": ["batch.anchored", "credential.revoked"],
            "signing_secret": secret,
            "description": "Production",
            "created_at": learncoin_issuance::time::iso8601(app.now_ms()),
            "active": true,
        })
    );
    made.as_object_mut().unwrap().remove("signing_secret");
    let listed = uni.get("/v1/webhooks").await;
    assert_eq!(listed.expect(200), json!({ "data": [made], "next_cursor": null, "has_more": false }));
    assert_eq!(delete(&uni, &id).await.expect(200), json!({ "id": id, "deleted": true }));
    delete(&uni, &id).await.expect_error(ErrorCode::WebhookNotFound);
    assert_eq!(uni.get("/v1/webhooks").await.expect(200)["data"], json!([]));
}

#[tokio::test]
async fn an_endpoint_is_its_tenants_and_its_environments() {
    let app = open_app().await;
    let uni = app.tenant("Example University").await;
    let (live, other) = (uni.live().await, app.tenant("Other").await);
    let id = id_of(&register(&uni, &wanted("https://backend.example.edu/hook")).await);
    let test = format!("/v1/webhooks/{id}/test");
    for (caller, code) in [(&live, ErrorCode::EnvironmentMismatch), (&other, ErrorCode::WebhookNotFound)] {
        delete(caller, &id).await.expect_error(code);
        caller.post(&test, "").await.expect_error(code);
        assert_eq!(caller.get("/v1/webhooks").await.expect(200)["data"], json!([]));
    }
    for id in ["whk_01KPX4MRGJZZZZZZZZZZZZZZZZ", "x", "%ff"] {
        delete(&uni, id).await.expect_error(ErrorCode::WebhookNotFound);
        uni.post(&format!("/v1/webhooks/{id}/test"), "").await.expect_error(ErrorCode::WebhookNotFound);
    }
    assert_eq!(uni.get("/v1/webhooks").await.expect(200)["data"][0]["id"], id);
}

#[tokio::test]
async fn bodies_are_validated() {
    let app = open_app().await;
    let uni = app.tenant("Example University").await;
    let events = json!(["batch.created"]);
    for (body, code, named) in [
        (json!({}), ErrorCode::MissingRequiredField, "url"),
        (json!({ "url": "https://x.example" }), ErrorCode::MissingRequiredField, "events"),
        (json!({ "events": events }), ErrorCode::MissingRequiredField, "url"),
        (json!({ "url": "x.example", "events": events }), ErrorCode::InvalidFieldFormat, "url"),
        (json!({ "url": "http://x.example", "events": events }), ErrorCode::InvalidFieldFormat, "https"),
        (json!({ "url": "https://u:p@x.example", "events": events }), ErrorCode::InvalidFieldFormat, "url"),
        (json!({ "url": "ftp://x.example", "events": events }), ErrorCode::InvalidFieldFormat, "url"),
        (json!({ "url": "https://x.example", "events": [] }), ErrorCode::InvalidFieldFormat, "events"),
        (json!({ "url": "https://x.example", "events": ["a"] }), ErrorCode::InvalidFieldFormat, "events[0]"),
        (
            json!({ "url": "https://x.example", "events": ["batch.signed", "batch.signed"] }),
            ErrorCode::InvalidFieldFormat,
            "events[1]",
        ),
        (
            json!({ "url": "https://x.example", "events": "batch.signed" }),
            ErrorCode::InvalidFieldFormat,
            "events",
        ),
        (
            json!({ "url": "https://x.example", "events": events, "description": "x".repeat(1_025) }),
            ErrorCode::InvalidFieldFormat,
            "description",
        ),
        (
            json!({ "url": "https://x.example", "events": events, "secret": "x" }),
            ErrorCode::InvalidFieldFormat,
            "secret",
        ),
    ] {
        let message = register(&uni, &body).await.expect_error(code);
        assert!(message.contains(named), "{body}: {message}");
    }
    let plain =
        register(&uni, &json!({ "url": "https://x.example/", "events": events, "description": null })).await;
    assert_eq!(plain.expect(201).get("description"), None);
}

#[tokio::test]
async fn a_target_that_is_not_out_in_the_world_is_refused() {
    let app = app_where_names_lead_to(&["93.184.215.14", "10.0.0.5"]).await;
    let uni = app.tenant("Example University").await;
    for url in [
        "https://backend.example.edu/hook",
        "https://127.0.0.1/hook",
        "https://2130706433/hook",
        "https://0x7f.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[fd00:ec2::254]/hook",
    ] {
        let message = register(&uni, &wanted(url)).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.starts_with("url: expected a target"), "{url}: {message}");
    }
    // A name that leads nowhere yet is judged when it is dialed.
    let app = app_where_names_lead_to(&[]).await;
    let uni = app.tenant("Example University").await;
    register(&uni, &wanted("https://soon.example.edu/hook")).await.expect(201);
}

#[tokio::test]
async fn a_repetition_gets_the_same_secret_which_is_nowhere_in_clear() {
    let app = open_app().await;
    let uni = app.tenant("Example University").await;
    let body = wanted("https://backend.example.edu/hook").to_string();
    let headers = [("Idempotency-Key", "key")];
    let first = uni.send(Method::POST, "/v1/webhooks", &headers, body.clone()).await;
    let secret = first.expect(201)["signing_secret"].as_str().unwrap().to_owned();
    let again = uni.send(Method::POST, "/v1/webhooks", &headers, body).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(uni.get("/v1/webhooks").await.expect(200)["data"].as_array().unwrap().len(), 1);
    for entry in std::fs::read_dir(app.files().await).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_endpoints_are_enough() {
    let app = open_app().await;
    let uni = app.tenant("Example University").await;
    let mut posts = JoinSet::new();
    for number in 0..20 {
        let uni = uni.clone();
        posts.spawn(async move {
            register(&uni, &wanted(&format!("https://backend.example.edu/{number}"))).await.status
        });
    }
    let statuses = posts.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 16);
    register(&uni, &wanted("https://backend.example.edu/")).await.expect_error(ErrorCode::InvalidFieldFormat);
    register(&uni.live().await, &wanted("https://backend.example.edu/")).await.expect(201);
    // The list has pages, like every list.
    let (mut path, mut seen) = ("/v1/webhooks?limit=7".to_owned(), Vec::new());
    loop {
        let page = uni.get(&path).await.expect(200);
        seen.extend(page["data"].as_array().unwrap().iter().map(|endpoint| endpoint["id"].to_string()));
        assert_eq!(page["has_more"], !page["next_cursor"].is_null());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/webhooks?limit=7&cursor={cursor}");
    }
    let sorted: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), sorted.len()), (16, 16));
    for query in ["limit=0", "limit=101", "cursor=x", "status=active"] {
        uni.get(&format!("/v1/webhooks?{query}")).await.expect_error(ErrorCode::InvalidFieldFormat);
    }
}

#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<(HeaderMap, String)>>>);

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: String) -> impl IntoResponse {
    receiver.0.lock().unwrap().push((headers, body));
    StatusCode::NO_CONTENT
}

async fn refuse() -> impl IntoResponse {
    (StatusCode::FOUND, [("location", "/hook")])
}

/// Starts a tenant's backend on this machine.
async fn backend() -> (Receiver, String) {
    let receiver = Receiver::default();
    let routes = axum::Router::new()
        .route("/hook", axum::routing::post(receive))
        .route("/moved", axum::routing::post(refuse))
        .with_state(receiver.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (receiver, origin)
}

#[tokio::test]
async fn a_test_is_delivered_at_once_and_signed() {
    let app = TestApp::builder().egress(Egress::new(true, Arc::new(SystemResolver))).start().await;
    let uni = app.tenant("Example University").await;
    let (receiver, origin) = backend().await;
    let made = register(&uni, &wanted(&format!("{origin}/hook"))).await.expect(201);
    let path = format!("/v1/webhooks/{}/test", made["id"].as_str().unwrap());
    let now = learncoin_issuance::time::iso8601(app.now_ms());
    let expected = json!({ "delivered": true, "status_code": 204, "delivered_at": now });
    assert_eq!(uni.post(&path, "").await.expect(200), expected);
    let seen = receiver.0.lock().unwrap().clone();
    let (headers, body) = &seen[0];
    let header = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap());
    let event: Value = serde_json::from_str(body).unwrap();
    assert_eq!(event["type"], "webhook.test");
    assert_eq!(event["tenant_id"], uni.tenant_id.as_str());
    assert_eq!((&event["created_at"], &event["data"]["sent_at"]), (&json!(now), &json!(now)));
    let id = event["id"].as_str().unwrap();
    assert!(id.starts_with("evt_"));
    assert_eq!((header("x-learncoin-event-id"), header("webhook-id")), (id, id));
    assert_eq!(header("x-learncoin-delivery-attempt"), "1");
    assert_eq!(header("content-type"), "application/json");
    assert!(header("user-agent").starts_with("learncoin/"));
    assert!(header("x-request-id").starts_with("req_"));
    let seconds = app.now_ms() / 1_000;
    let signed = sign(made["signing_secret"].as_str().unwrap(), id, seconds, body);
    assert_eq!(header("x-learncoin-signature"), signed.learncoin);
    assert_eq!(header("webhook-signature"), signed.standard);
    assert_eq!(header("webhook-timestamp"), seconds.to_string());
    // Under an idempotency key it is sent once.
    let headers = [("Idempotency-Key", "key")];
    for _ in 0..2 {
        assert_eq!(uni.send(Method::POST, &path, &headers, "{}").await.expect(200), expected);
    }
    assert_eq!(receiver.0.lock().unwrap().len(), 2);
    uni.post(&path, r#"{"x":1}"#).await.expect_error(ErrorCode::InvalidFieldFormat);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_identical_tests_at_once_one_is_sent() {
    let app = TestApp::builder().egress(Egress::new(true, Arc::new(SystemResolver))).start().await;
    let uni = app.tenant("Example University").await;
    let (receiver, origin) = backend().await;
    let id = id_of(&register(&uni, &wanted(&format!("{origin}/hook"))).await);
    for round in 1..=20 {
        let key = format!("key {round}");
        let mut tests = JoinSet::new();
        for body in ["", "", "", "{}"] {
            let (uni, path, key) = (uni.clone(), format!("/v1/webhooks/{id}/test"), key.clone());
            tests.spawn(async move {
                uni.send(Method::POST, &path, &[("Idempotency-Key", &key)], body.to_owned()).await
            });
        }
        let answers = tests.join_all().await;
        assert_eq!(receiver.0.lock().unwrap().len(), round, "one of them is sent");
        let (good, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert!(good.iter().all(|answer| answer.body == good[0].body));
        let replayed = good.iter().filter(|answer| answer.header("idempotent-replayed") == "true").count();
        assert_eq!(replayed, good.len() - 1);
        for answer in refused {
            answer.expect_error(ErrorCode::IdempotencyKeyReused);
        }
    }
    let seen = receiver.0.lock().unwrap().clone();
    let events: std::collections::BTreeSet<&str> =
        seen.iter().map(|(headers, _)| headers["x-learncoin-event-id"].to_str().unwrap()).collect();
    assert_eq!(events.len(), 20, "each test is an event of its own");
}

#[tokio::test]
async fn a_failed_test_reports_the_failure() {
    let app = TestApp::builder().egress(Egress::new(true, Arc::new(SystemResolver))).start().await;
    let uni = app.tenant("Example University").await;
    let (receiver, origin) = backend().await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, status, words) in [
        (format!("{origin}/none"), json!(404), "answered with status 404; 200 to 299 are successes."),
        (format!("{origin}/moved"), json!(302), "answered with status 302. Redirects are not followed."),
        (format!("http://{closed}/"), Value::Null, "The test was not delivered: no connection: "),
    ] {
        let id = id_of(&register(&uni, &wanted(&url)).await);
        let mut answer = uni.post(&format!("/v1/webhooks/{id}/test"), "").await.expect(200);
        let error = answer.as_object_mut().unwrap().remove("error").unwrap();
        assert!(error.as_str().unwrap().contains(words), "{url}: {error}");
        assert_eq!(
            answer,
            json!({ "delivered": false, "status_code": status, "delivered_at": null }),
            "{url}"
        );
    }
    assert!(receiver.0.lock().unwrap().is_empty(), "a redirect is not followed");
}

#[tokio::test]
async fn a_name_that_leads_inside_later_is_not_dialed() {
    let app = app_where_names_lead_to(&[]).await;
    let uni = app.tenant("Example University").await;
    let id = id_of(&register(&uni, &wanted("https://backend.example.edu/hook")).await);
    let inside = Egress::new(false, Arc::new(Everywhere(&["127.0.0.1"])));
    let router = learncoin_server::router(app.state().with_egress(inside));
    let request = learncoin_testkit::Request::post(format!("/v1/webhooks/{id}/test"))
        .header("Authorization", format!("Bearer {}", uni.key))
        .body(Body::empty())
        .unwrap();
    let mut answer = learncoin_testkit::answer_of(router, request).await.expect(200);
    let error = answer.as_object_mut().unwrap().remove("error").unwrap();
    assert!(error.as_str().unwrap().starts_with("The test was not delivered: the target "), "{error}");
    assert_eq!(answer, json!({ "delivered": false, "status_code": null, "delivered_at": null }));
}
