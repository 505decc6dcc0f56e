//! Mail servers as they are: odd words, old commands, addresses beyond ASCII, refusals that are about the deployment, and outages.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_delivery::mail::worker::MailOptions;
use learncoin_store::mails::MailStatus;
use learncoin_testkit::{Line, MailServer, Proxy, ReservedPort, Response, SmtpStage, TestApp};

use super::mails::{PATIENT, addressed, issue, status};

const MINUTE_MS: i64 = 60_000;

/// Starts an application with a mail to this address, and attempts to send it once. Returns its id.
async fn attempt(server: &MailServer, address: &str) -> (TestApp, String) {
    let app = TestApp::builder().mail_server(server.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni, vec![addressed("Ada Lovelace", address)]).await.remove(0);
    app.send_mails().await;
    (app, id)
}

async fn answer(app: &TestApp, id: &str) -> String {
    app.mail(id).await.unwrap().answer.unwrap()
}

#[tokio::test]
async fn the_code_of_a_reply_decides_whatever_its_words_are() {
    // "Accepted" in GBK, "accept\u{e9}" in Latin-1, no words, lines of all kinds.
    let accepting: [&[u8]; 6] = [
        b"250 \xd3\xca\xbc\xfe\xd2\xd1\xb7\xa2\xcb\xcd",
        b"250 accept\xe9",
        b"250",
        b"250-\r\n250-\xff\xfe\r\n250",
        b"250-one\r\n250 two",
        b"251 will forward",
    ];
    for bytes in accepting {
        let stages = [SmtpStage::Hello, SmtpStage::Sender, SmtpStage::Recipient, SmtpStage::Message];
        let server = MailServer::reacting(move |stage, _| match stages.contains(&stage) {
            true => Response::Bytes(bytes),
            false => Response::Usual,
        })
        .await;
        let (app, id) = attempt(&server, "ada@example.edu").await;
        assert_eq!(status(&app, &id).await, Some(MailStatus::Sent), "{bytes:?}: {}", answer(&app, &id).await);
        assert_eq!(server.seen().len(), 1);
    }
    for (stage, bytes, expected, words) in [
        (
            SmtpStage::Recipient,
            &b"550 bo\xeete inconnue"[..],
            MailStatus::Failed,
            "550 bo\u{fffd}te inconnue",
        ),
        (SmtpStage::Recipient, b"550", MailStatus::Failed, "550"),
        (SmtpStage::Message, b"554 \xce\xca", MailStatus::Failed, "554 \u{fffd}\u{fffd}"),
        (SmtpStage::Message, b"451-\xff\r\n451", MailStatus::Waiting, "451 \u{fffd}"),
    ] {
        let server = MailServer::reacting(move |now, _| match now == stage {
            true => Response::Bytes(bytes),
            false => Response::Usual,
        })
        .await;
        let (app, id) = attempt(&server, "ada@example.edu").await;
        assert_eq!((status(&app, &id).await, &*answer(&app, &id).await), (Some(expected), words));
    }
}

#[tokio::test]
async fn a_server_that_knows_no_ehlo_is_greeted_by_helo() {
    for refusal in ["500 what?", "502 5.5.1 not implemented", "504 no"] {
        let server = MailServer::reacting(move |stage, _| match stage {
            SmtpStage::Hello => Response::Line(refusal),
            _ => Response::Usual,
        })
        .await;
        let (app, id) = attempt(&server, "ada@example.edu").await;
        assert_eq!(status(&app, &id).await, Some(MailStatus::Sent), "{refusal}");
    }
}

#[tokio::test]
async fn an_address_beyond_ascii_is_sent_to_where_it_can_be_and_fails_with_words_elsewhere() {
    let offering = |offers: &'static str| {
        MailServer::reacting(move |stage, _| match stage {
            SmtpStage::Hello => Response::Line(offers),
            _ => Response::Usual,
        })
    };
    let plain = "250-mail.example\r\n250 SIZE 1000000";
    let international = "250-mail.example\r\n250-SIZE 1000000\r\n250 SmtpUtf8";
    for (offers, address, recipient, parameters) in [
        (plain, "ada@b\u{fc}cher.example", Some("ada@xn--bcher-kva.example"), ""),
        (international, "ada@b\u{fc}cher.example", Some("ada@xn--bcher-kva.example"), ""),
        (
            international,
            "\u{e4}d\u{e4}@b\u{fc}cher.example",
            Some("\u{e4}d\u{e4}@xn--bcher-kva.example"),
            "SMTPUTF8 BODY=8BITMIME",
        ),
        (plain, "\u{e4}d\u{e4}@b\u{fc}cher.example", None, ""),
    ] {
        let server = offering(offers).await;
        let (app, id) = attempt(&server, address).await;
        let seen = server.seen();
        match recipient {
            Some(recipient) => {
                assert_eq!(status(&app, &id).await, Some(MailStatus::Sent), "{address}");
                assert_eq!((&*seen[0].to[0], &*seen[0].parameters), (recipient, parameters));
                let mail = String::from_utf8(seen[0].bytes.clone()).unwrap();
                assert!(mail.contains(&format!("\r\nTo: {recipient}\r\n")), "{mail}");
            }
            None => {
                assert_eq!((status(&app, &id).await, seen.len()), (Some(MailStatus::Failed), 0));
                let answer = answer(&app, &id).await;
                assert!(answer.contains("does not offer SMTPUTF8") && !answer.contains('\u{e4}'), "{answer}");
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_about_the_deployment_fails_no_mail() {
    for stage in [SmtpStage::Sender, SmtpStage::Recipient, SmtpStage::Data] {
        for line in
            ["530 5.7.0 authentication required", "535 5.7.8 bad credentials", "421 4.3.2 shutting down"]
        {
            let server = MailServer::reacting(move |now, _| match now == stage {
                true => Response::Line(line),
                false => Response::Usual,
            })
            .await;
            let (app, id) = attempt(&server, "ada@example.edu").await;
            assert_eq!(
                (status(&app, &id).await, &*answer(&app, &id).await),
                (Some(MailStatus::Waiting), line),
                "{stage:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_idle_connection_that_the_server_ends_delays_no_mail() {
    let is_ended = Arc::new(AtomicBool::new(false));
    let once = Arc::clone(&is_ended);
    let server = MailServer::reacting(move |stage, taken| match stage {
        SmtpStage::Sender if taken == 1 && !once.swap(true, Ordering::SeqCst) => {
            Response::Line("421 4.4.2 idle for too long")
        }
        _ => Response::Usual,
    })
    .await;
    // One after the other, over one connection.
    let options = MailOptions { max_in_flight: 1, ..MailOptions::default() };
    let app = TestApp::builder().mail_server(server.port(), PATIENT).mail(options).start().await;
    let uni = app.tenant("Example University").await;
    let people = (0..2).map(|n| addressed("Ada", &format!("ada{n}@example.edu"))).collect();
    for id in issue(&uni, people).await {
        app.send_mails_until_idle().await;
        let mail = app.mail(&id).await.unwrap();
        assert_eq!((mail.state.status(), mail.attempts), (MailStatus::Sent, 1));
    }
    assert_eq!((server.seen().len(), server.connections()), (2, 2));
}

#[tokio::test]
async fn an_outage_of_hours_is_over_within_a_minute_of_its_end() {
    let server = MailServer::start().await;
    let proxy = Proxy::to(([127, 0, 0, 1], server.port()).into()).await;
    proxy.set(Line::Cut);
    let app = TestApp::builder().mail_server(proxy.port(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let people = (0..10).map(|n| addressed("Ada Lovelace", &format!("ada{n}@example.edu"))).collect();
    let ids = issue(&uni, people).await;
    let mut worker = app.mail_worker().await;
    let end = app.now_ms() + 3 * 60 * MINUTE_MS;
    while let Some(due) = worker.step().await.unwrap().filter(|due| *due < end) {
        app.clock().advance_to(due);
    }
    app.clock().advance_to(end);
    proxy.set(Line::Open);
    while let Some(due) = worker.step().await.unwrap() {
        assert!(due <= end + MINUTE_MS, "{} s after the outage", (due - end) / 1_000);
        app.clock().advance_to(due);
    }
    for id in &ids {
        assert_eq!(status(&app, id).await, Some(MailStatus::Sent));
    }
    assert_eq!(server.seen().len(), 10);
}

#[tokio::test]
async fn the_reason_of_a_failed_connection_is_kept_with_the_mail() {
    let closed = ReservedPort::new();
    let app = TestApp::builder().mail_server(closed.number(), PATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni, vec![addressed("Ada Lovelace", "ada@example.edu")]).await.remove(0);
    app.send_mails().await;
    let answer = answer(&app, &id).await;
    assert!(answer.starts_with("no connection to the mail server: Connection refused"), "{answer}");
}
