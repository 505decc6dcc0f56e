//! The life of signing keys in Cloud KMS and in the database: rotated, disabled, expired, revoked; and what verifiers see of it.

use std::sync::Arc;

use learncoin_issuance::key::life::{EXPIRES_LATER_MS, KeyLifeError};
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::worker::run::Worker;
use learncoin_issuance::{Issuance, Parts};
use learncoin_server::error::ErrorCode;
use learncoin_store::anchors::Anchor;
use learncoin_store::keys::{KeyHome, SigningKey};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{
    Caller, KmsFault, KmsServer, Method, TestApp, anchor_of_batch, one, transactions_of_batch,
};
use serde_json::{Value, json};

use crate::support::site::{Site, app_that_reaches_sites, did_document_for};

const DEVELOPMENT: u64 = 31337;

fn scope(tenant: &Caller) -> TenantScope {
    TenantScope { tenant_id: tenant.tenant_id.clone(), environment: Environment::Test }
}

async fn keys(app: &TestApp, tenant: &Caller) -> Vec<SigningKey> {
    app.issuance().store.list_signing_keys_of(&tenant.tenant_id, &[DEVELOPMENT]).await.unwrap()
}

async fn accepted(tenant: &Caller) -> String {
    tenant.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned()
}

/// Returns the key that a batch's proofs name, and whether all checks of its credential on the page pass.
async fn proof(app: &TestApp, tenant: &Caller, batch: &str) -> (String, bool) {
    let id = tenant.batch(batch).await["credentials"][0]["id"].as_str().unwrap().to_owned();
    let signed = tenant.credential(&id).await["signed_credential"].clone();
    let method = signed["proof"]["verificationMethod"].as_str().unwrap();
    let key = method.rsplit_once('#').unwrap().1.rsplit_once("key-");
    let page = app.get(&format!("/c/{id}")).await;
    let is_valid = page.text().contains("Verdict: <strong>valid, DEVELOPMENT</strong>");
    (key.map_or(method.to_owned(), |(_, number)| format!("key {number}")), is_valid)
}

fn valid(key: &str) -> (String, bool) {
    (key.to_owned(), true)
}

/// Returns what both profiles state about a key, which is the same in both.
async fn entry(app: &TestApp, tenant: &Caller, key: &SigningKey) -> Value {
    let host = app.get("/issuer.json").await.expect(200);
    let own = app.get(&format!("/tenants/{}/issuer.json", tenant.tenant_id.ulid())).await.expect(200);
    let find = |profile: &Value| {
        let keys = profile["publicKey"].as_array().unwrap().clone();
        keys.into_iter().find(|entry| entry["id"].as_str().unwrap().ends_with(key.address.as_str())).unwrap()
    };
    assert_eq!(find(&host), find(&own));
    find(&host)
}

/// Returns the context of a program on the same deployment whose settings name this Cloud KMS.
pub(crate) fn with_kms(app: &TestApp, kms: &KmsServer) -> Arc<Issuance> {
    let old = app.issuance();
    Arc::new(Issuance::new(Parts {
        store: old.store.clone(),
        clock: Arc::clone(&old.clock),
        entropy: Arc::clone(&old.entropy),
        host: old.host.clone(),
        chains: old.chains.clone(),
        plans: old.plans.clone(),
        options: old.options.clone(),
        kms: Some(kms.service(Arc::clone(&old.clock))),
        journal: None,
    }))
}

async fn app_in_kms() -> (TestApp, KmsServer) {
    let kms = KmsServer::start().await;
    kms.generate_slowly(2);
    (TestApp::builder().kms(&kms).start().await, kms)
}

#[tokio::test]
async fn a_tenants_key_in_cloud_kms_signs_once_for_all_batches_that_wait() {
    let (app, kms) = app_in_kms().await;
    let uni = app.tenant("Example University").await;
    let batches = [accepted(&uni).await, accepted(&uni).await, accepted(&uni).await];
    app.run_until_idle().await;
    for batch in &batches {
        assert_eq!(proof(&app, &uni, batch).await, valid("key 1"));
    }
    assert_eq!(kms.signatures(), 1);
    let key = keys(&app, &uni).await.remove(0);
    let name =
        format!("{}/cryptoKeys/tenant-{}-key-1/cryptoKeyVersions/1", kms.key_ring(), uni.tenant_id.ulid());
    assert_eq!(key.home, KeyHome::Kms(name.clone()));
    assert!(kms.versions().contains(&name));
    assert!(app.issuance().store.signing_secret(&uni.tenant_id, 1).await.is_err(), "there is none here");
}

#[tokio::test]
async fn a_second_api_key_makes_no_second_signing_key_and_neither_do_two_at_once() {
    let (app, kms) = app_in_kms().await;
    let tenant = app.issuance().tenants.create_tenant("Example University", Plan::Starter).await.unwrap();
    let issuance = app.issuance();
    let scope = |environment| TenantScope { tenant_id: tenant.id.clone(), environment };
    let (test, live) = (scope(Environment::Test), scope(Environment::Live));
    let make = || issuance.api_keys.create_api_key(Actor::Operator, &test, None, &[]);
    let made = tokio::join!(make(), make(), make());
    assert!(made.0.is_ok() && made.1.is_ok() && made.2.is_ok());
    let of_tenant =
        kms.versions_of_chain_keys().iter().filter(|name| name.contains(tenant.id.ulid())).count();
    assert_eq!(of_tenant, 1);
    issuance.api_keys.create_api_key(Actor::Operator, &live, None, &[]).await.unwrap();
    let keys = issuance.store.list_signing_keys_of(&tenant.id, &[DEVELOPMENT]).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.number).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_key_that_was_made_and_not_recorded_is_found_again() {
    let (app, kms) = app_in_kms().await;
    let tenant = app.issuance().tenants.create_tenant("Example University", Plan::Starter).await.unwrap();
    let scope = TenantScope { tenant_id: tenant.id.clone(), environment: Environment::Test };
    let make = async || app.issuance().api_keys.create_api_key(Actor::Operator, &scope, None, &[]).await;
    // It is made, and then Cloud KMS returns no public key that could be recorded.
    kms.set_fault(KmsFault::WrongChecksum);
    make().await.unwrap_err();
    let made = kms.versions_of_chain_keys();
    kms.set_fault(KmsFault::None);
    make().await.unwrap();
    assert_eq!(kms.versions_of_chain_keys(), made);
}

#[tokio::test]
async fn batches_wait_while_cloud_kms_is_away_and_hold_up_no_others() {
    let kms = KmsServer::start().await;
    let app = TestApp::start().await;
    let local = app.tenant("Local University").await;
    let with_kms = with_kms(&app, &kms);
    let remote = app.tenant("Remote University").await;
    with_kms.keys.rotate_signing_key(&scope(&remote)).await.unwrap();
    let worker = Worker::new(Arc::clone(&with_kms.pipeline));
    for fault in [KmsFault::Status(503), KmsFault::Hang, KmsFault::LostAnswer, KmsFault::Page] {
        kms.set_fault(fault);
        let waiting = [accepted(&remote).await, accepted(&remote).await];
        let other = accepted(&local).await;
        worker.step().await.unwrap();
        assert_eq!(local.batch(&other).await["status"], "signed", "{fault:?}");
        for batch in &waiting {
            assert_eq!(remote.batch(batch).await["status"], "pending", "{fault:?}");
        }
        kms.set_fault(KmsFault::None);
        while !app.issuance().store.list_waiting_keys(i64::MAX).await.unwrap().is_empty() {
            app.clock().advance_ms(10_000);
            worker.step().await.unwrap();
        }
        app.run_until_idle().await;
        for batch in &waiting {
            assert_eq!(proof(&app, &remote, batch).await, valid("key 2"));
        }
    }
}

#[tokio::test]
async fn a_key_that_is_disabled_at_google_fails_its_batches_in_the_end_and_only_then() {
    let (app, kms) = app_in_kms().await;
    let uni = app.tenant("Example University").await;
    let KeyHome::Kms(version) = keys(&app, &uni).await.remove(0).home else { panic!("it is in Cloud KMS") };
    kms.set_state(&version, "DISABLED");
    let mended = accepted(&uni).await;
    app.run_steps(1).await;
    assert_eq!(uni.batch(&mended).await["status"], "pending");
    kms.set_state(&version, "ENABLED");
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &mended).await, valid("key 1"));
    kms.set_state(&version, "DESTROYED");
    let lost = accepted(&uni).await;
    app.run_until_idle().await;
    let batch = uni.batch(&lost).await;
    assert_eq!(batch["status"], "failed");
    assert!(batch["error"].as_str().unwrap().starts_with("signing_key_unavailable: "));
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["credentials_issued_this_month"], 1);
}

#[tokio::test]
async fn another_keys_signature_is_never_stored() {
    let (app, kms) = app_in_kms().await;
    let uni = app.tenant("Example University").await;
    kms.set_fault(KmsFault::OtherKey);
    let batch = accepted(&uni).await;
    app.run_steps(3).await;
    assert_eq!(uni.batch(&batch).await["status"], "pending");
    let id = batch.parse().unwrap();
    assert!(transactions_of_batch(&app.issuance().store, &id).await.is_empty());
}

#[tokio::test]
async fn a_rotation_moves_a_tenant_to_cloud_kms_and_ends_the_old_key_once_nothing_waits_for_it() {
    let (app, kms) = (TestApp::start().await, KmsServer::start().await);
    let uni = app.tenant("Example University").await;
    let with_kms = with_kms(&app, &kms);
    let before = accepted(&uni).await;
    let rotated = with_kms.keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    assert!(matches!(rotated.key.home, KeyHome::Kms(_)));
    assert_eq!((rotated.key.number, rotated.waits_for_did, rotated.taken_over), (2, None, 0));
    let after = accepted(&uni).await;
    assert_eq!(with_kms.keys.end_retired_keys().await.unwrap(), 0, "a batch waits for key 1");
    let worker = Worker::new(Arc::clone(&with_kms.pipeline));
    worker.step().await.unwrap();
    assert_eq!(with_kms.keys.end_retired_keys().await.unwrap(), 0, "its transaction is in no block");
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &before).await, valid("key 1"));
    assert_eq!(proof(&app, &uni, &after).await, valid("key 2"));

    let [old, new] = keys(&app, &uni).await.try_into().unwrap();
    assert_eq!((old.home.clone(), entry(&app, &uni, &old).await.get("expires")), (KeyHome::Local, None));
    assert_eq!(with_kms.keys.end_retired_keys().await.unwrap(), 1);
    assert_eq!(with_kms.keys.end_retired_keys().await.unwrap(), 0);
    let [old, _] = keys(&app, &uni).await.try_into().unwrap();
    assert!(old.expires_at.unwrap() >= app.issuance().clock.now_ms() + EXPIRES_LATER_MS - 1_000);
    assert!(entry(&app, &uni, &old).await["expires"].is_string());
    assert_eq!(entry(&app, &uni, &new).await.get("expires"), None);
    // In the DID document an end would make the stock verifier refuse all that the key ever signed.
    let document = app.get("/.well-known/did.json").await.expect(200);
    assert_eq!(document["assertionMethod"].as_array().unwrap().len(), 2);
    assert!(!document.to_string().contains("expires") && !document.to_string().contains("revoked"));
    app.clock().advance_ms(2 * EXPIRES_LATER_MS);
    for (batch, key) in [(&before, "key 1"), (&after, "key 2")] {
        assert_eq!(proof(&app, &uni, batch).await, valid(key));
    }
    drop((worker, with_kms));
    app.restart().await;
    assert!(entry(&app, &uni, &old).await["expires"].is_string());
}

#[tokio::test]
async fn each_environment_and_each_tenant_has_a_rotation_of_its_own() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other University").await);
    let live = uni.live().await;
    app.issuance().keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    for (tenant, key) in [(&uni, "key 3"), (&live, "key 2"), (&other, "key 1")] {
        let batch = accepted(tenant).await;
        app.run_until_idle().await;
        assert_eq!(proof(&app, tenant, &batch).await, valid(key));
    }
    let never = app.issuance().tenants.create_tenant("New University", Plan::Starter).await.unwrap();
    let scope = TenantScope { tenant_id: never.id, environment: Environment::Test };
    let error = app.issuance().keys.rotate_signing_key(&scope).await.unwrap_err();
    assert!(matches!(error, KeyLifeError::NothingToRotate), "{error}");
}

#[tokio::test]
async fn a_disabled_key_signs_nothing_from_that_moment_on_and_no_api_key_brings_another() {
    let (app, kms) = app_in_kms().await;
    let uni = app.tenant("Example University").await;
    let waiting = accepted(&uni).await;
    let KeyHome::Kms(version) = keys(&app, &uni).await.remove(0).home else { panic!("it is in Cloud KMS") };
    app.issuance().keys.disable_signing_key(&uni.tenant_id, 1).await.unwrap();
    assert_eq!(kms.state(&version), Some("DISABLED"));
    uni.post("/v1/batches", one("Ada Lovelace").to_string())
        .await
        .expect_error(ErrorCode::SigningKeyUnavailable);
    let second = uni.with_new_key(Environment::Test).await;
    second
        .post("/v1/batches", one("Ada Lovelace").to_string())
        .await
        .expect_error(ErrorCode::SigningKeyUnavailable);
    app.run_steps(3).await;
    assert_eq!((uni.batch(&waiting).await["status"].clone(), kms.signatures()), (json!("pending"), 0));
    // The next key signs what waited for this one: which key signs is no part of a document.
    let rotated = app.issuance().keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    assert_eq!(rotated.taken_over, 1);
    app.clock().advance_ms(60_000);
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &waiting).await, valid("key 2"));
    // Nothing waits for the disabled key, so that it expires like one that was retired.
    assert_eq!(app.issuance().keys.end_retired_keys().await.unwrap(), 1);
    let error = app.issuance().keys.disable_signing_key(&uni.tenant_id, 9).await.unwrap_err();
    assert!(matches!(error, KeyLifeError::NoKey(9)), "{error}");
}

#[tokio::test]
async fn a_key_that_cloud_kms_could_not_disable_is_disabled_here_and_the_failure_is_reported() {
    let (app, kms) = app_in_kms().await;
    let uni = app.tenant("Example University").await;
    kms.set_fault(KmsFault::Status(503));
    let disable = async || app.issuance().keys.disable_signing_key(&uni.tenant_id, 1).await;
    let error = disable().await.unwrap_err();
    assert!(matches!(error, KeyLifeError::StillInKms(_)), "{error}");
    uni.post("/v1/batches", one("Ada Lovelace").to_string())
        .await
        .expect_error(ErrorCode::SigningKeyUnavailable);
    kms.set_fault(KmsFault::None);
    disable().await.unwrap();
    let KeyHome::Kms(version) = keys(&app, &uni).await.remove(0).home else { panic!("it is in Cloud KMS") };
    assert_eq!(kms.state(&version), Some("DISABLED"));
}

#[tokio::test]
async fn what_a_key_signed_while_it_was_disabled_is_not_kept() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    // The step has read the key, and signs; only then the operator disables it.
    let as_read = keys(&app, &uni).await.remove(0);
    app.issuance().keys.disable_signing_key(&uni.tenant_id, 1).await.unwrap();
    let mut tx = app.issuance().store.begin().await.unwrap();
    let error = tx.advance_nonce(&as_read, 0).await.unwrap_err();
    assert!(matches!(error, learncoin_store::Error::Conflict { .. }), "{error}");
}

#[tokio::test]
async fn what_a_stolen_key_anchored_from_then_on_does_not_count_and_what_it_anchored_before_does() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let before = accepted(&uni).await;
    app.run_until_idle().await;
    app.clock().advance_ms(60_000);
    let theft = app.issuance().clock.now_ms();
    app.clock().advance_ms(60_000);
    let later = accepted(&uni).await;
    app.run_until_idle().await;
    let unsent = accepted(&uni).await;
    app.run_steps(1).await;
    let revoke = async |since| app.issuance().keys.revoke_signing_key(&uni.tenant_id, 1, since).await;
    assert!(matches!(revoke(theft + 3_600_000).await, Err(KeyLifeError::InTheFuture)));
    let key = revoke(theft + 1_000).await.unwrap();
    revoke(theft).await.unwrap();
    assert!(matches!(revoke(theft + 1_000).await, Err(KeyLifeError::RevokedEarlier)));
    revoke(theft).await.unwrap();
    assert!(key.disabled_at.is_some());
    assert_eq!(
        entry(&app, &uni, &key).await["revoked"],
        learncoin_issuance::time::timestamp(theft).to_string()
    );
    assert_eq!(proof(&app, &uni, &before).await, valid("key 1"));
    assert_eq!(proof(&app, &uni, &later).await, ("key 1".to_owned(), false));
    // Those are to be anchored again with another key.
    let again = async |number| app.issuance().pipeline.reanchor_lost(&uni.tenant_id, number).await;
    let begun = again(1).await.unwrap();
    let store = &app.issuance().store;
    let lost = anchor_of_batch(store, &later.parse().unwrap()).await.unwrap().root;
    let roots = |list: &[Anchor]| list.iter().map(|anchor| anchor.root).collect::<Vec<_>>();
    assert_eq!(
        (roots(&begun.begun), roots(&begun.without_key)),
        (vec![], vec![lost]),
        "there is no other key"
    );
    app.run_steps(8).await;
    assert_eq!(uni.batch(&unsent).await["status"], "signed", "its key is revoked: it waits for another");
    app.issuance().keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    assert!(matches!(again(2).await, Err(KeyLifeError::NotRevoked)));
    assert!(matches!(again(3).await, Err(KeyLifeError::NoKey(3))));
    let begun = again(1).await.unwrap();
    assert_eq!((roots(&begun.begun), roots(&begun.without_key)), (vec![lost], vec![]));
    let new = accepted(&uni).await;
    app.clock().advance_ms(3_600_000);
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &before).await, valid("key 1"), "it was anchored in time");
    for batch in [&later, &unsent, &new] {
        assert_eq!(proof(&app, &uni, batch).await, valid("key 2"));
    }
    assert_eq!(again(1).await.unwrap().begun, []);
    // A revoked key does not expire besides.
    assert_eq!(app.issuance().keys.end_retired_keys().await.unwrap(), 0);
}

#[tokio::test]
async fn under_a_did_of_its_own_a_tenants_new_key_signs_once_the_document_lists_it() {
    let app = app_that_reaches_sites().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let site = Site::open().await;
    let name_did = async || {
        site.publish(&did_document_for(&app, &uni, &site.did()).await);
        let body = json!({ "did": site.did() }).to_string();
        uni.send(Method::PATCH, "/v1/tenants/me", &[], body).await.expect(200);
    };
    name_did().await;
    let rotated = app.issuance().keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    assert_eq!(rotated.waits_for_did, Some(site.did()));
    // The old key goes on meanwhile.
    let first = accepted(&uni).await;
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &first).await, valid(&format!("{}#learncoin-1", site.did())));
    assert_eq!(app.issuance().keys.end_retired_keys().await.unwrap(), 0);
    let waiting = accepted(&uni).await;
    name_did().await;
    let second = accepted(&uni).await;
    app.run_until_idle().await;
    // Another node may have read the document before, and believes it for a minute.
    app.clock().advance_ms(60_000);
    assert_eq!(proof(&app, &uni, &waiting).await, valid(&format!("{}#learncoin-1", site.did())));
    assert_eq!(proof(&app, &uni, &second).await, valid(&format!("{}#learncoin-2", site.did())));
    assert_eq!(app.issuance().keys.end_retired_keys().await.unwrap(), 1);

    // A key that is disabled stops at once, and what waits for it is signed once its successor is listed.
    let stranded = accepted(&uni).await;
    app.issuance().keys.disable_signing_key(&uni.tenant_id, 2).await.unwrap();
    let rotated = app.issuance().keys.rotate_signing_key(&scope(&uni)).await.unwrap();
    assert_eq!(rotated.taken_over, 0);
    let refused = uni.post("/v1/batches", one("Ada Lovelace").to_string()).await;
    assert!(refused.expect_error(ErrorCode::SigningKeyUnavailable).contains("did not list key 3"));
    name_did().await;
    app.clock().advance_ms(60_000);
    app.run_until_idle().await;
    assert_eq!(proof(&app, &uni, &stranded).await, valid(&format!("{}#learncoin-3", site.did())));
}
