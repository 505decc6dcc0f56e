//! The examples of requests and answers. The tests send each request and compare each answer's members.

use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, RefOr};

/// By `operationId`: `request` and `response`, and the response with another status by that.
const EXAMPLES: &str = include_str!("examples.json");

/// Adds an operation's examples to its request and to its success.
pub(super) fn add(id: &str, operation: &mut Operation) {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let Some(of_operation) = examples.get(id) else { return };
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        put(body.content.values_mut(), of_operation.get("request"));
    }
    for (status, response) in &mut operation.responses.responses {
        let is_success = status.starts_with('2') || of_operation.get(status.as_str()).is_some();
        if let (true, RefOr::T(response)) = (is_success, response) {
            // A status beside that of the success has an example of its own.
            let example = of_operation.get(status.as_str()).or_else(|| of_operation.get("response"));
            put(response.content.values_mut(), example);
        }
    }
}

fn put<'c>(contents: impl Iterator<Item = &'c mut RefOr<Content>>, example: Option<&Value>) {
    for content in contents {
        if let RefOr::T(content) = content {
            content.example = example.cloned();
        }
    }
}
