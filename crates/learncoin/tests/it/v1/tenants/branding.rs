//! `PATCH /v1/tenants/me`, and what it changes on credentials and pages.

use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Caller, Method, TestApp, one};
use serde_json::{Value, json};

use crate::support::site::{Site, app_that_reaches_sites};

/// The picture of the body.
const PNG: &[u8] = include_bytes!("../../../e2e/support/data/logo.png");
/// The picture of the page: one pixel.
const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";

async fn patch(caller: &Caller, body: &Value) -> Answer {
    caller.send(Method::PATCH, "/v1/tenants/me", &[], body.to_string()).await
}

async fn issue(app: &TestApp, caller: &Caller) -> String {
    let posted = caller.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = caller.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

/// Opens a site with two logos.
async fn site() -> Site {
    let site = Site::open().await;
    site.put("/logo.png", PNG);
    site.put("/page.gif", GIF);
    site
}

fn all(site: &Site) -> Value {
    json!({
        "display_name": "Example University of Tallinn",
        "awarding_body": {
            "name": "Academy of Tallinn",
            "url": "https://example.edu",
            "logo_url": site.url("/logo.png"),
        },
        "verify_page_branding": { "accent_color": "#8b2635", "logo_url": site.url("/page.gif") },
    })
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_null_clears() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let before = uni.get("/v1/tenants/me").await.expect(200);
    let mut expected = before.clone();
    expected["awarding_body"] = json!({ "name": null, "url": null, "logo_url": null });
    expected["verify_page_branding"] = json!({ "accent_color": null, "logo_url": null });
    assert_eq!(patch(&uni, &json!({})).await.expect(200), expected);
    expected["name"] = json!("Example University of Tallinn");
    expected["awarding_body"] = all(&site)["awarding_body"].clone();
    expected["verify_page_branding"] = all(&site)["verify_page_branding"].clone();
    expected["verify_page_branding"]["accent_color"] = json!("#8B2635");
    assert_eq!(patch(&uni, &all(&site)).await.expect(200), expected);
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["name"], "Example University of Tallinn");
    expected["awarding_body"]["logo_url"] = Value::Null;
    expected["verify_page_branding"] = json!({ "accent_color": null, "logo_url": null });
    let clearing = json!({ "awarding_body": { "logo_url": null }, "verify_page_branding": null });
    assert_eq!(patch(&uni, &clearing).await.expect(200), expected);
    assert_eq!(patch(&uni, &json!({ "did": null })).await.expect(200), expected);
    assert_eq!(
        uni.live().await.get("/v1/tenants/me").await.expect(200)["name"],
        "Example University of Tallinn"
    );
}

#[tokio::test]
async fn once_a_tenant_has_had_a_live_key_a_test_key_changes_nothing_that_live_credentials_carry() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let before = patch(&live, &json!({})).await.expect(200);
    let refused = async || {
        for body in [
            all(&site),
            json!({ "display_name": "Famous University" }),
            json!({ "awarding_body": { "name": "Famous University" } }),
            json!({ "awarding_body": { "url": "https://famous.example" } }),
            json!({ "awarding_body": { "logo_url": site.url("/logo.png") } }),
            json!({ "awarding_body": null }),
            json!({ "verify_page_branding": { "accent_color": "#8B2635" } }),
            json!({ "verify_page_branding": null }),
            json!({ "did": null }),
        ] {
            let message = patch(&uni, &body).await.expect_error(ErrorCode::EnvironmentMismatch);
            assert!(message.contains("with a live key"), "{body}: {message}");
        }
    };
    refused().await;
    assert_eq!(site.times_asked("/logo.png"), 0, "nothing is fetched for it");
    assert_eq!(patch(&live, &json!({})).await.expect(200), before);
    let id = issue(&app, &live).await;
    assert_eq!(live.credential(&id).await["signed_credential"]["issuer"]["name"], "Example University");
    // A patch without a change is answered. A live key that was revoked counts: its successor signs what it left.
    assert_eq!(patch(&uni, &json!({})).await.expect(200)["name"], "Example University");
    live.revoke_key().await;
    refused().await;
    patch(&uni.live().await, &all(&site)).await.expect(200);
}

#[tokio::test]
async fn what_a_test_key_named_before_is_on_no_live_credential_until_it_is_confirmed() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for body in [
        json!({ "display_name": "Famous University" }),
        json!({ "awarding_body": { "name": "Ministry of Famous Universities" } }),
    ] {
        patch(&uni, &body).await.expect(200);
    }
    let (trial, live) = (issue(&app, &uni).await, uni.live().await);
    let real = issue(&app, &live).await;
    let names = async |caller: &Caller, id: &str| {
        let profile = app.get(&format!("/tenants/{}/issuer.json", uni.tenant_id.ulid())).await.expect(200);
        let signed = caller.credential(id).await["signed_credential"]["issuer"]["name"].clone();
        (signed, profile["name"].clone())
    };
    let (old, new) = (json!("Example University"), json!("Ministry of Famous Universities"));
    assert_eq!(names(&uni, &trial).await, (new.clone(), old.clone()));
    assert_eq!(names(&live, &real).await, (old.clone(), old.clone()));
    let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&uni.tenant_id, confirm).await.unwrap();
    assert_eq!(names(&live, &issue(&app, &live).await).await, (new.clone(), new));
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
async fn new_credentials_carry_the_branding_and_old_ones_keep_theirs() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let old = issue(&app, &uni).await;
    patch(&uni, &all(&site)).await.expect(200);
    let new = issue(&app, &uni).await;
    let issuer = |credential: Value| credential["signed_credential"]["issuer"].clone();
    assert_eq!(issuer(uni.credential(&old).await)["name"], "Example University");
    let shown = issuer(uni.credential(&new).await);
    assert_eq!(shown["name"], "Academy of Tallinn");
    assert_eq!(shown["url"], "https://example.edu");
    assert_eq!(shown["image"]["id"], site.url("/logo.png"));
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

/// Returns whether the page states that the operator confirms the issuer's name.
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
    let (waiting, trial) = (issue(&app, &live).await, issue(&app, &uni).await);
    assert!(is_confirmed(&app, &old).await, "what was confirmed stays confirmed");
    assert!(is_confirmed(&app, &waiting).await, "it carries the name that was confirmed");
    assert!(is_confirmed(&app, &trial).await);
    let name = async |caller: &Caller, id: &str| {
        caller.credential(id).await["signed_credential"]["issuer"]["name"].clone()
    };
    assert_eq!(name(&live, &waiting).await, "Example University");
    assert_eq!(name(&uni, &trial).await, "Famous University");
    let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&uni.tenant_id, confirm).await.unwrap();
    let new = issue(&app, &live).await;
    assert_eq!(name(&live, &new).await, "Famous University");
    assert!(is_confirmed(&app, &new).await);
}

#[tokio::test]
async fn a_name_that_was_ever_confirmed_stays_confirmed_on_what_was_signed_with_it() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let update = async |update: TenantUpdate| {
        app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    };
    let rename = |name: &str| TenantUpdate { name: Some(name.to_owned()), ..TenantUpdate::default() };
    let mut issued = vec![issue(&app, &live).await, issue(&app, &uni).await];
    update(rename("University of the Example")).await;
    issued.extend([issue(&app, &live).await, issue(&app, &uni).await]);
    patch(&live, &json!({ "awarding_body": { "name": "Academy of Tallinn" } })).await.expect(200);
    issued.push(issue(&app, &live).await);
    update(TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    issued.push(issue(&app, &live).await);
    patch(&live, &json!({ "awarding_body": null, "display_name": "Waiting University" })).await.expect(200);
    issued.push(issue(&app, &live).await);
    update(rename("Example University")).await;
    let mut names = Vec::new();
    for id in &issued {
        assert!(is_confirmed(&app, id).await, "{id}");
        let caller =
            if live.get(&format!("/v1/credentials/{id}")).await.status == 200 { &live } else { &uni };
        names.push(caller.credential(id).await["signed_credential"]["issuer"]["name"].clone());
    }
    let (first, second, third) = ("Example University", "University of the Example", "Academy of Tallinn");
    assert_eq!(names, [first, first, second, second, second, third, third]);
    let known = app.issuance().store.list_confirmed_names(&uni.tenant_id).await.unwrap();
    assert_eq!(known, [third, first, second], "the name that waited was not confirmed");
}

#[tokio::test]
async fn a_name_that_was_never_confirmed_is_unconfirmed_once_it_is_not_the_current_one() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.tenant("Famous University").await;
    patch(&uni, &json!({ "display_name": "Famous University" })).await.expect(200);
    let trial = issue(&app, &uni).await;
    assert!(is_confirmed(&app, &trial).await, "in test the tenant's own settings are shown");
    patch(&uni, &json!({ "display_name": "Example University" })).await.expect(200);
    assert!(!is_confirmed(&app, &trial).await, "another tenant's name is none of this one");
    let update = async |update: TenantUpdate| {
        app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    };
    update(TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    assert!(!is_confirmed(&app, &trial).await);
    // An earlier release did not keep the names that were confirmed: the operator does that.
    let earlier_name = Some("Famous University".to_owned());
    update(TenantUpdate { earlier_name, ..TenantUpdate::default() }).await;
    assert!(is_confirmed(&app, &trial).await);
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["name"], "Example University");
}

#[tokio::test]
async fn a_tenants_color_is_on_its_pages_once_it_is_confirmed() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let (trial, real) = (issue(&app, &uni).await, issue(&app, &live).await);
    let shows =
        async |id: &str| app.get(&format!("/c/{id}")).await.text().contains("/assets/accent/8B2635.css");
    assert!(!shows(&trial).await);
    patch(&live, &all(&site)).await.expect(200);
    assert_eq!((shows(&trial).await, shows(&real).await), (true, false));
    let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&uni.tenant_id, confirm).await.unwrap();
    assert_eq!((shows(&trial).await, shows(&real).await), (true, true));
    let sheet = app.get("/assets/accent/8B2635.css").await;
    assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
    assert!(sheet.text().contains("#8B2635;"));
    for path in ["8B2635", "8B263.css", "8B263G.css", "8B2635%3Bx.css", "%ff.css"] {
        app.get(&format!("/assets/accent/{path}")).await.expect_error(ErrorCode::EndpointNotFound);
    }
}

/// Returns the URL of the page's logo, if it has one.
async fn logo_on(app: &TestApp, id: &str) -> Option<String> {
    let page = app.get(&format!("/c/{id}")).await;
    let (_, rest) = page.text().split_once("<img class=\"logo\" src=\"")?;
    rest.split_once('"').map(|(src, _)| src.to_owned())
}

#[tokio::test]
async fn a_logo_is_fetched_once_and_served_by_us() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let id = issue(&app, &uni).await;
    assert_eq!(logo_on(&app, &id).await, None);
    patch(&uni, &json!({ "awarding_body": { "logo_url": site.url("/logo.png") } })).await.expect(200);
    let body_logo = logo_on(&app, &id).await.unwrap();
    let branding = json!({ "verify_page_branding": { "logo_url": site.url("/page.gif") } });
    patch(&uni, &branding).await.expect(200);
    let page_logo = logo_on(&app, &id).await.unwrap();
    assert_eq!(app.get(&body_logo).await.body.as_ref(), PNG);
    assert_ne!(app.get(&page_logo).await.body.as_ref(), GIF, "a GIF is converted");
    for path in [&body_logo, &page_logo] {
        let logo = app.get(path).await;
        assert_eq!((logo.status, logo.header("content-type")), (200, "image/png"));
        assert!(logo.body.starts_with(b"\x89PNG"));
        assert_eq!(logo.header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(logo.header("x-content-type-options"), "nosniff");
        assert_eq!(
            logo.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'; sandbox"
        );
    }
    let page = app.get(&format!("/c/{id}")).await;
    assert!(page.text().contains("alt=\"Logo of Example University\""));
    assert!(page.header("content-security-policy").contains("img-src 'self'"));
    assert_eq!((site.times_asked("/logo.png"), site.times_asked("/page.gif")), (1, 1));
    // What no page shows any more is not kept.
    patch(&uni, &json!({ "verify_page_branding": null })).await.expect(200);
    assert_eq!(logo_on(&app, &id).await.as_ref(), Some(&body_logo));
    app.get(&page_logo).await.expect_error(ErrorCode::EndpointNotFound);
    app.get("/assets/logo/%ff").await.expect_error(ErrorCode::EndpointNotFound);
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_changes_nothing() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    site.put("/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    site.put("/large.png", [PNG, vec![0; 512 * 1024].as_slice()].concat());
    site.put("/half.png", &PNG[..PNG.len() / 2]);
    let mut damaged = PNG.to_vec();
    damaged[PNG.len() / 2] ^= 1;
    site.put("/damaged.png", damaged);
    let mut wide = GIF.to_vec();
    wide[6..8].copy_from_slice(&2_049_u16.to_le_bytes());
    site.put("/wide.gif", wide);
    for (path, words) in [
        ("/logo.svg", "it is none of these formats"),
        ("/half.png", "it is truncated: its bytes end before the picture does"),
        ("/damaged.png", "it is damaged: a checksum in it is wrong"),
        ("/wide.gif", "it has a side of more than 2048 pixels"),
        ("/large.png", "more than 524288 bytes"),
        ("/none", "status 404"),
    ] {
        for place in ["awarding_body", "verify_page_branding"] {
            let logo = json!({ "logo_url": site.url(path) });
            let body = json!({ "display_name": "Other", place: logo });
            let message = patch(&uni, &body).await.expect_error(ErrorCode::InvalidFieldFormat);
            assert!(message.starts_with(&format!("{place}.logo_url: expected")), "{message}");
            assert!(message.contains(words), "{message}");
        }
    }
    assert_eq!(uni.get("/v1/tenants/me").await.expect(200)["name"], "Example University");
}

#[tokio::test]
async fn no_logo_is_fetched_from_inside() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for url in ["http://localhost:1/logo.png", "https://127.0.0.1:1/logo.png", "https://[::1]:1/logo.png"] {
        let body = json!({ "awarding_body": { "logo_url": url } });
        let message = patch(&uni, &body).await.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains("is not fetched"), "{message}");
    }
}

#[tokio::test]
async fn in_live_the_page_keeps_the_confirmed_look_until_the_new_one_is_confirmed() {
    let (app, site) = (app_that_reaches_sites().await, site().await);
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let (trial, real) = (issue(&app, &uni).await, issue(&app, &live).await);
    let confirm = async || {
        let confirm = TenantUpdate { confirm_face: true, ..TenantUpdate::default() };
        app.issuance().tenants.update_tenant(&uni.tenant_id, confirm).await.unwrap();
    };
    let look = async |path: &str| {
        let body = json!({ "verify_page_branding": { "logo_url": site.url(path) } });
        patch(&live, &body).await.expect(200);
        (logo_on(&app, &trial).await, logo_on(&app, &real).await)
    };
    let (first, confirmed) = look("/logo.png").await;
    assert!(first.is_some() && confirmed.is_none());
    confirm().await;
    assert_eq!(logo_on(&app, &real).await, first);
    let (second, confirmed) = look("/page.gif").await;
    assert_eq!((second != first, &confirmed), (true, &first));
    assert_eq!(app.get(first.as_ref().unwrap()).await.status, 200, "what a page shows is kept");
    confirm().await;
    assert_eq!(logo_on(&app, &real).await, second);
    app.get(first.as_ref().unwrap()).await.expect_error(ErrorCode::EndpointNotFound);
}
