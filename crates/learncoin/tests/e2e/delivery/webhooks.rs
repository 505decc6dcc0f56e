//! Webhooks as their receivers and their operator see them: libraries of third parties, the guide's receiver, commands.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use learncoin_delivery::signature::{SECRET_BYTES, new_secret, sign_with_each};
use learncoin_testkit::{Reaction, Receiver as Backend, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, RngCore as _, SeedableRng as _};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use tokio::sync::mpsc::unbounded_channel;

use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll, wait};
use crate::support::process::{repository, run};
use crate::support::programs::{node, python, succeeds};
use crate::support::rust_receiver::receiver;
use crate::support::school::{School, one, text};

/// The number of random deliveries that each library judges.
const DELIVERIES: usize = 1_000;
const LIFE: [&str; 3] = ["batch.created", "batch.signed", "batch.anchored"];
/// The page whose Rust receiver is the one that is tested here.
const GUIDE: &str = "docs/guides/webhooks.md";

/// Starts a server that may call this machine, and repeats failed deliveries at once.
fn serve() -> Server {
    Deployment::new()
        .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
        .with("LEARNCOIN_WEBHOOKS_MAX_BACKOFF_S", 0)
        .serve()
}

fn register(school: &School, url: &str, events: &[&str]) -> (String, String) {
    let made = school.create("/webhooks", &json!({ "url": url, "events": events }));
    (text(&made, "/id"), text(&made, "/signing_secret"))
}

/// Deliveries as they leave, with a byte to change in each. One in five is signed while a secret is rotated, and is
/// judged by the old one.
fn random_deliveries() -> Vec<Value> {
    let mut random = StdRng::seed_from_u64(seed());
    let timestamp = now_seconds();
    let mut secret = || {
        let mut bytes = [0; SECRET_BYTES];
        random.fill_bytes(&mut bytes);
        new_secret(&bytes).to_string()
    };
    let secrets: Vec<[String; 2]> = (0..DELIVERIES).map(|_| [secret(), secret()]).collect();
    secrets
        .into_iter()
        .enumerate()
        .map(|(number, [old, new])| {
            let length = random.random_range(1..2_000);
            let note: String = (0..length).map(|_| random.random::<char>()).collect();
            let body = json!({ "type": "webhook.test", "data": { "note": note } }).to_string();
            let id = format!("evt_{number:026}");
            let signed = if number % 5 == 0 {
                sign_with_each(&[&new, &old], &id, timestamp, &body)
            } else {
                sign_with_each(&[&old], &id, timestamp, &body)
            };
            let flip = random.random_range(0..body.len());
            json!({
                "secret": old, "id": id, "timestamp": timestamp, "learncoin": signed.learncoin,
                "standard": signed.standard, "body": body, "flip": flip,
            })
        })
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "the libraries' own clock is the machine's")]
fn now_seconds() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn the_standard_webhooks_library_for_rust_takes_what_we_sign_and_nothing_else() {
    for one in random_deliveries() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("webhook-id", text(&one, "/id")), ("webhook-signature", text(&one, "/standard"))]
        {
            headers.insert(name, HeaderValue::from_str(&value).unwrap());
        }
        headers.insert("webhook-timestamp", HeaderValue::from(one["timestamp"].as_i64().unwrap()));
        let webhook = Webhook::new(&text(&one, "/secret")).unwrap();
        let mut body = text(&one, "/body").into_bytes();
        webhook.verify(&body, &headers).unwrap();
        body[usize::try_from(one["flip"].as_u64().unwrap()).unwrap()] ^= 1;
        assert!(webhook.verify(&body, &headers).is_err(), "{one}");
    }
}

#[test]
fn the_libraries_for_node_and_python_and_our_own_scheme_take_what_we_sign_and_nothing_else() {
    let lines: String = random_deliveries().iter().map(|one| format!("{one}\n")).collect();
    let place = Deployment::new();
    let file = place.write("deliveries.jsonl", lines);
    let arguments = ["--deliveries", file.to_str().unwrap()];
    for mut program in [node("webhooks.mjs", &arguments), python("webhooks.py", &arguments)] {
        let ended = succeeds(&mut program);
        assert!(ended.stdout.contains(&DELIVERIES.to_string()), "it judged another number: {}", ended.stdout);
        println!("{}", ended.stdout);
    }
}

#[test]
fn the_guides_receiver_in_rust_works() {
    let guide = std::fs::read_to_string(repository().join(GUIDE)).unwrap();
    assert!(
        guide.contains(include_str!("../support/rust_receiver.rs")),
        "{GUIDE} shows another receiver than is tested"
    );

    let server = serve();
    let school = School::join(&server, "developer");
    // The address is registered before the secret is known that the receiver needs.
    let listener = wait(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}/learncoin", listener.local_addr().unwrap());
    let (_, secret) = register(&school, &url, &LIFE);
    let (work, mut events) = unbounded_channel();
    let app = receiver(&secret, work);
    wait(async {
        tokio::spawn(async move { axum::serve(listener, app).await });
    });
    let batch = school.issue(&one());
    // The order in which events arrive is not promised.
    let mut arrived = BTreeSet::new();
    for _ in LIFE {
        let event = wait(events.recv()).unwrap();
        assert_eq!(event["data"]["batch_id"], batch["id"]);
        arrived.insert(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(arrived, LIFE.map(str::to_owned).into());
    assert_eq!(http::post(&url, &[], &json!({ "id": "evt_1" })).status, 400, "an unsigned event is refused");
}

#[test]
fn an_operator_reads_the_log_repeats_deliveries_and_changes_a_secret() {
    static FAIL: OnceLock<()> = OnceLock::new();
    let server = serve();
    let (deployment, school) = (&server.deployment, School::join(&server, "developer"));
    let backend = wait(Backend::reacting(|_| match FAIL.get() {
        None => Reaction::Answer(500, "not yet".to_owned()),
        Some(()) => Reaction::status(204),
    }));
    let (id, secret) = register(&school, &backend.url("/hook"), &["batch.created"]);
    let batch_id = school.accepted(&one());
    let log = || -> Vec<Value> {
        let printed = run(&mut deployment.command(&["webhook", "deliveries", "--endpoint", &id]));
        assert_eq!((printed.status, printed.stderr.as_str()), (Some(0), ""));
        printed.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let rows = poll("eight attempts", || {
        let rows = log();
        if rows.len() == 8 { Ok(rows) } else { Err(format!("{rows:?}")) }
    });
    assert!(rows.iter().all(|row| row["status_code"] == 500 && row["answer_bytes"] == 7), "{rows:?}");
    let attempts: Vec<u64> = rows.iter().filter_map(|row| row["attempt"].as_u64()).collect();
    assert_eq!(attempts, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(rows[7]["next_attempt_at"].is_null() && rows[0]["next_attempt_at"].is_string(), "{rows:?}");
    let members: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "event_id",
            "attempt",
            "request_id",
            "at",
            "duration_ms",
            "status_code",
            "error",
            "answer_bytes",
            "next_attempt_at"
        ]
    );

    // Beside the server, which notices within a second.
    FAIL.set(()).unwrap();
    let event_id = text(&rows[0], "/event_id");
    let range = ["--endpoint", &id, "--from", "2020-01-01T00:00:00Z", "--to", "2100-01-01T00:00:00Z"];
    let replay = |arguments: &[&str]| {
        deployment.result(&[&["webhook", "replay"], arguments].concat())["replayed"].clone()
    };
    assert_eq!(replay(&[&range[..], &["--failed"]].concat()), 1);
    wait(backend.until_seen(9));
    poll("the replay in the log", || if log().len() == 9 { Ok(()) } else { Err(String::new()) });
    assert_eq!(replay(&[&range[..], &["--failed"]].concat()), 0);
    assert_eq!(replay(&["--event", &event_id]), 1);
    wait(backend.until_seen(10));
    let seen = backend.seen();
    assert!(seen.iter().all(|one| one.body == seen[0].body && one.json()["data"]["batch_id"] == batch_id));

    let rotated = deployment.result(&["webhook", "rotate-secret", "--endpoint", &id]);
    let new = text(&rotated, "/signing_secret");
    assert_ne!(new, secret);
    assert!(text(&rotated, "/previous_secret_valid_until").ends_with('Z'));
    poll("the round before has ended", || if log().len() == 10 { Ok(()) } else { Err(String::new()) });
    assert_eq!(replay(&["--event", &event_id]), 1);
    wait(backend.until_seen(11));
    for secret in [secret, new] {
        let seen = backend.seen();
        Webhook::new(&secret).unwrap().verify(seen[10].body.as_bytes(), &seen[10].headers).unwrap();
    }
    let active = deployment.result(&["webhook", "activate", "--endpoint", &id]);
    assert_eq!((&active["id"], &active["active"]), (&json!(id), &json!(true)));
}

#[test]
fn what_no_webhook_command_can_do_is_refused() {
    let deployment = Deployment::new();
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let missing = "whk_01KPX4MQ00REJFE5FBD8QX9Y5A";
    for arguments in [
        &["deliveries", "--endpoint", missing][..],
        &["deliveries", "--endpoint", "crd_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["replay"],
        &["replay", "--failed"],
        &["replay", "--endpoint", missing],
        &["replay", "--endpoint", missing, "--from", "2026-01-01T00:00:00Z"],
        &["replay", "--endpoint", missing, "--from", "2026-01-01T00:00:00Z", "--to", "2027-01-01T00:00:00Z"],
        &["replay", "--event", "evt_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["replay", "--event", "evt_01KPX4MQ00REJFE5FBD8QX9Y5A", "--endpoint", missing],
        &["rotate-secret", "--endpoint", missing],
        &["activate", "--endpoint", missing],
    ] {
        deployment.refusal(&[&["webhook"], arguments].concat());
    }
}
