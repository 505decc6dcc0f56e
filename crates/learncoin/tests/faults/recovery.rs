//! Faults of mail servers and receivers that last for a while and end: what waits meanwhile is sent within a minute of the end,
//! without a hand. The table names each kind, and after how long it ends.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use learncoin_delivery::worker::DeliveryOptions;
use learncoin_store::mails::MailStatus;
use learncoin_testkit::{
    Caller, Line, MailServer, Proxy, Reaction, Receiver, Response, SmtpStage, TestApp, batch_of, credential,
};
use serde_json::{Value, json};

/// After how long a fault ends.
const ENDS_AFTER_MS: i64 = 20_000;
/// Within how long after its end everything must have moved on.
const RECOVERS_WITHIN_MS: i64 = 60_000;
/// The time for which an answer is waited for if none comes. Long enough for one that does on a busy machine.
const IMPATIENT: Duration = Duration::from_millis(1_500);
/// The number of kinds that are walked at once: most of their time is waiting.
const AT_ONCE: usize = 6;

/// A fault of a mail server.
#[derive(Debug, Clone, Copy)]
enum MailFault {
    /// It reacts like this at a stage.
    Stage(SmtpStage, Response),
    /// The line to it is like this.
    Line(Line),
}

/// A fault of a receiver.
#[derive(Debug, Clone)]
enum ReceiverFault {
    /// It reacts like this.
    Reaction(Reaction),
    /// The line to it is like this.
    Line(Line),
}

fn mail_faults() -> Vec<MailFault> {
    let mut faults = vec![MailFault::Line(Line::Cut), MailFault::Line(Line::Stalled)];
    for stage in SmtpStage::ALL {
        let mut responses = vec![
            Response::Line("451 4.3.0 not now"),
            Response::Line("421 4.3.2 shutting down"),
            Response::Line("hello"),
            Response::Bytes(b"4\xff"),
            Response::Hang,
            Response::Cut,
        ];
        // From the recipient on, 5xx is a lasting answer about the mail, and no fault that ends.
        if matches!(stage, SmtpStage::Greeting | SmtpStage::Hello | SmtpStage::Sender) {
            responses.push(Response::Line("550 5.7.1 go away"));
        }
        faults.extend(responses.into_iter().map(|response| MailFault::Stage(stage, response)));
    }
    faults
}

fn receiver_faults() -> Vec<ReceiverFault> {
    let mut faults = vec![ReceiverFault::Line(Line::Cut), ReceiverFault::Line(Line::Stalled)];
    let statuses = [301, 400, 401, 403, 404, 429, 500, 502, 503, 504].map(Reaction::status);
    let reactions = [
        Reaction::Hang,
        Reaction::Redirect("https://example.com/".to_owned()),
        Reaction::RetryAfter(429, "15".to_owned()),
        Reaction::RetryAfter(503, "40".to_owned()),
        Reaction::RetryAfter(503, "no number".to_owned()),
        Reaction::RetryAfter(503, "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()),
    ];
    faults.extend(statuses.into_iter().chain(reactions).map(ReceiverFault::Reaction));
    faults
}

async fn issue(uni: &Caller, names: &[&str]) -> Vec<String> {
    let people = names.iter().map(|name| {
        let mut one = credential(name);
        one["recipient"]["email"] = json!(format!("{}@example.edu", name.to_lowercase()));
        one
    });
    let batch = uni.post_batch(batch_of(people.collect())).await;
    uni.app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    batch["credentials"].as_array().unwrap().iter().map(id).collect()
}

/// Steps a worker until the fault's end, whenever something is due.
async fn suffer(app: &TestApp, end_ms: i64, mut step: impl AsyncFnMut() -> Option<i64>) {
    while let Some(due) = step().await.filter(|due| *due < end_ms) {
        app.clock().advance_to(due);
    }
    app.clock().advance_to(end_ms);
}

/// Steps a worker until nothing is due any more, which is soon after the fault's end.
async fn recover(app: &TestApp, end_ms: i64, fault: &impl Debug, mut step: impl AsyncFnMut() -> Option<i64>) {
    while let Some(due) = step().await {
        assert!(due <= end_ms + RECOVERS_WITHIN_MS, "{fault:?}: {} s after its end", (due - end_ms) / 1_000);
        app.clock().advance_to(due);
    }
}

async fn walk_mail(fault: MailFault) {
    let is_faulty = Arc::new(AtomicBool::new(true));
    let faulty = Arc::clone(&is_faulty);
    let server = MailServer::reacting(move |stage, _| match fault {
        MailFault::Stage(at, response) if at == stage && faulty.load(Ordering::SeqCst) => response,
        _ => Response::Usual,
    })
    .await;
    let proxy = Proxy::to(([127, 0, 0, 1], server.port()).into()).await;
    if let MailFault::Line(line) = fault {
        proxy.set(line);
    }
    let app = TestApp::builder().mail_server(proxy.port(), IMPATIENT).start().await;
    let uni = app.tenant("Example University").await;
    let during = issue(&uni, &["Ada", "Alan"]).await;
    let mut worker = app.mail_worker().await;
    let end = app.now_ms() + ENDS_AFTER_MS;
    suffer(&app, end, async || worker.step().await.unwrap()).await;
    is_faulty.store(false, Ordering::SeqCst);
    proxy.set(Line::Open);
    let after = issue(&uni, &["Grace"]).await;
    recover(&app, end, &fault, async || worker.step().await.unwrap()).await;
    // What may have arrived is not sent again unasked.
    let may_have_arrived = match fault {
        MailFault::Stage(SmtpStage::Message, Response::Line(line)) => !line.starts_with('4'),
        MailFault::Stage(SmtpStage::Message, _) => true,
        _ => false,
    };
    let expected = if may_have_arrived { MailStatus::Unknown } else { MailStatus::Sent };
    for id in &during {
        let mail = app.mail(id).await.unwrap();
        assert_eq!(mail.state.status(), expected, "{fault:?}: {mail:?}");
    }
    assert_eq!(app.mail(&after[0]).await.unwrap().state.status(), MailStatus::Sent, "{fault:?}");
    let taken = server.seen().iter().filter(|mail| mail.is_taken).count();
    assert_eq!(taken, if may_have_arrived { 1 } else { 3 }, "{fault:?}");
}

async fn walk_receiver(fault: ReceiverFault) {
    let is_faulty = Arc::new(AtomicBool::new(true));
    let (faulty, reacting) = (Arc::clone(&is_faulty), fault.clone());
    let receiver = Receiver::reacting(move |_| match &reacting {
        ReceiverFault::Reaction(reaction) if faulty.load(Ordering::SeqCst) => reaction.clone(),
        _ => Reaction::status(204),
    })
    .await;
    let port = receiver.url("").rsplit(':').next().unwrap().parse().unwrap();
    let proxy = Proxy::to(([127, 0, 0, 1], port).into()).await;
    if let ReceiverFault::Line(line) = &fault {
        proxy.set(*line);
    }
    let delivery = DeliveryOptions { timeout: IMPATIENT, ..DeliveryOptions::default() };
    let app = TestApp::builder().private_targets().delivery(delivery).start().await;
    let uni = app.tenant("Example University").await;
    let url = format!("http://127.0.0.1:{}/hook", proxy.port());
    let body = json!({ "url": url, "events": ["batch.created", "batch.anchored"] }).to_string();
    uni.post("/v1/webhooks", body).await.expect(201);
    issue(&uni, &["Ada"]).await;
    let mut worker = app.delivery_worker().await;
    let end = app.now_ms() + ENDS_AFTER_MS;
    suffer(&app, end, async || worker.step().await.unwrap()).await;
    is_faulty.store(false, Ordering::SeqCst);
    proxy.set(Line::Open);
    issue(&uni, &["Grace"]).await;
    recover(&app, end, &fault, async || worker.step().await.unwrap()).await;
    let mut taken: Vec<String> = receiver
        .seen()
        .into_iter()
        .filter(|one| one.answered == Some(204))
        .map(|one| one.event_type())
        .collect();
    taken.sort_unstable();
    let expected = ["batch.anchored", "batch.anchored", "batch.created", "batch.created"];
    assert_eq!(taken, expected, "{fault:?}");
    let listed = uni.get("/v1/webhooks").await.expect(200);
    assert_eq!(listed["data"][0]["active"], true, "{fault:?}");
}

/// Walks all kinds, some at once.
async fn walk_all(walks: impl Iterator<Item = impl Future<Output = ()>>) {
    stream::iter(walks).buffer_unordered(AT_ONCE).collect::<()>().await;
}

#[tokio::test]
async fn after_a_mail_servers_fault_everything_is_sent_within_a_minute() {
    let faults = mail_faults();
    assert_eq!(faults.len(), 2 + 6 * 6 + 3);
    walk_all(faults.into_iter().map(walk_mail)).await;
}

#[tokio::test]
async fn after_a_receivers_fault_everything_is_delivered_within_a_minute() {
    let faults = receiver_faults();
    assert_eq!(faults.len(), 2 + 16);
    walk_all(faults.into_iter().map(walk_receiver)).await;
}
