//! The envelope of [JSON-RPC 2.0](https://www.jsonrpc.org/specification): requests, batches, errors; and the chain as
//! a transport of our own client.

use futures_util::future::{BoxFuture, ready};
use serde_json::{Map, Value, json};

use super::DevChain;
use super::budget::Budget;
use super::methods::{self, Call};
use super::params::Failure;
use super::submitter::Submitter;
use learncoin_chain::rpc::{RpcError, Transport};

/// The most calls in one batch.
pub const MAX_BATCH_CALLS: usize = 100;
/// The longest id of a request that is repeated in the answer, in bytes as JSON.
const MAX_ID_BYTES: usize = 128;

/// The rights of callers of the JSON-RPC, besides reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallerOptions {
    /// The most transactions that the chain takes from callers in all, over all restarts; 0 for none. The chain's file grows by at most 5
    /// KiB for each.
    pub transactions: u64,
}

/// Serves the body of an HTTP request: a request or a batch. Returns the body of the answer, which has at most
/// [`MAX_ANSWER_BYTES`](super::MAX_ANSWER_BYTES); `None` for notifications, requests without an `id`, which are executed too. A body that is not
/// JSON gets the error -32700.
pub fn json_rpc(chain: &DevChain, options: CallerOptions, body: &[u8]) -> Option<String> {
    let submitter = Submitter::Caller { allowance: options.transactions };
    let calls = match serde_json::from_slice(body) {
        Ok(Value::Array(calls)) => calls,
        Ok(single) => return answer(chain, submitter, &mut Budget::of_calls(1), single),
        Err(_) => return Some(failed(&Value::Null, &Failure::new(-32700, "the request is not JSON"))),
    };
    if calls.is_empty() {
        return Some(failed(&Value::Null, &Failure::invalid_request("the batch is empty")));
    }
    if calls.len() > MAX_BATCH_CALLS {
        let text = format!("a batch has at most {MAX_BATCH_CALLS} calls");
        return Some(failed(&Value::Null, &Failure::invalid_request(&text)));
    }
    let mut budget = Budget::of_calls(calls.len());
    let answers: Vec<String> =
        calls.into_iter().filter_map(|call| answer(chain, submitter, &mut budget, call)).collect();
    if answers.is_empty() { None } else { Some(format!("[{}]", answers.join(","))) }
}

impl Transport for DevChain {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        let mut budget = Budget::own();
        let call = Call { submitter: Submitter::Deployment, budget: &mut budget };
        let answer = methods::call(self, call, method, params);
        Box::pin(ready(answer.map_err(|failure| RpcError::node(failure.code, &failure.message))))
    }
}

/// Serves one call. Returns `None` for a notification.
fn answer(chain: &DevChain, submitter: Submitter, budget: &mut Budget, request: Value) -> Option<String> {
    let Value::Object(mut request) = request else {
        return Some(failed(&Value::Null, &Failure::invalid_request("a request is an object")));
    };
    let id = request.remove("id");
    let result =
        carry_out(chain, Call { submitter, budget: &mut *budget }, request, id.as_ref()).and_then(|result| {
            let result = result.to_string();
            budget.take(result.len())?;
            Ok(result)
        });
    match (id, result) {
        // A notification is a valid request (JSON-RPC 2.0, section 4.1): what is none gets an error, under no id.
        (None, Err(failure)) if failure.is_invalid_request() => Some(failed(&Value::Null, &failure)),
        (None, _) => None,
        (Some(id), Ok(result)) => Some(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#)),
        (Some(id), Err(failure)) if is_id(&id) => Some(failed(&id, &failure)),
        (Some(_), Err(failure)) => Some(failed(&Value::Null, &failure)),
    }
}

fn carry_out(
    chain: &DevChain,
    call: Call<'_>,
    mut request: Map<String, Value>,
    id: Option<&Value>,
) -> Result<Value, Failure> {
    if request.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(Failure::invalid_request("jsonrpc is \"2.0\""));
    }
    if !id.is_none_or(is_id) {
        return Err(Failure::invalid_request("id is a short text, a number or null"));
    }
    let params = request.remove("params").unwrap_or(Value::Null);
    match request.get("method").and_then(Value::as_str) {
        Some(method) => methods::call(chain, call, method, params),
        None => Err(Failure::invalid_request("method is a text")),
    }
}

/// Returns whether an id is of a type that the standard allows, and short: the answer repeats it.
fn is_id(id: &Value) -> bool {
    match id {
        Value::String(text) => text.len() <= MAX_ID_BYTES && id.to_string().len() <= MAX_ID_BYTES,
        Value::Number(number) => number.to_string().len() <= MAX_ID_BYTES,
        Value::Null => true,
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

fn failed(id: &Value, failure: &Failure) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": failure.code, "message": failure.message } })
        .to_string()
}
