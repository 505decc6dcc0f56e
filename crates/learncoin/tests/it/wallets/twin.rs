//! `POST /verify` of the JWT twins that wallets get.

use learncoin_testkit::{Answer, Holder, TestApp, batch_of, credential, edited_token};
use serde_json::json;

use super::credential::given;
use super::wallet::{Scene, request, text};
use crate::public::credential_page::issue;
use crate::public::verify_form::{report, states};

#[track_caller]
fn says(report: &Answer, words: &[&str]) {
    states(report, words);
    let is_said_to_be_valid = words.iter().any(|one| one.contains("Valid"));
    assert_eq!(report.text().contains("Valid"), is_said_to_be_valid, "{}", report.text());
}

/// Takes the twin of the scene's credential into a wallet.
async fn twin(scene: &Scene) -> String {
    let token = scene.token("jwt_vc_json").await;
    let proof = scene.proof(&Holder::ed25519(1)).await;
    text(&given(&scene.ask(&token, &request("jwt_vc_json", &proof)).await.expect(200)))
}

#[tokio::test]
async fn a_twin_is_judged_from_our_store_and_a_revocation_is_seen_at_once() {
    let scene = Scene::new().await;
    let token = twin(&scene).await;
    let valid = report(&scene.app, &token).await;
    let words = [
        "Ada Lovelace",
        "Valid, DEVELOPMENT",
        "Issued by <bdi>Example University</bdi>",
        "JWT EdDSA, wallet form",
        "browser-step not_applicable",
        "not revoked",
    ];
    says(&valid, &words);
    assert_eq!(valid.text().matches("browser-step passed").count(), 4, "{}", valid.text());
    let presentation = json!({ "type": "VerifiablePresentation", "verifiableCredential": [token] });
    says(&report(&scene.app, &presentation.to_string()).await, &["Valid, DEVELOPMENT"]);

    let forged =
        edited_token(&token, 1, |claims| claims["vc"]["issuer"]["name"] = json!("Another University"));
    says(&report(&scene.app, &forged).await, &["Forged or changed"]);
    for claims in [
        edited_token(&token, 1, |claims| claims["sub"] = json!("did:example:eve")),
        edited_token(&token, 1, |claims| claims["exp"] = json!(4_102_444_800_i64)),
        edited_token(&token, 1, |claims| claims["grade"] = json!("A")),
        edited_token(&token, 0, |header| header["alg"] = json!("none")),
        edited_token(&token, 0, |header| header["alg"] = json!("HS256")),
        edited_token(&token, 0, |header| {
            header["kid"] = json!("did:web:learncoin.me:t:01KPX4MQ005TCNKPH5QY15PQWV#ed-1")
        }),
        token[..=token.rfind('.').unwrap()].to_owned(),
    ] {
        says(&report(&scene.app, &claims).await, &["Not genuine"]);
    }

    scene.change("revoke").await;
    says(&report(&scene.app, &token).await, &["Revoked", "has withdrawn it"]);
}

#[tokio::test]
async fn a_twin_of_a_withdrawn_key_counts_no_more_and_one_of_a_rotated_key_does() {
    let scene = Scene::new().await;
    let first = twin(&scene).await;
    let keys = &scene.app.state().issuance.document_keys;
    keys.rotate_document_key(&scene.uni.tenant_id).await.unwrap();
    says(&report(&scene.app, &first).await, &["Valid, DEVELOPMENT"]);
    let second = twin(&scene).await;
    keys.revoke_document_key(&scene.uni.tenant_id, 1).await.unwrap();
    let words = ["No longer proven", "a key that <bdi>Example University</bdi> has withdrawn"];
    says(&report(&scene.app, &first).await, &words);
    // Lists that the key signed say nothing any more. The next one is signed by its successor.
    scene.app.clock().advance_ms(31_000);
    says(&report(&scene.app, &second).await, &["Valid, DEVELOPMENT"]);
}

#[tokio::test]
async fn a_twin_whose_time_is_over_is_expired() {
    let mut scene = Scene::new().await;
    let mut short = credential("Ada Lovelace");
    short["expirationDate"] = json!("2026-04-24T12:00:00Z");
    scene.credential = issue(&scene.uni, batch_of(vec![short])).await;
    let token = twin(&scene).await;
    scene.app.clock().advance_ms(100 * 24 * 60 * 60 * 1000);
    says(&report(&scene.app, &token).await, &["Expired"]);
}

#[tokio::test]
async fn a_twin_that_was_never_given_here_is_not_judged_by_what_is_here() {
    let (app, scene) = (TestApp::start().await, Scene::new().await);
    // The same host by its name, and another store.
    let unknown = report(&app, &twin(&scene).await).await;
    says(&unknown, &["Could not check", "this site never issued such a credential"]);
}
