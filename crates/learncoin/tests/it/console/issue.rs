//! Issuing by hand: the form, the preview, and one credential however often the form is sent.

use learncoin_store::members::Role;

use super::browser::{Browser, accounts, operator};
use super::scene::{IssuingScene, PageForm};

/// Returns the form with what is needed for Ada Lovelace.
async fn ada(scene: &IssuingScene, browser: &mut Browser<'_>) -> PageForm {
    let page = browser.get(&format!("{}/issue", scene.base)).await;
    PageForm::of(page.text(), &format!("{}/issue/preview", scene.base))
        .with("name", "Ada Lovelace")
        .with("email", "ada@example.org")
        .with("achievement", "Botany")
        .with("description", "A course.")
}

#[tokio::test]
async fn what_was_previewed_is_issued_once() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let issue = format!("{}/issue", scene.base);
    let form = ada(&scene, &mut browser)
        .await
        .with("expires", "2027-12-31")
        .with("evidence_url", "https://example.org/thesis")
        .with("evidence", "Thesis");
    assert_eq!(form.get("issued"), "2026-11-20", "today, until another day is written");
    let preview = browser.post(&format!("{issue}/preview"), &form.fields()).await;
    assert_eq!(preview.status, 200);
    let policy = preview.header("content-security-policy");
    assert!(policy.contains("img-src 'self' data:;") && policy.contains("default-src 'none'"), "{policy}");
    assert_eq!(preview.text().matches("src=\"data:image/svg+xml;base64,").count(), 2);
    for shown in ["class=\"certificate\"", "DEVELOPMENT", "Ada Lovelace", "Thesis", "Nothing is issued yet"] {
        assert!(preview.text().contains(shown), "{shown}");
    }
    assert!(scene.uni.all_batches().await.is_empty());
    assert_eq!(scene.used().await, 0, "a preview stores nothing and counts nothing");
    let other = browser.get(&issue).await;
    assert!(
        !other.header("content-security-policy").contains("data:"),
        "the other pages are as strict as ever"
    );

    let form = PageForm::of(preview.text(), &issue);
    let first = browser.post(&issue, &form.fields()).await;
    assert_eq!(first.status, 303);
    let location = first.header("location").to_owned();
    let id = location.split(['/', '?']).find(|part| part.starts_with("crd_")).unwrap().to_owned();
    scene.assert_row("/issue", 303, &[&id]).await;
    let again = browser.post(&issue, &form.fields()).await;
    assert_eq!((again.status, again.header("location")), (303, location.as_str()));
    assert_eq!((scene.uni.all_batches().await.len(), scene.used().await), (1, 1));
    scene.app.run_until_idle().await;
    let credential = scene.uni.credential(&id).await;
    let signed = &credential["signed_credential"];
    assert_eq!(signed["credentialSubject"]["name"], "Ada Lovelace");
    assert_eq!(signed["credentialSubject"]["id"], form.get("made_id"));
    assert_eq!(signed["issuanceDate"], "2026-11-20T00:00:00Z");
    assert_eq!(signed["expirationDate"], "2028-01-01T00:00:00Z");
    assert!(browser.get(&location).await.text().contains("The credential is on its way"));
}

#[tokio::test]
async fn another_person_from_the_same_form_is_issued_only_on_purpose() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let issue = format!("{}/issue", scene.base);
    let form = ada(&scene, &mut browser).await;
    let preview = browser.post(&format!("{issue}/preview"), &form.fields()).await;
    let sent = PageForm::of(preview.text(), &issue);
    assert_eq!(browser.post(&issue, &sent.fields()).await.status, 303);
    // Back in the browser, and another name into the same form.
    let grace = sent.clone().with("name", "Grace Hopper").with("email", "grace@example.org");
    let refused = browser.post(&issue, &grace.fields()).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("From this form another credential was issued already"));
    assert_eq!(scene.used().await, 1);
    let renewed = PageForm::of(refused.text(), &issue);
    assert_ne!(renewed.get("made_id"), sent.get("made_id"), "no one gets the id of another person");
    assert_eq!(browser.post(&issue, &renewed.fields()).await.status, 303);
    assert_eq!(scene.used().await, 2);
}

#[tokio::test]
async fn all_faults_are_shown_at_once_and_the_form_keeps_its_texts() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let preview = format!("{}/issue/preview", scene.base);
    let form = ada(&scene, &mut browser)
        .await
        .with("name", "")
        .with("email", "Ada <ada@example.org>")
        .with("recipient_id", "4711")
        .with("issued", "31.5.2017")
        .with("expires", "1850-01-01")
        .with("evidence_url", "thesis");
    let page = browser.post(&preview, &form.fields()).await;
    assert_eq!(page.status, 422);
    for (id, text) in [
        ("name", "This is needed."),
        ("email", "Ada &#60;ada@example.org&#62; is no e-mail address"),
        ("recipient_id", "4711 is no recipient id"),
        ("issued", "31.5.2017 is not a date we accept; write 2017-05-31."),
        ("expires", "1850-01-01 is before the year 1900."),
        ("evidence_url-0", "thesis is no address"),
    ] {
        let (_, rest) = page.text().split_once(&format!("id=\"{id}-fault\"><bdi>")).expect(id);
        assert!(rest.starts_with(text), "{id}: {}", &rest[..100]);
    }
    let kept = PageForm::of(page.text(), &preview);
    assert_eq!((kept.get("recipient_id"), kept.get("achievement")), ("4711", "Botany"));
    assert_eq!(kept.get("key"), form.get("key"), "it stays the same form");
    // The form that issues is checked like the preview.
    let issued = browser.post(&format!("{}/issue", scene.base), &form.fields()).await;
    assert_eq!((issued.status, scene.used().await), (422, 0));
}

#[tokio::test]
async fn a_template_is_filled_in_and_the_person_stays() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let list = format!("{}/templates", scene.base);
    let new = browser.get(&format!("{list}/new")).await;
    let template = PageForm::of(new.text(), &list)
        .with("achievement", "Zoology")
        .with("description", "Animals.")
        .with("skill_framework", "ESCO")
        .with("skill_code", "S1")
        .with("skill_name", "Watching");
    assert_eq!(browser.post(&list, &template.fields()).await.status, 303);
    let store = scene.app.issuance().store.clone();
    let id = store.list_templates(&scene.uni.tenant_id, 9).await.unwrap().pop().unwrap().id;
    let preview = format!("{}/issue/preview", scene.base);
    let form = ada(&scene, &mut browser).await.with("template", id.as_str()).with("do", "fill-in");
    let page = browser.post(&preview, &form.fields()).await;
    let filled = PageForm::of(page.text(), &preview);
    assert_eq!(
        (page.status, filled.get("name"), filled.get("achievement")),
        (200, "Ada Lovelace", "Zoology")
    );
    assert_eq!((filled.get("skill_code"), filled.get("skill_framework")), ("S1", "ESCO"));
    let linked = browser.get(&format!("{}/issue?template={id}", scene.base)).await;
    assert_eq!(PageForm::of(linked.text(), &preview).get("achievement"), "Zoology");
    // From the preview back to the form, with everything in it.
    let drawn = browser.post(&preview, &filled.fields()).await;
    let back = PageForm::of(drawn.text(), &format!("{}/issue", scene.base)).with("do", "edit");
    let page = browser.post(&preview, &back.fields()).await;
    assert_eq!(PageForm::of(page.text(), &preview).get("skill_name"), "Watching");
}

#[tokio::test]
async fn a_month_that_is_used_up_and_a_lost_role_issue_nothing() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let issue = format!("{}/issue", scene.base);
    let form = ada(&scene, &mut browser).await;
    let preview = browser.post(&format!("{issue}/preview"), &form.fields()).await;
    let form = PageForm::of(preview.text(), &issue);
    let operator = operator(&scene.app, "operator@example.edu").await;
    let mut of_operator = Browser::signed_in(&scene.app, &operator).await;
    let tenant = format!("/console/operator/tenants/{}", scene.uni.tenant_id);
    let quota = [("plan", "institution"), ("quota", "1")];
    assert_eq!(of_operator.post(&tenant, &quota).await.status, 303);
    assert_eq!(browser.post(&issue, &form.fields()).await.status, 303);
    let form = ada(&scene, &mut browser).await;
    let warned = browser.post(&format!("{issue}/preview"), &form.fields()).await;
    assert!(warned.text().contains("the credentials of this month are used up"));
    let refused = browser.post(&issue, &form.fields()).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("the credentials of this month are used up"));
    assert_eq!(scene.used().await, 1);

    accounts(&scene.app)
        .set_role(
            &scene.issuer.id,
            &scene.uni.tenant_id,
            Role::Auditor,
            learncoin_console::accounts::LastOwner::MayGo,
        )
        .await
        .unwrap();
    assert_eq!(browser.post(&issue, &form.fields()).await.status, 403);
    let page = browser.get(&scene.base).await;
    assert!(!page.text().contains(&format!("href=\"{issue}\"")), "auditors are not led to it");
}
