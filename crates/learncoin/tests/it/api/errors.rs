//! The form of every error, and the routes that do not exist.

use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_testkit::{Body, Method, Request, TestApp};

async fn send(app: &TestApp, method: Method, path: &str) -> learncoin_testkit::Answer {
    app.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_route_that_does_not_exist_is_not_found_with_and_without_a_key() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for path in [
        "/v1",
        "/v1/",
        "/v2/batches",
        "/v1/batch",
        "/v1/batches/",
        "/v1/batches/a/b",
        "//v1/batches",
        "/V1/batches",
        "/v1/batches%2f",
        "/v1/./batches",
        "/v1/credentials",
        "/v1/tenants",
        "/v1/unknown?x=%ff",
    ] {
        app.get(path).await.expect_error(ErrorCode::EndpointNotFound);
        uni.get(path).await.expect_error(ErrorCode::EndpointNotFound);
        uni.post(path, "{").await.expect_error(ErrorCode::EndpointNotFound);
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_ones() {
    let app = TestApp::start().await;
    for (method, path, allowed) in [
        (Method::PUT, "/v1/batches", ["GET", "HEAD", "POST"].as_slice()),
        (Method::DELETE, "/v1/batches", &["GET", "HEAD", "POST"]),
        (Method::OPTIONS, "/v1/batches", &["GET", "HEAD", "POST"]),
        (Method::POST, "/v1/batches/bat_1", &["GET", "HEAD"]),
        (Method::PATCH, "/v1/credentials/crd_1", &["GET", "HEAD"]),
        (Method::POST, "/v1/tenants/tnt_1", &["GET", "HEAD"]),
        (Method::TRACE, "/healthz", &["GET", "HEAD"]),
    ] {
        let answer = send(&app, method, path).await;
        answer.expect_error(ErrorCode::MethodNotAllowed);
        let mut methods: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
        methods.sort_unstable();
        assert_eq!(methods, allowed, "{path}");
    }
}

#[tokio::test]
async fn the_error_links_to_its_explanation() {
    let app = TestApp::start().await;
    let answer = app.get("/v1/tenants/me").await;
    let link = "<https://learncoin.example/docs/api/errors#api_key_missing>; rel=\"help\"";
    assert_eq!(answer.header("link"), link);
}

#[tokio::test]
async fn a_callers_own_request_id_is_not_taken_over() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let headers = [("X-Request-Id", "req_01KPX4MRGJZZZZZZZZZZZZZZZZ")];
    let answer = uni.send(Method::GET, "/v1/tenants/me", &headers, Body::empty()).await;
    answer.expect(200);
    assert_ne!(answer.header("x-request-id"), "req_01KPX4MRGJZZZZZZZZZZZZZZZZ");
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let got = uni.get("/v1/tenants/me").await;
    let head = uni.send(Method::HEAD, "/v1/tenants/me", &[], Body::empty()).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), got.body.len().to_string());
    for (path, status) in [("/v1/tenants/me", 401), ("/v1/nothing", 404), ("/dev/chain/rpc", 405)] {
        let refused = send(&app, Method::HEAD, path).await;
        assert_eq!((refused.status, refused.body.len()), (status, 0));
        assert!(!refused.header("x-request-id").is_empty());
    }
}

async fn panicking() -> &'static str {
    panic!("a secret of the inside")
}

async fn failing() -> Result<&'static str, ApiError> {
    Err(ApiError::internal("another secret of the inside"))
}

#[tokio::test]
async fn a_panic_and_a_failure_inside_are_internal_errors_that_tell_nothing() {
    let app = TestApp::start().await;
    let routes = axum::Router::new()
        .route("/panics", axum::routing::get(panicking))
        .route("/fails", axum::routing::get(failing));
    let router = learncoin_server::layered(routes, app.state());
    for path in ["/panics", "/fails"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = learncoin_testkit::answer_of(router.clone(), request).await;
        answer.expect_error(ErrorCode::InternalError);
        assert!(!answer.text().contains("secret"));
    }
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_an_internal_error_and_not_ready() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    assert_eq!(app.get("/healthz").await.text(), r#"{"status":"ok"}"#);
    assert_eq!(app.get("/readyz").await.text(), r#"{"status":"ready"}"#);
    app.lose_database().await;
    uni.get("/v1/tenants/me").await.expect_error(ErrorCode::InternalError);
    uni.post("/v1/batches", learncoin_testkit::one("Ada").to_string())
        .await
        .expect_error(ErrorCode::InternalError);
    assert_eq!(app.get("/healthz").await.status, 200);
    let ready = app.get("/readyz").await;
    assert_eq!((ready.status, ready.text()), (503, r#"{"status":"unavailable","reason":"unreachable"}"#));
}

#[tokio::test]
async fn a_deployment_without_a_chain_or_key_reports_it() {
    let app = TestApp::builder().chains(true, false).start().await;
    let uni = app.tenant("Example University").await;
    let live = crate::access::api_keys::insert_live_key(&uni).await;
    let body = learncoin_testkit::one("Ada").to_string();
    live.post("/v1/batches", body.clone()).await.expect_error(ErrorCode::AnchoringChainUnavailable);
    // With a chain, but no key of the tenant's that signs on it.
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let live = crate::access::api_keys::insert_live_key(&uni).await;
    live.post("/v1/batches", body).await.expect_error(ErrorCode::SigningKeyUnavailable);
    assert!(live.all_batches().await.is_empty());
    assert_eq!(live.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 0);
}
