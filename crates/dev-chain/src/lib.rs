//! The embedded development chain: real transactions with real signatures, real headers, blocks mined on a timer, kept
//! in a file of its own. It stands in for Base on a machine without a network.
//!
//! What is as on a real chain: EIP-1559 transactions with chain id, recovered sender, nonces, gas (EIP-7623 included),
//! base fee and balances; a pool with replacement; block hashes that follow from the header; the JSON-RPC that wallets
//! and verifiers speak. What is not: there is no EVM. Every address is an account of a person, those of
//! precompiled contracts too; a transaction without a receiver is refused. There is no state trie (`stateRoot` is zero),
//! nobody earns the tips, and no block is ever replaced, so each is final at once. **Every address owns 1,000 ether
//! before it does anything**: the chain is its own faucet, and nothing on it is worth anything.
//!
//! Invariant: a block is on disk before anybody can see it.
//!
//! Invariant: the file is only appended to; the state in memory is what reading it gives.

mod accounts;
mod block;
mod error;
mod fee_history;
mod json_rpc;
mod log;
mod methods;
mod params;
mod pool;
mod record;
mod render;
mod rules;
mod run;
mod state;
mod view;

pub use error::{DevChainError, SubmitError};
pub use json_rpc::{MAX_BATCH_CALLS, json_rpc, json_rpc_text};
pub use run::RunOptions;
pub use view::{BlockSummary, DevBlock, DevTransaction};

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use self::block::Block;
use self::log::Log;
use self::rules::Accepted;
use self::state::{Next, State};

/// What a chain is made of when there is none yet; of no account for a chain that exists.
#[derive(Debug, Clone, Copy)]
pub struct DevChainOptions {
    /// 32 random bytes that make this chain's first block, and with it every hash, unlike any other's.
    pub genesis_salt: [u8; 32],
    /// The first block's time, in seconds since 1970.
    pub genesis_time: u64,
}

/// An embedded development chain. Cheap to clone; all clones are the same chain.
#[derive(Debug, Clone)]
pub struct DevChain {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Held while a block is made and written, so that there is one at a time. Taken before `state`, never after.
    log: Mutex<Log>,
    state: Mutex<State>,
    work: Notify,
}

impl DevChain {
    /// Opens the chain in the file at `path`, or makes one. Reads the whole file: about 30 µs a block.
    ///
    /// # Errors
    /// [`DevChainError::InUse`] when it is open already; [`DevChainError::NotAChain`] and
    /// [`DevChainError::Damaged`] when the file is not what was written. A torn last line is no error.
    pub fn open(path: &Path, options: DevChainOptions) -> Result<DevChain, DevChainError> {
        let (log, state) = Log::open(path, Block::genesis(options.genesis_time, options.genesis_salt))?;
        let shared = Shared { log: Mutex::new(log), state: Mutex::new(state), work: Notify::new() };
        Ok(DevChain { shared: Arc::new(shared) })
    }

    /// The first block's hash, which tells this chain from every other.
    pub fn genesis_hash(&self) -> [u8; 32] {
        self.state().genesis().hash.0
    }

    /// Takes a signed transaction into the pool and answers its hash.
    ///
    /// One whose nonce is ahead waits until the gap is closed; one with the nonce of another that waits replaces it
    /// if it offers a tenth more. The pool is memory: what is not in a block is gone after a restart.
    ///
    /// # Errors
    /// What a node would say, see [`SubmitError`].
    pub fn submit(&self, raw: &[u8]) -> Result<[u8; 32], SubmitError> {
        let transaction = Accepted::check(raw)?;
        let hash = transaction.hash;
        self.state().submit(transaction)?;
        self.shared.work.notify_waiters();
        Ok(hash.0)
    }

    /// Makes a block of what waits; none where nothing can run. `now` is in seconds since 1970; the block's time is
    /// at least a second after the block's before it.
    ///
    /// A transaction that only waits for the base fee to fall is answered with an empty block, which lowers it.
    /// Blocks the thread until the disk has the block.
    ///
    /// # Errors
    /// [`DevChainError::Io`]; then there is no block, and what waits still waits.
    pub fn mine(&self, now: u64) -> Result<Option<BlockSummary>, DevChainError> {
        let log = self.lock_log();
        if !self.state().has_work() {
            return Ok(None);
        }
        self.mine_locked(log, now).map(Some)
    }

    /// Makes a block in any case, also an empty one, so that the blocks before it gain a confirmation.
    ///
    /// # Errors
    /// As [`DevChain::mine`].
    pub fn mine_empty(&self, now: u64) -> Result<BlockSummary, DevChainError> {
        self.mine_locked(self.lock_log(), now)
    }

    /// How many transactions wait in the pool, those behind a gap included.
    pub fn pending_count(&self) -> usize {
        self.state().waiting_count()
    }

    /// Comes back once a transaction waits that the next block could hold; at once where one does already.
    pub async fn wait_for_transaction(&self) {
        loop {
            let notified = self.shared.work.notified();
            tokio::pin!(notified);
            // From here on no notice is missed, so one that came before is seen below.
            notified.as_mut().enable();
            if self.state().has_work() {
                return;
            }
            notified.await;
        }
    }

    /// A transaction with its place, for a page that a person reads; `None` where the chain does not know the hash.
    pub fn transaction(&self, hash: &[u8; 32]) -> Option<DevTransaction> {
        view::transaction(&self.state(), hash)
    }

    /// The newest blocks, the newest first, at most `limit`; for a page that a person reads.
    pub fn latest_blocks(&self, limit: usize) -> Vec<BlockSummary> {
        view::latest_blocks(&self.state(), limit)
    }

    fn mine_locked(&self, mut log: MutexGuard<'_, Log>, now: u64) -> Result<BlockSummary, DevChainError> {
        let next: Next = self.state().next_block(now);
        // The state is not locked while the disk works, so readers do not wait; it can't move on meanwhile either,
        // because only the holder of the log appends.
        log.append(&next.block)?;
        let summary = view::summary(&next.block);
        self.state().append(next);
        self.shared.work.notify_waiters();
        Ok(summary)
    }

    fn lock_log(&self) -> MutexGuard<'_, Log> {
        self.shared.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
