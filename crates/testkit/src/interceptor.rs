//! A transport to a node that intercepts calls: to lose requests, falsify responses or delay them.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use learncoin_chain::rpc::{RpcError, Transport};
use serde_json::Value;

use crate::gate::Gate;

/// Decides about a call: `None` passes it on.
pub(crate) type Rule = Box<dyn Fn(&str, &Value) -> Option<Interception> + Send + Sync>;

/// The fate of an intercepted call.
pub enum Interception {
    /// It does not reach the node; this is the response.
    Instead(Result<Value, RpcError>),
    /// It reaches the node; this is the response instead of the node's.
    AfterAll(Result<Value, RpcError>),
    /// It reaches the node; the response waits at the gate.
    Held(Gate),
}

/// The current rule, if there is one.
pub(crate) type Slot = Arc<Mutex<Option<Arc<Rule>>>>;

/// A transport to a node, with the current rule.
#[derive(Clone)]
pub struct Interceptor {
    node: Arc<dyn Transport>,
    rule: Slot,
}

impl Interceptor {
    /// Creates a transport to this node, without a rule.
    pub fn on(node: Arc<dyn Transport>) -> Self {
        Self::under(node, Slot::default())
    }

    /// Creates a transport to this node with a shared rule.
    pub(crate) fn under(node: Arc<dyn Transport>, rule: Slot) -> Self {
        Self { node, rule }
    }

    /// Sets the rule for the calls from now on.
    pub fn set(&self, rule: impl Fn(&str, &Value) -> Option<Interception> + Send + Sync + 'static) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Box::new(rule)));
    }

    /// Removes the rule.
    pub fn stop(&self) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Transport for Interceptor {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        async move {
            let rule = self.rule.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match rule.and_then(|rule| rule(method, &params)) {
                None => self.node.call(method, params).await,
                Some(Interception::Instead(answer)) => answer,
                Some(Interception::AfterAll(answer)) => {
                    let _ = self.node.call(method, params).await;
                    answer
                }
                Some(Interception::Held(gate)) => {
                    let answer = self.node.call(method, params).await;
                    gate.pass().await;
                    answer
                }
            }
        }
        .boxed()
    }
}
