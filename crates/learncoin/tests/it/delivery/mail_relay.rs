//! The limits of mails that are sent in a deployment's name: no sender that the operator did not confirm, no links, none that the
//! operator did not turn on, and no floods.

use learncoin_badge::Brand;
use learncoin_delivery::mail::folder::ReadMail;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_store::mails::{MailState, MailStatus};
use learncoin_testkit::{Caller, MailServer, Method, Response, SmtpStage, TestApp, credential};
use serde_json::{Value, json};

use crate::delivery::mails::{PATIENT, addressed, issue, status};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// An unconfirmed name that a phisher would choose.
const PHISHER: &str = "PayPal Security Team";

/// Returns the mail about a credential, as its recipient reads it.
async fn read(app: &TestApp, id: &str) -> ReadMail {
    let mail = app.mail(id).await.unwrap();
    assert_eq!(mail.state.status(), MailStatus::Sent, "{mail:?}");
    app.mail_folder().read(&mail.token).await.unwrap().unwrap()
}

fn header<'m>(mail: &'m ReadMail, name: &str) -> &'m str {
    mail.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).unwrap()
}

async fn update(caller: &Caller, update: TenantUpdate) {
    caller.app.issuance().tenants.update_tenant(&caller.tenant_id, update).await.unwrap();
}

async fn rename(caller: &Caller, name: &str) {
    let body = json!({ "display_name": name });
    caller.send(Method::PATCH, "/v1/tenants/me", &[], body.to_string()).await.expect(200);
}

/// Sends the mail about a credential once more.
async fn resend(app: &TestApp, id: &str) {
    let (issuance, id) = (app.issuance(), id.parse().unwrap());
    learncoin_delivery::mail::resend::resend(&issuance.store, &*issuance.clock, &*issuance.entropy, &id)
        .await
        .unwrap();
    app.send_mails_until_idle().await;
}

async fn sent(caller: &Caller, credential: Value) -> ReadMail {
    let id = issue(caller, vec![credential]).await.remove(0);
    caller.app.send_mails_until_idle().await;
    read(&caller.app, &id).await
}

#[tokio::test]
async fn only_a_name_that_the_operator_confirmed_is_a_sender_of_its_own() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let reply_to = TenantUpdate {
        mail_reply_to: Some(Some("registry@example.edu".to_owned())),
        ..TenantUpdate::default()
    };
    update(&uni, reply_to).await;
    let warning = "The operator of learncoin.example has not confirmed the issuer's name.";

    let mail = sent(&uni, addressed("Ada Lovelace", "ada@example.edu")).await;
    assert!(header(&mail, "From").starts_with("Example University <"), "{mail:?}");
    assert!(!mail.text.contains(warning) && !mail.html.contains("has not confirmed"), "{mail:?}");

    rename(&uni, PHISHER).await;
    let mail = sent(&uni, addressed("Ada Lovelace", "ada@example.edu")).await;
    for name in ["From", "Reply-To"] {
        assert!(header(&mail, name).starts_with("PayPal Security Team via LearnCoin <"), "{mail:?}");
    }
    assert!(mail.subject.contains("from PayPal Security Team via LearnCoin: "), "{mail:?}");
    assert!(mail.text.contains(warning) && mail.html.contains("has not confirmed"), "{mail:?}");

    update(&uni, TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    let mail = sent(&uni, addressed("Ada Lovelace", "ada@example.edu")).await;
    assert!(header(&mail, "From").starts_with("PayPal Security Team <"), "{mail:?}");
}

#[tokio::test]
async fn a_sender_that_is_not_confirmed_is_followed_by_the_deployments_own_name() {
    let app = TestApp::builder().brand(Brand::named("Musterschule")).start().await;
    let uni = app.tenant("Example University").await;
    rename(&uni, PHISHER).await;
    let mail = sent(&uni, addressed("Ada Lovelace", "ada@example.edu")).await;
    assert!(header(&mail, "From").starts_with("PayPal Security Team via Musterschule <"), "{mail:?}");
    assert!(!mail.html.contains("LearnCoin") && !mail.text.contains("LearnCoin"), "{mail:?}");
}

#[tokio::test]
async fn a_name_that_was_confirmed_earlier_still_is_a_sender_of_its_own() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni, vec![addressed("Ada Lovelace", "ada@example.edu")]).await.remove(0);
    app.send_mails_until_idle().await;
    update(&uni, TenantUpdate { name: Some("Other University".to_owned()), ..TenantUpdate::default() }).await;
    resend(&app, &id).await;
    let mail = read(&app, &id).await;
    assert!(header(&mail, "From").starts_with("Example University <"), "{mail:?}");
    assert!(!mail.text.contains("has not confirmed"), "{mail:?}");
}

#[tokio::test]
async fn a_link_in_a_name_or_title_is_in_no_mail_and_the_credential_is_issued_all_the_same() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    for link in ["Verify at https://paypal-verify.example", "paypal[.]com", "pay\u{200b}pal.com"] {
        let mut titled = addressed("Ada Lovelace", "ada@example.edu");
        titled["achievement"]["name"] = json!(link);
        let mail = sent(&uni, titled).await;
        assert_eq!(mail.subject, "DEVELOPMENT: Your credential from Example University");
        assert!(mail.text.contains("Hello Ada Lovelace,"), "{mail:?}");
        assert!(mail.text.contains("Its title is on the credential's page."), "{mail:?}");
        let named = sent(&uni, addressed(link, "ada@example.edu")).await;
        assert!(named.text.contains("Hello,\r\n"), "{named:?}");
        for part in [&mail.subject, &mail.text, &mail.html, &named.subject, &named.text, &named.html] {
            // The badge is in the mail in base64, which may hold three letters by chance.
            for piece in [link, "paypal", "pal.com", "pal[.]com"] {
                assert!(!part.contains(piece), "{part}");
            }
        }
    }
    let batches = uni.all_batches().await;
    let batch = uni.batch(batches[0]["id"].as_str().unwrap()).await;
    let signed = uni.credential(batch["credentials"][0]["id"].as_str().unwrap()).await;
    assert!(signed["signed_credential"]["credentialSubject"].to_string().contains("pal.com"), "{signed}");
}

#[tokio::test]
async fn a_mail_whose_issuer_is_an_unconfirmed_link_fails_and_names_the_field() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    rename(&uni, "Booking.com").await;
    let id = issue(&uni, vec![addressed("Ada Lovelace", "ada@example.edu")]).await.remove(0);
    app.send_mails_until_idle().await;
    let mail = app.mail(&id).await.unwrap();
    assert_eq!(mail.state.status(), MailStatus::Failed);
    let reason = "issuer.name holds a link or a domain, and the operator has not confirmed it";
    assert_eq!(mail.answer.as_deref(), Some(reason));

    update(&uni, TenantUpdate { confirm_face: true, ..TenantUpdate::default() }).await;
    resend(&app, &id).await;
    assert!(header(&read(&app, &id).await, "From").starts_with("\"Booking.com\" <"));
}

#[tokio::test]
async fn mails_of_live_credentials_are_held_until_the_operator_turns_them_on() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let one = || vec![addressed("Ada Lovelace", "ada@example.edu")];
    let (trial, held, erased) =
        (issue(&uni, one()).await, issue(&live, one()).await, issue(&live, one()).await);
    app.send_mails_until_idle().await;
    assert_eq!(status(&app, &trial[0]).await, Some(MailStatus::Sent), "test is as it was");
    assert_eq!(status(&app, &held[0]).await, Some(MailStatus::Held));
    let request = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
    live.post(&format!("/v1/credentials/{}/erase", erased[0]), request.to_string()).await.expect(200);
    assert_eq!(status(&app, &erased[0]).await, Some(MailStatus::Cancelled));
    app.clock().advance_to(app.now_ms() + 10 * DAY_MS);
    app.issuance().retention.purge().await.unwrap();
    app.send_mails_until_idle().await;
    assert_eq!(status(&app, &held[0]).await, Some(MailStatus::Held), "however long it takes");

    let set =
        async |mails| update(&uni, TenantUpdate { mails: Some(mails), ..TenantUpdate::default() }).await;
    set(true).await;
    let later = issue(&live, one()).await;
    app.send_mails_until_idle().await;
    for id in [&held[0], &later[0]] {
        assert_eq!(status(&app, id).await, Some(MailStatus::Sent));
    }
    assert_eq!(status(&app, &erased[0]).await, Some(MailStatus::Cancelled));

    // An operator who turns mails off stops what waits, in both environments.
    let waiting = [issue(&uni, one()).await.remove(0), issue(&live, one()).await.remove(0)];
    set(false).await;
    app.send_mails_until_idle().await;
    for id in &waiting {
        assert_eq!(status(&app, id).await, Some(MailStatus::Cancelled));
    }
    set(true).await;
    let id = issue(&live, one()).await.remove(0);
    assert_eq!(status(&app, &id).await, Some(MailStatus::Waiting));
}

#[tokio::test]
async fn what_is_above_a_tenants_mails_of_a_day_waits_for_the_next_day_and_is_not_lost() {
    // Each is refused for the moment when it is first tried, and none is given up, though the last one waits for longer than
    // the days after which mails are.
    let server = MailServer::reacting(|stage, taken| match stage {
        SmtpStage::Message if taken % 2 == 0 => Response::Line("451 4.7.1 greylisted"),
        _ => Response::Usual,
    })
    .await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let other = app.tenant("Other University").await;
    update(&uni, TenantUpdate { mails_per_day: Some(Some(2)), ..TenantUpdate::default() }).await;
    let people = (0..9).map(|n| addressed("Ada Lovelace", &format!("ada{n}@example.edu"))).collect();
    let ids = issue(&uni, people).await;
    let of_uni = || server.seen().into_iter().filter(|mail| mail.to[0].starts_with("ada"));

    let mut worker = app.mail_worker().await;
    let (mut day, mut days, mut before) = (app.now_ms() / DAY_MS, 1, 0);
    while let Some(due) = worker.step().await.unwrap() {
        if app.now_ms() / DAY_MS > day {
            (day, days, before) = (app.now_ms() / DAY_MS, days + 1, of_uni().count());
        }
        assert!(of_uni().count() <= before + 2, "on day {days}");
        for id in &ids {
            assert_ne!(status(&app, id).await, Some(MailStatus::Failed), "on day {days}");
        }
        app.clock().advance_to(due);
    }
    for id in &ids {
        let mail = app.mail(id).await.unwrap();
        assert!(matches!(mail.state, MailState::Sent { .. }), "{mail:?}");
    }
    assert_eq!(of_uni().filter(|mail| mail.is_taken).count(), ids.len(), "each is sent once");
    assert!(days > 5, "{days} days");
    let id = issue(&other, vec![addressed("Grace Hopper", "grace@example.edu")]).await.remove(0);
    app.send_mails_until_idle().await;
    assert_eq!(status(&app, &id).await, Some(MailStatus::Sent), "no other tenant waits");
}

#[tokio::test]
async fn a_days_mails_are_counted_exactly_beside_each_other_and_per_environment() {
    let server = MailServer::start().await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    let limits = TenantUpdate { mails: Some(true), mails_per_day: Some(Some(3)), ..TenantUpdate::default() };
    update(&uni, limits).await;
    let people = || (0..8).map(|n| addressed("Ada Lovelace", &format!("ada{n}@example.edu"))).collect();
    let ids = [issue(&uni, people()).await, issue(&live, people()).await].concat();
    for (days, sent) in [(0, 6), (1, 12), (2, 16)] {
        app.clock().advance_to(app.now_ms() + days.min(1) * DAY_MS);
        app.send_mails().await;
        assert_eq!(server.seen().len(), sent, "after {days} days");
        let mut postponed = 0;
        for id in &ids {
            postponed += usize::from(status(&app, id).await == Some(MailStatus::Postponed));
        }
        assert_eq!(postponed, ids.len() - sent);
    }
    let unaddressed = issue(&uni, vec![credential("Ada Lovelace")]).await.remove(0);
    assert_eq!(status(&app, &unaddressed).await, None);
}
