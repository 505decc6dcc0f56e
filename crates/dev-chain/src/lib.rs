//! The embedded development chain: real transactions with real signatures, real headers, blocks mined on a timer, kept
//! in a file of its own. It replaces Base on a machine without a network.
//!
//! As on a real chain: EIP-1559 transactions with chain id, recovered sender, nonces, gas (EIP-7623 included), base fee
//! and balances; a pool with replacement; block hashes computed from the header; the JSON-RPC that wallets and verifiers
//! use. Different: there is no EVM. Every address is an externally owned account, those of precompiled contracts too; a
//! transaction without a receiver is refused. There is no state trie (`stateRoot` is zero), no account gets the tips, and
//! no block is ever replaced, so each is final at once. **Every address owns 1,000 ether from the start**: the chain is
//! its own faucet, and nothing on it is worth anything.
//!
//! Invariant: a block is on disk before it is visible.
//!
//! Invariant: the file is only appended to. Reading it restores the state in memory.
//!
//! Invariant: nothing that a caller of the JSON-RPC sends holds back the deployment's own transactions, and all of it together fills no
//! more than the allowance of [`CallerOptions`].

mod accounts;
mod block;
mod budget;
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
mod submitter;
mod view;

pub use budget::MAX_ANSWER_BYTES;
pub use error::{DevChainError, SubmitError};
pub use json_rpc::{CallerOptions, MAX_BATCH_CALLS, json_rpc};
pub use run::RunOptions;
pub use view::{BlockSummary, DevBlock, DevTransaction};

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use self::block::Block;
use self::log::Log;
use self::rules::Accepted;
use self::state::State;
use self::submitter::Submitter;

/// The contents of the first block of a new chain. Ignored if the chain exists.
#[derive(Debug, Clone, Copy)]
pub struct DevChainOptions {
    /// 32 random bytes that make the hashes of this chain's blocks different from any other's.
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
    /// Locked while a block is built and written, so that there is one at a time. Locked before `state`, never after.
    log: Mutex<Log>,
    state: Mutex<State>,
    work: Notify,
}

impl DevChain {
    /// Opens the chain in the file at `path`, or creates one. Reads the whole file: about 30 µs per block.
    ///
    /// # Errors
    /// [`DevChainError::InUse`] if it is open already; [`DevChainError::NotAChain`] or [`DevChainError::Damaged`] if the
    /// file is not what was written. A torn last line is not an error.
    pub fn open(path: &Path, options: DevChainOptions) -> Result<DevChain, DevChainError> {
        let (log, state) = Log::open(path, Block::genesis(options.genesis_time, options.genesis_salt))?;
        let shared = Shared { log: Mutex::new(log), state: Mutex::new(state), work: Notify::new() };
        Ok(DevChain { shared: Arc::new(shared) })
    }

    /// Returns the first block's hash, which identifies this chain.
    pub fn genesis_hash(&self) -> [u8; 32] {
        self.state().genesis().hash.0
    }

    /// Adds a signed transaction of the deployment itself to the pool and returns its hash.
    ///
    /// A transaction whose nonce is ahead waits until the gap is closed. One with the nonce of another that waits replaces
    /// it if it offers a tenth more. The pool is in memory: a transaction that is not in a block is lost in a restart.
    ///
    /// # Errors
    /// Those of a real node, see [`SubmitError`].
    pub fn submit(&self, raw: &[u8]) -> Result<[u8; 32], SubmitError> {
        self.submit_by(Submitter::Deployment, raw)
    }

    /// Adds a signed transaction to the pool, as [`DevChain::submit`] does, within the limits of its submitter.
    pub(crate) fn submit_by(&self, submitter: Submitter, raw: &[u8]) -> Result<[u8; 32], SubmitError> {
        if submitter == (Submitter::Caller { allowance: 0 }) {
            return Err(SubmitError::ReadOnly);
        }
        let transaction = Accepted::check(raw)?;
        let hash = transaction.hash;
        self.state().submit(transaction, submitter)?;
        self.shared.work.notify_waiters();
        Ok(hash.0)
    }

    /// Mines a block of the transactions that wait. Returns `None` if none can run. `now` is in seconds since 1970; the
    /// block's time is at least a second after its parent's.
    ///
    /// If a transaction only waits for a lower base fee, mines an empty block, which lowers it. Blocks the thread until
    /// the block is on disk.
    ///
    /// # Errors
    /// [`DevChainError::Io`]. Then there is no new block, and the pool is unchanged.
    pub fn mine(&self, now: u64) -> Result<Option<BlockSummary>, DevChainError> {
        let log = self.lock_log();
        if !self.state().has_work() {
            return Ok(None);
        }
        self.mine_locked(log, now).map(Some)
    }

    /// Mines a block, even an empty one, so that the blocks before it gain a confirmation.
    ///
    /// # Errors
    /// As [`DevChain::mine`].
    pub fn mine_empty(&self, now: u64) -> Result<BlockSummary, DevChainError> {
        self.mine_locked(self.lock_log(), now)
    }

    /// Returns the number of transactions in the pool, those behind a gap included.
    pub fn pending_count(&self) -> usize {
        self.state().waiting_count()
    }

    /// Waits until the pool has a transaction that the next block could contain.
    pub async fn wait_for_transaction(&self) {
        loop {
            let notified = self.shared.work.notified();
            tokio::pin!(notified);
            // From here on no notification is missed, and an earlier one is seen below.
            notified.as_mut().enable();
            if self.state().has_work() {
                return;
            }
            notified.await;
        }
    }

    /// Returns a transaction with its block, for display; `None` if the chain does not know the hash.
    pub fn transaction(&self, hash: &[u8; 32]) -> Option<DevTransaction> {
        view::transaction(&self.state(), hash)
    }

    /// Returns the newest blocks, the newest first, at most `limit`, for display.
    pub fn latest_blocks(&self, limit: usize) -> Vec<BlockSummary> {
        let blocks = view::latest_blocks(&self.state(), limit);
        blocks.iter().map(|block| view::summary(block)).collect()
    }

    /// Returns the newest block.
    pub(crate) fn head(&self) -> Arc<Block> {
        Arc::clone(self.state().head())
    }

    /// Returns a block; `None` if there is none of this number yet.
    pub(crate) fn block(&self, number: u64) -> Option<Arc<Block>> {
        self.state().block(number).map(Arc::clone)
    }

    fn mine_locked(&self, mut log: MutexGuard<'_, Log>, now: u64) -> Result<BlockSummary, DevChainError> {
        let selection = self.state().select(now);
        // The state is not locked while the block is made and written, so readers do not wait. Its blocks can't change meanwhile, because
        // only the holder of the log appends.
        let next = selection.into_block();
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
