//! What a wallet reads first: the metadata of an issuer, of its authorization server, and of an offer.

use learncoin_testkit::TestApp;
use serde_json::json;

use super::wallet::{GRANT, Scene, send};

#[tokio::test]
async fn an_issuers_metadata_is_what_wallets_demand_at_every_place_where_they_look() {
    let scene = Scene::new().await;
    let (issuer, tenant) = (scene.issuer(), scene.tenant());
    let inserted = format!("/.well-known/openid-credential-issuer{tenant}");
    let answer = scene.app.get(&inserted).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let metadata = answer.expect(200);
    assert_eq!(metadata["credential_issuer"], issuer);
    assert_eq!(metadata["credential_endpoint"], format!("{issuer}/wallet/credential"));
    assert_eq!(metadata["nonce_endpoint"], format!("{issuer}/wallet/nonce"));
    assert_eq!(metadata["display"], json!([{ "name": "Example University" }]));
    let configurations = &metadata["credential_configurations_supported"];
    assert_eq!(configurations.as_object().unwrap().len(), 2);
    let types = json!(["VerifiableCredential", "OpenBadgeCredential"]);
    for (id, format, algorithm) in
        [("OpenBadge_ldp_vc", "ldp_vc", "eddsa-rdfc-2022"), ("OpenBadge_jwt_vc_json", "jwt_vc_json", "EdDSA")]
    {
        let one = &configurations[id];
        assert_eq!(one["format"], format);
        assert_eq!(one["credential_definition"]["type"], types);
        assert_eq!(one["credential_signing_alg_values_supported"], json!([algorithm]));
        assert_eq!(one["credential_metadata"]["display"], json!([{ "name": "Open Badge", "locale": "en" }]));
        let proofs = json!({ "jwt": { "proof_signing_alg_values_supported": ["EdDSA", "ES256"] } });
        assert_eq!(one["proof_types_supported"], proofs);
    }
    let context = &configurations["OpenBadge_ldp_vc"]["credential_definition"]["@context"];
    let form = format!("/c/{}?form=wallet", scene.credential["id"].as_str().unwrap());
    assert_eq!(*context, scene.app.get(&form).await.json()["@context"], "as the credential has it");
    assert_eq!(configurations["OpenBadge_jwt_vc_json"]["credential_definition"].get("@context"), None);
    // Wallets of drafts look below the issuer.
    let below = scene.app.get(&format!("{tenant}/.well-known/openid-credential-issuer")).await;
    assert_eq!(below.expect(200), metadata);
}

#[tokio::test]
async fn a_tenant_is_its_own_authorization_server_for_one_grant() {
    let scene = Scene::new().await;
    let (issuer, tenant) = (scene.issuer(), scene.tenant());
    let expected = json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/wallet/token"),
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "pre-authorized_grant_anonymous_access_supported": true,
    });
    for path in [
        format!("/.well-known/oauth-authorization-server{tenant}"),
        format!("{tenant}/.well-known/oauth-authorization-server"),
        format!("/.well-known/openid-configuration{tenant}"),
        format!("{tenant}/.well-known/openid-configuration"),
    ] {
        assert_eq!(scene.app.get(&path).await.expect(200), expected, "{path}");
    }
}

#[tokio::test]
async fn the_logo_that_pages_show_is_the_issuers_where_wallets_take_it() {
    let app = TestApp::builder().public_url("http://learncoin.localhost:8080").start().await;
    let scene = Scene::of(app).await;
    let metadata = scene.app.get(&format!("/.well-known/openid-credential-issuer{}", scene.tenant())).await;
    assert_eq!(metadata.expect(200)["credential_issuer"], scene.issuer());
}

#[tokio::test]
async fn who_is_no_tenant_is_no_issuer() {
    let scene = Scene::new().await;
    for tenant in ["/t/01KPX4MQ005TCNKPH5QY15PQWV", "/t/x", &scene.tenant().to_lowercase()] {
        for path in [
            format!("/.well-known/openid-credential-issuer{tenant}"),
            format!("{tenant}/.well-known/openid-credential-issuer"),
            format!("/.well-known/oauth-authorization-server{tenant}"),
            format!("{tenant}/.well-known/openid-configuration"),
            format!("{tenant}/wallet/offers/{}", "ab".repeat(32)),
        ] {
            let answer = scene.app.get(&path).await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (404, "*"), "{path}");
        }
    }
}

#[tokio::test]
async fn wallets_in_browsers_may_send_their_token() {
    let scene = Scene::new().await;
    let (tenant, page) = (scene.tenant(), scene.page());
    for path in [
        format!("/.well-known/openid-credential-issuer{tenant}"),
        format!("/.well-known/oauth-authorization-server{tenant}"),
        format!("{tenant}/wallet/offers/x"),
        format!("{tenant}/wallet/token"),
        format!("{tenant}/wallet/nonce"),
        format!("{tenant}/wallet/credential"),
        page.replace("/wallet", "/exchange"),
        page,
    ] {
        let answer = send(&scene.app, "OPTIONS", &path, &[("origin", "https://wallet.example")], "").await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, "*"), "{path}");
        let allowed = answer.header("access-control-allow-headers").to_lowercase();
        assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{path}");
    }
}
