//! The search for credentials by their achievement.

use learncoin_store::members::Role;
use learncoin_testkit::{Answer, TestApp};
use serde_json::{Value, json};

use super::browser::{Browser, member};

/// Returns a batch with a credential of each of these achievements.
fn batch(achievements: &[&str]) -> Value {
    let credential = |(number, name): (usize, &&str)| {
        json!({
            "recipient": { "id": format!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d{number:04}"), "name": "Ada Lovelace" },
            "achievement": { "name": name, "description": "A course." },
            "issuanceDate": "2026-11-20T12:00:00Z",
        })
    };
    json!({ "credentials": achievements.iter().enumerate().map(credential).collect::<Vec<_>>() })
}

/// Returns the achievements in the list of a page, in its order.
fn listed(page: &Answer) -> Vec<String> {
    let rows = page.text().split("data-label=\"Achievement\"><bdi>").skip(1);
    rows.map(|row| row.split("</bdi>").next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn credentials_are_found_by_a_part_of_the_achievements_name() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let other = app.tenant("Another University").await;
    uni.post_batch(batch(&["Data Analysis I", "Botany", "Data Analysis II"])).await;
    uni.post_batch(batch(&["Écriture 100 %", "Écriture 100 x"])).await;
    other.post_batch(batch(&["Data Analysis of others"])).await;
    app.clock().advance_ms(24 * 60 * 60 * 1000);
    uni.post_batch(batch(&["Botany"])).await;
    let auditor = member(&app, "auditor@example.edu", &uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&app, &auditor).await;
    let base = format!("/console/t/{}/test/credentials", uni.tenant_id);
    for (query, expected) in [
        ("achievement=data+analysis", vec!["Data Analysis I", "Data Analysis II"]),
        ("achievement=BOTANY", vec!["Botany", "Botany"]),
        ("achievement=botany&to=2026-11-20", vec!["Botany"]),
        ("achievement=%C3%89CRITURE+100+%25", vec!["Écriture 100 %"]),
        ("achievement=Data%25II", vec![]),
        ("achievement=geology", vec![]),
    ] {
        let page = browser.get(&format!("{base}?{query}")).await;
        assert_eq!(
            (page.status, listed(&page)),
            (200, expected.iter().map(|name| (*name).to_owned()).collect()),
            "{query}"
        );
    }
    let empty = browser.get(&format!("{base}?achievement=geology")).await;
    assert!(empty.text().contains("Nothing was found") && empty.text().contains("value=\"geology\""));
    assert!(
        empty.text().contains("Names of people can’t be searched"),
        "the page says why there is no such field"
    );
}

#[tokio::test]
async fn a_search_goes_on_page_by_page_with_all_that_was_asked() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mixed: Vec<&str> =
        (0..120).map(|number| if number % 2 == 0 { "Botany & Plants" } else { "Geology" }).collect();
    uni.post_batch(batch(&mixed)).await;
    let auditor = member(&app, "auditor@example.edu", &uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&app, &auditor).await;
    let base = format!("/console/t/{}/test/credentials", uni.tenant_id);
    let (mut query, mut pages) = ("?achievement=botany+%26&from=2026-11-01".to_owned(), Vec::new());
    loop {
        let page = browser.get(&format!("{base}{query}")).await;
        assert!(listed(&page).iter().all(|name| name == "Botany &#38; Plants"), "{:?}", listed(&page));
        pages.push(listed(&page).len());
        let Some((_, next)) = page.text().split_once("rel=\"next\" href=\"") else { break };
        query = next.split('"').next().unwrap().replace("&#38;", "&");
        assert!(query.contains("achievement=botany+%26&from=2026-11-01"), "{query}");
    }
    assert_eq!(pages, [50, 10]);
}

#[tokio::test]
async fn a_change_and_an_achievement_are_looked_for_together() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = uni.post_batch(batch(&["Botany", "Geology", "Botany"])).await["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    let anchored = uni.batch(&id).await;
    for number in [0, 1] {
        let path =
            format!("/v1/credentials/{}/revoke", anchored["credentials"][number]["id"].as_str().unwrap());
        uni.post(&path, json!({ "reason_code": "other", "reason": "Wrong" }).to_string()).await.expect(200);
    }
    let auditor = member(&app, "auditor@example.edu", &uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&app, &auditor).await;
    let base = format!("/console/t/{}/test/credentials", uni.tenant_id);
    let page = browser.get(&format!("{base}?achievement=bot&state=revoked")).await;
    assert_eq!(listed(&page), ["Botany"]);
    assert_eq!(listed(&browser.get(&format!("{base}?state=revoked")).await).len(), 2);
}

#[tokio::test]
async fn a_text_that_many_achievements_have_is_sent_back() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let names: Vec<String> = (0..51).map(|number| format!("Course {number}")).collect();
    uni.post_batch(batch(&names.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let auditor = member(&app, "auditor@example.edu", &uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&app, &auditor).await;
    let base = format!("/console/t/{}/test/credentials", uni.tenant_id);
    let page = browser.get(&format!("{base}?achievement=course")).await;
    assert!(page.text().contains("More than 50 achievements match") && listed(&page).is_empty());
    assert_eq!(listed(&browser.get(&format!("{base}?achievement=course+50")).await), ["Course 50"]);
}
