//! The parameters of a call, and the error of a call.

use alloy_primitives::{Address, B256};
use serde_json::Value;

use super::error::SubmitError;
use learncoin_chain::hex::{parse_address, parse_hash, parse_u64};

const INVALID_REQUEST: i64 = -32600;

/// The error of a call.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The code of JSON-RPC 2.0, section 5.1.
    pub(crate) code: i64,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: i64, message: &str) -> Failure {
        Failure { code, message: message.to_owned() }
    }

    pub(crate) fn invalid_request(message: &str) -> Failure {
        Failure::new(INVALID_REQUEST, message)
    }

    pub(crate) fn is_invalid_request(&self) -> bool {
        self.code == INVALID_REQUEST
    }

    pub(crate) fn invalid_params(message: &str) -> Failure {
        Failure::new(-32602, message)
    }

    /// Creates the error of a valid call that a node can't or does not execute.
    pub(crate) fn refused(message: &str) -> Failure {
        Failure::new(-32000, message)
    }
}

impl From<SubmitError> for Failure {
    fn from(error: SubmitError) -> Failure {
        // EIP-1474: a method that is not supported.
        let code = if error == SubmitError::ReadOnly { -32004 } else { -32000 };
        Failure::new(code, &error.to_string())
    }
}

/// Positional parameters.
pub(crate) struct Params {
    values: Vec<Value>,
}

impl Params {
    pub(crate) fn new(params: Value) -> Result<Params, Failure> {
        match params {
            Value::Null => Ok(Params { values: Vec::new() }),
            Value::Array(values) => Ok(Params { values }),
            _ => Err(Failure::invalid_params("params is a list")),
        }
    }

    /// Returns a parameter; `None` if it is missing or null.
    pub(crate) fn get(&self, index: usize) -> Option<&Value> {
        self.values.get(index).filter(|value| !value.is_null())
    }

    pub(crate) fn text<T>(
        &self,
        index: usize,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        self.get(index)
            .and_then(Value::as_str)
            .and_then(parse)
            .ok_or_else(|| Failure::invalid_params(&format!("params[{index}]: {expected}")))
    }

    pub(crate) fn hash(&self, index: usize) -> Result<B256, Failure> {
        self.text(index, "a hash has 32 bytes", parse_hash).map(B256::new)
    }

    pub(crate) fn address(&self, index: usize) -> Result<Address, Failure> {
        self.text(index, "an address has 20 bytes", parse_address)
    }

    /// Returns the block that a parameter names; the newest if it is missing.
    pub(crate) fn block(&self, index: usize) -> Result<BlockChoice, Failure> {
        if self.get(index).is_none() {
            return Ok(BlockChoice::Head);
        }
        self.text(index, "a block is latest, pending, safe, finalized, earliest or a quantity", |text| {
            match text {
                // No block is ever replaced, so the newest one is safe and final.
                "latest" | "safe" | "finalized" => Some(BlockChoice::Head),
                "pending" => Some(BlockChoice::Pending),
                "earliest" => Some(BlockChoice::Number(0)),
                number => parse_u64(number).map(BlockChoice::Number),
            }
        })
    }

    pub(crate) fn flag(&self, index: usize) -> Result<bool, Failure> {
        match self.get(index) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Failure::invalid_params(&format!("params[{index}]: it is true or false"))),
        }
    }
}

/// The block that a call is about.
pub(crate) enum BlockChoice {
    /// The newest.
    Head,
    /// The one that would be mined now.
    Pending,
    /// The one at this height.
    Number(u64),
}
