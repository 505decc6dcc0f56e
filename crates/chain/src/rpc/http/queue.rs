//! The calls that wait for a node. Those that wait at the same moment share a request, and equal ones are made once.
//!
//! There is no timer: a call that comes alone is sent at once. While as many requests as allowed are under way, calls gather, and
//! are sent together when one ends.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::oneshot;

use super::wire::Call;
use crate::rpc::RpcError;

/// The most requests to a node that are under way at the same time.
const MOST_UNDER_WAY: usize = 8;
/// The most calls of a request at first. Hosted nodes take from 10 to 1,000.
const MOST_CALLS: usize = 50;

/// The way of a result to a caller that waits for it.
pub(super) type Reply = oneshot::Sender<Result<Value, RpcError>>;

/// A call, and all that wait for its result.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) call: Call,
    pub(super) replies: Vec<Reply>,
}

/// The waiting calls, and what is under way.
#[derive(Debug)]
pub(super) struct Queue(Mutex<State>);

#[derive(Debug)]
struct State {
    waiting: Vec<Waiting>,
    under_way: usize,
    /// The most calls of a request that the node takes, as far as is known.
    most_calls: usize,
}

impl Queue {
    /// Creates an empty queue.
    pub(super) fn new() -> Self {
        Self(Mutex::new(State { waiting: Vec::new(), under_way: 0, most_calls: MOST_CALLS }))
    }

    /// Adds a call. One that waits already is not made twice: both get its result.
    pub(super) fn push(&self, call: Call, reply: Reply) {
        let mut state = self.lock();
        match state.waiting.iter_mut().find(|waiting| waiting.call == call) {
            Some(waiting) => waiting.replies.push(reply),
            None => state.waiting.push(Waiting { call, replies: vec![reply] }),
        }
    }

    /// Takes the calls of the next request, which is under way from then on; `None` if nothing waits, or as many are under way as allowed.
    pub(super) fn take(&self) -> Option<Vec<Waiting>> {
        let mut state = self.lock();
        // No caller waits any more for a call that was given up.
        state.waiting.retain(|waiting| waiting.replies.iter().any(|reply| !reply.is_closed()));
        if state.waiting.is_empty() || state.under_way >= MOST_UNDER_WAY {
            return None;
        }
        let count = state.most_calls.min(state.waiting.len());
        state.under_way += 1;
        Some(state.waiting.drain(..count).collect())
    }

    /// Records that a request is not under way any more.
    pub(super) fn ended(&self) {
        let mut state = self.lock();
        state.under_way = state.under_way.saturating_sub(1);
    }

    /// Records that the node refused a batch of `count` calls that it took one by one. It is sent half as many from then on.
    pub(super) fn refused(&self, count: usize) {
        let mut state = self.lock();
        state.most_calls = state.most_calls.min((count / 2).max(1));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
