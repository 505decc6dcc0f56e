//! The members of a response: parses them, and names the one that is not of the expected form.

use alloy_primitives::{Address, U256};
use serde_json::{Map, Value};

use crate::hex::{parse_address, parse_data, parse_hash, parse_quantity, parse_u64};
use crate::rpc::RpcError;

/// An object in a node's response; `what` names it in errors.
pub(super) struct Fields<'a> {
    what: &'static str,
    members: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// Reads `value` as an object; `None` if it is `null`.
    pub(super) fn of(what: &'static str, value: &'a Value) -> Result<Option<Fields<'a>>, RpcError> {
        match value {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(Fields { what, members })),
            _ => Err(RpcError::malformed(format!("{what} is neither an object nor null"))),
        }
    }

    /// Returns the member; `None` if it is missing or null.
    pub(super) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// Returns a number of at most 256 bits.
    pub(super) fn quantity(&self, name: &str) -> Result<U256, RpcError> {
        self.read(name, "a quantity", parse_quantity)
    }

    /// Returns a number of at most 128 bits.
    pub(super) fn u128(&self, name: &str) -> Result<u128, RpcError> {
        self.read(name, "a quantity of at most 128 bits", |text| parse_quantity(text)?.try_into().ok())
    }

    /// Returns a number of at most 64 bits.
    pub(super) fn u64(&self, name: &str) -> Result<u64, RpcError> {
        self.read(name, "a quantity of at most 64 bits", parse_u64)
    }

    /// Returns bytes.
    pub(super) fn data(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.read(name, "data", parse_data)
    }

    /// Returns 32 bytes.
    pub(super) fn hash(&self, name: &str) -> Result<[u8; 32], RpcError> {
        self.read(name, "a hash", parse_hash)
    }

    /// Returns 20 bytes.
    pub(super) fn address(&self, name: &str) -> Result<Address, RpcError> {
        self.read(name, "an address", parse_address)
    }

    /// Returns the error that names the expected form of this member.
    pub(super) fn wrong(&self, name: &str, expected: &str) -> RpcError {
        RpcError::malformed(format!("{}.{name} is not {expected}", self.what))
    }

    fn read<T>(&self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, RpcError> {
        self.optional(name).and_then(Value::as_str).and_then(parse).ok_or_else(|| self.wrong(name, expected))
    }
}

/// Parses a response that is one number of at most 64 bits.
pub(super) fn answer_u64(method: &str, answer: &Value) -> Result<u64, RpcError> {
    answer.as_str().and_then(parse_u64).ok_or_else(|| not_a_quantity(method))
}

/// Parses a response that is one number of at most 256 bits.
pub(super) fn answer_quantity(method: &str, answer: &Value) -> Result<U256, RpcError> {
    answer.as_str().and_then(parse_quantity).ok_or_else(|| not_a_quantity(method))
}

fn not_a_quantity(method: &str) -> RpcError {
    RpcError::malformed(format!("the answer to {method} is not a quantity"))
}
