//! The whole way: from an offer to the credential, in each format, bound to each kind of key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use learncoin_credential::json;
use learncoin_credential::wallet::{DocumentPublicKey, DocumentSignature, SignedWalletDocument};
use learncoin_testkit::{Holder, batch_of, credential};
use serde_json::{Value, json};

use super::wallet::{Scene, expect_refusal, request, text};
use crate::public::credential_page::issue;

/// Returns the credential of an answer of 1.0.
pub(crate) fn given(answer: &Value) -> Value {
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    let credentials = answer["credentials"].as_array().unwrap();
    assert_eq!(credentials.len(), 1);
    credentials[0]["credential"].clone()
}

/// Reads a wallet form as our own reader does, and checks that the tenant's key signed it.
pub(crate) async fn read(scene: &Scene, given: &Value) -> SignedWalletDocument {
    let (signed, _, ulid) =
        SignedWalletDocument::read(&json::parse(given.to_string().as_bytes()).unwrap()).unwrap();
    assert_eq!(ulid, scene.uni.tenant_id.ulid());
    let document = scene.app.get(&format!("{}/did.json", scene.tenant())).await.expect(200);
    let methods = document["verificationMethod"].as_array().unwrap();
    let method = methods.iter().find(|one| one["id"] == *signed.options.verification_method).unwrap();
    let key = DocumentPublicKey::from_multikey(method["publicKeyMultibase"].as_str().unwrap()).unwrap();
    assert!(signed.is_signed_by(&key));
    signed
}

/// Returns the claims of a twin, whose signature is that of the key that its header names.
async fn claims_of(scene: &Scene, token: &str) -> Value {
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let [header, claims, signature] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let parsed: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!((&parsed["alg"], &parsed["typ"]), (&json!("EdDSA"), &json!("JWT")));
    let document = scene.app.get(&format!("{}/did.json", scene.tenant())).await.expect(200);
    assert!(document["assertionMethod"].as_array().unwrap().contains(&parsed["kid"]), "{parsed}");
    let methods = document["verificationMethod"].as_array().unwrap();
    let method = methods.iter().find(|one| one["id"] == parsed["kid"]).unwrap();
    let x: [u8; 32] = decode(method["publicKeyJwk"]["x"].as_str().unwrap()).try_into().unwrap();
    let signature = DocumentSignature(decode(signature).try_into().unwrap());
    let input = format!("{header}.{claims}");
    assert!(DocumentPublicKey::new(&x).unwrap().verifies(input.as_bytes(), &signature));
    serde_json::from_slice(&decode(claims)).unwrap()
}

#[tokio::test]
async fn a_wallet_gets_the_credential_signed_and_bound_to_its_key() {
    let scene = Scene::new().await;
    let path = format!("/c/{}?form=wallet", scene.credential["id"].as_str().unwrap());
    for holder in [Holder::ed25519(1), Holder::p256()] {
        let offer = scene.offer("format=ldp_vc").await;
        assert_eq!(offer.json["credential_issuer"], scene.issuer());
        assert_eq!(offer.json["credential_configuration_ids"], json!(["OpenBadge_ldp_vc"]));
        assert_eq!(offer.json["grants"].as_object().unwrap().len(), 1);
        let answer = scene.redeem(&offer.code(), None).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let answer = answer.expect(200);
        assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(300)));
        let token = text(&answer["access_token"]);
        let answer = scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let given = given(&answer.expect(200));
        let signed = read(&scene, &given).await;
        assert_eq!(signed.document.subject.id, holder.did());
        // Nothing else differs from the form that anyone may ask for.
        let mut public = scene.app.get(&path).await.json();
        public["credentialSubject"]["id"] = json!(holder.did());
        public["proof"] = given["proof"].clone();
        assert_eq!(given, public);
    }
}

#[tokio::test]
async fn the_twin_has_the_same_credential_and_the_claims_of_a_token() {
    let scene = Scene::new().await;
    let holder = Holder::ed25519(1);
    let token = scene.token("jwt_vc_json").await;
    let answer = scene.ask(&token, &request("jwt_vc_json", &scene.proof(&holder).await)).await;
    let given = given(&answer.expect(200));
    let claims = claims_of(&scene, given.as_str().unwrap()).await;
    let path = format!("/c/{}?form=wallet", scene.credential["id"].as_str().unwrap());
    let mut public = scene.app.get(&path).await.json();
    public.as_object_mut().unwrap().remove("proof");
    public["credentialSubject"]["id"] = json!(holder.did());
    assert_eq!(claims["vc"], public);
    assert_eq!(claims["iss"], public["issuer"]["id"]);
    assert_eq!((&claims["sub"], &claims["jti"]), (&json!(holder.did()), &public["id"]));
    assert_eq!((&claims["nbf"], &claims["exp"]), (&json!(1_776_945_600), &json!(1_934_712_000)));
    assert_eq!(claims.as_object().unwrap().len(), 6);
}

#[tokio::test]
async fn a_request_without_a_proof_gets_the_credential_bound_to_no_key() {
    let scene = Scene::new().await;
    let token = scene.token("ldp_vc").await;
    let body = json!({ "credential_configuration_id": "OpenBadge_ldp_vc", "extra": 1 });
    let given = given(&scene.ask(&token, &body).await.expect(200));
    let subject = &scene.credential["signed_credential"]["credentialSubject"]["id"];
    assert_eq!(given["credentialSubject"]["id"], *subject);
}

#[tokio::test]
async fn a_wallet_of_draft_13_is_answered_as_it_asks() {
    let scene = Scene::new().await;
    let holder = Holder::ed25519(1);
    for (format, definition) in [
        ("jwt_vc_json", json!({ "type": ["VerifiableCredential", "OpenBadgeCredential"] })),
        ("ldp_vc", json!({ "@context": [], "type": ["OpenBadgeCredential"] })),
    ] {
        let code = scene.code(&format!("format={format}")).await;
        let answer = scene.redeem(&code, None).await.expect(200);
        // Its nonce comes with the token.
        let claims =
            json!({ "aud": scene.issuer(), "iat": scene.app.now_ms() / 1000, "nonce": answer["c_nonce"] });
        let ask = |proof: String| json!({ "format": format, "credential_definition": definition, "proof": { "proof_type": "jwt", "jwt": proof } });
        let token = text(&answer["access_token"]);
        let mut stale = claims.clone();
        stale["nonce"] = json!("stale");
        let refused = scene.ask(&token, &ask(holder.sign(&holder.header(), &stale))).await;
        expect_refusal(&refused, 400, "invalid_nonce");
        // With the refusal comes the nonce of the next attempt.
        let claims =
            json!({ "aud": scene.issuer(), "iat": claims["iat"], "nonce": refused.json()["c_nonce"] });
        let answer = scene.ask(&token, &ask(holder.sign(&holder.header(), &claims))).await.expect(200);
        assert_eq!(answer["format"], format);
        assert_eq!(answer.get("credentials"), None);
        if format == "ldp_vc" {
            assert_eq!(read(&scene, &answer["credential"]).await.document.subject.id, holder.did());
        } else {
            let claims = claims_of(&scene, answer["credential"].as_str().unwrap()).await;
            assert_eq!(claims["sub"], holder.did());
        }
    }
}

#[tokio::test]
async fn what_happened_to_a_credential_since_it_was_offered_counts() {
    let scene = Scene::new().await;
    let holder = Holder::ed25519(1);
    // An erased person's credential has neither a name nor a key.
    let token = scene.token("ldp_vc").await;
    scene.change("erase").await;
    let answer = scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await;
    let erased = given(&answer.expect(200));
    assert!(!erased.to_string().contains("Lovelace") && !erased.to_string().contains("did:key"), "{erased}");
    assert_eq!(read(&scene, &erased).await.document.subject.name, None);
    // A revoked one is not handed over.
    let (code, token) = (scene.code("format=ldp_vc").await, scene.token("ldp_vc").await);
    scene.change("revoke").await;
    let refused = scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await;
    expect_refusal(&refused, 400, "credential_request_denied");
    let token = text(&scene.redeem(&code, None).await.expect(200)["access_token"]);
    let refused = scene.ask(&token, &request("ldp_vc", &scene.proof(&holder).await)).await;
    expect_refusal(&refused, 400, "credential_request_denied");
}

#[tokio::test]
async fn an_expired_credential_is_handed_over_with_its_date() {
    let mut scene = Scene::new().await;
    let mut short = credential("Ada Lovelace");
    short["expirationDate"] = json!("2026-04-24T12:00:00Z");
    scene.credential = issue(&scene.uni, batch_of(vec![short])).await;
    scene.app.clock().advance_ms(100 * 24 * 60 * 60 * 1000);
    let token = scene.token("ldp_vc").await;
    let given = given(
        &scene.ask(&token, &json!({ "credential_configuration_id": "OpenBadge_ldp_vc" })).await.expect(200),
    );
    assert_eq!(given["validUntil"], "2026-04-24T12:00:00Z");
    read(&scene, &given).await;
}
