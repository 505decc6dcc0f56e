//! An OpenTelemetry collector on a loopback port, which keeps what it gets.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;

use crate::support::deployment::Deployment;
use crate::support::http::{spawn, wait};

/// The collector's behavior.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Answers,
    /// It takes everything and never answers.
    Hangs,
}

struct Shared {
    manner: Manner,
    bodies: Mutex<Vec<Vec<u8>>>,
}

/// A collector. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Collector {
    shared: Arc<Shared>,
    port: u16,
}

impl Collector {
    pub(crate) fn start(manner: Manner) -> Self {
        let shared = Arc::new(Shared { manner, bodies: Mutex::default() });
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let listener = wait(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        spawn(async move { axum::serve(listener, router).await });
        Self { shared, port }
    }

    /// Returns the deployment with servers that send their traces to this collector.
    pub(crate) fn of(&self, deployment: &Deployment) -> Deployment {
        deployment.with("LEARNCOIN_TELEMETRY_OTLP_ENDPOINT", format!("http://127.0.0.1:{}", self.port))
    }

    /// Returns the bodies that came, unchanged.
    pub(crate) fn bodies(&self) -> Vec<Vec<u8>> {
        self.shared.bodies.lock().unwrap().clone()
    }

    /// Returns every span that came, each with the attributes of its process.
    pub(crate) fn spans(&self) -> Vec<(Vec<KeyValue>, Span)> {
        let mut spans = Vec::new();
        for body in self.bodies() {
            let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            for of_process in request.resource_spans {
                let resource = of_process.resource.unwrap().attributes;
                for span in of_process.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                    spans.push((resource.clone(), span));
                }
            }
        }
        spans
    }

    /// Returns the spans with this name.
    pub(crate) fn named(&self, name: &str) -> Vec<Span> {
        self.spans().into_iter().map(|(_, span)| span).filter(|span| span.name == name).collect()
    }
}

/// Returns the value of an attribute as text; empty if there is none.
pub(crate) fn attribute(attributes: &[KeyValue], name: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == name);
    match found.and_then(|attribute| attribute.value.clone()) {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => text,
        Some(AnyValue { value: Some(Value::IntValue(number)) }) => number.to_string(),
        Some(AnyValue { value: Some(Value::BoolValue(yes)) }) => yes.to_string(),
        Some(other) => panic!("{name} is {other:?}"),
        None => String::new(),
    }
}

async fn receive(State(shared): State<Arc<Shared>>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    let is_ours = uri.path() == "/v1/traces"
        && headers.get("content-type").is_some_and(|media_type| media_type == "application/x-protobuf");
    if !is_ours {
        return StatusCode::NOT_FOUND;
    }
    shared.bodies.lock().unwrap().push(body.to_vec());
    match shared.manner {
        Manner::Answers => StatusCode::OK,
        Manner::Hangs => std::future::pending().await,
    }
}
