//! Mails, while the process that sends them dies: none arrives twice, none is lost without a word.
//!
//! `LEARNCOIN_MAIL_KILLS=100` is the long form.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use learncoin_store::kill;
use learncoin_testkit::{MailServer, batch_of, credential, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN, PUBLIC_URL, Start};
use crate::support::judge::until_anchored;
use crate::support::mail_sink::MailSink;

const DEFAULT_KILLS: usize = 20;
/// The time that it may take until no mail waits any more.
const PATIENCE: Duration = Duration::from_secs(120);
/// Long enough for a mail to be written and taken: one whose lease ends before is unknown, even if its worker lives.
const LEASE_MS: u64 = 3_000;
const PAUSE: Duration = Duration::from_millis(100);

/// Returns two people with addresses of their own, and one without.
pub(crate) fn three_people(number: usize) -> Value {
    let addressed = |name: &str| {
        let mut one = credential(&format!("{name} {number}"));
        let user = name.to_lowercase().replace('ë', "e");
        one["recipient"]["email"] = json!(format!("{user}.{number}@example.edu"));
        one
    };
    batch_of(vec![addressed("Ada"), credential("Grace"), addressed("Zoë")])
}

async fn post(client: &Client, number: usize) -> Posted {
    let (key, request) = (format!("request {number}"), three_people(number).to_string());
    let reply = client.send(&key, &request).await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    Posted {
        api_key: client.api_key.clone(),
        idempotency_key: key,
        request,
        answer: reply.body,
        answered_late: reply.replayed,
    }
}

/// Returns the ids of a batch's credentials whose recipients have an address.
async fn credentials_with_an_address(client: &Client, posted: &Posted) -> Vec<String> {
    let batch = until_anchored(client, &posted.batch_id()).await;
    let credentials = batch["credentials"].as_array().expect("credentials");
    [0, 2].map(|place: usize| credentials[place]["id"].as_str().expect("an id").to_owned()).into()
}

/// Returns the state of each credential's mail, by the operator's command, once none is on its way.
pub(crate) async fn states(deployment: &Deployment) -> BTreeMap<String, String> {
    let looking = async {
        loop {
            let listed = deployment.output(&["mail", "list"]).await;
            let states: BTreeMap<String, String> = listed
                .lines()
                .map(|line| {
                    let mail: Value = serde_json::from_str(line).expect("a mail is a line of JSON");
                    let text = |name: &str| mail[name].as_str().expect("text").to_owned();
                    (text("credential_id"), text("state"))
                })
                .collect();
            if states.values().all(|state| matches!(&**state, "sent" | "unknown")) {
                return states;
            }
            sleep(PAUSE).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("no mail waits any more")
}

async fn resend(deployment: &Deployment, ids: &BTreeSet<String>) {
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    if !ids.is_empty() {
        deployment.output(&[&["mail", "resend"], &ids[..]].concat()).await;
    }
}

#[tokio::test]
async fn a_mail_that_was_not_transmitted_is_sent_later_and_one_that_was_never_twice() {
    for (point, before, after) in
        [("mail.leased", 0, "sent"), ("mail.transmitting", 0, "unknown"), ("mail.sent", 1, "unknown")]
    {
        assert!(kill::MAIL.contains(&point));
        let server = MailServer::start().await;
        let mut deployment = Deployment::mailing(server.port()).leasing_for_ms(LEASE_MS);
        let uni = deployment.tenant("Example University").await;
        deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
        let posted = post(&uni, 1).await;
        deployment.until_aborted(point).await;
        assert_eq!(server.seen().len(), before, "{point}");

        deployment.start(PLAIN).await;
        let expected = credentials_with_an_address(&uni, &posted).await;
        let found = states(&deployment).await;
        assert_eq!(
            found.keys().cloned().collect::<BTreeSet<_>>(),
            expected.iter().cloned().collect(),
            "{point}"
        );
        let of = |state: &str| found.values().filter(|found| *found == state).count();
        let unknown = usize::from(after == "unknown");
        assert_eq!((of("unknown"), of("sent")), (unknown, 2 - unknown), "{point}: {found:?}");
        let lost = usize::from(point == "mail.transmitting");
        assert_eq!(server.seen().len(), 2 - lost, "{point}");

        // It is not sent again by itself, however often the process starts; and it is when it is asked for.
        deployment.kill().await;
        deployment.start(PLAIN).await;
        assert_eq!(states(&deployment).await, found);
        assert_eq!(server.seen().len(), 2 - lost, "{point}");
        let asked: BTreeSet<String> =
            found.iter().filter(|(_, state)| *state == "unknown").map(|(id, _)| id.clone()).collect();
        resend(&deployment, &asked).await;
        assert!(states(&deployment).await.values().all(|state| state == "sent"), "{point}");
        assert_eq!(server.seen().len(), 2 - lost + asked.len(), "{point}");
        deployment.stop().await;
    }
    assert_eq!(kill::MAIL.len(), 3, "each point is met above");
}

#[tokio::test]
async fn a_process_may_die_at_the_same_point_of_a_mail_again_and_again() {
    for point in kill::MAIL {
        let server = MailServer::start().await;
        let mut deployment = Deployment::mailing(server.port()).leasing_for_ms(LEASE_MS);
        let uni = deployment.tenant("Example University").await;
        deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
        let posted = post(&uni, 1).await;
        deployment.until_aborted(point).await;
        deployment.spawn(Start { kill_point: Some(point), ..PLAIN });
        deployment.until_aborted(point).await;
        deployment.start(PLAIN).await;
        let expected = credentials_with_an_address(&uni, &posted).await;
        let found = states(&deployment).await;
        let unknown = found.values().filter(|state| *state == "unknown").count();
        assert_eq!(
            (found.len(), unknown),
            (2, if *point == "mail.leased" { 0 } else { 2 }),
            "{point}: {found:?}"
        );
        let seen = server.seen();
        for id in expected {
            let link = format!("{PUBLIC_URL}/c/{id}");
            let times =
                seen.iter().filter(|mail| String::from_utf8_lossy(&mail.bytes).contains(&link)).count();
            assert!(times <= 1, "{point}: {id} was expected {times} times");
        }
        deployment.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_recipient_gets_one_well_formed_mail_and_none_two_however_often_the_process_dies() {
    let kills = std::env::var("LEARNCOIN_MAIL_KILLS")
        .map_or(DEFAULT_KILLS, |text| text.trim().parse().expect("LEARNCOIN_MAIL_KILLS is a number"));
    let mut random = StdRng::seed_from_u64(seed());
    let sink = MailSink::start().await;
    let mut deployment = Deployment::mailing(sink.port()).leasing_for_ms(LEASE_MS);
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let (stop, stopped) = watch::channel(false);
    let client = uni.clone();
    let posting = tokio::spawn(async move {
        let mut posted = Vec::new();
        while !*stopped.borrow() {
            posted.push(post(&client, posted.len()).await);
            sleep(Duration::from_millis(30)).await;
        }
        posted
    });
    for _ in 0..kills {
        sleep(Duration::from_millis(random.random_range(100..1_500))).await;
        deployment.kill().await;
        deployment.start(PLAIN).await;
    }
    stop.send_replace(true);
    let posted = posting.await.expect("every request was answered");
    let mut expected = BTreeSet::new();
    for one in &posted {
        expected.extend(credentials_with_an_address(&uni, one).await);
    }
    let found = states(&deployment).await;
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>());

    let arrived = once_each(&sink);
    let missing: BTreeSet<String> = expected.difference(&arrived).cloned().collect();
    let unknown: BTreeSet<String> =
        found.iter().filter(|(_, state)| *state == "unknown").map(|(id, _)| id.clone()).collect();
    assert!(missing.is_subset(&unknown), "lost without a word: {:?}", missing.difference(&unknown));
    assert!(unknown.len() <= kills, "{} unknown after {kills} kills", unknown.len());
    assert!(arrived.is_subset(&expected), "no other recipient got a mail");
    eprintln!(
        "{kills} kills, {} recipients: {} got their mail, {} unknown, {} of those without a mail",
        expected.len(),
        arrived.len(),
        unknown.len(),
        missing.len()
    );
    resend(&deployment, &missing).await;
    states(&deployment).await;
    assert_eq!(once_each(&sink), expected);
    deployment.stop().await;
}

/// Returns the credentials whose mails the sink took, and checks that each came once and well-formed.
fn once_each(sink: &MailSink) -> BTreeSet<String> {
    let mut arrived = BTreeSet::new();
    let prefix = format!("{PUBLIC_URL}/c/");
    for mail in sink.mails() {
        assert_eq!(mail["problems"], json!([]), "{mail}");
        let text = mail["text"].as_str().expect("it has a text");
        let link = text.lines().find_map(|line| line.strip_prefix(&prefix)).expect("it has the link");
        assert!(arrived.insert(link.trim().to_owned()), "{link} was sent twice");
        let address = mail["to"][0].as_str().expect("an address");
        assert!(address.starts_with("ada.") || address.starts_with("zoe."), "{address}");
    }
    arrived
}
