//! A node and what it says: the transport that carries one call, the client that knows which calls to make, and the
//! one place that says what can go wrong.
//!
//! Invariant: an answer that cannot be right is [`RpcError::Malformed`], never "absent": only a node that answers the
//! question may say that there is nothing.

mod client;
mod error;
mod failover;
mod fields;
mod http;
mod inclusion;
mod locate;

pub use client::{BlockTag, Client, SendOutcome};
pub use error::RpcError;
pub use failover::Failover;
pub use http::{HttpTransport, Timeouts};
pub use inclusion::{IncludedTransaction, Inclusion};
pub use locate::Located;

use futures_util::future::BoxFuture;
use serde_json::Value;

/// Carries one JSON-RPC call to a node and its answer back.
pub trait Transport: Send + Sync {
    /// Calls `method` with `params`, an array of positional parameters, and answers the `result` member.
    ///
    /// # Errors
    /// Whatever kept the result from arriving; a node's own error object is [`RpcError::Node`].
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>>;
}
