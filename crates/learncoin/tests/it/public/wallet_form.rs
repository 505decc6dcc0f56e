//! The wallet form of a credential, the DID and the status list that judge it, and the ways to ask for it.

use learncoin_credential::json;
use learncoin_credential::verify::ParsedCredential;
use learncoin_credential::wallet::{
    DocumentPublicKey, LIST_LENGTH, SignedStatusList, SignedWalletDocument, StatusBits,
};
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Caller, TestApp, batch_of, credential, one};
use serde_json::{Value, json};

use crate::public::credential_page::{first_credential, get_as, issue, path_of};

fn read(answer: &Answer) -> SignedWalletDocument {
    let value = json::parse(&answer.body).unwrap();
    SignedWalletDocument::read(&value).unwrap_or_else(|error| panic!("{error}: {}", answer.text())).0
}

/// Returns the key that the tenant's DID document lists for a proof.
async fn key_of(app: &TestApp, signed: &SignedWalletDocument) -> Option<DocumentPublicKey> {
    let (did, _) = signed.options.verification_method.split_once('#').unwrap();
    let path = did.rsplit_once(":t:").unwrap().1;
    let document = app.get(&format!("/t/{path}/did.json")).await.expect(200);
    let method = signed.options.verification_method.as_str();
    let listed = document["assertionMethod"].as_array().unwrap().iter().any(|id| id == method);
    let methods = document["verificationMethod"].as_array().unwrap();
    let found = methods.iter().find(|one| one["id"] == method).filter(|_| listed)?;
    DocumentPublicKey::from_multikey(found["publicKeyMultibase"].as_str()?)
}

async fn is_revoked(app: &TestApp, signed: &SignedWalletDocument) -> bool {
    let status = &signed.document.status;
    let path = status.list.strip_prefix(app.public_url()).unwrap();
    let answer = app.get(path).await;
    answer.expect(200);
    let list = SignedStatusList::read(&answer.body).unwrap();
    assert_eq!((&list.list.id, &list.list.issuer), (&status.list, &signed.document.issuer.id));
    assert!(list.is_signed_by(&key_of(app, signed).await.unwrap()));
    assert!(list.is_valid_at(learncoin_issuance::time::timestamp(app.now_ms())));
    StatusBits::decode(list.list.encoded()).unwrap().is_set(status.index).unwrap()
}

async fn with_evidence(uni: &Caller) -> Value {
    let mut request = credential("Ada Lovelace");
    request["evidence"] = json!([{ "narrative": "A classifier for bird song." }]);
    issue(uni, batch_of(vec![request])).await
}

#[tokio::test]
async fn it_states_the_facts_of_the_anchored_form_and_is_signed_by_the_tenant() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = with_evidence(&uni).await;
    let path = path_of(&credential);
    let answer = app.get(&format!("{path}?form=wallet")).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "no-store");
    let signed = read(&answer);
    assert!(signed.is_signed_by(&key_of(&app, &signed).await.unwrap()));
    let anchored = &credential["signed_credential"];
    let wallet = answer.json();
    for member in ["id", "validFrom", "evidence"] {
        assert_eq!(wallet[member], anchored[member], "{member}");
    }
    let mut subject = wallet["credentialSubject"].clone();
    let identifier = subject.as_object_mut().unwrap().remove("identifier").unwrap();
    assert_eq!(subject, anchored["credentialSubject"]);
    let name = json!({ "type": "IdentityObject", "hashed": false, "identityHash": "Ada Lovelace", "identityType": "name" });
    assert_eq!(identifier, json!([name]));
    assert_eq!(wallet["issuer"]["name"], anchored["issuer"]["name"]);
    // The embedded chain is no chain to rely on, which a stranger's viewer must show too.
    assert_eq!(wallet["name"], format!("DEVELOPMENT · {}", subject["achievement"]["name"].as_str().unwrap()));
    // Asked for again it is the same, byte for byte.
    assert_eq!(app.get(&format!("{path}?form=wallet&utm_source=mail")).await.body, answer.body);
    // And the anchored form is what it was.
    ParsedCredential::read(anchored.to_string().as_bytes()).unwrap();
}

#[tokio::test]
async fn it_is_asked_for_by_the_query_or_by_a_profile() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    let address = format!("{path}?form=wallet");
    let expected = app.get(&address).await.json();
    for (accept, content_type) in [
        ("text/html,*/*;q=0.8", "application/json"),
        ("application/vc", "application/vc"),
        ("application/json, text/plain, */*", "application/json"),
    ] {
        let answer = get_as(&app, &address, accept).await;
        assert_eq!(
            (answer.json(), answer.header("content-type")),
            (expected.clone(), content_type),
            "{accept}"
        );
    }
    let profile = "application/vc; profile=\"https://example.org/ https://www.w3.org/TR/vc-di-eddsa/\"";
    assert_eq!(get_as(&app, &path, profile).await.json(), expected);
    let other = get_as(&app, &path, "application/vc; profile=\"https://example.org/\"").await.json();
    assert_eq!(other["proof"]["type"], "MerkleProof2019");
    let download = app.get(&format!("{path}/credential.json?form=wallet")).await;
    assert_eq!(download.json(), expected);
    assert!(download.header("content-disposition").ends_with("-wallet.json\""));
    for query in ["form=wallets", "form=wallet&layout=default", "form=wallet&form=wallet", "forn=wallet"] {
        app.get(&format!("{path}/credential.json?{query}")).await.expect_error(ErrorCode::InvalidFieldFormat);
    }
    app.get(&format!("{path}/badge.svg?form=wallet")).await.expect_error(ErrorCode::InvalidFieldFormat);
}

#[tokio::test]
async fn before_the_anchor_there_is_none() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let path = path_of(&first_credential(&uni, &batch).await);
    let answer = app.get(&format!("{path}?form=wallet")).await;
    answer.expect_error(ErrorCode::CredentialNotFound);
    assert_eq!(answer.header("retry-after"), "5");
}

#[tokio::test]
async fn a_revocation_is_in_the_list_within_the_time_that_lists_are_kept() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let names = ["Ada Lovelace", "Grace Hopper", "Alan Turing"];
    let batch = uni.post_batch(batch_of(names.map(credential).to_vec())).await;
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let mut forms = Vec::new();
    for one in batch["credentials"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        forms.push((id.to_owned(), read(&app.get(&format!("/c/{id}?form=wallet")).await)));
    }
    assert_eq!(forms.len(), 3);
    for (_, form) in &forms {
        assert!(!is_revoked(&app, form).await);
    }
    let (id, revoked) = &forms[1];
    let reason = json!({ "reason": "Issued by mistake.", "reason_code": "issuer_error" });
    uni.post(&format!("/v1/credentials/{id}/revoke"), reason.to_string()).await.expect(200);
    // A list may be kept for four minutes, and was made up to half a minute before.
    let list = revoked.document.status.list.strip_prefix(app.public_url()).unwrap();
    let answer = app.get(list).await;
    assert_eq!(answer.header("cache-control"), "public, max-age=240");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("content-type"), "application/vc");
    app.clock().advance_ms(30_000);
    for (at, (_, form)) in forms.iter().enumerate() {
        assert_eq!(is_revoked(&app, form).await, at == 1, "{at}");
    }
    // The form itself does not change with it.
    let again = read(&app.get(&format!("/c/{id}?form=wallet")).await);
    assert_eq!(&again, revoked);
}

#[tokio::test]
async fn an_erased_persons_form_verifies_and_names_nobody() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = with_evidence(&uni).await;
    let path = path_of(&credential);
    let before = read(&app.get(&format!("{path}?form=wallet")).await);
    let redacted = app.get(&format!("{path}?form=wallet&redacted=true")).await;
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-04-01T00:00:00Z" });
    let id = credential["id"].as_str().unwrap();
    uni.post(&format!("/v1/credentials/{id}/erase"), erasure.to_string()).await.expect(200);
    let answer = app.get(&format!("{path}?form=wallet")).await;
    assert_eq!(answer.body, redacted.body);
    for word in ["Lovelace", "bird song", "identifier", "evidence"] {
        assert!(!answer.text().contains(word), "{word}");
    }
    let after = read(&answer);
    assert!(after.is_signed_by(&key_of(&app, &after).await.unwrap()));
    assert_eq!((&after.document.id, &after.document.status), (&before.document.id, &before.document.status));
    assert_ne!(after.signature, before.signature);
    assert!(!is_revoked(&app, &after).await);
}

#[tokio::test]
async fn lists_are_a_tenants_own_and_exist_as_far_as_it_has_issued() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other").await);
    let first =
        read(&app.get(&format!("{}?form=wallet", path_of(&issue(&uni, one("Ada Lovelace")).await))).await);
    let second =
        read(&app.get(&format!("{}?form=wallet", path_of(&issue(&other, one("Grace Hopper")).await))).await);
    let live =
        read(&app.get(&format!("{}?form=wallet", path_of(&issue(&uni, one("Alan Turing")).await))).await);
    assert_ne!(first.document.status.list, second.document.status.list);
    assert_eq!(first.document.status.list, live.document.status.list);
    assert_ne!(first.document.status.index, live.document.status.index);
    assert!(first.document.status.index < LIST_LENGTH);
    // Each key signs under its own tenant's DID alone.
    assert!(!first.is_signed_by(&key_of(&app, &second).await.unwrap()));
    let list = first.document.status.list.strip_prefix(app.public_url()).unwrap();
    let lists = list.strip_suffix('0').unwrap();
    for number in ["1", "00", "-1", "x", "18446744073709551616"] {
        let answer = app.get(&format!("{lists}{number}")).await;
        answer.expect_error(ErrorCode::TenantNotFound);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    app.get("/t/01KPX4MQ005TCNKPH5QY15PQWV/status/revocation/0")
        .await
        .expect_error(ErrorCode::TenantNotFound);
}

#[tokio::test]
async fn a_tenant_may_have_the_address_hashed_into_the_form() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut request = credential("Ada Lovelace");
    request["recipient"]["email"] = json!("Ada@Example.org");
    let path = format!("{}?form=wallet", path_of(&issue(&uni, batch_of(vec![request])).await));
    let without = app.get(&path).await;
    assert_eq!(without.json()["credentialSubject"]["identifier"].as_array().unwrap().len(), 1);
    let update = learncoin_issuance::tenant::provision::TenantUpdate {
        wallet_email: Some(true),
        ..Default::default()
    };
    app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    let with = app.get(&path).await;
    let signed = read(&with);
    assert!(signed.is_signed_by(&key_of(&app, &signed).await.unwrap()));
    let email = signed.document.email.as_ref().unwrap();
    let salted = format!("ada@example.org{}", email.salt);
    assert_eq!(email.hash, format!("sha256${}", learncoin_credential::Hash::sha256(salted.as_bytes())));
    assert_eq!(email.salt.len(), 32);
    assert!(!with.text().to_lowercase().contains("ada@example.org"));
    assert_eq!(app.get(&path).await.body, with.body);
    // Without the name there is no address either.
    assert!(read(&app.get(&format!("{path}&redacted=true")).await).document.email.is_none());
}
