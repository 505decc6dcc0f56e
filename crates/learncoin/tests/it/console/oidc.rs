//! Signing in by OpenID Connect, at a real provider: who signs in, and what becomes of addresses, keys and the provider itself.

use learncoin_console::oidc::{MAX_AGE_MS, REFRESH_PAUSE_MS};
use learncoin_store::members::Role;
use learncoin_store::requests::AuditRow;
use learncoin_testkit::TestApp;
use serde_json::json;
use url::Url;

use super::browser::{BROWSER, Browser, SESSION, accounts, member};
use super::identity_provider::{Federation, begin, count, federation_with_ada, is_refusal, options, router};

#[tokio::test]
async fn a_member_signs_in_and_has_a_session_like_any_other() {
    let (federation, ada) = federation_with_ada().await;
    let mut browser = federation.browser();
    let form = browser.get("/console/sign-in").await;
    assert!(form.text().contains("Sign in with Example ID") && form.text().contains("Mail me a link"));
    let url: Url = begin(&mut browser).await.parse().unwrap();
    let asked: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let asked = |name: &str| asked.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(
        (asked("response_type"), asked("code_challenge_method"), asked("scope")),
        (Some("code"), Some("S256"), Some("openid email"))
    );
    assert_eq!(asked("redirect_uri"), Some("https://learncoin.example/console/oidc/callback"));
    let secret = browser.cookie(BROWSER).unwrap().to_owned();
    assert!(!url.as_str().contains(&secret));

    let back = federation.provider.visit(url.as_str()).await;
    let answer = browser.get(&back).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console"), "{}", answer.text());
    assert!(browser.cookie(BROWSER).is_none());
    let account = browser.get("/console/account").await;
    assert!(account.text().contains("ada@example.edu") && account.text().contains(ada.id.as_str()));
    let row = newest_row(&federation).await;
    assert_eq!((row.member_id.as_ref(), row.status), (Some(&ada.id), 303));
    assert!(row.subjects.len() == 1 && row.subjects[0].starts_with("idt_"), "the link is recorded");

    // The same way once more: nothing is left to link.
    let answer = federation.sign_in(&mut federation.browser()).await;
    assert_eq!(answer.status, 303);
    assert!(newest_row(&federation).await.subjects.is_empty());
    assert_eq!(count(&federation, "member_identities").await, 1);
}

/// Returns the row of the newest sign-in in the audit log.
async fn newest_row(federation: &Federation) -> AuditRow {
    let store = federation.app.issuance().store.clone();
    let mut rows = store.list_audit_rows(None, i64::MIN, i64::MAX, None, 1_000).await.unwrap();
    rows.sort_by_key(|row| row.place.as_ref().map(|place| place.sequence));
    let row = rows.into_iter().rfind(|row| row.member_id.is_some()).unwrap();
    assert_eq!((row.method.as_str(), row.endpoint.as_str()), ("GET", "/console/oidc/callback"));
    row
}

#[tokio::test]
async fn a_changed_address_at_the_provider_changes_nothing_here() {
    let (federation, ada) = federation_with_ada().await;
    assert_eq!(federation.sign_in(&mut federation.browser()).await.status, 303);
    let uni = federation.app.tenant("Another University").await;
    let grace = member(&federation.app, "grace@example.edu", &uni.tenant_id, Role::Owner).await;
    // Ada now has Grace's address there, and even one that is not verified.
    for account in [
        json!({ "sub": "ada-1", "email": "grace@example.edu", "email_verified": true }),
        json!({ "sub": "ada-1", "email": "grace@example.edu", "email_verified": false }),
        json!({ "sub": "ada-1" }),
    ] {
        federation.provider.set(&json!({ "account": account })).await;
        let mut browser = federation.browser();
        assert_eq!(federation.sign_in(&mut browser).await.status, 303);
        let page = browser.get("/console/account").await;
        assert!(page.text().contains(ada.id.as_str()) && page.text().contains("ada@example.edu"));
        assert!(!page.text().contains(grace.id.as_str()));
    }
    // Someone else got Ada's address there: they are not Ada.
    federation.provider.account("eve-1", "ada@example.edu", &[]).await;
    let answer = federation.sign_in(&mut federation.browser()).await;
    assert!(is_refusal(&answer, 403, "belongs to no member"), "{}", answer.text());
    assert_eq!(count(&federation, "member_identities").await, 1);
}

#[tokio::test]
async fn a_removed_member_and_a_stranger_are_refused() {
    let (federation, ada) = federation_with_ada().await;
    let mut browser = federation.browser();
    federation.sign_in(&mut browser).await;
    accounts(&federation.app).remove(&ada.id).await.unwrap();
    assert_eq!(browser.get("/console/account").await.status, 303, "the session ended at once");
    assert_eq!(count(&federation, "member_identities").await, 0);
    let mut again = federation.browser();
    let answer = federation.sign_in(&mut again).await;
    assert!(is_refusal(&answer, 403, "belongs to no member"));
    assert!(again.cookie(SESSION).is_none());
    federation.provider.account("mallory-1", "mallory@example.org", &[]).await;
    let answer = federation.sign_in(&mut federation.browser()).await;
    assert!(is_refusal(&answer, 403, "belongs to no member"));
    for table in ["members", "member_sessions", "member_identities", "sign_in_attempts"] {
        assert_eq!(count(&federation, table).await, 0, "{table}");
    }
}

#[tokio::test]
async fn keys_that_the_provider_rotated_are_fetched_again_at_a_bounded_rate() {
    let (federation, _) = federation_with_ada().await;
    assert_eq!(federation.sign_in(&mut federation.browser()).await.status, 303);
    let asked = federation.provider.set(&json!({})).await;
    assert_eq!((asked["discovery"].as_u64(), asked["jwks"].as_u64()), (Some(1), Some(1)));
    // Signed by a key that the provider does not list: refused, and asked for once.
    federation.provider.set(&json!({ "stale": true, "rotate": true })).await;
    federation.app.clock().advance_ms(REFRESH_PAUSE_MS);
    for _ in 0..3 {
        let answer = federation.sign_in(&mut federation.browser()).await;
        assert!(is_refusal(&answer, 403, "could not be verified"), "{}", answer.text());
    }
    assert_eq!(federation.provider.set(&json!({ "stale": false })).await["jwks"], 2);
    // The provider lists it now.
    federation.app.clock().advance_ms(REFRESH_PAUSE_MS);
    for _ in 0..3 {
        assert_eq!(federation.sign_in(&mut federation.browser()).await.status, 303);
    }
    assert_eq!(federation.provider.set(&json!({})).await["jwks"], 3);
    // A key that the provider took back is trusted for a while, and no longer.
    federation.provider.set(&json!({ "now": federation.app.now_ms() + MAX_AGE_MS })).await;
    federation.app.clock().advance_ms(MAX_AGE_MS);
    assert_eq!(federation.sign_in(&mut federation.browser()).await.status, 303);
    assert_eq!(federation.provider.set(&json!({})).await["jwks"], 4);
}

#[tokio::test]
async fn claims_may_be_in_the_token_itself() {
    let (federation, ada) = federation_with_ada().await;
    federation.provider.set(&json!({ "inIdToken": true })).await;
    let mut browser = federation.browser();
    assert_eq!(federation.sign_in(&mut browser).await.status, 303);
    assert!(browser.get("/console/account").await.text().contains(ada.id.as_str()));
    assert_eq!(federation.provider.set(&json!({})).await["userinfo"], 0);
}

#[tokio::test]
async fn a_provider_that_is_away_takes_only_its_own_way_with_it() {
    let (federation, _) = federation_with_ada().await;
    let mut browser = federation.browser();
    federation.provider.set(&json!({ "away": true })).await;
    for _ in 0..2 {
        let answer = browser.post("/console/oidc", &[]).await;
        assert!(is_refusal(&answer, 503, "does not work at the moment"));
    }
    let form = browser.get("/console/sign-in").await;
    assert!(form.text().contains("Mail me a link") && form.text().contains("Sign in with Example ID"));
    // It comes back, and goes away between there and back.
    federation.provider.set(&json!({ "away": false })).await;
    federation.app.clock().advance_ms(REFRESH_PAUSE_MS);
    let back = federation.provider.visit(&begin(&mut browser).await).await;
    federation.provider.set(&json!({ "away": true })).await;
    let answer = browser.get(&back).await;
    assert!(is_refusal(&answer, 503, "does not work at the moment"), "{}", answer.text());
    assert!(browser.cookie(SESSION).is_none());
    // What it said of itself is used while it is away, so the button leads on.
    federation.app.clock().advance_ms(MAX_AGE_MS);
    begin(&mut browser).await;
}

#[tokio::test]
async fn a_deployment_starts_while_the_provider_is_not_there_and_with_another_issuer() {
    let app = TestApp::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = router(&app, options(&format!("http://{closed}")));
    let answer = Browser::at(&app, &away).post("/console/oidc", &[]).await;
    assert!(is_refusal(&answer, 503, "does not work at the moment"));
    // A description that names another issuer than the settings is not used.
    let federation = Federation::start().await;
    let other = federation.provider.issuer.replace("127.0.0.1", "localhost");
    let answer = Browser::at(&app, &router(&app, options(&other))).post("/console/oidc", &[]).await;
    assert!(is_refusal(&answer, 503, "does not work at the moment"));
}

#[tokio::test]
async fn neither_subject_nor_address_nor_secret_is_in_the_database() {
    let (federation, _) = federation_with_ada().await;
    federation.provider.account("a-very-special-subject", "ada@example.edu", &[]).await;
    let mut browser = federation.browser();
    begin(&mut browser).await;
    let url = begin(&mut browser).await;
    let secret = browser.cookie(BROWSER).unwrap().to_owned();
    let back = federation.provider.visit(&url).await;
    assert_eq!(browser.get(&back).await.status, 303);
    let state =
        Url::parse(&url).unwrap().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let store = federation.app.issuance().store.clone();
    for table in ["members", "member_identities", "sign_in_attempts", "member_sessions", "audit_log"] {
        let rows = format!("{:?}", store.rows(table).await.unwrap());
        for word in ["a-very-special-subject", "ada@example.edu", &secret, &state] {
            assert!(!rows.contains(word), "{table}");
        }
    }
    // What was begun and never came back is deleted.
    assert_eq!(count(&federation, "sign_in_attempts").await, 1);
    federation.app.clock().advance_ms(2 * 24 * 60 * 60 * 1000);
    learncoin_console::sign_in::purge(&store, federation.app.now_ms()).await.unwrap();
    assert_eq!(count(&federation, "sign_in_attempts").await, 0);
}
