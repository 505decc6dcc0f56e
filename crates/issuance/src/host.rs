//! The host's own transactions: the newest key statement is anchored, and tenants' keys that run out of ether are topped up (`purpose`,
//! `funds`). What is sent goes through `outgoing`, as a batch's anchor does (`drive`, `watch`).
//!
//! - Invariant: of a chain's transactions one at most is under way, and it was stored before it is sent.
//! - Invariant: no batch waits for any of this. It has a worker of its own, whose failures hold nothing else up.

use std::collections::BTreeMap;
use std::future::{Future, pending};
use std::sync::Arc;

use learncoin_store::deadlines::{LONGEST_BACKOFF_MS, is_due};
use learncoin_store::kill;
use learncoin_store::scope::Environment;
use learncoin_worker_loop::{Progress, Steps, run_until};

use self::memory::{LOOK_AGAIN_MS, Memory};
use crate::chains::Chain;
use crate::pipeline::Pipeline;
use crate::step::StepError;
use crate::worker::backoff::pause_after;

mod account;
mod attempts;
mod drive;
mod funds;
mod memory;
mod owner;
mod purpose;
mod watch;

/// The duration of a lease of a chain's work, in milliseconds. It saves work; nothing relies on it.
const LEASE_MS: i64 = 30_000;

/// Does the host's work on its chains.
pub struct HostWorker {
    pipeline: Arc<Pipeline>,
    chains: BTreeMap<u64, Memory>,
}

impl HostWorker {
    /// Creates a worker.
    pub fn new(pipeline: Arc<Pipeline>) -> Self {
        Self { pipeline, chains: BTreeMap::new() }
    }

    /// Does what is due, once for each chain. Returns when more is, in milliseconds since 1970; `None` if the host sends
    /// nothing to any chain.
    pub async fn step(&mut self) -> Option<i64> {
        let pipeline = Arc::clone(&self.pipeline);
        let mut next = None::<i64>;
        for (environment, chain) in pipeline.chains.of_the_host() {
            let memory = self.chains.entry(chain.chain_id).or_default();
            let now = pipeline.clock.now_ms();
            if is_due(memory.due_at, now, LONGEST_BACKOFF_MS) {
                let pause = match pipeline.host_step(environment, chain, memory).await {
                    Ok(pause) => {
                        memory.failures = 0;
                        pause
                    }
                    Err(error) => {
                        tracing::warn!(chain.id = chain.chain_id, %error, "the host's work on a chain failed, and is tried again");
                        let pause = pause_after(memory.failures, pipeline.options.max_backoff_ms);
                        memory.failures = memory.failures.saturating_add(1);
                        pause
                    }
                };
                memory.due_at = pipeline.clock.now_ms().saturating_add(pause);
            }
            next = Some(next.map_or(memory.due_at, |next| next.min(memory.due_at)));
        }
        next
    }

    /// Works until `shutdown` completes. A step that has begun is finished.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.pipeline.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
    }
}

impl Steps for HostWorker {
    async fn next_step(&mut self) -> Progress {
        Progress::Idle { next_due_ms: self.step().await }
    }

    /// Waits forever: no signal announces the host's work.
    async fn woken(&mut self) {
        pending().await
    }
}

impl Pipeline {
    /// Does what is due on one chain, unless another node is at it. Returns after how many milliseconds more is.
    async fn host_step(
        &self,
        environment: Environment,
        chain: &Chain,
        memory: &mut Memory,
    ) -> Result<i64, StepError> {
        if !self.store.is_shared() {
            return self.host_work(environment, chain, memory).await;
        }
        let now = self.clock.now_ms();
        let until = now.saturating_add(kill::lease_ms(LEASE_MS));
        let mut tx = self.store.begin().await?;
        let is_ours = tx.lease_host_key(chain.chain_id, now, until).await?;
        tx.commit().await?;
        if !is_ours {
            self.tell_balances(environment, chain).await?;
            return Ok(chain.poll_ms);
        }
        let outcome = self.host_work(environment, chain, memory).await;
        let mut tx = self.store.begin().await?;
        tx.release_host_key(chain.chain_id, until).await?;
        tx.commit().await?;
        outcome
    }

    /// Looks up balances, watches and sends. Each of these is done even if another one fails.
    async fn host_work(
        &self,
        environment: Environment,
        chain: &Chain,
        memory: &mut Memory,
    ) -> Result<i64, StepError> {
        // A Cloud KMS that was away when the server started has none yet.
        let Some(key) = self.store.find_host_key(chain.chain_id).await? else { return Ok(LOOK_AGAIN_MS) };
        let now = self.clock.now_ms();
        let mut looked = Ok(());
        if now >= memory.funds_at {
            looked = self.look_at_funds(chain, &key).await;
            memory.funds_at = now.saturating_add(self.options.funds.look_every_ms);
        }
        self.tell_balances(environment, chain).await?;
        let mut watched = Ok(());
        if now >= memory.watch_at {
            watched = self.watch_host(chain, &key).await;
            memory.watch_at = now.saturating_add(chain.watch_ms);
        }
        let pause = self.host_transact(environment, chain, key, memory).await?;
        looked?;
        watched?;
        Ok(pause)
    }
}
