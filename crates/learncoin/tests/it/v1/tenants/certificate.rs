//! `certificate` of `PATCH /v1/tenants/me`: the signatures and the number that a tenant adds to its certificates.

use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::NamedSignature;
use learncoin_testkit::{Answer, Caller, Method, TestApp, one};
use serde_json::{Value, json};

use crate::support::site::{Site, app_that_reaches_sites};

const PNG: &[u8] = include_bytes!("../../../../../badge/src/picture/data/mark.png");

async fn patch(caller: &Caller, body: &Value) -> Answer {
    caller.send(Method::PATCH, "/v1/tenants/me", &[], body.to_string()).await
}

async fn certificate(app: &TestApp, caller: &Caller) -> (String, Vec<u8>) {
    let posted = caller.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = caller.batch(posted["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap().to_owned();
    let bytes = drawn(app, &id).await;
    (id, bytes)
}

async fn drawn(app: &TestApp, id: &str) -> Vec<u8> {
    let answer = app.get(&format!("/c/{id}/certificate.pdf")).await;
    assert_eq!(answer.status, 200);
    answer.body.to_vec()
}

#[tokio::test]
async fn a_patch_sets_and_clears_what_certificates_add() {
    let (app, site) = (app_that_reaches_sites().await, Site::open().await);
    site.put("/rector.png", PNG);
    let uni = app.tenant("Example University").await;
    let (id, plain) = certificate(&app, &uni).await;
    let added = json!({
        "signatures": [
            { "name": "Mary Somerville", "title": "Rector", "image_url": site.url("/rector.png") },
            { "name": "Augustus De Morgan" },
        ],
        "number": true,
    });
    let changed = patch(&uni, &json!({ "certificate": added })).await.expect(200);
    let mut expected = added.clone();
    expected["signatures"][1] = json!({ "name": "Augustus De Morgan", "title": null, "image_url": null });
    assert_eq!(changed["certificate"], expected);
    let both = drawn(&app, &id).await;
    assert_ne!(both, plain);
    // What is absent stays.
    let changed = patch(&uni, &json!({ "certificate": { "number": null } })).await.expect(200);
    assert_eq!(changed["certificate"]["signatures"], expected["signatures"]);
    assert_eq!(changed["certificate"]["number"], false);
    let signed = drawn(&app, &id).await;
    assert!(signed != both && signed != plain);
    assert_eq!(app.issuance().store.rows("logos").await.unwrap().len(), 1);
    let changed = patch(&uni, &json!({ "certificate": null })).await.expect(200);
    assert_eq!(changed.get("certificate"), None);
    assert_eq!(drawn(&app, &id).await, plain);
    assert!(app.issuance().store.rows("logos").await.unwrap().is_empty(), "what nothing shows is not kept");
}

#[tokio::test]
async fn what_is_wrong_with_a_signature_is_named_by_its_place() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let one = json!({ "name": "Mary Somerville" });
    for (certificate, code, place) in [
        (json!({ "signatures": [one, one, one] }), ErrorCode::InvalidFieldFormat, "certificate.signatures"),
        (json!({ "signatures": one }), ErrorCode::InvalidFieldFormat, "certificate.signatures"),
        (json!({ "signatures": [one, {}] }), ErrorCode::InvalidFieldFormat, "certificate.signatures[1].name"),
        (
            json!({ "signatures": [{ "name": "A\nB" }] }),
            ErrorCode::InvalidFieldFormat,
            "certificate.signatures[0].name",
        ),
        (
            json!({ "signatures": [{ "name": "A", "image_url": "https://127.0.0.1/a.png" }] }),
            ErrorCode::InvalidFieldFormat,
            "certificate.signatures[0].image_url",
        ),
        (
            json!({ "signatures": [{ "name": "A", "office": "x" }] }),
            ErrorCode::InvalidFieldFormat,
            "certificate.signatures[0].office",
        ),
        (json!({ "number": "on" }), ErrorCode::InvalidFieldFormat, "certificate.number"),
        (json!({ "seal": true }), ErrorCode::InvalidFieldFormat, "certificate.seal"),
        (json!([]), ErrorCode::InvalidFieldFormat, "certificate"),
    ] {
        let message = patch(&uni, &json!({ "certificate": certificate })).await.expect_error(code);
        assert!(message.starts_with(place), "{certificate}: {message}");
    }
    assert_eq!(patch(&uni, &json!({})).await.expect(200).get("certificate"), None);
}

#[tokio::test]
async fn a_live_certificate_shows_signatures_once_the_operator_has_confirmed_them() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let (id, plain) = certificate(&app, &live).await;
    let body = json!({ "certificate": { "signatures": [{ "name": "Mary Somerville" }] } });
    patch(&uni, &body).await.expect_error(ErrorCode::EnvironmentMismatch);
    patch(&live, &body).await.expect(200);
    assert_eq!(drawn(&app, &id).await, plain);
    let update = async |update: TenantUpdate| {
        app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    };
    update(TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    let confirmed = drawn(&app, &id).await;
    assert_ne!(confirmed, plain);
    // What the operator sets needs no confirmation, also while another change waits for one.
    patch(&live, &json!({ "display_name": "Other University" })).await.expect(200);
    let signature = NamedSignature { name: "Augustus De Morgan".into(), title: None, image: None };
    update(TenantUpdate { signatures: Some(vec![signature]), ..TenantUpdate::default() }).await;
    let set = drawn(&app, &id).await;
    assert!(set != confirmed && set != plain);
    assert_eq!(live.credential(&id).await["signed_credential"]["issuer"]["name"], "Example University");
    update(TenantUpdate {
        signatures: Some(Vec::new()),
        certificate_number: Some(false),
        ..TenantUpdate::default()
    })
    .await;
    assert_eq!(drawn(&app, &id).await, plain);
}
