//! Failover between several nodes of one chain, in order of preference: if one has no usable response or refuses, the next is called.
//!
//! A refusal counts when all nodes refuse, so that a limit, a method or a state that one of them lacks stops nothing. A transaction that
//! one node refuses and no other accepts is refused, even if others can't be reached.
//!
//! A node's chain id is checked before any other call, and a node of another chain is not called again until the process
//! is restarted.
//!
//! Invariant: a response comes from one node. Responses to several calls may come from several nodes, so a caller that
//! combines them must not assume one view of the chain; [`Client::inclusion`](super::Client::inclusion) does not.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::fields::{Fields, answer_u64};
use super::{RpcError, Transport};

/// The number of calls to a less preferred node after which the most preferred one is tried again.
const TRY_THE_FIRST_AGAIN_AFTER: usize = 64;

/// The chain that a node must be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ExpectedChain {
    id: u64,
    /// The hash of block 0, if it is checked. A node that no longer has that block is believed.
    genesis: Option<[u8; 32]>,
}

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
    transport: Box<dyn Transport>,
    /// Whether its chain id is the right one.
    is_verified: AtomicBool,
    /// Whether its chain id is another one.
    is_foreign: AtomicBool,
}

impl Failover {
    /// Creates a transport to these nodes of the chain with this id, the most preferred first.
    pub fn new(chain_id: u64, transports: Vec<Box<dyn Transport>>) -> Failover {
        let nodes = transports.into_iter().enumerate().map(|(place, transport)| Node {
            number: place + 1,
            transport,
            is_verified: AtomicBool::new(false),
            is_foreign: AtomicBool::new(false),
        });
        Failover {
            chain: ExpectedChain { id: chain_id, genesis: None },
            nodes: nodes.collect(),
            current: AtomicUsize::new(0),
            calls_elsewhere: AtomicUsize::new(0),
        }
    }

    /// Lets the nodes' block 0 be checked too, before any other call.
    #[must_use]
    pub fn with_genesis(mut self, hash: [u8; 32]) -> Failover {
        self.chain.genesis = Some(hash);
        self
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
            if !self.is_on(chain).await? {
                self.is_foreign.store(true, Ordering::Relaxed);
                tracing::error!(
                    chain.id = chain.id,
                    node = self.number,
                    "a node is on another chain: it is not asked any more"
                );
                return Err(RpcError::malformed("the node is on another chain"));
            }
            self.is_verified.store(true, Ordering::Relaxed);
        }
        self.transport.call(method, params).await
    }

    async fn is_on(&self, chain: &ExpectedChain) -> Result<bool, RpcError> {
        let id = answer_u64("eth_chainId", &self.transport.call("eth_chainId", json!([])).await?)?;
        let Some(expected) = chain.genesis.filter(|_| id == chain.id) else { return Ok(id == chain.id) };
        let block = match self.transport.call("eth_getBlockByNumber", json!(["0x0", false])).await {
            Ok(block) => block,
            Err(error) if error.is_absence() => return Ok(true),
            Err(error) => return Err(error),
        };
        let found = Fields::of("block", &block)?.map(|block| block.hash("hash")).transpose()?;
        Ok(found.is_none_or(|found| found == expected))
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
