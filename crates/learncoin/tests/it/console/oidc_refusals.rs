//! Signing in by OpenID Connect, at a real provider: the answers that sign no one in.

use axum::body::Body;
use axum::http::{Method, Request};
use learncoin_console::oidc::{ATTEMPT_MS, PROVIDER_SKEW_MS};
use serde_json::json;
use url::Url;

use super::browser::SESSION;
use super::identity_provider::{begin, count, federation_with_ada, is_refusal};

/// Returns the address with a parameter's value replaced.
fn with(url: &str, name: &str, value: &str) -> String {
    let mut url: Url = url.parse().unwrap();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    url.query_pairs_mut().clear().extend_pairs(
        pairs.iter().map(|(known, old)| (known.as_str(), if known == name { value } else { old.as_str() })),
    );
    url.into()
}

#[tokio::test]
async fn an_address_that_the_provider_did_not_verify_links_nothing() {
    let (federation, _) = federation_with_ada().await;
    for account in [
        json!({ "sub": "ada-1", "email": "ada@example.edu", "email_verified": false }),
        json!({ "sub": "ada-1", "email": "ada@example.edu" }),
        json!({ "sub": "ada-1", "email": "no address", "email_verified": true }),
        json!({ "sub": "ada-1" }),
    ] {
        federation.provider.set(&json!({ "account": account })).await;
        let answer = federation.sign_in(&mut federation.browser()).await;
        assert!(is_refusal(&answer, 403, "did not confirm your e-mail address"), "{account}");
    }
    assert_eq!(count(&federation, "member_identities").await, 0);
}

#[tokio::test]
async fn a_token_with_another_nonce_is_refused() {
    let (federation, _) = federation_with_ada().await;
    let mut browser = federation.browser();
    let url = begin(&mut browser).await;
    let back = federation.provider.visit(&with(&url, "nonce", "another")).await;
    let answer = browser.get(&back).await;
    assert!(is_refusal(&answer, 403, "could not be verified"), "{}", answer.text());
    assert!(browser.cookie(SESSION).is_none());
}

#[tokio::test]
async fn a_code_of_another_sign_in_is_refused() {
    let (federation, _) = federation_with_ada().await;
    let (mut one, mut other) = (federation.browser(), federation.browser());
    let (first, second) = (begin(&mut one).await, begin(&mut other).await);
    let code_of = |back: &str| {
        let url: Url = format!("https://learncoin.example{back}").parse().unwrap();
        url.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned()
    };
    let stolen = code_of(&federation.provider.visit(&first).await);
    let back = federation.provider.visit(&second).await;
    let swapped = back.replace(&code_of(&back), &stolen);
    let answer = other.get(&swapped).await;
    assert!(is_refusal(&answer, 403, "could not be verified"), "{}", answer.text());
}

#[tokio::test]
async fn the_way_back_counts_once_in_the_browser_that_began_and_for_ten_minutes() {
    let (federation, _) = federation_with_ada().await;
    let mut browser = federation.browser();
    let back = federation.provider.visit(&begin(&mut browser).await).await;
    // Another browser, with or without a sign-in of its own, and a request that only looks.
    let mut other = federation.browser();
    begin(&mut other).await;
    for stranger in [&mut federation.browser(), &mut other] {
        assert!(is_refusal(&stranger.get(&back).await, 403, "begun in another browser"));
        assert!(stranger.cookie(SESSION).is_none());
    }
    let head = Request::builder().method(Method::HEAD).uri(&back).body(Body::empty()).unwrap();
    assert_eq!(browser.send(head).await.status, 200);
    let kept = browser.cookies.clone();
    assert_eq!(browser.get(&back).await.status, 303);
    browser.cookies = kept;
    assert!(is_refusal(&browser.get(&back).await, 403, "finished before"), "a replay");
    for path in ["/console/oidc/callback", "/console/oidc/callback?state=x&code=y"] {
        assert!(is_refusal(&browser.get(path).await, 403, "finished before"), "{path}");
    }
    let (mut early, mut late) = (federation.browser(), federation.browser());
    let (first, second) = (begin(&mut early).await, begin(&mut late).await);
    let (first, second) = (federation.provider.visit(&first).await, federation.provider.visit(&second).await);
    federation.app.clock().advance_ms(PROVIDER_SKEW_MS);
    assert_eq!(early.get(&first).await.status, 303);
    federation.app.clock().advance_ms(ATTEMPT_MS - PROVIDER_SKEW_MS);
    assert!(is_refusal(&late.get(&second).await, 403, "older than 10 minutes"));
}

#[tokio::test]
async fn an_error_of_the_provider_is_a_page_in_words() {
    let (federation, _) = federation_with_ada().await;
    federation.provider.set(&json!({ "account": null })).await;
    let mut browser = federation.browser();
    let back = federation.provider.visit(&begin(&mut browser).await).await;
    assert!(back.contains("error=access_denied"), "{back}");
    let answer = browser.get(&back).await;
    assert!(is_refusal(&answer, 403, "Example ID did not sign you in"));
    assert!(!answer.text().contains("<b>"), "the provider's own words are not shown");
    assert!(is_refusal(&browser.get(&back).await, 403, "finished before"));
    // An answer that names another issuer.
    federation.provider.account("ada-1", "ada@example.edu", &[]).await;
    let back = federation.provider.visit(&begin(&mut browser).await).await;
    let wrong = with(&format!("https://learncoin.example{back}"), "iss", "https://evil.example");
    let answer = browser.get(wrong.strip_prefix("https://learncoin.example").unwrap()).await;
    assert!(is_refusal(&answer, 403, "could not be verified"));
}

#[tokio::test]
async fn tokens_are_accepted_under_keys_of_the_provider_alone() {
    let (mut federation, _) = federation_with_ada().await;
    for client_id in ["learncoin-es256", "learncoin-eddsa"] {
        federation = federation.with_client(client_id);
        let answer = federation.sign_in(&mut federation.browser()).await;
        assert_eq!(answer.status, 303, "{client_id}: {}", answer.text());
    }
    // HS256 works under the secret of the registration, which is no key of the provider's.
    federation = federation.with_client("learncoin-hs256");
    let answer = federation.sign_in(&mut federation.browser()).await;
    assert!(is_refusal(&answer, 403, "could not be verified"));
}

#[tokio::test]
async fn tokens_are_held_against_the_clock() {
    let (federation, _) = federation_with_ada().await;
    let now = federation.app.now_ms();
    // Tokens are valid for an hour. The provider's clock may be a minute off.
    let hour = 60 * 60 * 1000;
    for (provider_now, status) in [
        (now + PROVIDER_SKEW_MS, 303),
        (now + PROVIDER_SKEW_MS + 1000, 403),
        (now - hour - PROVIDER_SKEW_MS + 1000, 303),
        (now - hour - PROVIDER_SKEW_MS, 403),
    ] {
        federation.provider.set(&json!({ "now": provider_now })).await;
        let answer = federation.sign_in(&mut federation.browser()).await;
        assert_eq!(answer.status, status, "{}", provider_now - now);
    }
}

#[tokio::test]
async fn a_client_begins_a_bounded_number_of_sign_ins() {
    let (federation, _) = federation_with_ada().await;
    let mut browser = federation.browser();
    for _ in 0..120 {
        begin(&mut browser).await;
    }
    let answer = browser.post("/console/oidc", &[]).await;
    assert!(is_refusal(&answer, 429, "does not work at the moment"));
    federation.app.clock().advance_ms(15 * 60 * 1000);
    begin(&mut browser).await;
}
