//! A DID of the tenant's own: `did` in `PATCH /v1/tenants/me`, and what it changes.

use axum::http::StatusCode;
use learncoin_credential::did::DidDocument;
use learncoin_credential::own_did::OwnDidDocumentError;
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::tenant::branding::{BrandingError, Fetched, MOST_OWN_DIDS};
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Caller, Method, TestApp, one};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::site::{DID_PATH, Site, app_that_reaches_sites, did_document_for};

async fn patch(caller: &Caller, did: impl Into<Value>) -> Answer {
    let body = json!({ "did": did.into() }).to_string();
    caller.send(Method::PATCH, "/v1/tenants/me", &[], body).await
}

async fn did_of(caller: &Caller) -> Value {
    caller.get("/v1/tenants/me").await.expect(200)["did"].clone()
}

/// Issues a credential, and gives its id.
async fn issue(app: &TestApp, caller: &Caller) -> String {
    let posted = caller.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = caller.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

/// Returns the issuer and the key that a credential names.
async fn names(caller: &Caller, id: &str) -> (String, String) {
    let signed = caller.credential(id).await["signed_credential"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&signed["issuer"]["id"]), text(&signed["proof"]["verificationMethod"]))
}

/// Returns whether all checks of the page pass.
async fn is_valid(app: &TestApp, id: &str) -> bool {
    app.get(&format!("/c/{id}")).await.text().contains("Verdict: <strong>valid, DEVELOPMENT</strong>")
}

/// Creates a university on the Institution plan, and its site with a DID document that lists its keys.
async fn university() -> (TestApp, Caller, Site) {
    let app = app_that_reaches_sites().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let site = Site::open().await;
    site.publish(&did_document_for(&app, &uni, &site.did()).await);
    (app, uni, site)
}

async fn put_on(app: &TestApp, tenant: &Caller, plan: Plan) {
    let update = TenantUpdate { plan: Some(plan), ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&tenant.tenant_id, update).await.unwrap();
}

#[tokio::test]
async fn new_credentials_are_issued_under_it_and_old_ones_keep_theirs() {
    let (app, uni, site) = university().await;
    let hosted = did_of(&uni).await.as_str().unwrap().to_owned();
    let old = issue(&app, &uni).await;
    assert_eq!(patch(&uni, site.did()).await.expect(200)["did"], site.did());
    assert_eq!(did_of(&uni).await, site.did());
    let new = issue(&app, &uni).await;
    assert_eq!(names(&uni, &new).await, (site.did(), format!("{}#learncoin-1", site.did())));
    assert_eq!(names(&uni, &old).await, (hosted.clone(), format!("{hosted}-key-1")));
    let profile = app.get(&format!("/tenants/{}/issuer.json", uni.tenant_id.ulid())).await.expect(200);
    assert_eq!(profile["alsoKnownAs"], json!([site.did()]));
    assert_eq!(patch(&uni, Value::Null).await.expect(200)["did"], hosted);
    let newest = issue(&app, &uni).await;
    assert_eq!(names(&uni, &newest).await.0, hosted);
    for id in [&old, &new, &newest] {
        assert!(is_valid(&app, id).await, "{id}");
    }
    // The page names the DID that signed.
    assert!(app.get(&format!("/c/{new}")).await.text().contains(&site.did()));
}

#[tokio::test]
async fn what_its_document_lacks_is_named_and_nothing_is_stored() {
    let (app, uni, site) = university().await;
    let hosted = did_of(&uni).await;
    let right = did_document_for(&app, &uni, &site.did()).await;
    let spoiled = |spoil: fn(&mut Value)| {
        let mut document = right.clone();
        spoil(&mut document);
        document
    };
    for (document, words) in [
        (
            spoiled(|document| document["id"] = json!("did:web:other.example")),
            "its id is did:web:other.example",
        ),
        (spoiled(|document| document["assertionMethod"] = json!([])), "it lacks key 1"),
        (spoiled(|document| document["verificationMethod"] = json!([])), "eip155:31337:0x"),
        (spoiled(|document| document["service"] = json!([])), "/issuer.json"),
        (json!([]), "expected a DID document"),
    ] {
        site.publish(&document);
        let message = patch(&uni, site.did()).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.starts_with("did: ") && message.contains(words), "{message}");
    }
    for (status, words) in [
        (StatusCode::NOT_FOUND, "there is none"),
        (StatusCode::INTERNAL_SERVER_ERROR, "status 500"),
        (StatusCode::FOUND, "status 302"),
    ] {
        site.fail(DID_PATH, status);
        let message = patch(&uni, site.did()).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains(words), "{message}");
    }
    site.put(DID_PATH, vec![b' '; 256 * 1024 + 1]);
    assert!(
        patch(&uni, site.did()).await.expect_error(ErrorCode::InvalidFieldFormat).contains("262144 bytes")
    );
    for did in [
        json!("did:web:learncoin.example"),
        json!("did:web:localhost%3A1#tenant"),
        json!("did:key:z6Mk"),
        json!("https://example.edu"),
        json!(""),
        json!(7),
    ] {
        let message = patch(&uni, did.clone()).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.starts_with("did: expected"), "{did}: {message}");
    }
    assert_eq!(did_of(&uni).await, hosted);
    assert!(app.issuance().store.list_own_dids(&uni.tenant_id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_tenant_has_so_many_of_them_and_no_more() {
    let (app, uni, site) = university().await;
    assert_eq!(patch(&uni, site.did()).await.status, 200);
    let store = app.issuance().store.clone();
    let mut tx = store.begin_for(&uni.tenant_id).await.unwrap();
    for number in 1..MOST_OWN_DIDS {
        tx.remember_own_did(&uni.tenant_id, &format!("did:web:old-{number}.example"), &[], 1).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(patch(&uni, site.did()).await.status, 200, "one that it has had");
    let other = Site::open().await;
    other.publish(&did_document_for(&app, &uni, &other.did()).await);
    let message = patch(&uni, other.did()).await.expect_error(ErrorCode::InvalidFieldFormat);
    assert!(message.starts_with("did: ") && message.contains("32"), "{message}");
    assert_eq!(did_of(&uni).await, site.did());
    assert_eq!(store.list_own_dids(&uni.tenant_id).await.unwrap().len(), 32);
}

#[tokio::test]
async fn it_belongs_to_the_institution_plan_and_above() {
    let (app, uni, site) = university().await;
    for plan in [Plan::Developer, Plan::Starter] {
        put_on(&app, &uni, plan).await;
        patch(&uni, site.did()).await.expect_error(ErrorCode::TierRequired);
        assert_eq!(patch(&uni, Value::Null).await.status, 200);
    }
    assert_eq!(site.times_asked(DID_PATH), 0, "the site is not asked in vain");
    put_on(&app, &uni, Plan::Industry).await;
    patch(&uni, site.did()).await.expect(200);
    let before = issue(&app, &uni).await;
    // After a downgrade new credentials are issued under the host's DID; those issued under the own DID remain valid.
    put_on(&app, &uni, Plan::Starter).await;
    assert_ne!(did_of(&uni).await, site.did());
    let after = issue(&app, &uni).await;
    assert_eq!(
        (names(&uni, &before).await.0, names(&uni, &after).await.0 == site.did()),
        (site.did(), false)
    );
    assert!(is_valid(&app, &before).await && is_valid(&app, &after).await);
    put_on(&app, &uni, Plan::Institution).await;
    assert_eq!(did_of(&uni).await, site.did());
}

#[tokio::test]
async fn every_active_key_of_both_environments_is_listed_before_it_signs_under_it() {
    let (app, uni, site) = university().await;
    patch(&uni, site.did()).await.expect(200);
    // The first live key brings a signing key that the document does not know.
    let live = uni.live().await;
    let refused = live.post("/v1/batches", one("Ada Lovelace").to_string()).await;
    let message = refused.expect_error(ErrorCode::SigningKeyUnavailable);
    assert!(message.contains("did not list key 2"), "{message}");
    assert_eq!(live.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 0);
    let message = patch(&live, site.did()).await.expect_error(ErrorCode::InvalidFieldFormat);
    assert!(message.contains("it lacks key 2"), "{message}");
    assert!(is_valid(&app, &issue(&app, &uni).await).await, "what was listed goes on signing");
    site.publish(&did_document_for(&app, &uni, &site.did()).await);
    patch(&live, site.did()).await.expect(200);
    let id = issue(&app, &live).await;
    assert_eq!(names(&live, &id).await.1, format!("{}#learncoin-2", site.did()));
    assert!(is_valid(&app, &id).await);
}

#[tokio::test]
async fn what_changed_while_the_document_was_fetched_counts() {
    let (app, uni, site) = university().await;
    let document = did_document_for(&app, &uni, &site.did()).await.to_string();
    let change = async |caller: &Caller, environment| {
        let scope = TenantScope { tenant_id: caller.tenant_id.clone(), environment };
        let did_document = Some(DidDocument::read(document.as_bytes()).unwrap());
        let fetched = Fetched { did_document, logos: Vec::new() };
        let did = site.did();
        app.issuance()
            .branding
            .update_branding(Actor::Key(&caller.key_id), &scope, fetched, |_, branding| {
                branding.own_did = Some(did.clone())
            })
            .await
    };
    put_on(&app, &uni, Plan::Starter).await;
    let refused = change(&uni, Environment::Test).await;
    assert!(matches!(refused, Err(BrandingError::OwnDidNeedsInstitution)));
    put_on(&app, &uni, Plan::Institution).await;
    let live = uni.live().await;
    assert!(matches!(change(&uni, Environment::Test).await, Err(BrandingError::LiveKeyNeeded)));
    assert!(matches!(
        change(&live, Environment::Live).await,
        Err(BrandingError::DidDocument(OwnDidDocumentError::Key { number: 2, .. }))
    ));
    assert_ne!(did_of(&uni).await, site.did());
    assert!(app.issuance().store.list_own_dids(&uni.tenant_id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_batch_keeps_the_did_that_it_was_accepted_under() {
    let (app, uni, site) = university().await;
    patch(&uni, site.did()).await.expect(200);
    let posted = uni.post_batch(one("Ada Lovelace")).await;
    patch(&uni, Value::Null).await.expect(200);
    app.run_until_idle().await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    assert_eq!(names(&uni, id).await, (site.did(), format!("{}#learncoin-1", site.did())));
    assert!(is_valid(&app, id).await);
}

#[tokio::test]
async fn its_host_is_asked_about_once_a_minute_and_its_silence_is_no_verdict() {
    let (app, uni, site) = university().await;
    patch(&uni, site.did()).await.expect(200);
    let id = issue(&app, &uni).await;
    let asked = site.times_asked(DID_PATH);
    app.clock().advance_ms(60_000);
    let nodes = app.nodes().len();
    for _ in 0..3 * nodes {
        assert!(is_valid(&app, &id).await);
    }
    assert_eq!(site.times_asked(DID_PATH), asked + nodes);
    site.fail(DID_PATH, StatusCode::BAD_GATEWAY);
    assert!(is_valid(&app, &id).await, "its document is cached for a minute");
    app.clock().advance_ms(60_000);
    let page = app.get(&format!("/c/{id}")).await;
    assert!(page.text().contains("Verdict: <strong>could not check</strong>"));
    assert!(page.text().contains("answered with status 502"));
    // Whether an erasure leaves a verifiable credential is computed from what is stored.
    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    let erased = uni.post(&format!("/v1/credentials/{id}/erase"), body.to_string()).await.expect(200);
    assert_eq!(erased["verification_status_after_erasure"], "verifiable");
    site.publish(&did_document_for(&app, &uni, &site.did()).await);
    app.clock().advance_ms(5_000);
    assert!(is_valid(&app, &id).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn patches_and_posts_at_once_leave_only_credentials_that_verify() {
    let (app, uni, site) = university().await;
    let other = Site::open().await;
    other.publish(&did_document_for(&app, &uni, &other.did()).await);
    let mut requests = JoinSet::new();
    for round in 0..24 {
        let uni = uni.clone();
        let did = match round % 4 {
            0 => json!(site.did()),
            1 => json!(other.did()),
            2 => Value::Null,
            _ => json!("post"),
        };
        requests.spawn(async move {
            match did == "post" {
                true => uni.post("/v1/batches", one("Ada Lovelace").to_string()).await.status,
                false => patch(&uni, did).await.status,
            }
        });
    }
    let statuses = requests.join_all().await;
    assert!(statuses.iter().all(|status| matches!(status, 200 | 202)), "{statuses:?}");
    app.run_until_idle().await;
    for batch in uni.all_batches().await {
        assert!(is_valid(&app, batch["credentials"][0]["id"].as_str().unwrap()).await);
    }
}
