//! Requests that other sites have browsers send: they change nothing.

use axum::http::Method;
use axum::http::header::REFERER;
use learncoin_console::{Access, ConsoleState, routes};
use learncoin_store::members::Role;
use learncoin_testkit::{TestApp, one};

use super::browser::{Browser, form, member, operator};

#[tokio::test]
async fn a_form_without_our_origin_and_our_token_changes_nothing() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    let credential = uni.batch(&batch).await["credentials"][0]["id"].as_str().unwrap().to_owned();
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let operator = operator(&app, "operator@example.edu").await;
    let (mut of_owner, mut of_operator) =
        (Browser::signed_in(&app, &owner).await, Browser::signed_in(&app, &operator).await);
    let mut stranger = Browser::new(&app);
    let ours = app.public_url().to_owned();
    let mut checked = 0;
    for route in routes(&ConsoleState::new(&app.state())) {
        if route.method != Method::POST {
            continue;
        }
        let browser = match route.access {
            Access::Operator => &mut of_operator,
            Access::Public => &mut stranger,
            _ => &mut of_owner,
        };
        let path = route
            .path
            .replace("{tenant}", uni.tenant_id.as_str())
            .replace("{environment}", "test")
            .replace(
                "{id}",
                if route.path.contains("/credentials/") { &credential } else { uni.key_id.as_str() },
            )
            .replace("{member}", owner.id.as_str())
            .replace("{session}", "ses_01KPX3C6PJZZZZZZZZZZZZZZZZ");
        let csrf = browser.csrf().await;
        let other = Browser::new(&app).csrf().await;
        let fields = [("reason", "x"), ("reason_code", "other"), ("name", "x"), ("role", "auditor")];
        let with = |csrf: Option<&'static str>| {
            let mut all = fields.to_vec();
            all.extend(csrf.map(|csrf| ("csrf", csrf)));
            all
        };
        let mut right = fields.to_vec();
        right.push(("csrf", &csrf));
        let mut of_another = fields.to_vec();
        of_another.push(("csrf", &other));
        for (origin, fields) in [
            (Some("https://evil.example"), right.clone()),
            (Some("null"), right.clone()),
            (Some("http://learncoin.example"), right.clone()),
            (None, right.clone()),
            (Some(ours.as_str()), with(None)),
            (Some(ours.as_str()), with(Some("0"))),
            (Some(ours.as_str()), of_another),
        ] {
            let answer = browser.send(form(&path, origin, &fields)).await;
            assert_eq!(answer.status, 403, "{} {origin:?}", route.path);
            checked += 1;
        }
        let mut request = form(&path, None, &right);
        request.headers_mut().insert(REFERER, "https://evil.example/".parse().unwrap());
        assert_eq!(browser.send(request).await.status, 403, "{}", route.path);
    }
    assert!(checked > 100, "{checked}");
    assert!(!uni.credential(&credential).await["revoked"].as_bool().unwrap());
    let store = app.issuance().store.clone();
    assert_eq!(store.list_tenants().await.unwrap().len(), 1);
    assert_eq!(store.list_tenant_members(&uni.tenant_id).await.unwrap().len(), 1);
    assert_eq!(store.list_api_keys(&uni.tenant_id).await.unwrap().len(), 1);
}
