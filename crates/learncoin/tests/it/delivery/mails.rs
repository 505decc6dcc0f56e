//! Mails to recipients: to whom, when and with which words they are sent, and the outcome of each behavior of the mail server.

use std::time::Duration;

use learncoin_delivery::mail::worker::MailOptions;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_store::mails::{Mail, MailState, MailStatus};
use learncoin_testkit::{Caller, MailServer, Response, SmtpStage, TestApp, batch_of, credential};
use serde_json::{Value, json};

/// The time within which a mail server must answer, in tests where it is too slow.
const IMPATIENT: Duration = Duration::from_millis(150);
pub(crate) const PATIENT: Duration = Duration::from_secs(10);
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Returns a credential whose recipient has an address.
pub(crate) fn addressed(name: &str, address: &str) -> Value {
    let mut one = credential(name);
    one["recipient"]["email"] = json!(address);
    one
}

pub(crate) async fn issue(caller: &Caller, credentials: Vec<Value>) -> Vec<String> {
    let batch = caller.post_batch(batch_of(credentials)).await;
    caller.app.run_until_idle().await;
    ids(caller, &batch).await
}

async fn ids(caller: &Caller, batch: &Value) -> Vec<String> {
    let batch = caller.batch(batch["id"].as_str().unwrap()).await;
    let credentials = batch["credentials"].as_array().unwrap().iter();
    credentials.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

async fn issue_one(caller: &Caller) -> String {
    issue(caller, vec![addressed("Ada Lovelace", "ada@example.edu")]).await.remove(0)
}

pub(crate) async fn status(app: &TestApp, id: &str) -> Option<MailStatus> {
    app.mail(id).await.map(|mail: Mail| mail.state.status())
}

#[tokio::test]
async fn a_recipient_with_an_address_gets_one_mail_when_the_batch_is_anchored() {
    let server = MailServer::start().await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni
        .post_batch(batch_of(vec![addressed("Ada Lovelace", "ada@example.edu"), credential("Grace Hopper")]))
        .await;
    app.run_steps(2).await;
    assert_eq!(app.send_mails().await, None, "no mail is sent before the anchor");
    app.run_until_idle().await;
    let ids = ids(&uni, &batch).await;
    assert_eq!(status(&app, &ids[0]).await, Some(MailStatus::Waiting));
    app.send_mails_until_idle().await;
    app.send_mails_until_idle().await;
    app.restart().await;
    app.send_mails_until_idle().await;

    assert_eq!(status(&app, &ids[1]).await, None);
    let mail = app.mail(&ids[0]).await.unwrap();
    assert!(matches!(mail.state, MailState::Sent { .. }), "{mail:?}");
    assert_eq!((mail.attempts, mail.answer.as_deref()), (1, Some("250 2.0.0 OK")));
    let [seen] = &server.seen()[..] else { panic!("one mail") };
    assert_eq!(seen.to, ["ada@example.edu"]);
    assert_eq!(seen.from, format!("bounces+{}@learncoin.example", mail.token));
    let text = String::from_utf8(seen.bytes.clone()).unwrap();
    assert!(text.contains(&format!("Message-ID: <{}@learncoin.example>", mail.token)), "{text}");
}

/// Returns the status that a mail must have, by what the mail server does at which stage; and whether the server had the mail.
fn due(stage: SmtpStage, response: Response) -> MailStatus {
    let is_after = stage == SmtpStage::Message;
    match response {
        Response::Usual | Response::Hold => MailStatus::Sent,
        // Before the recipient is named, what the server has against is not this mail.
        Response::Line(line) if line.starts_with('5') => match stage {
            SmtpStage::Greeting | SmtpStage::Hello | SmtpStage::OldHello | SmtpStage::Sender => {
                MailStatus::Waiting
            }
            SmtpStage::Recipient | SmtpStage::Data | SmtpStage::Message => MailStatus::Failed,
        },
        Response::Line(line) if line.starts_with('4') => MailStatus::Waiting,
        // Nonsense.
        Response::Line(_) | Response::Bytes(_) | Response::Hang | Response::Cut if is_after => {
            MailStatus::Unknown
        }
        Response::Line(_) | Response::Bytes(_) | Response::Hang | Response::Cut => MailStatus::Waiting,
    }
}

#[tokio::test]
async fn whatever_the_mail_server_does_no_mail_is_sent_twice_and_an_unknown_outcome_is_recorded() {
    let responses = [
        Response::Line("451 4.3.0 not now"),
        Response::Line("550 5.1.1 no such user ada@example.edu"),
        Response::Line("hello"),
        Response::Hang,
        Response::Cut,
    ];
    for stage in SmtpStage::ALL {
        for response in responses {
            let server = MailServer::reacting(move |now, _| match now == stage {
                true => response,
                false => Response::Usual,
            })
            .await;
            let app = TestApp::builder().mail_server(server.port(), IMPATIENT).start().await;
            let id = issue_one(&app.tenant("Example University").await).await;
            let next = app.send_mails().await;
            let mail = app.mail(&id).await.unwrap();
            let expected = due(stage, response);
            assert_eq!(mail.state.status(), expected, "{stage:?} {response:?}: {mail:?}");
            assert_eq!(next.is_some(), expected == MailStatus::Waiting);
            assert_eq!(mail.attempts, 1);
            let answer = mail.answer.unwrap();
            assert!(!answer.is_empty() && !answer.contains("ada@"), "{answer}");
            assert_eq!(
                server.seen().len(),
                usize::from(stage == SmtpStage::Message),
                "{stage:?} {response:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_was_not_taken_is_tried_again_as_the_same_mail_and_given_up_after_days() {
    let server = MailServer::reacting(|stage, taken| match stage {
        SmtpStage::Message if taken < 3 => Response::Line("451 4.7.1 greylisted"),
        _ => Response::Usual,
    })
    .await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    app.send_mails_until_idle().await;
    assert_eq!(status(&app, &id).await, Some(MailStatus::Sent));
    let seen = server.seen();
    assert_eq!(seen.iter().map(|mail| mail.is_taken).collect::<Vec<_>>(), [false, false, false, true]);
    let name = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned()
    };
    assert!(seen.iter().all(|mail| name(&mail.bytes) == name(&seen[0].bytes)));

    let server = MailServer::reacting(|stage, _| match stage {
        SmtpStage::Recipient => Response::Line("450 4.2.2 mailbox full"),
        _ => Response::Usual,
    })
    .await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let id = issue_one(&app.tenant("Example University").await).await;
    let began = app.now_ms();
    app.send_mails_until_idle().await;
    let mail = app.mail(&id).await.unwrap();
    assert!(matches!(mail.state, MailState::Failed { .. }), "{mail:?}");
    let days = (app.now_ms() - began) / DAY_MS;
    assert_eq!((days, mail.attempts > 20), (5, true), "{mail:?}");
    assert_eq!(mail.answer.as_deref(), Some("450 4.2.2 mailbox full"));
}

#[tokio::test]
async fn tenants_and_deployments_may_have_their_mails_off() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let set = async |mails| {
        let update = TenantUpdate { mails: Some(mails), ..TenantUpdate::default() };
        app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
    };
    set(false).await;
    let while_off = issue_one(&uni).await;
    set(true).await;
    let while_on = issue_one(&uni).await;
    assert_eq!(status(&app, &while_off).await, None);
    assert_eq!(status(&app, &while_on).await, Some(MailStatus::Waiting));

    let options = learncoin_issuance::options::PipelineOptions { mails: false, ..Default::default() };
    let app = TestApp::builder().pipeline(options).start().await;
    let id = issue_one(&app.tenant("Example University").await).await;
    assert_eq!(status(&app, &id).await, None);
}

#[tokio::test]
async fn few_connections_carry_many_mails() {
    let server = MailServer::start().await;
    let options = MailOptions { max_in_flight: 2, ..MailOptions::default() };
    let app = TestApp::builder().mail_server(server.port(), PATIENT).mail(options).start().await;
    let uni = app.tenant("Example University").await;
    let people = (0..40).map(|n| addressed("Ada Lovelace", &format!("ada{n}@example.edu"))).collect();
    issue(&uni, people).await;
    app.send_mails_until_idle().await;
    assert_eq!(server.seen().len(), 40);
    assert!(server.connections() <= 2, "{} connections", server.connections());
}

async fn change(caller: &Caller, id: &str, change: &str) {
    let body = match change {
        "revoke" => json!({ "reason": "Superseded", "reason_code": "reissued" }),
        _ => json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" }),
    };
    caller.post(&format!("/v1/credentials/{id}/{change}"), body.to_string()).await.expect(200);
}

#[tokio::test]
async fn an_erasure_or_revocation_in_the_last_moment_cancels_the_mail() {
    for what in ["erase", "revoke"] {
        for stage in [SmtpStage::Sender, SmtpStage::Data] {
            let server = MailServer::reacting(move |now, _| match now == stage {
                true => Response::Hold,
                false => Response::Usual,
            })
            .await;
            let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
            let uni = app.tenant("Example University").await;
            let (early, id) = (issue_one(&uni).await, issue_one(&uni).await);
            change(&uni, &early, what).await;
            assert_eq!(status(&app, &early).await, Some(MailStatus::Cancelled));
            let sending = tokio::spawn({
                let app = app.clone();
                async move { app.send_mails().await }
            });
            server.until_held().await;
            change(&uni, &id, what).await;
            server.let_go();
            assert_eq!(sending.await.unwrap(), None, "nothing waits any more");
            assert_eq!(status(&app, &id).await, Some(MailStatus::Cancelled), "{what} at {stage:?}");
            assert_eq!(server.seen().len(), 0, "{what} at {stage:?}");
        }
    }
}

#[tokio::test]
async fn the_mail_servers_answer_about_an_erased_recipient_is_not_kept() {
    for (response, expected) in
        [(Response::Hold, MailStatus::Sent), (Response::Line("550 no Ada Lovelace here"), MailStatus::Failed)]
    {
        let server = MailServer::reacting(move |stage, _| match stage {
            SmtpStage::Message => response,
            _ => Response::Usual,
        })
        .await;
        let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
        let uni = app.tenant("Example University").await;
        let id = issue_one(&uni).await;
        let sending = tokio::spawn({
            let app = app.clone();
            async move { app.send_mails().await }
        });
        if response == Response::Hold {
            server.until_held().await;
        } else {
            sending.await.unwrap();
            assert!(app.mail(&id).await.unwrap().answer.unwrap().contains("Lovelace"));
            change(&uni, &id, "erase").await;
            let mail = app.mail(&id).await.unwrap();
            assert_eq!((mail.state.status(), mail.answer), (expected, None));
            continue;
        }
        change(&uni, &id, "erase").await;
        server.let_go();
        sending.await.unwrap();
        let mail = app.mail(&id).await.unwrap();
        assert_eq!(
            (mail.state.status(), mail.answer),
            (expected, None),
            "it was on its way, and its status shows it"
        );
    }
}

#[tokio::test]
async fn a_mails_file_goes_with_the_person_whenever_the_process_died() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue_one(&uni).await;
    app.send_mails().await;
    let (folder, token) = (app.mail_folder(), app.mail(&id).await.unwrap().token);
    let file = tokio::fs::read(folder.path().join(format!("{token}.eml"))).await.unwrap();
    assert_eq!(folder.list().await.unwrap(), std::slice::from_ref(&token));
    change(&uni, &id, "erase").await;
    assert_eq!(folder.list().await.unwrap(), []);
    // A process that died between the erasure and the removal, or while it wrote.
    folder.write(&token, file.clone()).await.unwrap();
    let half = folder.path().join(format!(".{token}.new"));
    tokio::fs::write(&half, &file[..100]).await.unwrap();
    app.restart().await;
    assert_eq!(folder.list().await.unwrap(), []);
    assert!(!half.exists());
}

#[tokio::test]
async fn the_placeholder_of_the_documentation_fails_without_a_connection_to_the_mail_server() {
    let server = MailServer::start().await;
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    // Other texts that are no addresses are refused.
    let people = vec![addressed("Ada Lovelace", "[email protected]")];
    for id in issue(&uni, people).await {
        app.send_mails().await;
        let mail = app.mail(&id).await.unwrap();
        assert!(matches!(mail.state, MailState::Failed { .. }), "{mail:?}");
        let answer = mail.answer.unwrap();
        assert!(answer.starts_with("the recipient's address is none that mail can be sent to"), "{answer}");
    }
    assert_eq!((server.seen().len(), server.connections()), (0, 0));
}

#[tokio::test]
async fn an_unreachable_mail_server_is_left_alone_for_a_while_and_no_mail_is_lost() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let app = TestApp::builder().mail_server(port, IMPATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let people = (0..50).map(|n| addressed("Ada Lovelace", &format!("ada{n}@example.edu"))).collect();
    let ids = issue(&uni, people).await;
    let next = app.send_mails().await.unwrap();
    assert!(next > app.now_ms(), "it is tried later");
    let mut tried = 0;
    for id in &ids {
        let mail = app.mail(id).await.unwrap();
        assert_eq!(mail.state.status(), MailStatus::Waiting);
        tried += mail.attempts;
    }
    assert!((1..=4).contains(&tried), "{tried} of 50 knocked at a closed door");
}
