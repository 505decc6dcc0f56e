//! Proofs of a holder's key and other requests that are refused: none uses up the token.

use learncoin_testkit::Holder;
use serde_json::{Value, json};

use super::credential::given;
use super::wallet::{Scene, TOKEN_MS, expect_refusal, post, request, send};

#[tokio::test]
async fn a_refused_request_uses_up_nothing_and_a_token_is_good_once() {
    let scene = Scene::new().await;
    let holder = Holder::ed25519(1);
    let other = scene.app.tenant("Other University").await;
    let token = scene.token("ldp_vc").await;
    let claims = scene.claims().await;
    let sign = |name: &str, value: Value| {
        let mut changed = claims.clone();
        changed[name] = value;
        request("ldp_vc", &holder.sign(&holder.header(), &changed))
    };
    let of_other = post(&scene.app, &format!("/t/{}/wallet/nonce", other.tenant_id.ulid()), "").await;
    let mut forged = claims["nonce"].as_str().unwrap().to_owned();
    forged.replace_range(63.., if forged.ends_with('0') { "1" } else { "0" });
    let proof = holder.sign(&holder.header(), &claims);
    let mut header = holder.header();
    header["typ"] = json!("JWT");
    let mut without_nonce = claims.clone();
    without_nonce.as_object_mut().unwrap().remove("nonce");
    let cases = [
        (request("ldp_vc", "x"), "invalid_proof"),
        (request("ldp_vc", &holder.sign(&header, &claims)), "invalid_proof"),
        (request("ldp_vc", &Holder::ed25519(2).sign(&holder.header(), &claims)), "invalid_proof"),
        (request("ldp_vc", &holder.sign(&holder.header(), &without_nonce)), "invalid_proof"),
        (sign("aud", json!("https://other.example")), "invalid_proof"),
        (sign("iat", json!(scene.app.now_ms() / 1000 - 301)), "invalid_proof"),
        (sign("nonce", json!("guessed")), "invalid_nonce"),
        (sign("nonce", json!(forged)), "invalid_nonce"),
        (sign("nonce", of_other.json()["c_nonce"].clone()), "invalid_nonce"),
        (json!({ "credential_configuration_id": "OpenBadge_ldp_vc", "proofs": {} }), "invalid_proof"),
        (
            json!({ "credential_configuration_id": "OpenBadge_ldp_vc", "proofs": { "jwt": [] } }),
            "invalid_proof",
        ),
        (
            json!({ "credential_configuration_id": "OpenBadge_ldp_vc", "proofs": { "jwt": [proof, proof] } }),
            "invalid_proof",
        ),
        (
            json!({ "credential_configuration_id": "OpenBadge_ldp_vc", "proofs": { "di_vp": [{}] } }),
            "invalid_proof",
        ),
        (json!({ "format": "ldp_vc", "proof": { "proof_type": "cwt", "jwt": proof } }), "invalid_proof"),
        (request("jwt_vc_json", &proof), "invalid_credential_request"),
        (request("mso_mdoc", &proof), "unknown_credential_configuration"),
        (json!({ "format": "mso_mdoc" }), "unsupported_credential_format"),
        (json!({ "credential_identifier": "x" }), "unknown_credential_identifier"),
        (json!({ "credential_response_encryption": {} }), "invalid_encryption_parameters"),
        (json!({}), "invalid_credential_request"),
        (json!([]), "invalid_credential_request"),
    ];
    for (body, code) in cases {
        let refused = scene.ask(&token, &body).await;
        expect_refusal(&refused, 400, code);
        assert!(!refused.text().contains("other.example"), "what was sent is not repeated");
    }
    let path = format!("{}/wallet/credential", scene.tenant());
    let bearer = format!("bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(64 * 1024));
    expect_refusal(&send(&scene.app, "POST", &path, &headers, large).await, 413, "invalid_request");
    let twice = "{\"format\":\"ldp_vc\",\"format\":\"ldp_vc\"}";
    let refused = send(&scene.app, "POST", &path, &headers, twice).await;
    expect_refusal(&refused, 400, "invalid_credential_request");

    given(&scene.ask(&token, &request("ldp_vc", &proof)).await.expect(200));
    let replayed = scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await;
    expect_refusal(&replayed, 401, "invalid_token");
    assert_eq!(replayed.header("www-authenticate"), "Bearer error=\"invalid_token\"");
}

#[tokio::test]
async fn a_proof_is_good_once_and_for_five_minutes() {
    let scene = Scene::new().await;
    let holder = Holder::ed25519(1);
    let proof = request("ldp_vc", &scene.proof(&holder).await);
    given(&scene.ask(&scene.token("ldp_vc").await, &proof).await.expect(200));
    let token = scene.token("ldp_vc").await;
    expect_refusal(&scene.ask(&token, &proof).await, 400, "invalid_nonce");
    // The token is as good as before.
    let old = scene.claims().await;
    given(&scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await.expect(200));
    scene.app.clock().advance_ms(TOKEN_MS);
    let mut claims = scene.claims().await;
    claims["nonce"] = old["nonce"].clone();
    let late = request("ldp_vc", &holder.sign(&holder.header(), &claims));
    expect_refusal(&scene.ask(&scene.token("ldp_vc").await, &late).await, 400, "invalid_nonce");
}

#[tokio::test]
async fn who_has_no_token_gets_nothing() {
    let scene = Scene::new().await;
    let other = scene.app.tenant("Other University").await;
    let token = scene.token("ldp_vc").await;
    let body = json!({ "credential_configuration_id": "OpenBadge_ldp_vc" });
    let guessed = "ab".repeat(32);
    for other in ["", "x", &guessed, &token.to_uppercase()] {
        expect_refusal(&scene.ask(other, &body).await, 401, "invalid_token");
    }
    let path = format!("{}/wallet/credential", scene.tenant());
    for headers in [&[][..], &[("authorization", "Basic eDp4")], &[("authorization", token.as_str())]] {
        let refused = send(&scene.app, "POST", &path, headers, body.to_string()).await;
        expect_refusal(&refused, 401, "invalid_token");
    }
    let bearer = format!("Bearer {token}");
    let elsewhere = format!("/t/{}/wallet/credential", other.tenant_id.ulid());
    let headers = [("authorization", bearer.as_str())];
    let refused = send(&scene.app, "POST", &elsewhere, &headers, body.to_string()).await;
    expect_refusal(&refused, 401, "invalid_token");
    scene.app.clock().advance_ms(TOKEN_MS - 1);
    let late = scene.token("ldp_vc").await;
    given(&scene.ask(&token, &body).await.expect(200));
    scene.app.clock().advance_ms(TOKEN_MS);
    expect_refusal(&scene.ask(&late, &body).await, 401, "invalid_token");
}
