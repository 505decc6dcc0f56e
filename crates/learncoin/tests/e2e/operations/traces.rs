//! Traces as a collector gets them; and collectors that are away or never answer.

use learncoin_testkit::{Receiver, batch_of, credential};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use reqwest::Method;
use serde_json::json;

use crate::support::collector::{Collector, Manner, attribute};
use crate::support::deployment::Deployment;
use crate::support::http::{self, wait};
use crate::support::school::{School, one, text};

const TRACE_ID: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID: &str = "b7ad6b7169203331";
/// The kinds of a span: one that serves a call, and one that makes one.
const SERVER: i32 = 2;
const CLIENT: i32 = 3;

#[test]
fn a_request_is_part_of_its_callers_trace_and_a_batch_is_followed_to_its_anchor() {
    let collector = Collector::start(Manner::Answers);
    let deployment =
        collector.of(&Deployment::new()).with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    let backend = wait(Receiver::start());
    school.create("/webhooks", &json!({ "url": backend.url("/hook"), "events": ["batch.anchored"] }));
    let mut addressed = credential("Ada Lovelace");
    addressed["recipient"]["email"] = json!("ada@example.edu");
    // Whether a caller keeps the trace is its own affair: here it does not.
    let traceparent = format!("00-{TRACE_ID}-{PARENT_ID}-00");
    let bearer = format!("Bearer {}", school.key);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("traceparent", &traceparent),
    ];
    let body = batch_of(vec![addressed]).to_string().into_bytes();
    let answer = http::send(Method::POST, &format!("{}/batches", school.base_url()), &headers, body);
    assert_eq!(answer.status, 202);
    let batch_id = text(&answer.json(), "/id");
    school.anchored(&batch_id);
    wait(backend.until_seen(1));
    // What was recorded last is sent before the process ends.
    assert_eq!(server.get("/healthz").status, 200);
    assert!(server.stop().success());

    let [posted] = collector.named("POST /v1/batches").try_into().unwrap();
    assert_eq!(
        (hex::encode(&posted.trace_id), hex::encode(&posted.parent_span_id)),
        (TRACE_ID.into(), PARENT_ID.into())
    );
    assert_eq!(
        (posted.kind, attribute(&posted.attributes, "http.response.status_code")),
        (SERVER, "202".into())
    );
    assert_eq!(attribute(&posted.attributes, "request_id"), answer.header("x-request-id"));
    let [looked] = collector.named("GET /healthz").try_into().unwrap();
    assert_ne!(hex::encode(&looked.trace_id), TRACE_ID, "a call without a trace gets one of its own");
    let mut anchor_id = None;
    for step in ["sign", "anchor", "confirm"] {
        let steps = collector.named("pipeline step");
        let has = |span: &Span, name: &str, word: &str| attribute(&span.attributes, name) == word;
        let moved = |span: &&Span| has(span, "moved", "true") && has(span, "step", step);
        let moved: Vec<_> = steps.iter().filter(moved).collect();
        let [span] = moved.as_slice() else { panic!("{step}: {steps:?}") };
        let of_step = attribute(&span.attributes, "anchor.id");
        assert!(of_step.starts_with("anc_"), "{span:?}");
        assert_eq!(anchor_id.get_or_insert(of_step.clone()), &of_step, "one anchor through all steps");
        // The steps that concern the batch itself name it.
        let of_batch = |event: &Event| attribute(&event.attributes, "batch.id") == batch_id;
        assert_eq!(span.events.iter().any(of_batch), step != "anchor", "{step}: {span:?}");
        assert_eq!(attribute(&span.attributes, "environment"), "test");
        assert!(span.status.as_ref().is_none_or(|status| status.code == 0), "{step}");
    }
    let [delivered] = collector.named("delivery attempt").try_into().unwrap();
    assert_eq!(
        (delivered.kind, attribute(&delivered.attributes, "http.response.status_code")),
        (CLIENT, "204".into())
    );
    let [mailed] = collector.named("mail attempt").try_into().unwrap();
    assert_eq!(attribute(&mailed.attributes, "outcome"), "Sent");
    for (resource, span) in collector.spans() {
        assert_eq!(attribute(&resource, "service.name"), "learncoin", "{span:?}");
        assert!(!attribute(&resource, "service.instance.id").is_empty());
    }
}

#[test]
fn none_of_a_hundred_traces_is_none() {
    let collector = Collector::start(Manner::Answers);
    let server = collector.of(&Deployment::new()).with("LEARNCOIN_TELEMETRY_TRACE_PERCENT", "0").serve();
    let school = School::join(&server, "developer");
    school.issue(&one());
    assert!(server.stop().success());
    assert_eq!(collector.bodies().len(), 0);
}

#[test]
fn a_collector_that_is_away_or_never_answers_holds_nothing_up() {
    let hanging = Collector::start(Manner::Hangs);
    // Port 1 is closed.
    let away = Deployment::new().with("LEARNCOIN_TELEMETRY_OTLP_ENDPOINT", "http://127.0.0.1:1");
    for (deployment, hangs) in [(hanging.of(&Deployment::new()), true), (away, false)] {
        let server = deployment.serve();
        let school = School::join(&server, "developer");
        school.issue(&one());
        // More spans than may wait.
        for _ in 0..2_500 {
            assert_eq!(server.get("/healthz").status, 200);
        }
        server.ask_to_end();
        let (status, printed) = server.until_ended();
        assert!(status.success(), "{printed}");
        assert_eq!(printed.matches("panicked").count(), 0, "{printed}");
        if hangs {
            assert!(!hanging.bodies().is_empty());
        } else {
            assert_eq!(printed.matches("traces can't be exported").count(), 1, "{printed}");
        }
    }
}

#[test]
fn a_collector_that_is_no_address_is_named_with_its_setting() {
    let deployment =
        Deployment::new().with("LEARNCOIN_TELEMETRY_OTLP_ENDPOINT", "user:secret@collector:4318");
    let refused = deployment.serve_refused(&[]);
    assert!(refused.contains("telemetry.otlp_endpoint") && !refused.contains("secret"), "{refused}");
    let refused = Deployment::new().with("LEARNCOIN_TELEMETRY_TRACE_PERCENT", "101").serve_refused(&[]);
    assert!(refused.contains("telemetry.trace_percent"), "{refused}");
}
