//! Templates: written, changed and deleted, and refused as the API would refuse what is issued with them.

use learncoin_store::members::Role;
use learncoin_store::templates::Template;

use super::browser::{Browser, member};
use super::scene::{IssuingScene, PageForm};

/// Returns the form of a new template with what is needed.
async fn botany(scene: &IssuingScene, browser: &mut Browser<'_>) -> PageForm {
    let page = browser.get(&format!("{}/templates/new", scene.base)).await;
    PageForm::of(page.text(), &format!("{}/templates", scene.base))
        .with("achievement", "Botany <1>")
        .with("description", "A course.\nTen weeks.")
}

async fn stored(scene: &IssuingScene) -> Vec<Template> {
    scene.app.issuance().store.list_templates(&scene.uni.tenant_id, 1_000).await.unwrap()
}

#[tokio::test]
async fn a_template_is_made_changed_and_deleted() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let list = format!("{}/templates", scene.base);
    assert!(browser.get(&list).await.text().contains("There is no template yet"));
    let form = botany(&scene, &mut browser).await.with("do", "add-skill");
    let page = browser.post(&list, &form.fields()).await;
    assert_eq!((page.status, page.text().matches("name=\"skill_code\"").count()), (200, 2));
    assert!(stored(&scene).await.is_empty(), "room for a skill is none of a template yet");
    let mut form = PageForm::of(page.text(), &list);
    assert_eq!((form.get("achievement"), form.get("description")), ("Botany <1>", "A course.\nTen weeks."));
    // The second row is filled in, the first one stays empty.
    for (name, text) in [("skill_framework", "ISCED-F"), ("skill_code", "0511"), ("skill_name", "Biology")] {
        form.0.iter_mut().filter(|(known, _)| known == name).nth(1).unwrap().1 = text.to_owned();
    }
    let saved = browser.post(&list, &form.fields()).await;
    assert_eq!((saved.status, saved.header("location")), (303, &*format!("{list}?done=template-saved")));
    let kept = stored(&scene).await.pop().unwrap();
    scene.assert_row("/templates", 303, &[kept.id.as_str()]).await;
    let content: serde_json::Value = serde_json::from_str(&kept.content).unwrap();
    assert_eq!(content["description"], "A course.\nTen weeks.");
    assert_eq!(content["skills"].as_array().unwrap().len(), 1);
    assert_eq!(content["skills"][0]["code"], "0511");
    assert!(browser.get(&list).await.text().contains("Botany &#60;1&#62;"));

    let own = format!("{list}/{}", kept.id);
    let page = browser.get(&own).await;
    let form = PageForm::of(page.text(), &own).with("achievement", "Botany II");
    assert_eq!(browser.post(&own, &form.fields()).await.status, 303);
    scene.assert_row("/templates/{id}", 303, &[kept.id.as_str()]).await;
    assert!(stored(&scene).await[0].content.contains("Botany II"));

    let delete = format!("{own}/delete");
    assert!(browser.get(&delete).await.text().contains("Botany II"));
    assert_eq!(stored(&scene).await.len(), 1, "reading deletes nothing");
    assert_eq!(browser.post(&delete, &[]).await.status, 303);
    scene.assert_row("/templates/{id}/delete", 303, &[kept.id.as_str()]).await;
    assert!(stored(&scene).await.is_empty());
    assert_eq!(browser.post(&delete, &[]).await.status, 404);
    assert_eq!(browser.get(&own).await.status, 404);
}

#[tokio::test]
async fn every_fault_is_at_its_field() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let list = format!("{}/templates", scene.base);
    let form = botany(&scene, &mut browser)
        .await
        .with("achievement", "")
        .with("skill_framework", "ESCO")
        .with("skill_code", "")
        .with("skill_name", "Biology")
        .with("skill_url", "example")
        .with("image", "picture.png")
        .with("achievement_id", "botany");
    let page = browser.post(&list, &form.fields()).await;
    assert_eq!(page.status, 422);
    for (id, text) in [
        ("achievement", "This is needed."),
        ("skill_code-0", "This is needed."),
        ("skill_url-0", "example is no web address"),
        ("image", "picture.png is not an address at which a picture"),
        ("achievement_id", "botany is no address"),
    ] {
        let (_, rest) = page.text().split_once(&format!("id=\"{id}-fault\"><bdi>")).expect(id);
        assert!(rest.starts_with(text), "{id}: {}", &rest[..80]);
        assert!(page.text().contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    assert!(stored(&scene).await.is_empty());
    let german = browser.post(&format!("{list}?lang=de"), &form.fields()).await;
    assert!(german.text().contains("Das wird gebraucht."));
}

#[tokio::test]
async fn auditors_read_and_there_is_a_limit() {
    let scene = IssuingScene::new().await;
    let mut browser = scene.browser().await;
    let list = format!("{}/templates", scene.base);
    let issuance = scene.app.issuance();
    let mut tx = issuance.store.begin().await.unwrap();
    for number in 0..200 {
        let id = learncoin_store::id::TemplateId::generate(&*issuance.clock, &*issuance.entropy);
        let content = format!("{{\"name\":\"Course {number}\",\"description\":\"A course.\"}}");
        let template = Template { id, content, created_at: 1, changed_at: 1 };
        tx.insert_template(&scene.uni.tenant_id, &template).await.unwrap();
    }
    tx.commit().await.unwrap();
    let form = botany(&scene, &mut browser).await;
    let full = browser.post(&list, &form.fields()).await;
    assert_eq!(full.status, 422);
    assert!(full.text().contains("There are 200 templates"));
    let auditor = member(&scene.app, "auditor@example.edu", &scene.uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&scene.app, &auditor).await;
    let page = browser.get(&list).await;
    assert!(page.text().contains("Course 199") && !page.text().contains("/templates/new"));
    let one = stored(&scene).await.pop().unwrap().id;
    let page = browser.get(&format!("{list}/{one}")).await;
    assert!(page.text().contains("A course.") && !page.text().contains("<textarea"));
    assert_eq!(browser.post(&format!("{list}/{one}/delete"), &[]).await.status, 403);
}
