//! The headers of every answer.

use learncoin_testkit::{Body, Method, Request, TestApp, one};

#[tokio::test]
async fn every_answer_has_a_request_id_and_the_headers_for_browsers() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let verify_url = batch["credentials"][0]["verify_url"].as_str().unwrap();
    let page = verify_url.strip_prefix("https://learncoin.example").unwrap().to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for (method, path) in [
        (Method::GET, "/v1/tenants/me"),
        (Method::GET, "/v1/batches"),
        (Method::POST, "/v1/batches"),
        (Method::PUT, "/v1/batches"),
        (Method::GET, "/v1/nothing"),
        (Method::GET, "/nothing"),
        (Method::GET, "/healthz"),
        (Method::GET, "/readyz"),
        (Method::GET, "/issuer.json"),
        (Method::GET, "/.well-known/did.json"),
        (Method::OPTIONS, "/issuer.json"),
        (Method::GET, "/revocations"),
        (Method::GET, "/contexts/v1"),
        (Method::GET, "/assets/page.css"),
        (Method::GET, "/dev/chain"),
        (Method::POST, "/dev/chain/rpc"),
        (Method::GET, page.as_str()),
        (Method::HEAD, page.as_str()),
        (Method::GET, "/c/crd_unknown"),
    ] {
        let answer = uni.send(method.clone(), path, &[], Body::empty()).await;
        let id = answer.header("x-request-id").to_owned();
        assert!(id.parse::<learncoin_store::id::RequestId>().is_ok(), "{method} {path}: {id}");
        assert!(seen.insert(id), "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{method} {path}");
        assert!(
            answer.header("content-security-policy").starts_with("default-src 'none'"),
            "{method} {path}"
        );
        assert!(
            answer.header("content-security-policy").contains("frame-ancestors 'none'"),
            "{method} {path}"
        );
        assert!(!answer.header("cache-control").is_empty(), "{method} {path}");
        assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{method} {path}");
        if path.starts_with("/v1") {
            assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), "", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_deployment_on_plain_http_does_not_insist_on_https() {
    let app = TestApp::builder().public_url("http://localhost:8080").start().await;
    assert_eq!(app.get("/healthz").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn the_host_header_changes_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let path = format!("/v1/batches/{}", batch["id"].as_str().unwrap());
    let plain = uni.get(&path).await;
    for (name, value) in [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example"),
        ("X-Forwarded-Proto", "http"),
        ("X-Original-URL", "/v1/tenants/me"),
        ("X-HTTP-Method-Override", "DELETE"),
    ] {
        let answer = uni.send(Method::GET, &path, &[(name, value)], Body::empty()).await;
        assert_eq!(answer.body, plain.body, "{name}");
    }
    let request = Request::get("/v1/tenants/me").header("Host", "evil.example").body(Body::empty()).unwrap();
    assert!(!app.send(request).await.header("link").contains("evil"));
}
