//! The mails in the console: what became of each, page by page, and the settings that they are sent with.

use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_store::members::Role;
use learncoin_testkit::{MailServer, Response, SmtpStage, TestApp};

use super::browser::{Browser, member, operator};
use crate::delivery::mails::{PATIENT, addressed, issue};

#[tokio::test]
async fn each_mail_is_listed_with_its_state_and_the_way_to_send_it_again() {
    // The first mail is taken; the recipients of all others are refused.
    let server = MailServer::reacting(|stage, seen| match stage {
        SmtpStage::Recipient if seen > 0 => Response::Line("550 5.1.1 no such user"),
        _ => Response::Usual,
    })
    .await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let mut browser = Browser::signed_in(&app, &owner).await;
    let page = format!("/console/t/{}/test/mails", uni.tenant_id);
    assert!(browser.get(&page).await.text().contains("No mail has been queued here yet"));

    let ada = issue(&uni, vec![addressed("Ada Lovelace", "ada@example.edu")]).await.remove(0);
    let waiting = browser.get(&page).await;
    assert!(waiting.text().contains("Ada Lovelace") && waiting.text().contains("Next attempt:"));
    app.send_mails_until_idle().await;
    app.clock().advance_ms(1_000);
    let grace = issue(&uni, vec![addressed("Grace Hopper", "grace@example.edu")]).await.remove(0);
    app.send_mails_until_idle().await;

    let all = browser.get(&page).await;
    let place = |name: &str| all.text().find(name).unwrap();
    assert!(place("Grace Hopper") < place("Ada Lovelace"), "the newest comes first");
    assert!(all.text().contains("550 5.1.1 no such user"), "the reason is the mail server's");
    assert!(!all.text().contains("grace@example.edu"), "no address is listed");
    let failed = browser.get(&format!("{page}?state=failed")).await;
    assert!(failed.text().contains("Grace Hopper") && !failed.text().contains("Ada Lovelace"));
    assert!(failed.text().contains(&format!("/credentials/{grace}#mail\"")), "the way to send it again");
    let sent = browser.get(&format!("{page}?state=sent")).await;
    assert!(sent.text().contains(&ada) && !sent.text().contains(&grace));
    assert!(!sent.text().contains("#mail\""), "what was sent is not offered again here");
    assert!(browser.get(&format!("{page}?state=held")).await.text().contains("No mail has this state now"));
    let live = browser.get(&page.replace("/test/", "/live/")).await;
    assert!(live.text().contains("No mail has been queued here yet"));
}

#[tokio::test]
async fn the_list_goes_on_page_by_page_and_erased_persons_are_not_in_it() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let people = (0..120).map(|number| addressed(&format!("Person {number:03}"), "person@example.edu"));
    let ids = issue(&uni, people.collect()).await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let mut browser = Browser::signed_in(&app, &owner).await;
    let base = format!("/console/t/{}/test", uni.tenant_id);
    let erased = [
        ("requester", "recipient"),
        ("verified_at", "2026-11-19"),
        ("confirmation", &ids[0][ids[0].len() - 6..]),
    ];
    assert_eq!(browser.post(&format!("{base}/credentials/{}/erase", ids[0]), &erased).await.status, 303);
    for (state, expected) in [("", 120), ("waiting", 119), ("cancelled", 1)] {
        let (mut found, mut query) = (Vec::new(), format!("?state={state}"));
        for _ in 0..4 {
            let shown = browser.get(&format!("{base}/mails{query}")).await;
            let rows = ids.iter().filter(|id| shown.text().contains(&format!("/credentials/{id}\"")));
            found.extend(rows.cloned());
            let Some((_, rest)) = shown.text().split_once("rel=\"next\" href=\"") else { break };
            query = rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        }
        assert_eq!(found.len(), expected, "{state}: each is listed once");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), expected, "{state}");
    }
    let cancelled = browser.get(&format!("{base}/mails?state=cancelled")).await;
    assert!(cancelled.text().contains("Redacted") && !cancelled.text().contains("Person 000"));
}

#[tokio::test]
async fn the_settings_and_the_mails_of_the_day_are_shown() {
    let server = MailServer::start().await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let mut browser = Browser::signed_in(&app, &owner).await;
    let page = format!("/console/t/{}/test/mails", uni.tenant_id);
    issue(&uni, vec![addressed("Ada Lovelace", "ada@example.edu")]).await;
    issue(&live, vec![addressed("Grace Hopper", "grace@example.edu")]).await;
    app.send_mails_until_idle().await;
    let in_live = browser.get(&page.replace("/test/", "/live/")).await;
    assert!(in_live.text().contains("has not turned mails about live credentials on yet"));
    assert!(in_live.text().contains("Waits until the operator turns mails"));
    assert!(browser.get(&page).await.text().contains("there is no reply address"));
    let update = TenantUpdate {
        mails: Some(true),
        mails_per_day: Some(Some(1_234)),
        language: Some("de".to_owned()),
        mail_reply_to: Some(Some("registry@example.edu".to_owned())),
        ..TenantUpdate::default()
    };
    app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    let shown = browser.get(&page).await;
    assert!(shown.text().contains("1 of 1\u{202f}234") && shown.text().contains("registry@example.edu"));
    assert!(shown.text().contains("<dd>Deutsch</dd>"));
    app.send_mails_until_idle().await;
    let in_live = browser.get(&page.replace("/test/", "/live/")).await;
    assert!(in_live.text().contains("<dd>On</dd>") && in_live.text().contains("1 of 1\u{202f}234"));
}

#[tokio::test]
async fn an_operator_turns_mails_on_and_changes_their_settings() {
    let server = MailServer::start().await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let live = app.tenant("Example University").await.live().await;
    issue(&live, vec![addressed("Ada Lovelace", "ada@example.edu")]).await;
    let mut browser = Browser::signed_in(&app, &operator(&app, "operator@example.edu").await).await;
    let tenant = format!("/console/operator/tenants/{}", live.tenant_id);
    let mails = format!("{tenant}/mails");
    assert!(browser.get(&tenant).await.text().contains("Turn mails on"));
    app.send_mails_until_idle().await;
    assert_eq!(server.seen().len(), 0, "they are held");
    for fault in [("reply_to", "registry"), ("per_day", "many")] {
        assert_eq!(browser.post(&mails, &[("language", "de"), fault]).await.status, 422, "{fault:?}");
    }
    let fields = [("language", "de"), ("reply_to", "registry@example.edu"), ("per_day", "7")];
    assert_eq!(browser.post(&mails, &fields).await.status, 303);
    let store = app.issuance().store.clone();
    let settings = store.get_mail_settings(&live.tenant_id).await.unwrap();
    assert_eq!(settings.language.as_deref(), Some("de"));
    assert_eq!(settings.reply_to.as_deref(), Some("registry@example.edu"));
    assert_eq!(settings.live_since, None, "the settings turn nothing on");
    assert_eq!(browser.post(&mails, &[("switch", "on")]).await.status, 303);
    app.send_mails_until_idle().await;
    assert_eq!(server.seen().len(), 1);
    let shown = browser.get(&tenant).await;
    assert!(
        shown.text().contains("Turn mails off") && shown.text().contains("value=\"registry@example.edu\"")
    );
    assert_eq!(browser.post(&mails, &[("switch", "off")]).await.status, 303);
    let settings = store.get_mail_settings(&live.tenant_id).await.unwrap();
    assert!(settings.off_since.is_some());
    assert_eq!(settings.reply_to.as_deref(), Some("registry@example.edu"), "the switch changes nothing else");
}
