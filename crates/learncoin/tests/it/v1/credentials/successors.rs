//! `replaced_by` of a revocation: the credential that takes the place of a revoked one.

use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Caller, TestApp, one};
use serde_json::{Value, json};

async fn issue(caller: &Caller) -> String {
    let posted = caller.post_batch(one("Ada Lovelace")).await;
    let batch = caller.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

async fn revoke(caller: &Caller, id: &str, replaced_by: Value) -> Answer {
    let body = json!({ "reason": "Regraded.", "reason_code": "reissued", "replaced_by": replaced_by });
    caller.post(&format!("/v1/credentials/{id}/revoke"), body.to_string()).await
}

#[tokio::test]
async fn a_revoked_credential_leads_to_the_one_that_takes_its_place() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let (old, new) = (issue(&uni).await, issue(&uni).await);
    app.run_until_idle().await;
    let answer = revoke(&uni, &old, json!(new)).await.expect(200);
    assert_eq!((&answer["reason"], &answer["replaced_by"]), (&json!("Regraded."), &json!(new)));
    let shown = uni.credential(&old).await;
    assert_eq!(shown["replaced_by"], new.as_str());
    assert_eq!(shown["replaced_by_url"], uni.credential(&new).await["verify_url"]);
    let link = format!("<a href=\"/c/{new}\">See the credential that replaces this one</a>");
    let page = app.get(&format!("/c/{old}")).await;
    assert!(page.text().contains("Status: Revoked") && page.text().contains(&link), "{}", page.text());
    // Without one, nothing is said of it.
    assert!(!app.get(&format!("/c/{new}")).await.text().contains("replaces this one"));
    let other = issue(&uni).await;
    let answer = revoke(&uni, &other, Value::Null).await.expect(200);
    assert_eq!(answer.get("replaced_by"), None);
    let shown = uni.credential(&other).await;
    assert_eq!((shown.get("replaced_by"), shown.get("replaced_by_url")), (None, None));
}

#[tokio::test]
async fn only_another_credential_of_the_same_tenant_and_environment_takes_the_place() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let (live, stranger) = (uni.live().await, app.tenant("Other University").await);
    let old = issue(&uni).await;
    let revoked = issue(&uni).await;
    revoke(&uni, &revoked, Value::Null).await.expect(200);
    app.set_chain_down(true);
    let failed = issue(&app.tenant("Third University").await).await;
    let own_failed = issue(&uni).await;
    app.run_until_idle().await;
    app.set_chain_down(false);
    let (of_live, of_stranger) = (issue(&live).await, issue(&stranger).await);
    let mut messages = Vec::new();
    for successor in [
        json!(old),
        json!(revoked),
        json!(own_failed),
        json!(failed),
        json!(of_live),
        json!(of_stranger),
        json!("crd_01KPX4MRGJZZZZZZZZZZZZZZZZ"),
        json!("none"),
        json!(7),
    ] {
        let answer = revoke(&uni, &old, successor).await;
        messages.push(answer.expect_error(ErrorCode::InvalidFieldFormat));
    }
    assert!(messages[0].starts_with("replaced_by: expected the id of another credential"), "{messages:?}");
    assert!(
        messages.iter().all(|message| *message == messages[0]),
        "they tell nothing of others: {messages:?}"
    );
    assert_eq!(uni.credential(&old).await["revoked"], false);
    let new = issue(&uni).await;
    revoke(&uni, &old, json!(new)).await.expect(200);
    revoke(&uni, &old, json!(new)).await.expect_error(ErrorCode::CredentialAlreadyRevoked);
}

#[tokio::test]
async fn erasure_takes_the_way_to_the_successor_away() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let erase = json!({ "requester": "recipient", "verified_at": "2026-04-23T12:00:00Z" });
    for erased_first in [false, true] {
        let (old, new) = (issue(&uni).await, issue(&uni).await);
        app.run_until_idle().await;
        let erasure = async || {
            uni.post(&format!("/v1/credentials/{old}/erase"), erase.to_string()).await.expect(200);
        };
        if erased_first {
            erasure().await;
        }
        let answer = revoke(&uni, &old, json!(new)).await.expect(200);
        assert_eq!(answer.get("replaced_by").is_some(), !erased_first);
        if !erased_first {
            erasure().await;
        }
        assert_eq!(uni.credential(&old).await.get("replaced_by"), None);
        assert!(!app.get(&format!("/c/{old}")).await.text().contains(&new));
    }
}
