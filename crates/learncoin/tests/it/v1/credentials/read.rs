//! `GET /v1/credentials/{id}`.

use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Caller, TestApp, one};
use serde_json::{Value, json};

async fn issue(uni: &Caller) -> String {
    let posted = uni.post_batch(one("Ada Lovelace")).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

fn unsigned(id: &str, status: &str) -> Value {
    json!({
        "id": id,
        "verify_url": format!("https://learncoin.example/c/{id}"),
        "status": status,
        "revoked": false,
        "erased": false,
        "signed_credential": null,
    })
}

#[tokio::test]
async fn until_it_is_anchored_a_credential_has_no_signed_document() {
    let app = TestApp::builder().confirmations(3).start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni).await;
    assert_eq!(uni.credential(&id).await, unsigned(&id, "pending"));
    app.run_steps(2).await;
    assert_eq!(uni.credential(&id).await, unsigned(&id, "signed"));
    app.run_until_idle().await;
    assert_eq!(uni.credential(&id).await["status"], "anchored");
}

#[tokio::test]
async fn a_failed_batchs_credential_stays_pending() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let id = issue(&uni).await;
    app.run_until_idle().await;
    assert_eq!(uni.credential(&id).await, unsigned(&id, "pending"));
}

#[tokio::test]
async fn an_anchored_credential_is_the_signed_document() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let request = one("Ada Lovelace");
    let posted = uni.post_batch(request.clone()).await;
    app.run_until_idle().await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    let credential = uni.credential(id).await;
    let signed = &credential["signed_credential"];
    let sent = &request["credentials"][0];
    let tenant = uni.get("/v1/tenants/me").await.expect(200);
    let did = tenant["did"].as_str().unwrap();
    let mut achievement = sent["achievement"].clone();
    achievement["type"] = json!(["Achievement"]);
    achievement["alignment"][0]["type"] = json!(["Alignment"]);
    assert_eq!(
        credential,
        json!({
            "id": id,
            "verify_url": format!("https://learncoin.example/c/{id}"),
            "status": "anchored",
            "revoked": false,
            "erased": false,
            "signed_credential": {
                "@context": [
                    "https://www.w3.org/ns/credentials/v2",
                    "https://w3id.org/blockcerts/v3",
                    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                    "https://learncoin.example/contexts/v1",
                ],
                "id": format!("https://learncoin.example/c/{id}"),
                "type": ["VerifiableCredential", "OpenBadgeCredential"],
                "issuer": { "id": did, "type": ["Profile"], "name": "Example University" },
                "validFrom": "2026-04-23T12:00:00Z",
                "issuanceDate": "2026-04-23T12:00:00Z",
                "validUntil": "2031-04-23T12:00:00Z",
                "expirationDate": "2031-04-23T12:00:00Z",
                "nonce": signed["nonce"],
                "credentialSubject": {
                    "id": sent["recipient"]["id"],
                    "type": ["AchievementSubject"],
                    "name": "Ada Lovelace",
                    "achievement": achievement,
                },
                "proof": {
                    "type": "MerkleProof2019",
                    "created": batch["anchored_at"],
                    "proofPurpose": "assertionMethod",
                    "verificationMethod": format!("{did}-key-1"),
                    "proofValue": signed["proof"]["proofValue"],
                },
            },
        })
    );
    assert_eq!(signed["nonce"].as_str().unwrap().len(), 32);
}

#[tokio::test]
async fn the_document_is_the_same_at_every_reading_and_after_a_restart() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni).await;
    app.run_until_idle().await;
    let path = format!("/v1/credentials/{id}");
    let first = uni.get(&path).await;
    assert_eq!(uni.get(&path).await.body, first.body);
    app.restart().await;
    assert_eq!(uni.get(&path).await.body, first.body);
}

#[tokio::test]
async fn a_foreign_key_cannot_read_the_credential() {
    let app = TestApp::start().await;
    let (uni, other) = (app.tenant("Example University").await, app.tenant("Other").await);
    let id = issue(&uni).await;
    app.run_until_idle().await;
    let path = format!("/v1/credentials/{id}");
    let answer = other.get(&path).await;
    let message = answer.expect_error(ErrorCode::CredentialNotFound);
    assert_eq!(message, format!("No credential with ID {id} exists in tenant {}.", other.tenant_id));
    assert!(!answer.text().contains("Lovelace"));
    let answer = uni.live().await.get(&path).await;
    answer.expect_error(ErrorCode::EnvironmentMismatch);
    assert!(!answer.text().contains("Lovelace"));
}

#[tokio::test]
async fn what_is_no_credential_is_not_found() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for id in ["crd_01KPX4MRGJZZZZZZZZZZZZZZZZ", "crd_", "bat_01KPX4MRGJZZZZZZZZZZZZZZZZ", "%ff", "1"] {
        uni.get(&format!("/v1/credentials/{id}")).await.expect_error(ErrorCode::CredentialNotFound);
    }
}
