//! The newest blocks of a chain, read once for all that look at the chain instead of once for each.
//!
//! A transaction that was seen in a block stays there as long as every newer head descends from the one at which it was seen. So
//! nothing is asked about it until it is deep enough, final, or the heads are not linked any more. This saves calls; nothing counts as
//! confirmed or final by it: for that, each transaction is looked up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use futures_util::future::try_join_all;
use learncoin_chain::fee::Market;
use learncoin_chain::rpc::{BlockTag, Client, Header, RpcError};
use tokio::sync::Mutex;

/// The most transactions that are remembered. One that is not remembered is looked up.
const MOST_SEEN: usize = 100_000;
/// The calls that a look-up of a transaction takes: reading more headers than that for each transaction saves nothing.
const CALLS_PER_LOOK_UP: u64 = 4;
/// The most headers that are read to link two heads.
const MOST_HEADERS: u64 = 200;

/// The newest blocks of one chain. Cheap to clone; clones share what they know.
#[derive(Clone, Default)]
pub struct Heads(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// The height of the newest block that was read, for those that can't wait for a read; 0 before the first one.
    height: AtomicU64,
    /// The fees of the next block.
    market: PerHead<Market>,
    /// The height of the newest final block; `None` from nodes that do not report it.
    finalized: PerHead<Option<u64>>,
    /// The part that people are shown.
    seen: StdMutex<SeenHead>,
}

/// The newest block and the fees that this process read last, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeenHead {
    /// The height, and when it was read, in milliseconds since 1970; `None` before the first read.
    pub head: Option<(u64, i64)>,
    /// Whether the read after it failed.
    pub is_silent: bool,
    /// The lowest price of a unit of gas in the next block, in wei.
    pub price: Option<u128>,
}

#[derive(Default)]
struct State {
    /// When the newest block was read, and what came of it.
    read: Option<(i64, Result<Header, RpcError>)>,
    /// The newest block that was read.
    head: Option<Header>,
    /// The number of times that a head did not descend from the one before.
    branch: u64,
    /// The height of the block of each transaction that was seen in one, and the branch of that time.
    seen: HashMap<[u8; 32], (u64, u64)>,
    /// The transactions that the nodes knew and that were in no block at this head.
    waiting: HashMap<[u8; 32], [u8; 32]>,
}

/// The newest block at which a transaction was looked up, read before the look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    head: Header,
    branch: u64,
    /// When the block was read, in milliseconds since 1970.
    read_at: i64,
}

/// The outcome of a call at a head. A caller that reads it holds up the others that need it, and no one else.
struct PerHead<T>(Mutex<Option<(Mark, Result<T, RpcError>)>>);

impl<T> Default for PerHead<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone> PerHead<T> {
    /// Returns what was read at this head, or reads it. A failure is kept until the head is read again.
    async fn get(&self, mark: Mark, read: impl Future<Output = Result<T, RpcError>>) -> Result<T, RpcError> {
        let mut kept = self.0.lock().await;
        if let Some((at, outcome)) = &*kept
            && at.head == mark.head
            && (outcome.is_ok() || at.read_at == mark.read_at)
        {
            return outcome.clone();
        }
        let outcome = read.await;
        *kept = Some((mark, outcome.clone()));
        outcome
    }
}

/// A read of the newest blocks: the caller's client, the time in milliseconds since 1970, and how old the last read may be.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) client: &'a Client,
    pub(crate) now_ms: i64,
    pub(crate) max_age_ms: i64,
}

impl Heads {
    /// Returns the newest block.
    ///
    /// # Errors
    /// Any [`RpcError`], also the one of a read that just failed.
    pub(crate) async fn mark(&self, look: Look<'_>) -> Result<Mark, RpcError> {
        let mut state = self.0.state.lock().await;
        let newest = state.newest(look).await;
        self.record(|seen| {
            seen.is_silent = newest.is_err();
            if let Ok((read_at, head)) = &newest {
                seen.head = Some((head.number, *read_at));
            }
        });
        let (read_at, head) = newest?;
        self.0.height.store(head.number, Ordering::Relaxed);
        Ok(Mark { head, branch: state.branch, read_at })
    }

    /// Returns the height of the newest block that was read, without a call; 0 before the first one.
    pub(crate) fn known_height(&self) -> u64 {
        self.0.height.load(Ordering::Relaxed)
    }

    /// Returns when the newest block is read again at the earliest, in milliseconds since 1970, if it is read every `poll_ms`.
    pub(crate) async fn next_read(&self, now_ms: i64, poll_ms: i64) -> i64 {
        let next = now_ms.saturating_add(poll_ms);
        match self.0.state.lock().await.read {
            // Those that look at the chain do so together.
            Some((read_at, _)) if read_at <= now_ms => match read_at.saturating_add(poll_ms) {
                at if at > now_ms => at,
                _ => next,
            },
            _ => next,
        }
    }

    /// Returns the fees of the next block.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub(crate) async fn market(&self, look: Look<'_>) -> Result<Market, RpcError> {
        let mark = self.mark(look).await?;
        let market = self.0.market.get(mark, look.client.market()).await?;
        self.record(|seen| seen.price = Some(market.price()));
        Ok(market)
    }

    /// Returns what was read last, without a call, and without waiting for one.
    pub fn seen(&self) -> SeenHead {
        *self.0.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, change: impl FnOnce(&mut SeenHead)) {
        change(&mut self.0.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Returns the height of the newest block that can't be replaced any more; `None` from nodes that do not report it.
    ///
    /// # Errors
    /// Any [`RpcError`].
    pub(crate) async fn finalized(&self, look: Look<'_>) -> Result<Option<u64>, RpcError> {
        let mark = self.mark(look).await?;
        self.0.finalized.get(mark, look.client.finalized_number()).await
    }

    /// Returns the height of the block that a transaction is in, as far as that is known without a look-up.
    pub(crate) async fn block_of(&self, hash: &[u8; 32], mark: &Mark) -> Option<u64> {
        let state = self.0.state.lock().await;
        state.seen.get(hash).filter(|(_, branch)| *branch == mark.branch).map(|(number, _)| *number)
    }

    /// Records that a transaction was seen in the block at this height, by a look-up after `mark`.
    pub(crate) async fn saw(&self, hash: &[u8; 32], block_number: u64, mark: &Mark) {
        let mut state = self.0.state.lock().await;
        if state.seen.len() < MOST_SEEN {
            state.seen.insert(*hash, (block_number, mark.branch));
        }
    }

    /// Forgets a transaction that nothing is waited for any more.
    pub(crate) async fn forget(&self, hash: &[u8; 32]) {
        self.0.state.lock().await.seen.remove(hash);
    }

    /// Checks whether a transaction was in no block, and known to the nodes, when it was looked up at this head.
    pub(crate) async fn still_waits(&self, hash: &[u8; 32], mark: &Mark) -> bool {
        self.0.state.lock().await.waiting.get(hash) == Some(&mark.head.hash)
    }

    /// Records that a transaction is in no block, and that the nodes know it, by a look-up after `mark`.
    pub(crate) async fn waits(&self, hash: &[u8; 32], mark: &Mark) {
        let mut state = self.0.state.lock().await;
        if state.waiting.len() < MOST_SEEN {
            state.waiting.insert(*hash, mark.head.hash);
        }
    }
}

impl Mark {
    /// Returns the number of confirmations of a block: 1 of the newest one, 0 of one that is above it.
    pub(crate) fn confirmations(&self, block_number: u64) -> u64 {
        self.head.number.saturating_add(1).saturating_sub(block_number)
    }
}

impl State {
    /// Returns the newest block, and when it was read.
    async fn newest(&mut self, look: Look<'_>) -> Result<(i64, Header), RpcError> {
        if let Some((read_at, outcome)) = &self.read {
            let age = look.now_ms.saturating_sub(*read_at);
            // A clock that went back makes a read stale too.
            if (0..look.max_age_ms).contains(&age) {
                return outcome.clone().map(|head| (*read_at, head));
            }
        }
        let outcome = self.read(look.client).await;
        self.read = Some((look.now_ms, outcome.clone()));
        outcome.map(|head| (look.now_ms, head))
    }

    async fn read(&mut self, client: &Client) -> Result<Header, RpcError> {
        let head = client.header(BlockTag::Latest).await?;
        let head =
            head.ok_or_else(|| RpcError::Malformed { reason: "the node has no newest block".to_owned() })?;
        if self.head == Some(head) {
            return Ok(head);
        }
        if !self.descends(&head, client).await {
            self.branch += 1;
            self.seen.clear();
        }
        self.head = Some(head);
        self.waiting.clear();
        Ok(head)
    }

    /// Checks whether a block descends from the newest one so far. If that would take more calls than looking everything up again, or one
    /// fails, the answer is no.
    async fn descends(&self, head: &Header, client: &Client) -> bool {
        let Some(before) = self.head else { return false };
        let Some(distance) = head.number.checked_sub(before.number).filter(|distance| *distance > 0) else {
            return false;
        };
        let saved = u64::try_from(self.seen.len()).unwrap_or(u64::MAX).saturating_mul(CALLS_PER_LOOK_UP);
        if distance > 1 && distance - 1 > saved.min(MOST_HEADERS) {
            return false;
        }
        let between = (before.number.saturating_add(1)..head.number)
            .map(|number| client.header(BlockTag::Number(number)));
        let Ok(between) = try_join_all(between).await else { return false };
        let mut parent = before.hash;
        for header in between.into_iter().chain([Some(*head)]) {
            match header {
                Some(header) if header.parent_hash == parent => parent = header.hash,
                _ => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests;
