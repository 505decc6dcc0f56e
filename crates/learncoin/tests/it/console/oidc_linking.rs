//! Linking an identity from the account page: members of providers that verify no addresses sign in there too, and no one else does.

use learncoin_console::oidc::LINKED_WITHIN_MS;
use learncoin_store::members::{Member, Role};
use learncoin_testkit::Answer;
use serde_json::json;

use super::browser::{Browser, SESSION, member, session};
use super::identity_provider::{Federation, count, federation_with_ada, is_refusal};

const ACCOUNT: &str = "/console/account";

/// Opens a browser in which a member signed in by a link.
async fn browser<'a>(federation: &'a Federation, member: &Member) -> Browser<'a> {
    let mut browser = federation.browser();
    let signed_in = session(&federation.app, member).await;
    browser.cookies = vec![(SESSION.to_owned(), signed_in.token.expose().to_owned())];
    browser
}

/// Presses the button on the account page, and comes back. Returns the answer to that.
async fn link(federation: &Federation, browser: &mut Browser<'_>) -> Answer {
    let back = begin(federation, browser).await;
    browser.get(&back).await
}

/// Presses the button on the account page. Returns the path and query with which the provider sends the browser back.
async fn begin(federation: &Federation, browser: &mut Browser<'_>) -> String {
    let page = browser.post("/console/account/identity", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    federation.provider.visit(page.header("refresh").strip_prefix("0; url=").unwrap()).await
}

fn is_not_linked(answer: &Answer, part: &str) -> bool {
    answer.status == 403
        && answer.text().contains("Your account was not linked")
        && answer.text().contains(part)
        && answer.text().contains("href=\"/console/account\"")
}

/// Lets a person sign in at the provider whose address it does not vouch for.
async fn unverified(federation: &Federation, sub: &str) {
    let account = json!({ "sub": sub, "email": "ada@example.edu" });
    federation.provider.set(&json!({ "account": account })).await;
}

#[tokio::test]
async fn a_member_links_an_identity_without_a_verified_address_and_signs_in_with_it() {
    let (federation, ada) = federation_with_ada().await;
    unverified(&federation, "ada-1").await;
    let answer = federation.sign_in(&mut federation.browser()).await;
    assert!(is_refusal(&answer, 403, "link your account at Example ID"), "{}", answer.text());
    let mut signed_in = browser(&federation, &ada).await;
    assert!(signed_in.get(ACCOUNT).await.text().contains("Link my account at Example ID"));
    let before = signed_in.cookie(SESSION).unwrap().to_owned();
    let answer = link(&federation, &mut signed_in).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console/account?done=identity-linked"));
    assert_eq!(signed_in.cookie(SESSION), Some(before.as_str()), "the session goes on");
    let page = signed_in.get(answer.header("location")).await;
    assert!(page.text().contains("The account was linked.") && page.text().contains("Linked since"));
    let store = federation.app.issuance().store.clone();
    let mut rows = store.list_audit_rows(None, i64::MIN, i64::MAX, None, 1_000).await.unwrap();
    rows.retain(|row| row.endpoint == "/console/oidc/callback" && row.member_id.as_ref() == Some(&ada.id));
    let linked = rows.iter().find(|row| !row.subjects.is_empty()).unwrap();
    assert!(linked.subjects.len() == 1 && linked.subjects[0].starts_with("idt_"), "{linked:?}");

    let mut other = federation.browser();
    assert_eq!(federation.sign_in(&mut other).await.status, 303);
    assert!(other.get(ACCOUNT).await.text().contains(ada.id.as_str()));
    // Once more changes nothing, and is no fault.
    let answer = link(&federation, &mut signed_in).await;
    assert_eq!((answer.status, count(&federation, "member_identities").await), (303, 1));
}

#[tokio::test]
async fn an_identity_of_another_member_and_a_second_one_are_not_linked() {
    let (federation, ada) = federation_with_ada().await;
    let uni = federation.app.tenant("Another University").await;
    let grace = member(&federation.app, "grace@example.edu", &uni.tenant_id, Role::Owner).await;
    unverified(&federation, "ada-1").await;
    assert_eq!(link(&federation, &mut browser(&federation, &ada).await).await.status, 303);
    let answer = link(&federation, &mut browser(&federation, &grace).await).await;
    assert!(is_not_linked(&answer, "belongs to another member"), "{}", answer.text());
    unverified(&federation, "ada-2").await;
    let answer = link(&federation, &mut browser(&federation, &ada).await).await;
    assert!(is_not_linked(&answer, "is linked already"), "{}", answer.text());
    assert_eq!(count(&federation, "member_identities").await, 1);
}

#[tokio::test]
async fn what_was_begun_in_a_session_counts_in_that_session_alone() {
    let (federation, ada) = federation_with_ada().await;
    let uni = federation.app.tenant("Another University").await;
    let grace = member(&federation.app, "grace@example.edu", &uni.tenant_id, Role::Owner).await;
    unverified(&federation, "mallory-1").await;
    // Mallory, who began it as Grace, brings Ada's browser to where it ends; and a browser in which no one is signed in.
    let back = begin(&federation, &mut browser(&federation, &grace).await).await;
    let answer = browser(&federation, &ada).await.get(&back).await;
    assert!(is_not_linked(&answer, "begun in another browser"), "{}", answer.text());
    let mut stranger = federation.browser();
    assert!(is_refusal(&stranger.get(&back).await, 403, "begun in another browser"));
    assert!(stranger.cookie(SESSION).is_none());
    // A session that ended meanwhile links nothing either.
    let mut signed_in = browser(&federation, &ada).await;
    let back = begin(&federation, &mut signed_in).await;
    signed_in.cookies.retain(|(name, _)| name != SESSION);
    assert_eq!(signed_in.get(&back).await.status, 403);
    assert_eq!(count(&federation, "member_identities").await, 0);
}

#[tokio::test]
async fn a_session_that_is_not_young_links_nothing() {
    let (federation, ada) = federation_with_ada().await;
    unverified(&federation, "ada-1").await;
    let mut signed_in = browser(&federation, &ada).await;
    federation.app.clock().advance_ms(LINKED_WITHIN_MS);
    let page = signed_in.get(ACCOUNT).await;
    assert!(
        page.text().contains("within 15 minutes of signing in") && !page.text().contains("Link my account")
    );
    let answer = signed_in.post("/console/account/identity", &[]).await;
    assert_eq!((answer.status, answer.header("location")), (303, ACCOUNT));
    assert_eq!(count(&federation, "sign_in_attempts").await, 0);
}

#[tokio::test]
async fn a_link_is_removed_by_its_member_alone_and_signs_in_no_more() {
    let (federation, ada) = federation_with_ada().await;
    let uni = federation.app.tenant("Another University").await;
    let grace = member(&federation.app, "grace@example.edu", &uni.tenant_id, Role::Owner).await;
    unverified(&federation, "ada-1").await;
    let mut signed_in = browser(&federation, &ada).await;
    link(&federation, &mut signed_in).await;
    let page = signed_in.get(ACCOUNT).await;
    let (_, rest) = page.text().split_once("/console/account/identities/").unwrap();
    let remove = format!("/console/account/identities/{}/remove", rest.split('/').next().unwrap());
    assert_eq!(browser(&federation, &grace).await.post(&remove, &[]).await.status, 404);
    assert_eq!(count(&federation, "member_identities").await, 1);
    assert_eq!(
        signed_in.post(&remove, &[]).await.header("location"),
        "/console/account?done=identity-removed"
    );
    assert_eq!(count(&federation, "member_identities").await, 0);
    assert_eq!(federation.sign_in(&mut federation.browser()).await.status, 403);
}
