//! The host's documents, which verifiers fetch from any origin.

use std::io::Read as _;

use flate2::read::GzDecoder;
use learncoin_credential::contexts::LEARNCOIN_V1;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{TestApp, one};
use serde_json::json;

use crate::public::credential_page::{issue, path_of, read};

#[tokio::test]
async fn heads_and_preflights_are_answered() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    let head = read(&app, "HEAD", &path, &[]).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for path in [
        path.as_str(),
        "/.well-known/did.json",
        "/issuer.json",
        "/revocations",
        "/contexts/v1",
        "/dev/chain/rpc",
    ] {
        let preflight = read(&app, "OPTIONS", path, &[("Origin", "https://verifier.example")]).await;
        assert_eq!(preflight.status, 204, "{path}");
        assert_eq!(preflight.header("access-control-allow-origin"), "*");
        assert!(preflight.header("access-control-allow-headers").contains("Content-Type"));
    }
}

#[tokio::test]
async fn the_host_documents_lead_from_the_did_to_the_key() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let ulid = uni.tenant_id.ulid();
    let did = app.get("/.well-known/did.json").await;
    assert_eq!(did.header("content-type"), "application/did+ld+json");
    let document = did.expect(200);
    assert_eq!(document["id"], "did:web:learncoin.example");
    let method = format!("did:web:learncoin.example#tenant-{ulid}-key-1");
    assert_eq!(document["verificationMethod"][0]["id"], method);
    assert_eq!(document["assertionMethod"][0], method);

    let host = app.get("/issuer.json").await.expect(200);
    let tenant = app.get(&format!("/tenants/{ulid}/issuer.json")).await.expect(200);
    assert_eq!(host["revocationList"], "https://learncoin.example/revocations");
    assert_eq!(host["publicKey"], tenant["publicKey"]);

    for path in ["/.well-known/did.json", "/issuer.json", &format!("/tenants/{ulid}/issuer.json")] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
        let tag = answer.header("etag").to_owned();
        let again = read(&app, "GET", path, &[("If-None-Match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        app.tenant("Another School").await;
        let changed = read(&app, "GET", path, &[("If-None-Match", &tag)]).await;
        let own = path.starts_with("/tenants/");
        assert_eq!(changed.status, if own { 304 } else { 200 }, "{path}: a new key is seen at once");
    }
    for ulid in ["01KPX4MQ00REJFE5FBD8QX9Y5A", "x", "%FF"] {
        let answer = app.get(&format!("/tenants/{ulid}/issuer.json")).await;
        answer.expect_error(ErrorCode::TenantNotFound);
    }
}

#[tokio::test]
async fn the_documents_about_all_tenants_are_compressed_for_those_who_take_it() {
    let app = TestApp::start().await;
    app.tenant("Example University").await;
    for path in ["/.well-known/did.json", "/issuer.json"] {
        let compressed = || read(&app, "GET", path, &[("Accept-Encoding", "gzip")]);
        let (plain, gzip) = (app.get(path).await, compressed().await);
        assert_eq!(
            (plain.header("content-encoding"), gzip.header("content-encoding")),
            ("", "gzip"),
            "{path}"
        );
        assert_eq!(
            (plain.header("vary"), gzip.header("vary")),
            ("accept-encoding", "accept-encoding"),
            "{path}"
        );
        assert_eq!(text_of(&gzip.body), plain.text(), "{path}");
        // A cache that holds one form must not take it for the other.
        assert_ne!(plain.header("etag"), gzip.header("etag"), "{path}");
        let tag = gzip.header("etag").to_owned();
        let again = read(&app, "GET", path, &[("Accept-Encoding", "gzip"), ("If-None-Match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        app.tenant("Another School").await;
        assert_eq!(text_of(&compressed().await.body), app.get(path).await.text(), "{path}");
        assert_ne!(compressed().await.header("etag"), tag, "{path}: a new key is in it at once");
    }
}

fn text_of(gzip: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(gzip).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn the_context_is_served_byte_for_byte_and_kept_for_good() {
    let app = TestApp::start().await;
    let answer = app.get("/contexts/v1").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), LEARNCOIN_V1);
    assert_eq!(answer.header("content-type"), "application/ld+json");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn revocations_are_looked_up_one_at_a_time() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let verify_url = credential["verify_url"].as_str().unwrap();
    let encoded = verify_url.replace(':', "%3A").replace('/', "%2F");
    let answer = app.get(&format!("/revocations?assertionId={encoded}")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let list = answer.expect(200);
    assert_eq!(list["type"], "RevocationList");
    assert_eq!(list["revokedAssertions"], json!([]));

    for unknown in
        ["https://learncoin.example/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A", "https://elsewhere.example/c/x", "x"]
    {
        let list = app.get(&format!("/revocations?assertionId={unknown}")).await.expect(200);
        assert_eq!(list["revokedAssertions"][0]["revocationReason"], "not issued by this host", "{unknown}");
    }
    for query in ["", "?", "?assertionId=", "?assertionid=x", "?assertionId=a&assertionId=b"] {
        let answer = app.get(&format!("/revocations{query}")).await;
        answer.expect_error(ErrorCode::InvalidFieldFormat);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{query}");
    }
}
