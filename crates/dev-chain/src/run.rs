//! The timer that mines blocks. It is the only place of the chain that sleeps, and it sleeps only while there is
//! nothing to do or until the next block is due.

use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::MissedTickBehavior;

use super::DevChain;
use super::error::DevChainError;
use super::view::BlockSummary;

/// The schedule of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunOptions {
    /// The shortest time between two blocks. Block times are whole seconds and rise strictly, so below one second they
    /// run ahead of the clock.
    pub block_time: Duration,
    /// The number of empty blocks after one with transactions, so that these reach 1 + this many confirmations although no
    /// further transaction is sent.
    pub trailing_blocks: u64,
}

impl Default for RunOptions {
    fn default() -> RunOptions {
        RunOptions { block_time: Duration::from_secs(1), trailing_blocks: 0 }
    }
}

impl DevChain {
    /// Mines blocks for as long as the future lives: the first transaction after a pause is mined at once, the next ones
    /// after at most one block time. `now` returns the seconds since 1970.
    ///
    /// A block that cannot be written is logged and tried again when the next is due. Dropping the future stops the
    /// mining, and never during a block.
    pub async fn run(&self, options: RunOptions, now: impl Fn() -> u64) {
        let mut due = tokio::time::interval(options.block_time.max(Duration::from_millis(1)));
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut trailing = 0_u64;
        loop {
            if trailing == 0 {
                self.wait_for_transaction().await;
            }
            due.tick().await;
            match on_this_thread(|| self.mine_due(now(), trailing)) {
                Ok(Some(block)) if !block.transactions.is_empty() => {
                    let number = block.block.number;
                    let count = block.transactions.len();
                    tracing::debug!(block.number = number, block.transactions = count, "mined a block");
                    trailing = options.trailing_blocks;
                }
                Ok(_) => trailing = trailing.saturating_sub(1),
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::error!(error, "cannot mine a block of the development chain");
                }
            }
        }
    }

    /// Mines a block of what waits, or an empty one if a trailing block is due.
    fn mine_due(&self, now: u64, trailing: u64) -> Result<Option<BlockSummary>, DevChainError> {
        match self.mine(now)? {
            None if trailing > 0 => self.mine_empty(now).map(Some),
            block => Ok(block),
        }
    }
}

/// Runs work that waits for the disk on the current thread, so that it has ended when the caller is dropped. On a runtime
/// with several threads the others take over this one's tasks meanwhile.
fn on_this_thread<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
