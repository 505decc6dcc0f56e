//! `POST /verify` of wallet forms.

use learncoin_store::id::TenantId;
use learncoin_testkit::{Answer, TestApp, one};
use serde_json::{Value, json};

use crate::public::credential_page::{issue, path_of};
use crate::public::verify_form::{self, states};

async fn wallet_form(app: &TestApp, credential: &Value) -> Value {
    let answer = app.get(&format!("{}?form=wallet", path_of(credential))).await;
    answer.expect(200);
    answer.json()
}

async fn report(app: &TestApp, form: &Value) -> Answer {
    verify_form::report(app, &form.to_string()).await
}

fn tenant_of(form: &Value) -> TenantId {
    let ulid = form["issuer"]["id"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    format!("{}{ulid}", TenantId::PREFIX).parse().unwrap()
}

#[tokio::test]
async fn our_own_is_judged_from_our_store_and_a_revocation_is_seen_at_once() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let form = wallet_form(&app, &credential).await;
    let valid = report(&app, &form).await;
    states(
        &valid,
        &[
            "Ada Lovelace",
            "Valid, DEVELOPMENT",
            "Issued by <bdi>Example University</bdi>",
            "browser-step not_applicable",
            "not applicable",
            "signed with a key and not anchored",
            "not revoked",
        ],
    );
    assert_eq!(valid.text().matches("browser-step passed").count(), 4);
    let presentation = json!({ "type": "VerifiablePresentation", "verifiableCredential": [form] });
    states(&report(&app, &presentation).await, &["Valid, DEVELOPMENT"]);

    let mut forged = form.clone();
    for place in ["/credentialSubject/name", "/credentialSubject/identifier/0/identityHash"] {
        *forged.pointer_mut(place).unwrap() = json!("Eda Lovelace");
    }
    states(&report(&app, &forged).await, &["Eda Lovelace", "Forged or changed"]);
    let mut added = form.clone();
    added["credentialSubject"]["identifier"][0]["salt"] = json!("x");
    states(&report(&app, &added).await, &["Not genuine"]);

    // The list that was just made is kept for half a minute, and says nothing yet.
    let reason = r#"{"reason":"Superseded","reason_code":"reissued"}"#;
    let path = format!("/v1/credentials/{}/revoke", credential["id"].as_str().unwrap());
    assert_eq!(uni.post(&path, reason).await.status, 200);
    let revoked = report(&app, &form).await;
    states(&revoked, &["Revoked", "has withdrawn it"]);
    assert!(!revoked.text().contains("Valid"), "{}", revoked.text());
}

#[tokio::test]
async fn a_form_of_a_withdrawn_key_counts_no_more_and_one_of_a_rotated_key_does() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let first = wallet_form(&app, &credential).await;
    let state = app.state();
    let keys = &state.issuance.document_keys;
    keys.rotate_document_key(&tenant_of(&first)).await.unwrap();
    states(&report(&app, &first).await, &["Valid, DEVELOPMENT"]);
    let second = wallet_form(&app, &credential).await;
    assert_ne!(first["proof"], second["proof"]);
    keys.revoke_document_key(&tenant_of(&first), 1).await.unwrap();
    let withdrawn = report(&app, &first).await;
    states(&withdrawn, &["No longer proven", "a key that <bdi>Example University</bdi> has withdrawn"]);
    assert!(!withdrawn.text().contains("Valid"), "{}", withdrawn.text());
    // Lists that the key signed say nothing any more. The next one is signed by its successor.
    app.clock().advance_ms(31_000);
    states(&report(&app, &second).await, &["Valid, DEVELOPMENT"]);
}

#[tokio::test]
async fn what_was_never_issued_here_and_what_proves_nothing_elsewhere_are_not_valid() {
    let app = TestApp::start().await;
    let twin = TestApp::start().await;
    let credential = issue(&twin.tenant("Example University").await, one("Ada Lovelace")).await;
    // The same host by its name, and another store.
    let unknown = report(&app, &wallet_form(&twin, &credential).await).await;
    states(&unknown, &["Could not check", "this site never issued such a credential"]);
    assert!(!unknown.text().contains("Valid"), "{}", unknown.text());

    let other = TestApp::builder().public_url("https://other.example").start().await;
    let credential = issue(&other.tenant("Other University").await, one("Ada Lovelace")).await;
    let elsewhere = report(&app, &wallet_form(&other, &credential).await).await;
    states(
        &elsewhere,
        &[
            "Not proven",
            "on a development chain, which proves nothing to others",
            "so its host was not asked",
        ],
    );
}
