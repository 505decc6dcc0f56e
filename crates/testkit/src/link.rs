//! The connection to the chain, which a test can cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use learncoin_chain::rpc::{RpcError, Transport};
use learncoin_dev_chain::DevChain;
use serde_json::Value;

/// The embedded chain behind a connection that may be down.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) chain: DevChain,
    pub(crate) down: Arc<AtomicBool>,
}

impl Transport for Link {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        if self.down.load(Ordering::SeqCst) {
            return ready(Err(RpcError::Unreachable { reason: "the line is cut".to_owned() })).boxed();
        }
        self.chain.call(method, params)
    }
}
