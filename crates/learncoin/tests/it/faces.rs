//! `PATCH /v1/tenants/me`, and what it changes on credentials and pages.

use learncoin_issuance::provision::{self, TenantUpdate};
use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Caller, Method, TestApp, one};
use serde_json::{Value, json};

async fn patch(caller: &Caller, body: &Value) -> Answer {
    caller.send(Method::PATCH, "/v1/tenants/me", &[], body.to_string()).await
}

async fn issue(app: &TestApp, caller: &Caller) -> String {
    let posted = caller.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = caller.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

fn all() -> Value {
    json!({
        "display_name": "Example University of Tallinn",
        "awarding_body": {
            "name": "Academy of Tallinn",
            "url": "https://example.edu",
            "logo_url": "https://example.edu/logo.png",
        },
        "verify_page_branding": { "accent_color": "#8b2635", "logo_url": "https://example.edu/credential-logo.png" },
    })
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let before = uni.get("/v1/tenants/me").await.expect(200);
    let mut expected = before.clone();
    expected["awarding_body"] = json!({ "name": null, "url": null, "logo_url": null });
    expected["verify_page_branding"] = json!({ "accent_color": null, "logo_url": null });
    assert_eq!(patch(&uni, &json!({})).await.expect(200), expected);
    expected["name"] = json!("Example University of Tallinn");
    expected["awarding_body"] = all()["awarding_body"].clone();
    expected["verify_page_branding"] = all()["verify_page_branding"].clone();
    expected["verify_page_branding"]["accent_color"] = json!("#8B2635");
    assert_eq!(patch(&uni, &all()).await.expect(200), expected);
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["name"], "Example University of Tallinn");
    assert_eq!(
        uni.live().await.get("/v1/tenants/me").await.expect(200)["name"],
        "Example University of Tallinn"
    );
    expected["awarding_body"]["logo_url"] = Value::Null;
    expected["verify_page_branding"] = json!({ "accent_color": null, "logo_url": null });
    let clearing = json!({ "awarding_body": { "logo_url": null }, "verify_page_branding": null });
    assert_eq!(patch(&uni, &clearing).await.expect(200), expected);
    assert_eq!(patch(&uni, &json!({ "did": null })).await.expect(200), expected);
}

#[tokio::test]
async fn a_patch_that_is_wrong_anywhere_changes_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for (body, named) in [
        (json!({ "display_name": "" }), "display_name"),
        (json!({ "display_name": null }), "display_name"),
        (json!({ "display_name": "x".repeat(257) }), "display_name"),
        (json!({ "display_name": "Other", "plan": "industry" }), "plan"),
        (json!({ "display_name": "Other", "awarding_body": "x" }), "awarding_body"),
        (json!({ "awarding_body": { "url": "example.edu" } }), "awarding_body.url"),
        (json!({ "awarding_body": { "url": "javascript:alert(1)" } }), "awarding_body.url"),
        (json!({ "awarding_body": { "motto": "x" } }), "awarding_body.motto"),
        (json!({ "verify_page_branding": { "accent_color": "red" } }), "verify_page_branding.accent_color"),
        (
            json!({ "verify_page_branding": { "accent_color": "#8B263" } }),
            "verify_page_branding.accent_color",
        ),
        (
            json!({ "verify_page_branding": { "logo_url": "data:image/png;base64," } }),
            "verify_page_branding.logo_url",
        ),
        (json!([]), "body"),
    ] {
        let message = patch(&uni, &body).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains(named), "{body}: {message}");
    }
    patch(&uni, &json!({ "did": "did:web:example.edu" })).await.expect_error(ErrorCode::TierRequired);
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["name"], "Example University");
}

#[tokio::test]
async fn new_credentials_carry_the_face_and_old_ones_keep_theirs() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let old = issue(&app, &uni).await;
    patch(&uni, &all()).await.expect(200);
    let new = issue(&app, &uni).await;
    let issuer = |credential: Value| credential["signed_credential"]["issuer"].clone();
    assert_eq!(issuer(uni.credential(&old).await)["name"], "Example University");
    let shown = issuer(uni.credential(&new).await);
    assert_eq!(shown["name"], "Academy of Tallinn");
    assert_eq!(shown["url"], "https://example.edu");
    assert_eq!(shown["image"]["id"], "https://example.edu/logo.png");
    let page = app.get(&format!("/c/{new}")).await;
    assert!(page.text().contains("Academy of Tallinn"));
    assert!(page.text().contains("https://example.edu"));
    let profile = app.get(&format!("/tenants/{}/issuer.json", uni.tenant_id.ulid())).await.expect(200);
    assert_eq!(
        (&profile["name"], &profile["url"]),
        (&json!("Academy of Tallinn"), &json!("https://example.edu"))
    );
    patch(&uni, &json!({ "awarding_body": null })).await.expect(200);
    let newest = issue(&app, &uni).await;
    let shown = issuer(uni.credential(&newest).await);
    assert_eq!((&shown["name"], shown.get("url")), (&json!("Example University of Tallinn"), None));
}

/// Whether the page says that the operator stands for the issuer's name.
async fn is_confirmed(app: &TestApp, id: &str) -> bool {
    !app.get(&format!("/c/{id}")).await.text().contains("not confirmed")
}

#[tokio::test]
async fn in_live_a_new_name_is_unconfirmed_until_the_operator_confirms_it() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let old = issue(&app, &live).await;
    assert!(is_confirmed(&app, &old).await);
    patch(&live, &json!({ "display_name": "Famous University" })).await.expect(200);
    let (new, trial) = (issue(&app, &live).await, issue(&app, &uni).await);
    assert!(is_confirmed(&app, &old).await, "what was confirmed stays confirmed");
    assert!(!is_confirmed(&app, &new).await);
    assert!(is_confirmed(&app, &trial).await);
    let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
    provision::update_tenant(&app.issuance(), &uni.tenant_id, confirm).await.unwrap();
    assert!(is_confirmed(&app, &new).await);
}

#[tokio::test]
async fn a_tenants_color_is_on_its_pages_once_it_is_confirmed() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let (trial, real) = (issue(&app, &uni).await, issue(&app, &uni.live().await).await);
    let shows =
        async |id: &str| app.get(&format!("/c/{id}")).await.text().contains("/assets/accent/8B2635.css");
    assert!(!shows(&trial).await);
    patch(&uni, &all()).await.expect(200);
    assert_eq!((shows(&trial).await, shows(&real).await), (true, false));
    let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
    provision::update_tenant(&app.issuance(), &uni.tenant_id, confirm).await.unwrap();
    assert_eq!((shows(&trial).await, shows(&real).await), (true, true));
    let sheet = app.get("/assets/accent/8B2635.css").await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(sheet.text().contains("#8B2635;"));
    for path in ["8B2635", "8B263.css", "8B263G.css", "8B2635%3Bx.css", "%ff.css"] {
        app.get(&format!("/assets/accent/{path}")).await.expect_error(ErrorCode::EndpointNotFound);
    }
}

#[tokio::test]
async fn no_did_of_its_own_on_any_plan_yet() {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let message = patch(&uni, &json!({ "did": "did:web:example.edu" }))
        .await
        .expect_error(ErrorCode::InvalidFieldFormat);
    assert!(message.starts_with("did: expected null"), "{message}");
}
