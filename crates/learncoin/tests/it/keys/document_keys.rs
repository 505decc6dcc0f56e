//! Document keys, from their creation to their revocation, and the DID document that lists them.

use std::sync::Arc;

use learncoin_credential::{Host, wallet_did};
use learncoin_issuance::key::document_key_worker::DocumentKeyWorker;
use learncoin_issuance::key::document_keys::{DocumentKeyError, SignError};
use learncoin_issuance::keyed_write::Actor;
use learncoin_server::error::ErrorCode;
use learncoin_store::keys::{DocumentKey, KeyHome};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, KmsFault, KmsServer, TestApp};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::keys::signing_keys::with_kms;
use crate::keys::statements::{holds, statements};
use crate::public::credential_page::read;

const MESSAGE: &[u8] = b"a wallet form's two hashes";

fn path_of(uni: &Caller) -> String {
    format!("/t/{}/did.json", uni.tenant_id.ulid())
}

async fn document(app: &TestApp, uni: &Caller) -> Value {
    app.get(&path_of(uni)).await.expect(200)
}

async fn in_use(app: &TestApp, uni: &Caller) -> DocumentKey {
    app.issuance().document_signer.document_key_in_use(&uni.tenant_id).await.unwrap().unwrap()
}

async fn sign(app: &TestApp, key: &DocumentKey) -> Result<[u8; 64], SignError> {
    app.issuance().document_signer.sign(key, MESSAGE).await
}

/// Returns the ids under which a DID document lets the key assert, with the dates of revocation of its entries.
fn listed(document: &Value, key: &DocumentKey) -> (Vec<String>, Vec<Value>) {
    let host = Host::parse("https://learncoin.example").unwrap();
    let ulid = key.tenant_id.ulid();
    let ids =
        [wallet_did::multikey_id(&host, ulid, &key.public_key), wallet_did::jwk_id(&host, ulid, key.number)];
    let of_key = |id: &Value| ids.iter().any(|own| id == own);
    let methods = document["verificationMethod"].as_array().unwrap();
    let revoked: Vec<Value> = methods
        .iter()
        .filter(|method| of_key(&method["id"]))
        .map(|method| method["revoked"].clone())
        .collect();
    assert_eq!(revoked.len(), 2, "each key stays listed in both forms: {document}");
    let asserts = document["assertionMethod"].as_array().unwrap().iter().filter(|id| of_key(id));
    (asserts.map(|id| id.as_str().unwrap().to_owned()).collect(), revoked)
}

fn verifies(public_key: &[u8; 32], signature: &[u8; 64]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(MESSAGE, signature).is_ok()
}

#[tokio::test]
async fn a_tenants_first_api_key_brings_a_document_key_that_signs_what_its_did_lists() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let key = in_use(&app, &uni).await;
    assert_eq!((key.number, &key.home), (1, &KeyHome::Local));
    let answer = app.get(&path_of(&uni)).await;
    assert_eq!(answer.header("content-type"), "application/did+ld+json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let tag = answer.header("etag").to_owned();
    let again = read(&app, "GET", &path_of(&uni), &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(
        read(&app, "OPTIONS", &path_of(&uni), &[("Origin", "https://wallet.example")]).await.status,
        204
    );

    let document = answer.expect(200);
    let ulid = uni.tenant_id.ulid();
    let did = format!("did:web:learncoin.example:t:{ulid}");
    assert_eq!(document["id"], did);
    assert_eq!(document["alsoKnownAs"], json!([format!("did:web:learncoin.example#tenant-{ulid}")]));
    let of_host = app.get("/.well-known/did.json").await.expect(200);
    assert_eq!(of_host["alsoKnownAs"], json!([did]), "it is named in both directions");
    assert_eq!(listed(&document, &key).0.len(), 2);
    let multibase = document["verificationMethod"][0]["publicKeyMultibase"].as_str().unwrap();
    let bytes = bs58::decode(multibase.strip_prefix('z').unwrap()).into_vec().unwrap();
    assert_eq!(bytes[..2], [0xed, 0x01]);
    assert!(verifies(bytes[2..].try_into().unwrap(), &sign(&app, &key).await.unwrap()));

    // A second API key, of the other environment too, makes no second one.
    for environment in [Environment::Test, Environment::Live] {
        let scope = TenantScope { tenant_id: uni.tenant_id.clone(), environment };
        app.issuance().api_keys.create_api_key(Actor::Operator, &scope, None, &[]).await.unwrap();
    }
    assert_eq!(app.issuance().store.list_document_keys(&uni.tenant_id).await.unwrap(), [key]);
}

#[tokio::test]
async fn a_rotated_key_stays_listed_and_a_revoked_one_asserts_and_signs_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let keys = &app.issuance().document_keys;
    let first = in_use(&app, &uni).await;
    let signed = sign(&app, &first).await.unwrap();
    let second = keys.rotate_document_key(&uni.tenant_id).await.unwrap();
    assert_eq!((second.number, in_use(&app, &uni).await), (2, second.clone()));
    let now = document(&app, &uni).await;
    for key in [&first, &second] {
        assert_eq!(listed(&now, key), (listed(&now, key).0, vec![Value::Null; 2]));
        assert_eq!(listed(&now, key).0.len(), 2);
    }
    assert!(verifies(&first.public_key, &signed));
    // What was under way when it was retired is finished.
    assert!(verifies(&first.public_key, &sign(&app, &first).await.unwrap()));

    let revoked = keys.revoke_document_key(&uni.tenant_id, 2).await.unwrap();
    assert!(revoked.revoked_from.is_some());
    let now = document(&app, &uni).await;
    let (asserts, dates) = listed(&now, &second);
    assert!(asserts.is_empty());
    assert!(dates.iter().all(|date| date.as_str().is_some_and(|date| date.ends_with('Z'))), "{dates:?}");
    assert_eq!(listed(&now, &first).0.len(), 2);
    // Also for a caller who read the key before it was revoked.
    assert!(matches!(sign(&app, &second).await, Err(SignError::Revoked)));
    let third = in_use(&app, &uni).await;
    assert_eq!(third.number, 3);
    assert!(verifies(&third.public_key, &sign(&app, &third).await.unwrap()));
    // A retired key may be revoked too, and a second revocation moves no date.
    let first = keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap();
    assert_eq!(keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap(), first);
    assert_eq!(in_use(&app, &uni).await, third);
    let unknown = keys.revoke_document_key(&uni.tenant_id, 9).await;
    assert!(matches!(unknown, Err(DocumentKeyError::NoKey(9))));
}

#[tokio::test]
async fn each_change_of_a_document_key_is_a_statement_in_the_same_chain() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let keys = &app.issuance().document_keys;
    keys.rotate_document_key(&uni.tenant_id).await.unwrap();
    keys.revoke_document_key(&uni.tenant_id, 2).await.unwrap();
    keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap();
    keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap();
    let list = statements(&app).await;
    assert!(holds(&list), "a reader recomputes every hash by the rules of the others");
    let all = app.issuance().store.list_document_keys(&uni.tenant_id).await.unwrap();
    let did = format!("did:web:learncoin.example:t:{}", uni.tenant_id.ulid());
    let changes: Vec<(&str, u64)> = list
        .iter()
        .filter(|one| one["key"].as_str().unwrap().starts_with(&did))
        .map(|one| {
            assert_eq!((&one["chain_id"], &one["address"]), (&Value::Null, &Value::Null));
            let public_key = one["public_key"].as_str().unwrap();
            let key = all.iter().find(|key| hex::encode(key.public_key) == public_key).unwrap();
            assert_eq!(one["key"], format!("{did}#{}", wallet_did::multikey(&key.public_key)));
            (one["kind"].as_str().unwrap(), key.number)
        })
        .collect();
    assert_eq!(
        changes,
        [("created", 1), ("retired", 1), ("created", 2), ("revoked", 2), ("created", 3), ("revoked", 1)]
    );
    let last = list.last().unwrap();
    assert!(last["to"].is_string() && last["revoked_from"].is_string());
    assert!(app.issuance().store.examine().await.unwrap().iter().all(|one| one.broken_by.is_empty()));
}

#[tokio::test]
async fn a_tenant_without_a_key_has_no_document_yet_and_reading_makes_none() {
    let app = TestApp::start().await;
    let tenant = app.issuance().tenants.create_tenant("Example University", Plan::Starter).await.unwrap();
    let path = format!("/t/{}/did.json", tenant.id.ulid());
    for _ in 0..2 {
        let answer = app.get(&path).await;
        assert_eq!(answer.header("retry-after"), "60");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        answer.expect_error(ErrorCode::TenantNotFound);
    }
    for unknown in ["01KPX4MQ00REJFE5FBD8QX9Y5A", "x", "%FF"] {
        let answer = app.get(&format!("/t/{unknown}/did.json")).await;
        assert_eq!(answer.header("retry-after"), "");
        answer.expect_error(ErrorCode::TenantNotFound);
    }
    let store = &app.issuance().store;
    assert_eq!(store.list_document_keys(&tenant.id).await.unwrap(), []);
    // The worker makes keys for those alone who can issue.
    assert_eq!(app.issuance().document_keys.prepare_missing_keys("", 50).await.unwrap(), None);
    assert_eq!(store.list_document_keys(&tenant.id).await.unwrap(), []);
}

#[tokio::test]
async fn the_worker_makes_the_keys_of_tenants_that_are_older_than_document_keys() {
    let app = TestApp::start().await;
    let issuance = app.issuance();
    let first = app.tenant("Example University").await;
    let template = issuance.store.get_signing_key(&first.tenant_id, 1).await.unwrap();
    let mut tenants = Vec::new();
    for byte in 1..=3_u8 {
        // A signing key as an earlier release stored it, which made no document key.
        let tenant = issuance.tenants.create_tenant("Other University", Plan::Starter).await.unwrap();
        let mut key = template.clone();
        key.tenant_id = tenant.id.clone();
        key.address = format!("0x{}", hex::encode([byte; 20])).parse().unwrap();
        let mut tx = issuance.store.begin().await.unwrap();
        key.number = tx.claim_key_number(&tenant.id).await.unwrap();
        tx.insert_signing_key(&key, &[byte; 32], &*issuance.entropy).await.unwrap();
        tx.commit().await.unwrap();
        tenants.push(tenant.id);
    }
    tenants.sort();
    app.allow_damage();
    let missing = async || issuance.store.list_tenants_without_document_key("", 50).await.unwrap();
    assert_eq!(missing().await, tenants);
    // A small step, and then the worker itself, which finishes the step that it has begun when it is asked to stop.
    assert_eq!(issuance.document_keys.prepare_missing_keys("", 1).await.unwrap().as_ref(), Some(&tenants[0]));
    assert_eq!(missing().await, tenants[1..]);
    DocumentKeyWorker::new(issuance.document_keys.clone()).run(std::future::ready(())).await;
    assert!(missing().await.is_empty());
    for tenant in &tenants {
        assert_eq!(issuance.store.list_document_keys(tenant).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn many_nodes_at_once_make_one_key() {
    let kms = KmsServer::start().await;
    let app = TestApp::builder().kms(&kms).start().await;
    let here = app.issuance();
    let there = with_kms(&app, &kms);
    let tenant = here.tenants.create_tenant("Example University", Plan::Starter).await.unwrap();
    let made = tokio::join!(
        here.document_keys.ensure_document_key(&tenant.id),
        there.document_keys.ensure_document_key(&tenant.id),
        here.document_keys.ensure_document_key(&tenant.id),
        there.document_keys.ensure_document_key(&tenant.id),
    );
    let keys = here.store.list_document_keys(&tenant.id).await.unwrap();
    assert_eq!(keys.len(), 1);
    for one in [made.0, made.1, made.2, made.3] {
        assert_eq!(one.unwrap(), keys[0]);
    }
    assert_eq!(kms.versions().iter().filter(|name| name.contains(tenant.id.ulid())).count(), 1);
    // Rotations at once are as many keys, one after the other, of which the last is in use.
    let rotated = tokio::join!(
        here.document_keys.rotate_document_key(&tenant.id),
        there.document_keys.rotate_document_key(&tenant.id),
    );
    rotated.0.unwrap();
    rotated.1.unwrap();
    let keys = here.store.list_document_keys(&tenant.id).await.unwrap();
    assert_eq!(keys.iter().map(DocumentKey::is_in_use).collect::<Vec<_>>(), [false, false, true]);
}

#[tokio::test]
async fn a_key_in_cloud_kms_signs_there_and_no_fault_gives_a_signature() {
    let kms = KmsServer::start().await;
    let app = TestApp::builder().kms(&kms).start().await;
    let uni = app.tenant("Example University").await;
    let key = in_use(&app, &uni).await;
    let KeyHome::Kms(version) = &key.home else { panic!("it is in Cloud KMS") };
    assert!(version.ends_with(&format!(
        "/cryptoKeys/tenant-{}-document-key-1/cryptoKeyVersions/1",
        uni.tenant_id.ulid()
    )));
    assert!(verifies(&key.public_key, &sign(&app, &key).await.unwrap()));
    let pass = || app.clock().advance_ms(10_000);
    for (fault, words) in [
        (KmsFault::Hang, "in time"),
        (KmsFault::LostAnswer, "in time"),
        (KmsFault::Status(503), "status 503"),
        (KmsFault::Denied, "refuses these credentials"),
        (KmsFault::Page, "no JSON object"),
        (KmsFault::WrongChecksum, "checksum"),
        (KmsFault::ChangedDigest, "was changed on its way"),
        (KmsFault::OtherKey, "not by the expected key"),
        (KmsFault::OtherName, "another key version"),
    ] {
        kms.set_fault(fault);
        let error = sign(&app, &key).await.unwrap_err();
        assert!(matches!(error, SignError::Kms(_)), "{fault:?}: {error}");
        assert!(error.to_string().contains(words), "{fault:?}: {error}");
        pass();
    }
    // After an outage it is left alone for a moment.
    kms.set_fault(KmsFault::Status(503));
    sign(&app, &key).await.unwrap_err();
    let calls = kms.faulted();
    assert!(matches!(sign(&app, &key).await, Err(SignError::KmsAway)));
    assert_eq!(kms.faulted(), calls);
    kms.set_fault(KmsFault::None);
    pass();
    assert!(verifies(&key.public_key, &sign(&app, &key).await.unwrap()));

    // A revocation stops it here and there, also for a caller who read the key before.
    app.issuance().document_keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap();
    assert_eq!(kms.state(version), Some("DISABLED"));
    let signatures = kms.signatures();
    assert!(matches!(sign(&app, &key).await, Err(SignError::Revoked)));
    assert_eq!(kms.signatures(), signatures);
    assert_eq!(in_use(&app, &uni).await.number, 2);
}

#[tokio::test]
async fn while_cloud_kms_is_away_a_revocation_holds_and_the_next_key_is_made_later() {
    let kms = KmsServer::start().await;
    let app = TestApp::builder().kms(&kms).start().await;
    let uni = app.tenant("Example University").await;
    let first = in_use(&app, &uni).await;
    let KeyHome::Kms(version) = first.home.clone() else { panic!("it is in Cloud KMS") };
    let keys = app.issuance().document_keys.clone();
    kms.set_fault(KmsFault::Status(503));
    let error = keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap_err();
    assert!(matches!(error, DocumentKeyError::StillInKms(_)), "{error}");
    assert!(matches!(sign(&app, &first).await, Err(SignError::Revoked)));
    assert_eq!(document(&app, &uni).await["assertionMethod"], json!([]));
    // The worker asks once, and leaves Cloud KMS alone after that.
    keys.prepare_missing_keys("", 50).await.unwrap();
    let calls = kms.faulted();
    assert_eq!(keys.prepare_missing_keys("", 50).await.unwrap(), None);
    assert_eq!(kms.faulted(), calls);
    kms.set_fault(KmsFault::None);
    app.clock().advance_ms(10_000);
    keys.prepare_missing_keys("", 50).await.unwrap();
    assert_eq!(in_use(&app, &uni).await.number, 2);
    assert_eq!(kms.state(&version), Some("ENABLED"));
    keys.revoke_document_key(&uni.tenant_id, 1).await.unwrap();
    assert_eq!(kms.state(&version), Some("DISABLED"));
}

#[tokio::test]
async fn a_location_without_such_keys_in_hardware_has_them_in_software() {
    let kms = KmsServer::start().await;
    kms.without_hardware_ed25519(true);
    let app = TestApp::builder().kms(&kms).start().await;
    let uni = app.tenant("Example University").await;
    let first = in_use(&app, &uni).await;
    assert!(matches!(first.home, KeyHome::Kms(_)));
    assert!(verifies(&first.public_key, &sign(&app, &first).await.unwrap()));
    // A key that was made in software and not recorded is found where the location has hardware keys meanwhile.
    let client = Arc::clone(&kms.service(app.issuance().clock.clone()).client);
    let ring = kms.key_ring().parse().unwrap();
    let made = client.create_ed25519_key(&ring, "left").await.unwrap();
    kms.without_hardware_ed25519(false);
    assert_eq!(client.create_ed25519_key(&ring, "left").await.unwrap(), made);
    let taken = client.create_key(&ring, "left", learncoin_kms::ProtectionLevel::Hsm).await;
    assert!(matches!(taken, Err(learncoin_kms::KmsError::OtherKind("algorithm"))));
}
