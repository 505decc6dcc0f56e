//! The metrics of a server, as Prometheus reads them and as the manual lists them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use learncoin_issuance::metrics::{KEYS_WITHOUT_FUNDS, LOWEST_BALANCE};
use learncoin_testkit::{Exposition, Reaction, Receiver, batch_of, credential};
use reqwest::Method;
use serde_json::json;

use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll, wait};
use crate::support::process::repository;
use crate::support::school::{School, credential_ids, one};

/// Metrics of keys that pay for their anchors, which on the embedded chain they do not.
const ON_REAL_CHAINS: [&str; 2] = [LOWEST_BALANCE, KEYS_WITHOUT_FUNDS];

/// A line of the catalog.
pub(crate) struct Listed {
    pub(crate) kind: String,
    pub(crate) labels: BTreeSet<String>,
    of: String,
}

/// Returns the catalog of the manual, by name.
pub(crate) fn catalog() -> BTreeMap<String, Listed> {
    let mut catalog = BTreeMap::new();
    for row in table("## Metrics") {
        let [name, kind, labels, of, meaning] = row.as_slice() else { panic!("{row:?}") };
        assert!(!meaning.is_empty(), "{name} has no meaning");
        let labels = labels.split(", ").filter(|label| !label.is_empty()).map(plain).collect();
        let listed = Listed { kind: kind.clone(), labels, of: of.clone() };
        assert!(catalog.insert(plain(name), listed).is_none(), "{name} is listed twice");
    }
    catalog
}

/// Returns the first column of the table in this part of the manual.
pub(crate) fn column(heading: &str) -> Vec<String> {
    table(heading).iter().map(|row| plain(&row[0])).collect()
}

fn plain(code: &str) -> String {
    let code = code.strip_prefix('`').and_then(|code| code.strip_suffix('`'));
    code.expect("a name between backticks").to_owned()
}

fn table(heading: &str) -> Vec<Vec<String>> {
    let manual = std::fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    let (_, part) = manual.split_once(&format!("{heading}\n")).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let rows = part.lines().filter(|line| line.starts_with("| ")).skip(2);
    let cells = |row: &str| -> Vec<String> {
        let inner = row.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")).unwrap();
        // An empty cell has no space of its own.
        inner.replace("| |", "|  |").split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    rows.map(cells).collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Runs a whole round: issues, revokes and erases, with a webhook and mails, until nothing waits any more.
fn whole_round() -> (Server, School) {
    let deployment =
        Deployment::new().with_metrics().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    let backend = wait(Receiver::start());
    let events = ["batch.created", "batch.signed", "batch.anchored", "credential.revoked"];
    school.create("/webhooks", &json!({ "url": backend.url("/hook"), "events": events }));
    let mut addressed = credential("Ada Lovelace");
    addressed["recipient"]["email"] = json!("ada@example.edu");
    let batch = school.issue(&batch_of(vec![addressed, credential("Grace Hopper")]));
    assert_eq!(school.post(&json!({ "credentials": [] })).status, 400);
    let ids = credential_ids(&batch);
    // A mail about a revoked credential is not sent any more.
    poll("the mail is sent", || {
        let sent = server.metrics().get("learncoin_mail_attempts_total", &[("outcome", "sent")]);
        if sent == Some(1.0) { Ok(()) } else { Err(format!("{sent:?}")) }
    });
    school.change(&ids[0], "revoke", &json!({ "reason": "A mistake.", "reason_code": "other" }));
    let erase = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    school.change(&ids[1], "erase", &erase);
    wait(backend.until_seen(4));
    (server, school)
}

#[test]
fn after_a_whole_round_the_page_is_the_catalogs_and_counts_exactly_what_happened() {
    let (server, _school) = whole_round();
    // An attempt is counted once its outcome is written down, which is after its receiver has it.
    let page = poll("all that was sent is counted", || {
        let page = server.metrics();
        let delivered = page.get("learncoin_delivery_attempts_total", &[("outcome", "delivered")]);
        let sent = page.get("learncoin_mail_attempts_total", &[("outcome", "sent")]);
        if (delivered, sent) == (Some(4.0), Some(1.0)) {
            Ok(page)
        } else {
            Err(format!("{delivered:?} {sent:?}"))
        }
    });
    is_the_catalogs(&page);

    let moved = |name: &str| page.moved(name);
    assert_eq!(moved("learncoin_credentials_accepted_total"), set(&["environment=test 2"]));
    assert_eq!(
        moved("learncoin_events_total"),
        ["batch.created", "batch.signed", "batch.anchored", "credential.revoked", "credential.erased"]
            .map(|event| format!("environment=test,type={event} 1"))
            .into()
    );
    assert_eq!(moved("learncoin_delivery_attempts_total"), set(&["outcome=delivered 4"]));
    assert_eq!(moved("learncoin_mail_attempts_total"), set(&["outcome=sent 1"]));
    for (name, labels, count) in [
        ("learncoin_delivery_attempt_duration_seconds_count", &[][..], 4.0),
        ("learncoin_batch_anchored_age_seconds_count", &[("environment", "test")], 1.0),
        ("learncoin_pipeline_step_duration_seconds_count", &[("step", "sign")], 1.0),
        ("learncoin_pipeline_step_duration_seconds_count", &[("step", "anchor")], 1.0),
        ("learncoin_pipeline_step_duration_seconds_count", &[("step", "confirm")], 1.0),
        ("learncoin_database_up", &[], 1.0),
    ] {
        assert_eq!(page.get(name, labels), Some(count), "{name} {labels:?}");
    }
    for nothing in [
        "learncoin_pipeline_step_failures_total",
        "learncoin_alarms_total",
        "learncoin_mail_server_unreachable_total",
        "learncoin_http_panics_total",
        "learncoin_http_requests_limited_total",
        "learncoin_http_requests_in_flight",
        "learncoin_batches",
        "learncoin_batches_failing",
        "learncoin_oldest_unanchored_batch_age_seconds",
        "learncoin_deliveries_waiting",
        "learncoin_deliveries_failing",
        "learncoin_oldest_waiting_delivery_age_seconds",
        "learncoin_mails",
        "learncoin_oldest_waiting_mail_age_seconds",
        "learncoin_webhook_endpoints_off",
    ] {
        assert_eq!(moved(nothing), BTreeSet::new(), "{nothing}");
    }
    for (route, status, count) in [
        ("/v1/batches", "2xx", 1.0),
        ("/v1/batches", "4xx", 1.0),
        ("/v1/webhooks", "2xx", 1.0),
        ("/v1/credentials/{id}/revoke", "2xx", 1.0),
        ("/v1/credentials/{id}/erase", "2xx", 1.0),
    ] {
        let labels = [("route", route), ("method", "POST"), ("status", status)];
        assert_eq!(page.get("learncoin_http_requests_total", &labels), Some(count), "{labels:?}");
    }
    let labels = [("route", "/v1/batches"), ("method", "POST")];
    assert_eq!(page.get("learncoin_http_request_duration_seconds_count", &labels), Some(2.0));
    assert!(server.stop().success());
}

/// Checks that the page and the catalog have the same names, of the same types, with the same labels.
fn is_the_catalogs(page: &Exposition) {
    let catalog = catalog();
    for (name, listed) in &catalog {
        let Some(family) = page.0.get(name) else {
            assert!(ON_REAL_CHAINS.contains(&name.as_str()), "{name} is in the catalog alone");
            continue;
        };
        assert_eq!(family.kind.as_str(), listed.kind, "{name}");
        let labels: BTreeSet<String> = family.label_names().into_iter().map(str::to_owned).collect();
        assert_eq!(labels, listed.labels, "{name}");
        assert!(["process", "database"].contains(&listed.of.as_str()), "{name}: {}", listed.of);
    }
    for name in page.0.keys() {
        assert!(catalog.contains_key(name), "{name} is on the page alone");
    }
}

#[test]
fn what_waits_and_what_fails_is_exported() {
    let deployment = Deployment::new()
        .with_metrics()
        .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
        // Port 1 is closed: the chain is away.
        .with("LEARNCOIN_CHAIN_TEST_RPC_URL", "http://127.0.0.1:1");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    let backend = wait(Receiver::reacting(|request| match request.path.as_str() {
        "/gone" => Reaction::status(410),
        _ => Reaction::status(500),
    }));
    for path in ["/fails", "/gone"] {
        school.create("/webhooks", &json!({ "url": backend.url(path), "events": ["batch.created"] }));
    }
    school.accepted(&one());
    let test = |status: &'static str| vec![("environment", "test"), ("status", status)];
    let environment = vec![("environment", "test")];
    let expected = [
        ("learncoin_batches", test("pending"), 1.0),
        ("learncoin_batches", test("signed"), 0.0),
        ("learncoin_batches_failing", test("pending"), 1.0),
        ("learncoin_deliveries_waiting", environment.clone(), 1.0),
        ("learncoin_deliveries_failing", environment.clone(), 1.0),
        ("learncoin_webhook_endpoints_off", environment.clone(), 1.0),
    ];
    wait_for_samples(
        &server,
        &expected,
        &["learncoin_oldest_unanchored_batch_age_seconds", "learncoin_oldest_waiting_delivery_age_seconds"],
    );
    let live = [("environment", "live")];
    assert_eq!(server.metrics().get("learncoin_oldest_unanchored_batch_age_seconds", &live), Some(0.0));
    assert!(server.stop().success());

    // Likewise the mail server.
    let deployment = Deployment::new()
        .with_metrics()
        .with("LEARNCOIN_MAIL_TRANSPORT", "smtp")
        .with("LEARNCOIN_MAIL_SMTP_HOST", "127.0.0.1")
        .with("LEARNCOIN_MAIL_SMTP_PORT", "1")
        .with("LEARNCOIN_MAIL_SMTP_TLS", "none");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    let mut addressed = credential("Ada Lovelace");
    addressed["recipient"]["email"] = json!("ada@example.edu");
    school.issue(&batch_of(vec![addressed]));
    wait_for_samples(
        &server,
        &[("learncoin_mails", test("waiting"), 1.0)],
        &["learncoin_oldest_waiting_mail_age_seconds"],
    );
    let unreachable = server.metrics().get("learncoin_mail_server_unreachable_total", &[]).unwrap();
    assert!(unreachable >= 1.0);
    assert!(server.stop().success());
}

/// A series with its expected value.
type ExpectedSample<'a> = (&'a str, Vec<(&'a str, &'a str)>, f64);

/// Waits until the page has all of these values, and ages that are not zero.
fn wait_for_samples(server: &Server, expected: &[ExpectedSample<'_>], ages: &[&str]) {
    poll("the expected samples", || {
        let page = server.metrics();
        let is_exported =
            |(name, labels, value): &(&str, Vec<(&str, &str)>, f64)| page.get(name, labels) == Some(*value);
        let wrong: Vec<_> = expected.iter().filter(|one| !is_exported(one)).collect();
        let ages = ages.iter().map(|name| page.get(name, &[("environment", "test")]).unwrap());
        let young = ages.filter(|age| *age < 1.0).count();
        if wrong.is_empty() && young == 0 { Ok(()) } else { Err(format!("{wrong:?}, {young} too young")) }
    });
}

#[test]
fn whatever_callers_send_makes_no_series_of_its_own() {
    let server = Deployment::new().with_metrics().serve();
    let school = School::join(&server, "developer");
    let bearer = format!("Bearer {}", school.key);
    let mut number = 0;
    let mut round = || {
        for method in ["GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "PUT", "TRACE", "", ""] {
            for path in [
                "/#",
                "/v1/#",
                "/v1/batches/#",
                "/v1/batches?cursor=#",
                "/v1/credentials/#",
                "/v1/credentials/#/revoke",
                "/v1/credentials/#/#",
                "/v1/tenants/#",
                "/v1/webhooks/#",
                "/v1/webhooks/#/test",
                "/c/#",
                "/c/#/credential.json",
                "/c/#/#",
                "/tenants/#/issuer.json",
                "/revocations?assertionId=#",
                "/docs/#",
                "/dev/chain/tx/#",
                "/%2e%2e/#",
                "/metrics/#",
                "/v1/batches",
            ] {
                number += 1;
                let word = format!("odd{number}");
                let method = if method.is_empty() { word.to_uppercase() } else { method.to_owned() };
                let method = Method::from_bytes(method.as_bytes()).unwrap();
                let headers = [("authorization", bearer.as_str()), ("user-agent", &word), ("host", &word)];
                http::send(
                    method,
                    &server.url(&path.replace('#', &word)),
                    &headers,
                    word.clone().into_bytes(),
                );
            }
        }
    };
    round();
    let before = server.metrics();
    for _ in 0..5 {
        round();
    }
    let after = server.metrics();
    assert_eq!(after.series(), before.series());
    for (name, labels) in after.series() {
        assert!(labels.values().all(|value| !value.to_lowercase().contains("odd")), "{name} {labels:?}");
    }
    let requests = |page: &Exposition| -> f64 {
        page.0["learncoin_http_requests_total"].samples.iter().map(|(_, _, count)| count).sum()
    };
    assert_eq!(requests(&after) - requests(&before), 1_000.0);
    assert!(server.stop().success());
}

#[test]
fn metrics_are_at_an_address_of_their_own() {
    let server = Deployment::new().with_metrics().serve();
    for path in ["/metrics", "/metrics/"] {
        assert_eq!(server.get(path).status, 404);
    }
    let private = server.metrics_url();
    for path in ["/", "/healthz", "/v1/batches", "/metrics/"] {
        assert_eq!(http::get(&private.replace("/metrics", path), &[]).status, 404, "{path}");
    }
    assert_eq!(http::post(&private, &[], &json!({})).status, 405);
    assert!(server.stop().success());
}

#[test]
fn an_address_that_can_not_be_had_is_named_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for address in [taken.as_str(), "nowhere"] {
        let deployment = Deployment::new().with("LEARNCOIN_TELEMETRY_METRICS_LISTEN", address);
        let refused = deployment.serve_refused(&[]);
        assert!(refused.contains("telemetry.metrics_listen") && refused.contains(address), "{refused}");
    }
}

#[test]
fn what_is_refused_because_there_was_too_much_is_counted() {
    let deployment =
        Deployment::new().with_metrics().with("LEARNCOIN_PLANS_INSTITUTION_REQUESTS_PER_MINUTE", "3");
    let server = deployment.serve();
    let school = School::join(&server, "institution");
    let refused = (0..8).filter(|_| school.get("/tenants/me").status == 429).count();
    assert!(refused > 0);
    let counted = server.metrics().get("learncoin_http_requests_limited_total", &[]);
    assert_eq!(counted.map(|count| count.to_string()), Some(refused.to_string()));
    assert!(server.stop().success());
}

#[test]
fn the_address_where_metrics_are_answered_is_free_again_at_once() {
    let deployment = Deployment::new();
    let server = deployment.with_metrics().serve();
    let address = server.metrics_url().replace("http://", "").replace("/metrics", "");
    assert!(server.stop().success());
    let again = deployment.with("LEARNCOIN_TELEMETRY_METRICS_LISTEN", &address).serve();
    assert_eq!(again.metrics_url(), format!("http://{address}/metrics"));
    assert!(again.stop().success());
}
