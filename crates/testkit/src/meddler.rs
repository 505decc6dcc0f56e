//! A line to a node on which answers can be changed: to lose what is sent, to lie, to be behind.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use learncoin_chain::rpc::{RpcError, Transport};
use serde_json::Value;

use crate::gate::Gate;

/// What is done to a call: `None` lets it through.
pub(crate) type Rule = Box<dyn Fn(&str, &Value) -> Option<Meddling> + Send + Sync>;

/// What becomes of a call that is not let through.
pub enum Meddling {
    /// It never reaches the node, and this is the answer.
    Instead(Result<Value, RpcError>),
    /// It reaches the node, and this is the answer all the same.
    AfterAll(Result<Value, RpcError>),
    /// It reaches the node, and its answer is held at the gate.
    Held(Gate),
}

/// The rule of the moment, if there is one.
pub(crate) type Slot = Arc<Mutex<Option<Arc<Rule>>>>;

/// A line to a node, with the rule of the moment.
#[derive(Clone)]
pub struct Meddler {
    node: Arc<dyn Transport>,
    rule: Slot,
}

impl Meddler {
    /// A line to this node.
    pub fn on(node: Arc<dyn Transport>) -> Self {
        Self::under(node, Slot::default())
    }

    /// A line to this node, under the rule that is there.
    pub(crate) fn under(node: Arc<dyn Transport>, rule: Slot) -> Self {
        Self { node, rule }
    }

    /// From now on this is done to calls.
    pub fn set(&self, rule: impl Fn(&str, &Value) -> Option<Meddling> + Send + Sync + 'static) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Box::new(rule)));
    }

    /// From now on nothing is.
    pub fn stop(&self) {
        *self.rule.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Transport for Meddler {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        async move {
            let rule = self.rule.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match rule.and_then(|rule| rule(method, &params)) {
                None => self.node.call(method, params).await,
                Some(Meddling::Instead(answer)) => answer,
                Some(Meddling::AfterAll(answer)) => {
                    let _ = self.node.call(method, params).await;
                    answer
                }
                Some(Meddling::Held(gate)) => {
                    let answer = self.node.call(method, params).await;
                    gate.pass().await;
                    answer
                }
            }
        }
        .boxed()
    }
}
