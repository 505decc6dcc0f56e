//! Reads the members of an answer, and names the one that is not what it should be.

use alloy_primitives::{Address, U256};
use serde_json::{Map, Value};

use crate::hex::{parse_address, parse_data, parse_hash, parse_quantity, parse_u64};
use crate::rpc::RpcError;

/// An object in a node's answer; `what` names it in errors.
pub(super) struct Fields<'a> {
    what: &'static str,
    members: &'a Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// Looks at `value` as an object; `null` stands for "there is none".
    pub(super) fn of(what: &'static str, value: &'a Value) -> Result<Option<Fields<'a>>, RpcError> {
        match value {
            Value::Null => Ok(None),
            Value::Object(members) => Ok(Some(Fields { what, members })),
            _ => Err(RpcError::malformed(format!("{what} is neither an object nor null"))),
        }
    }

    /// The member, or `None` where it is missing or null.
    pub(super) fn optional(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// A number of at most 256 bits.
    pub(super) fn quantity(&self, name: &str) -> Result<U256, RpcError> {
        self.read(name, "a quantity", parse_quantity)
    }

    /// A number of at most 128 bits.
    pub(super) fn u128(&self, name: &str) -> Result<u128, RpcError> {
        self.read(name, "a quantity of at most 128 bits", |text| parse_quantity(text)?.try_into().ok())
    }

    /// A number of at most 64 bits.
    pub(super) fn u64(&self, name: &str) -> Result<u64, RpcError> {
        self.read(name, "a quantity of at most 64 bits", parse_u64)
    }

    /// Bytes.
    pub(super) fn data(&self, name: &str) -> Result<Vec<u8>, RpcError> {
        self.read(name, "data", parse_data)
    }

    /// 32 bytes.
    pub(super) fn hash(&self, name: &str) -> Result<[u8; 32], RpcError> {
        self.read(name, "a hash", parse_hash)
    }

    /// 20 bytes.
    pub(super) fn address(&self, name: &str) -> Result<Address, RpcError> {
        self.read(name, "an address", parse_address)
    }

    /// The error that says what this member should be.
    pub(super) fn wrong(&self, name: &str, expected: &str) -> RpcError {
        RpcError::malformed(format!("{}.{name} is not {expected}", self.what))
    }

    fn read<T>(&self, name: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, RpcError> {
        self.optional(name).and_then(Value::as_str).and_then(parse).ok_or_else(|| self.wrong(name, expected))
    }
}

/// Reads an answer that is one number of at most 64 bits.
pub(super) fn answer_u64(method: &str, answer: &Value) -> Result<u64, RpcError> {
    answer.as_str().and_then(parse_u64).ok_or_else(|| not_a_quantity(method))
}

/// Reads an answer that is one number of at most 256 bits.
pub(super) fn answer_quantity(method: &str, answer: &Value) -> Result<U256, RpcError> {
    answer.as_str().and_then(parse_quantity).ok_or_else(|| not_a_quantity(method))
}

fn not_a_quantity(method: &str) -> RpcError {
    RpcError::malformed(format!("the answer to {method} is not a quantity"))
}
