//! Failover between several nodes of one chain, in order of preference: if one has no usable response or refuses, the next is called.
//!
//! A refusal counts when all nodes refuse, so that a limit, a method or a state that one of them lacks stops nothing. A transaction that
//! one node refuses and no other accepts is refused, even if others can't be reached.
//!
//! A node's chain is checked before any other call, and a node of another chain is not called again until the process
//! is restarted.
//!
//! Invariant: a response comes from one node. Responses to several calls may come from several nodes, so a caller that
//! combines them must not assume one view of the chain; [`Client::inclusion`](super::Client::inclusion) does not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Client, ExpectedChain, RpcError, Transport};

/// The number of calls to a less preferred node after which the most preferred one is tried again.
const TRY_THE_FIRST_AGAIN_AFTER: usize = 64;

/// A transport that carries calls to the first of several nodes that responds.
pub struct Failover {
    chain: ExpectedChain,
    nodes: Vec<Node>,
    /// The node that responded last.
    current: AtomicUsize,
    /// The calls since another node than the first became the current one.
    calls_elsewhere: AtomicUsize,
}

struct Node {
    /// Its name in logs: its position in the settings, since its URL may contain a key.
    number: usize,
    client: Client,
    /// Whether its chain is the right one.
    is_verified: AtomicBool,
    /// Whether its chain is another one.
    is_foreign: AtomicBool,
}

impl Failover {
    /// Creates a transport to these nodes of a chain, the most preferred first.
    pub fn new(chain: ExpectedChain, clients: Vec<Client>) -> Failover {
        let nodes = clients.into_iter().enumerate().map(|(place, client)| Node {
            number: place + 1,
            client,
            is_verified: AtomicBool::new(false),
            is_foreign: AtomicBool::new(false),
        });
        Failover {
            chain,
            nodes: nodes.collect(),
            current: AtomicUsize::new(0),
            calls_elsewhere: AtomicUsize::new(0),
        }
    }

    async fn first_answer(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let start = self.start();
        let mut refusal = None;
        let mut outage = None;
        for step in 0..self.nodes.len() {
            let place = (start + step) % self.nodes.len();
            let Some(node) = self.nodes.get(place) else { continue };
            match node.ask(&self.chain, method, params.clone()).await {
                Err(error @ RpcError::Node { .. }) => {
                    tracing::debug!(chain.id = self.chain.id, node = node.number, method, %error, "a chain's node refuses");
                    // The first node's refusal is the one to know.
                    refusal.get_or_insert(error);
                }
                Err(error) if is_the_nodes_fault(&error) => {
                    tracing::warn!(chain.id = self.chain.id, node = node.number, %error, "a chain's node gave no usable answer");
                    outage = Some(error);
                }
                answer => {
                    // A node that only lacks this one thing stays the preferred one.
                    if outage.is_some() || refusal.as_ref().is_none_or(|refusal| !refusal.is_absence()) {
                        self.settle(place);
                    }
                    return answer;
                }
            }
        }
        let is_sending = method == "eth_sendRawTransaction";
        Err(match (refusal, outage) {
            (Some(refusal), None) => refusal,
            (Some(refusal), Some(_)) if is_sending => refusal,
            (_, Some(outage)) => outage,
            (None, None) => RpcError::unreachable("no node is configured"),
        })
    }

    /// Returns the node that the next call begins with: the one that responded last, and now and then the first again.
    fn start(&self) -> usize {
        let current = self.current.load(Ordering::Relaxed);
        if current == 0 {
            return 0;
        }
        let calls = self.calls_elsewhere.fetch_add(1, Ordering::Relaxed);
        if calls.is_multiple_of(TRY_THE_FIRST_AGAIN_AFTER) && calls > 0 { 0 } else { current }
    }

    fn settle(&self, place: usize) {
        if self.current.swap(place, Ordering::Relaxed) != place {
            self.calls_elsewhere.store(0, Ordering::Relaxed);
            tracing::info!(chain.id = self.chain.id, node = place + 1, "this node of the chain is asked now");
        }
    }
}

impl Node {
    async fn ask(&self, chain: &ExpectedChain, method: &str, params: Value) -> Result<Value, RpcError> {
        if self.is_foreign.load(Ordering::Relaxed) {
            return Err(RpcError::malformed("the node is on another chain"));
        }
        if !self.is_verified.load(Ordering::Relaxed) {
            if let Some(foreign) = self.client.compare_chain(chain).await? {
                self.is_foreign.store(true, Ordering::Relaxed);
                tracing::error!(chain.id = chain.id, node = self.number, %foreign, "a node is on another chain: it is not asked any more");
                return Err(RpcError::malformed("the node is on another chain"));
            }
            self.is_verified.store(true, Ordering::Relaxed);
        }
        self.client.call(method, params).await
    }
}

impl Transport for Failover {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(self.first_answer(method, params))
    }

    fn distrust(&self) {
        if self.nodes.len() > 1 {
            self.settle((self.current.load(Ordering::Relaxed) + 1) % self.nodes.len());
        }
    }
}

/// Returns whether another node may have a usable response.
fn is_the_nodes_fault(error: &RpcError) -> bool {
    !matches!(error, RpcError::NotType2 { .. })
}

#[cfg(test)]
mod tests;
