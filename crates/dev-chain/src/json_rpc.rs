//! The envelope of [JSON-RPC 2.0](https://www.jsonrpc.org/specification): requests, batches, errors; and the chain as
//! a transport of our own client.

use futures_util::future::{BoxFuture, ready};
use serde_json::{Map, Value, json};

use super::DevChain;
use super::methods;
use super::params::Failure;
use learncoin_chain::rpc::{RpcError, Transport};

/// The most calls in one batch.
pub const MAX_BATCH_CALLS: usize = 100;

/// Serves a request or a batch. Returns null for notifications, requests without an `id`, which are executed too.
pub fn json_rpc(chain: &DevChain, request: Value) -> Value {
    let calls = match request {
        Value::Array(calls) => calls,
        single => return answer(chain, single).unwrap_or(Value::Null),
    };
    if calls.is_empty() {
        return failed(Value::Null, &Failure::invalid_request("the batch is empty"));
    }
    if calls.len() > MAX_BATCH_CALLS {
        let text = format!("a batch has at most {MAX_BATCH_CALLS} calls");
        return failed(Value::Null, &Failure::invalid_request(&text));
    }
    let answers: Vec<Value> = calls.into_iter().filter_map(|call| answer(chain, call)).collect();
    if answers.is_empty() { Value::Null } else { Value::Array(answers) }
}

/// Serves the body of an HTTP request, as [`json_rpc`] does. A body that is not JSON gets the error -32700.
pub fn json_rpc_text(chain: &DevChain, body: &[u8]) -> Value {
    match serde_json::from_slice(body) {
        Ok(request) => json_rpc(chain, request),
        Err(_) => failed(Value::Null, &Failure::new(-32700, "the request is not JSON")),
    }
}

impl Transport for DevChain {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        let answer = methods::call(self, method, params);
        Box::pin(ready(answer.map_err(|failure| RpcError::node(failure.code, &failure.message))))
    }
}

/// Serves one call. Returns `None` for a notification.
fn answer(chain: &DevChain, request: Value) -> Option<Value> {
    let Value::Object(mut request) = request else {
        return Some(failed(Value::Null, &Failure::invalid_request("a request is an object")));
    };
    let id = request.remove("id");
    let result = carry_out(chain, request, id.as_ref());
    match (id, result) {
        (None, _) => None,
        (Some(id), Ok(result)) => Some(json!({ "jsonrpc": "2.0", "id": id, "result": result })),
        (Some(id), Err(failure)) if is_id(&id) => Some(failed(id, &failure)),
        (Some(_), Err(failure)) => Some(failed(Value::Null, &failure)),
    }
}

fn carry_out(
    chain: &DevChain,
    mut request: Map<String, Value>,
    id: Option<&Value>,
) -> Result<Value, Failure> {
    if request.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(Failure::invalid_request("jsonrpc is \"2.0\""));
    }
    if !id.is_none_or(is_id) {
        return Err(Failure::invalid_request("id is a text, a number or null"));
    }
    let params = request.remove("params").unwrap_or(Value::Null);
    match request.get("method").and_then(Value::as_str) {
        Some(method) => methods::call(chain, method, params),
        None => Err(Failure::invalid_request("method is a text")),
    }
}

fn is_id(id: &Value) -> bool {
    matches!(id, Value::String(_) | Value::Number(_) | Value::Null)
}

fn failed(id: Value, failure: &Failure) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": failure.code, "message": failure.message } })
}
