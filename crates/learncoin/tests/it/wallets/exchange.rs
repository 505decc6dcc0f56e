//! The interaction URL and the exchange behind it.

use learncoin_server::error::ErrorCode;
use learncoin_testkit::one;
use serde_json::json;

use super::credential::read;
use super::wallet::{Scene, send};
use crate::public::credential_page::{get_as, path_of};

#[tokio::test]
async fn an_interaction_url_leads_a_wallet_to_the_credential() {
    let scene = Scene::new().await;
    let page = path_of(&scene.credential);
    let answer = get_as(&scene.app, &format!("{page}/wallet?iuv=1"), "application/json").await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("content-type"), "application/json");
    let url = format!("{}{page}/exchange", scene.app.public_url());
    assert_eq!(answer.expect(200), json!({ "protocols": { "vcapi": url } }));
    let headers = [("content-type", "application/json")];
    let answer = send(&scene.app, "POST", &format!("{page}/exchange"), &headers, "{}").await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let answer = answer.expect(200);
    let presentation = &answer["verifiablePresentation"];
    assert_eq!(presentation["@context"], json!(["https://www.w3.org/ns/credentials/v2"]));
    assert_eq!(presentation["type"], "VerifiablePresentation");
    let [credential] = presentation["verifiableCredential"].as_array().unwrap().clone().try_into().unwrap();
    assert_eq!(credential, scene.app.get(&format!("{page}?form=wallet")).await.json());
    read(&scene, &credential).await;
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(64 * 1024));
    let refused = send(&scene.app, "POST", &format!("{page}/exchange"), &headers, large).await;
    refused.expect_error(ErrorCode::PayloadTooLarge);
}

#[tokio::test]
async fn what_is_not_offered_is_not_exchanged() {
    let scene = Scene::new().await;
    let page = path_of(&scene.credential);
    let waiting = scene.uni.post_batch(one("Grace Hopper")).await;
    let waiting = scene.uni.batch(waiting["id"].as_str().unwrap()).await;
    let waiting = format!("/c/{}", waiting["credentials"][0]["id"].as_str().unwrap());
    scene.change("revoke").await;
    let unknown = "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A".to_owned();
    for (page, code) in [
        (page, ErrorCode::CredentialAlreadyRevoked),
        (waiting, ErrorCode::CredentialNotFound),
        (unknown, ErrorCode::CredentialNotFound),
    ] {
        let answer = get_as(&scene.app, &format!("{page}/wallet?iuv=1"), "application/json").await;
        answer.expect_error(code);
        send(&scene.app, "POST", &format!("{page}/exchange"), &[], "{}").await.expect_error(code);
    }
}
