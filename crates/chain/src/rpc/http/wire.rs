//! The bodies of JSON-RPC 2.0: one call or a batch of calls, and their responses.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::rpc::RpcError;

/// A call as it is written into a body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) params: Value,
}

/// Writes the body of a request: an object for one call, an array for several (section 6). The calls have consecutive ids from `first_id`.
pub(super) fn write(calls: &[Call], first_id: u64) -> String {
    let mut objects: Vec<Value> = calls
        .iter()
        .zip(first_id..)
        .map(|(call, id)| json!({ "jsonrpc": "2.0", "id": id, "method": call.method, "params": call.params }))
        .collect();
    match objects.as_mut_slice() {
        [single] => single.take().to_string(),
        _ => Value::Array(objects).to_string(),
    }
}

/// Returns the result in the response to one call (section 5).
pub(super) fn read_one(id: u64, body: &[u8]) -> Result<Value, RpcError> {
    let Ok(Value::Object(response)) = serde_json::from_slice(body) else {
        return Err(RpcError::malformed("the answer is not a JSON object"));
    };
    if response.get("id").and_then(Value::as_u64) != Some(id) {
        return Err(RpcError::malformed("the answer has the id of another call"));
    }
    read_result(response)
}

/// Returns the results in the response to a batch of `count` calls, in the order of the calls; the node may answer in any order.
///
/// # Errors
/// [`RpcError::Malformed`] if the node did not respond with a list, as one that takes no batches or none of this length.
pub(super) fn read_batch(
    first_id: u64,
    count: usize,
    body: &[u8],
) -> Result<Vec<Result<Value, RpcError>>, RpcError> {
    let Ok(Value::Array(responses)) = serde_json::from_slice(body) else {
        return Err(RpcError::malformed("the answer to a batch is not a list"));
    };
    let mut by_id: HashMap<u64, Map<String, Value>> = responses
        .into_iter()
        .filter_map(|response| match response {
            Value::Object(response) => Some((response.get("id")?.as_u64()?, response)),
            _ => None,
        })
        .collect();
    let missing = || RpcError::malformed("the answer to a batch lacks a call");
    Ok((first_id..).take(count).map(|id| read_result(by_id.remove(&id).ok_or_else(missing)?)).collect())
}

/// Returns the error object in a body whose HTTP status is no success, if that is what it holds: hosted nodes send their refusals so.
pub(super) fn read_refusal(id: u64, body: &[u8]) -> Option<RpcError> {
    let response: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let is_ours = match response.get("id") {
        None | Some(Value::Null) => true,
        Some(found) => found.as_u64() == Some(id),
    };
    let error = response.get("error").filter(|_| is_ours)?.as_object()?;
    error.get("code").and_then(Value::as_i64)?;
    read_result(response).err()
}

fn read_result(mut response: Map<String, Value>) -> Result<Value, RpcError> {
    match (response.remove("result"), response.remove("error")) {
        (_, Some(Value::Object(error))) => {
            let code = error.get("code").and_then(Value::as_i64);
            let message = error.get("message").and_then(Value::as_str);
            Err(RpcError::node(code.unwrap_or_default(), message.unwrap_or_default()))
        }
        (Some(result), None | Some(Value::Null)) => Ok(result),
        _ => Err(RpcError::malformed("the answer has neither a result nor an error")),
    }
}
