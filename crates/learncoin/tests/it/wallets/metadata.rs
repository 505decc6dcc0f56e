//! The documents that a wallet reads first: the metadata of an issuer, of its authorization server, and of an offer.

use learncoin_store::tenants::{Branding, CertificateBranding, Logo, PublicBranding};
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
async fn the_name_and_logo_are_those_that_the_operator_confirmed() {
    let scene = Scene::new().await;
    let store = &scene.app.issuance().store;
    let logo = Logo { media_type: "image/png".to_owned(), bytes: b"a picture".to_vec() };
    let confirmed = PublicBranding {
        issuer_name: "Example University".to_owned(),
        accent_color: None,
        logo_hash: Some(logo.hash()),
        certificate: CertificateBranding::default(),
    };
    let branding = Branding {
        awarding_body_name: Some("Harvard".to_owned()),
        changed_at: Some(scene.app.now_ms()),
        confirmed: Some(confirmed),
        ..Branding::default()
    };
    let mut tx = store.begin().await.unwrap();
    tx.keep_logo(&logo).await.unwrap();
    let id = &scene.uni.tenant_id;
    tx.put_branding(id, "Example University", &Branding::default(), &branding).await.unwrap();
    tx.commit().await.unwrap();
    let metadata = scene.app.get(&format!("/.well-known/openid-credential-issuer{}", scene.tenant())).await;
    let display = metadata.expect(200)["display"].clone();
    let uri = format!("{}/assets/logo/{}", scene.app.public_url(), logo.hash());
    let shown = json!({ "uri": uri, "alt_text": "Example University" });
    assert_eq!(display, json!([{ "name": "Example University", "logo": shown }]));
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
