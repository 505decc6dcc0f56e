//! The log, the traces and the metrics of a server hold no person, nothing of a credential, no secret and no
//! word of a caller, at the most talkative level and while much goes wrong.

use std::fs;

use learncoin_store::seal::MasterKey;
use learncoin_store::{Location, Store};
use learncoin_testkit::{
    MailServer, Reaction, Receiver, Response, SmtpStage, batch_of, credential, traces, traces_of_secret,
};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::collector::{Collector, Manner};
use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, Answer, poll, wait};
use crate::support::school::{School, credential_ids, text};

const FAMILY: &str = "Żółkiewska";
const ADDRESS: &str = "zolkiewska";
const EVIDENCE: &str = "a-thesis-on-canaries";
const ACHIEVEMENT: &str = "Kanarische Wellenlehre";
const REASON: &str = "plagiarized-from-a-canary";
/// A part of a webhook's URL, which may be a secret.
const TOKEN: &str = "tokencanary8347";
/// A part of the key of an unauthenticated call.
const STRANGER: &str = "strangercanary";
/// The mail server's answer about the address, which must not reach the log.
const REFUSAL: &str = "450 4.2.1 <zuzanna.zolkiewska@example.edu> Zuzanna Żółkiewska is away";

const CANARIES: [&str; 7] = [FAMILY, ADDRESS, EVIDENCE, ACHIEVEMENT, REASON, TOKEN, STRANGER];

fn person() -> Value {
    let mut person = credential(&format!("Zuzanna {FAMILY}"));
    person["recipient"]["email"] = json!(format!("zuzanna.{ADDRESS}@example.edu"));
    person["evidence"] = json!([{ "id": format!("https://example.edu/{EVIDENCE}"), "narrative": EVIDENCE }]);
    person["achievement"]["name"] = json!(ACHIEVEMENT);
    person
}

/// Calls with a canary in everything that a caller can write.
fn call(server: &Server, method: Method, path: &str, key: &str, body: &str) -> Answer {
    let headers = [
        ("authorization", &*format!("Bearer {key}")),
        ("content-type", "application/json"),
        ("idempotency-key", &format!("{STRANGER} {path}")),
        ("user-agent", STRANGER),
        ("x-forwarded-for", STRANGER),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("tracestate", &format!("school={STRANGER}")),
        ("cookie", STRANGER),
    ];
    http::send(method, &server.url(path), &headers, body.as_bytes().to_vec())
}

fn be_refused(server: &Server, key: &str) {
    let mut wrong = batch_of(vec![person()]);
    wrong["credentials"][0]["issuanceDate"] = json!(FAMILY);
    let mut bodies = vec![wrong.to_string(), json!({ "credentials": [{ FAMILY: EVIDENCE }] }).to_string()];
    bodies.push(format!("{{\"{FAMILY}\": {ACHIEVEMENT}"));
    for body in &bodies {
        for path in ["/v1/batches", "/v1/webhooks"] {
            assert_eq!(call(server, Method::POST, path, key, body).status, 400);
        }
        assert_eq!(call(server, Method::POST, "/v1/batches", STRANGER, body).status, 401);
    }
    for path in [
        "/c/#",
        "/v1/#",
        "/#",
        "/v1/batches?cursor=#",
        "/oembed?url=#",
        "/dev/chain/tx/#",
        "/revocations?assertionId=#",
    ] {
        let path = path.replace('#', STRANGER);
        for method in [Method::GET, Method::POST, Method::from_bytes(STRANGER.as_bytes()).unwrap()] {
            assert!(call(server, method, &path, key, STRANGER).status < 500, "{path}");
        }
    }
    call(
        server,
        Method::POST,
        "/dev/chain/rpc",
        key,
        &json!({ "jsonrpc": "2.0", "id": 1, "method": STRANGER, "params": [STRANGER] }).to_string(),
    );
}

fn read_everything(server: &Server, key: &str, id: &str) {
    for path in [
        format!("/c/{id}"),
        format!("/c/{id}/credential.json"),
        format!("/c/{id}/certificate.pdf"),
        format!("/c/{id}/badge.svg"),
        format!("/c/{id}/badge.png"),
        format!("/c/{id}/embed"),
        format!("/v1/credentials/{id}"),
        "/v1/webhooks".to_owned(),
    ] {
        let answer = call(server, Method::GET, &path, key, "");
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[test]
fn no_line_span_or_metric_holds_a_person_or_a_secret() {
    let collector = Collector::start(Manner::Answers);
    // It repeats the body that it receives, and takes nothing.
    let backend = wait(Receiver::reacting(|request| Reaction::Answer(500, request.body.clone())));
    let mail_server = wait(MailServer::reacting(|stage, _| match stage {
        SmtpStage::Recipient => Response::Line(REFUSAL),
        _ => Response::Usual,
    }));
    let deployment = collector
        .of(&Deployment::new().with_metrics())
        .with("LEARNCOIN_LOG", "trace")
        .with("LEARNCOIN_LOG_FORMAT", "json")
        .with("LEARNCOIN_PANIC_POINT", "accept.begun:2")
        .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
        .with("LEARNCOIN_WEBHOOKS_MAX_BACKOFF_S", "0")
        .with("LEARNCOIN_MAIL_TRANSPORT", "smtp")
        .with("LEARNCOIN_MAIL_SMTP_HOST", "127.0.0.1")
        .with("LEARNCOIN_MAIL_SMTP_PORT", mail_server.port())
        .with("LEARNCOIN_MAIL_SMTP_TLS", "none");
    let server = deployment.serve_with_all_output();
    let school = School::join(&server, "starter");
    let events = ["batch.anchored", "credential.revoked", "credential.erased"];
    let endpoint = school
        .create("/webhooks", &json!({ "url": backend.url(&format!("/{TOKEN}?{TOKEN}")), "events": events }));

    let batch = school.issue(&batch_of(vec![person(), person()]));
    let panicked = school.post(&batch_of(vec![person()]));
    assert_eq!((panicked.status, panicked.error_code()), (500, "internal_error".to_owned()));
    assert!(panicked.text().contains("request_id"));
    let ids = credential_ids(&batch);
    for id in &ids {
        read_everything(&server, &school.key, id);
    }
    be_refused(&server, &school.key);
    school.change(
        &ids[0],
        "revoke",
        &json!({ "reason": format!("{REASON} {FAMILY}"), "reason_code": "other" }),
    );
    school.change(
        &ids[1],
        "erase",
        &json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" }),
    );
    // Three events, each tried eight times.
    wait(backend.until_seen(24));
    poll("an attempt at a mail", || {
        match server.metrics().get("learncoin_mail_attempts_total", &[("outcome", "retry")]) {
            Some(count) if count > 0.0 => Ok(()),
            seen => Err(format!("{seen:?}")),
        }
    });
    assert!(
        backend.seen().iter().any(|request| request.body.contains(FAMILY)),
        "a reason is sent, and repeated"
    );
    assert_eq!(server.metrics().get("learncoin_http_panics_total", &[]), Some(1.0));

    let reports = TempDir::new().unwrap();
    let metrics = http::get(&server.metrics_url(), &[]);
    fs::write(reports.path().join("metrics"), &metrics.body).unwrap();
    server.ask_to_end();
    let (status, printed) = server.until_ended();
    assert!(status.success());
    fs::write(reports.path().join("log"), &printed).unwrap();
    fs::write(reports.path().join("traces"), collector.bodies().concat()).unwrap();

    // Each of them contains what it is expected to report.
    for words in
        ["the program panicked", "batch anchored", "credential revoked", "credential erased", "TRACE"]
    {
        assert!(printed.contains(words), "{words}");
    }
    let panic = printed.lines().find(|line| line.contains("the program panicked")).unwrap();
    let panic: Value = serde_json::from_str(panic).unwrap();
    assert_eq!(panic["level"], "ERROR");
    assert!(text(&panic, "/fields/location").contains("kill.rs"), "{panic}");
    assert!(text(&panic, "/spans/0/request_id").starts_with("req_"), "{panic}");
    for name in ["POST /v1/batches", "pipeline step", "delivery attempt", "mail attempt"] {
        assert!(!collector.named(name).is_empty(), "{name}");
    }

    let mut hits = Vec::new();
    let secret = text(&endpoint, "/signing_secret");
    let master = fs::read_to_string(deployment.data_dir().join("master.key")).unwrap();
    let texts = [school.key.as_str(), secret.trim_start_matches("whsec_"), master.trim()];
    for canary in CANARIES.iter().chain(&texts) {
        hits.extend(traces(reports.path(), canary).into_iter().map(|hit| format!("{canary}: {hit}")));
    }
    for (name, bytes) in [
        ("signing key", signing_key(&deployment, &school)),
        ("master key", hex::decode(master.trim()).unwrap()),
    ] {
        hits.extend(traces_of_secret(reports.path(), &bytes).into_iter().map(|hit| format!("{name}: {hit}")));
    }
    assert_eq!(hits, [""; 0], "{}", lines_of(&printed, &hits));
}

fn signing_key(deployment: &Deployment, school: &School) -> Vec<u8> {
    let master = fs::read_to_string(deployment.data_dir().join("master.key")).unwrap();
    let master = MasterKey::from_hex(master.trim()).unwrap();
    let location = Location::Sqlite(deployment.data_dir().join("learncoin.db"));
    wait(async {
        let store = Store::open(&location, &master).await.unwrap();
        let secret = store.signing_secret(&school.tenant_id.parse().unwrap(), 1).await.unwrap();
        store.close().await;
        secret.to_vec()
    })
}

/// Returns the lines that contain the canaries in clear, for the message of a failure.
fn lines_of(printed: &str, hits: &[String]) -> String {
    let canaries: Vec<&str> = hits.iter().filter_map(|hit| hit.split(": ").next()).collect();
    let lines = printed.lines().filter(|line| canaries.iter().any(|canary| line.contains(canary)));
    lines.take(20).collect::<Vec<_>>().join("\n")
}
