//! Correcting: the new credential is issued and the old one revoked, together or not at all, and both lead to each other.

use learncoin_testkit::Receiver;
use serde_json::json;

use super::browser::Browser;
use super::scene::{IssuingScene, PageForm};

/// Issues a credential with a bit of everything, and returns its id.
async fn issued(scene: &IssuingScene) -> String {
    let body = json!({ "credentials": [{
        "recipient": {
            "id": "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f",
            "name": "Ada Lovelaec",
            "email": "ada@example.org",
        },
        "achievement": {
            "id": "https://example.org/botany",
            "name": "Botany",
            "description": "A course.",
            "alignment": [{ "targetFramework": "ESCO", "targetCode": "S1", "targetName": "Plants" }],
        },
        "issuanceDate": "2026-04-23T12:30:00Z",
        "expirationDate": "2031-01-01T00:00:00Z",
        "evidence": [{ "id": "https://example.org/1", "narrative": "One" }, { "narrative": "Two" }],
    }] });
    let batch = scene.uni.post_batch(body).await["id"].as_str().unwrap().to_owned();
    scene.app.run_until_idle().await;
    scene.uni.batch(&batch).await["credentials"][0]["id"].as_str().unwrap().to_owned()
}

/// Opens the form of a correction.
async fn opened(browser: &mut Browser<'_>, page: &str) -> PageForm {
    let form = browser.get(&format!("{page}/correct")).await;
    assert_eq!(form.status, 200);
    PageForm::of(form.text(), &format!("{page}/correct/preview"))
}

#[tokio::test]
async fn a_name_is_corrected_and_both_lead_to_each_other() {
    let scene = IssuingScene::new().await;
    let receiver = Receiver::start().await;
    let endpoint = json!({ "url": receiver.url("/hook"), "events": ["batch.created", "credential.revoked"] });
    scene.uni.post("/v1/webhooks", endpoint.to_string()).await.expect(201);
    let old = issued(&scene).await;
    let mut browser = scene.browser().await;
    let page = format!("{}/credentials/{old}", scene.base);
    let form = opened(&mut browser, &page).await;
    for (name, expected) in [
        ("name", "Ada Lovelaec"),
        ("email", "ada@example.org"),
        ("issued", "2026-04-23"),
        ("expires", "2030-12-31"),
        ("achievement", "Botany"),
        ("achievement_id", "https://example.org/botany"),
        ("criteria", ""),
        ("skill_code", "S1"),
        ("skill_url", ""),
        ("evidence", "One"),
        ("reason", "A corrected credential was issued."),
    ] {
        assert_eq!(form.get(name), expected, "{name}");
    }
    let form = form.with("name", "Ada Lovelace");
    let used = scene.used().await;
    let preview = browser.post(&format!("{page}/correct/preview"), &form.fields()).await;
    assert_eq!(preview.status, 200);
    scene.assert_row("/correct/preview", 200, &[&old]).await;
    assert!(preview.text().contains("Nothing is issued or revoked yet"));
    assert_eq!(scene.used().await, used);
    assert_eq!(scene.uni.credential(&old).await["revoked"], false);

    let correct = format!("{page}/correct");
    let form = PageForm::of(preview.text(), &correct);
    let done = browser.post(&correct, &form.fields()).await;
    assert_eq!(done.status, 303);
    let location = done.header("location").to_owned();
    let new = location.split(['/', '?']).find(|part| part.starts_with("crd_")).unwrap().to_owned();
    scene.assert_row("/credentials/{id}/correct", 303, &[&old]).await;
    assert_ne!(new, old);
    let again = browser.post(&correct, &form.fields()).await;
    assert_eq!((again.status, again.header("location")), (303, location.as_str()), "sent twice, done once");
    assert_eq!(scene.used().await, used + 1);

    scene.app.run_until_idle().await;
    let (before, after) = (scene.uni.credential(&old).await, scene.uni.credential(&new).await);
    assert_eq!((&before["revoked"], &after["revoked"]), (&json!(true), &json!(false)));
    assert_eq!(before["replaced_by"].as_str(), Some(new.as_str()));
    let (was, is) = (&before["signed_credential"], &after["signed_credential"]);
    assert_eq!(is["credentialSubject"]["name"], "Ada Lovelace");
    for member in ["issuanceDate", "expirationDate", "evidence"] {
        assert_eq!(is[member], was[member], "{member} stays as it is");
    }
    assert_eq!(is["credentialSubject"]["id"], was["credentialSubject"]["id"]);
    assert_eq!(is["credentialSubject"]["achievement"], was["credentialSubject"]["achievement"]);
    let shown = browser.get(&page).await;
    assert!(shown.text().contains(&format!("/credentials/{new}\"")) && shown.text().contains("Replaced by"));
    assert!(!shown.text().contains("/correct\""), "what is revoked is not corrected once more");
    let shown = browser.get(&location).await;
    assert!(
        shown.text().contains(&format!("/credentials/{old}\""))
            && shown.text().contains("Takes the place of")
    );
    let public = scene.app.get(&format!("/c/{old}?lang=en")).await;
    assert!(public.text().contains(&format!("/c/{new}\"")));
    scene.app.deliver_until_idle().await;
    let events: Vec<String> = receiver.seen().iter().map(|seen| seen.body.clone()).collect();
    let about = |kind: &str| events.iter().filter(|body| body.contains(kind)).count();
    assert_eq!((about("batch.created"), about("credential.revoked")), (2, 1));
}

#[tokio::test]
async fn what_was_revoked_or_erased_meanwhile_is_not_corrected_and_nothing_is_issued() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    for (way, body) in [
        ("revoke", json!({ "reason": "Wrong", "reason_code": "other" })),
        ("erase", json!({ "requester": "recipient", "verified_at": "2026-11-19T00:00:00Z" })),
    ] {
        let old = issued(&scene).await;
        let page = format!("{}/credentials/{old}", scene.base);
        let form = opened(&mut browser, &page).await.with("name", "Ada Lovelace");
        let used = scene.used().await;
        scene.uni.post(&format!("/v1/credentials/{old}/{way}"), body.to_string()).await.expect(200);
        let refused = browser.post(&format!("{page}/correct"), &form.fields()).await;
        assert_eq!(refused.status, 422, "{way}");
        assert!(refused.text().contains("This credential can’t be corrected"), "{way}");
        assert_eq!(scene.used().await, used, "{way}");
        assert_eq!(browser.get(&format!("{page}/correct")).await.header("location"), page);
    }
}

#[tokio::test]
async fn two_corrections_of_one_credential_are_one() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let old = issued(&scene).await;
    let page = format!("{}/credentials/{old}", scene.base);
    let correct = format!("{page}/correct");
    let one = opened(&mut browser, &page).await.with("name", "Ada Lovelace");
    let other = opened(&mut browser, &page).await.with("name", "Ada King");
    assert_ne!(one.get("key"), other.get("key"));
    let empty = browser.post(&correct, &one.clone().with("reason", "").fields()).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text().contains("id=\"reason-fault\""));
    let used = scene.used().await;
    assert_eq!(browser.post(&correct, &one.fields()).await.status, 303);
    assert_eq!(browser.post(&correct, &other.fields()).await.status, 422);
    assert_eq!(scene.used().await, used + 1);
}
