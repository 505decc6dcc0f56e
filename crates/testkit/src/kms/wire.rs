//! The form of Google's JSON: enumerations by name or, if the caller requests it, by number, and errors in their
//! envelope.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use serde_json::{Value, json};

/// The members that hold enumerations, with their values and the numbers of these in the API's definition.
const ENUMERATIONS: [(&str, &[(&str, i64)]); 4] = [
    ("purpose", &[("ENCRYPT_DECRYPT", 1), ("ASYMMETRIC_SIGN", 5)]),
    ("algorithm", &[("EC_SIGN_P256_SHA256", 12), ("EC_SIGN_SECP256K1_SHA256", 31), ("EC_SIGN_ED25519", 40)]),
    ("protectionLevel", &[("SOFTWARE", 1), ("HSM", 2)]),
    (
        "state",
        &[
            ("ENABLED", 1),
            ("DISABLED", 2),
            ("DESTROYED", 3),
            ("DESTROY_SCHEDULED", 4),
            ("PENDING_GENERATION", 5),
        ],
    ),
];

fn values_of(member: &str) -> &'static [(&'static str, i64)] {
    ENUMERATIONS.iter().find(|(name, _)| *name == member).map_or(&[], |(_, values)| *values)
}

/// Returns the name of the enumeration value in this member, given by name or by number.
pub(super) fn read(value: &Value, member: &str) -> &'static str {
    let given = value.get(member).unwrap_or(&Value::Null);
    let is_it = |(name, number): &&(&str, i64)| given == name || *given == json!(number);
    values_of(member).iter().find(is_it).map_or("", |(name, _)| *name)
}

fn with_numbers(value: &mut Value) {
    let Value::Object(members) = value else { return };
    for (name, value) in members {
        let known_value = values_of(name).iter().find(|(known, _)| value == known);
        match known_value {
            Some((_, number)) => *value = json!(number),
            None => with_numbers(value),
        }
    }
}

/// Creates a response.
pub(super) fn answer(status: u16, value: &Value, numbers: bool) -> Response {
    let mut value = value.clone();
    if numbers {
        with_numbers(&mut value);
    }
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json; charset=UTF-8")
        .header("metadata-flavor", "Google")
        .body(Body::from(value.to_string()))
        .expect("the answer is well-formed")
}

/// Creates the response of a captive portal or a proxy.
pub(super) fn page() -> Response {
    Response::builder()
        .header(CONTENT_TYPE, "text/html")
        .body(Body::from("<!doctype html><title>Log in</title>"))
        .expect("the answer is well-formed")
}

/// Why a call failed.
pub(super) struct Failure {
    status: u16,
    name: &'static str,
    message: String,
}

impl Failure {
    fn new(status: u16, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into() }
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
    }

    pub(super) fn denied() -> Self {
        Self::new(403, "PERMISSION_DENIED", "Permission denied on resource (or it may not exist).")
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(404, "NOT_FOUND", format!("{what} not found."))
    }

    pub(super) fn exists(what: &str) -> Self {
        Self::new(409, "ALREADY_EXISTS", format!("{what} already exists."))
    }

    pub(super) fn argument(message: &str) -> Self {
        Self::new(400, "INVALID_ARGUMENT", message)
    }

    pub(super) fn precondition(version: &str, state: &str) -> Self {
        let message = format!("{version} is not enabled, current state is: {state}.");
        Self::new(400, "FAILED_PRECONDITION", message)
    }
}

/// Creates the response for a failure, in its envelope.
pub(super) fn failure(failure: &Failure, numbers: bool) -> Response {
    let Failure { status, name, message } = failure;
    answer(*status, &json!({ "error": { "code": status, "message": message, "status": name } }), numbers)
}
