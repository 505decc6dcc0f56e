//! The calls to a node: the transport that carries a call, the client that makes the calls, and their errors.
//!
//! Invariant: a response that cannot be right is [`RpcError::Malformed`], never "absent": only a valid response can mean
//! that there is nothing.

mod client;
mod error;
mod expected;
mod failover;
mod fields;
mod header;
mod http;
mod inclusion;
mod locate;

pub use client::{BlockTag, Client, SendOutcome};
pub use error::RpcError;
pub use expected::{ExpectedChain, ForeignChain};
pub use failover::Failover;
pub use header::Header;
pub use http::{HttpTransport, Timeouts};
pub use inclusion::{IncludedTransaction, Inclusion};
pub use locate::Located;

use futures_util::future::BoxFuture;
use serde_json::Value;

/// Carries one JSON-RPC call to a node and its response back.
pub trait Transport: Send + Sync {
    /// Calls `method` with `params`, an array of positional parameters, and returns the `result` member.
    ///
    /// # Errors
    /// See [`RpcError`]; a node's own error object is [`RpcError::Node`].
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>>;

    /// Records that a result made no sense to the caller, so that another node is called next, if there is one.
    fn distrust(&self) {}
}
