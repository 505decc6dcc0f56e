//! The worker that delivers events.
//!
//! A turn is one transaction: it records all attempts that have ended since the last one (`record`), and leases all
//! deliveries whose attempts may begin (`lease`). So a thousand deliveries a second cost some dozens of commits, and a
//! delivery is leased before it is sent (`attempt`).

mod attempt;
mod context;
mod endpoint_health;
mod held;
mod lease;
mod record;

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use learncoin_http_client::{Egress, GuardedClient};
use learncoin_store::id::EventId;
use learncoin_store::{Result, kill};
use learncoin_worker_loop::{Progress, Steps, run_until};
use tokio::task::{Id, JoinError, JoinSet};
use tracing::Instrument as _;

use self::attempt::{FinishedAttempt, attempt, prepare_events, span};
pub use self::context::{DeliveryContext, DeliveryOptions};
use self::held::HeldEndpoints;
use self::lease::{LeasedDeliveries, lease};
use self::record::Recorder;
use crate::scheduler::DeliveryScheduler;

/// The time for which attempts under way may delay a process that was asked to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the worker can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] learncoin_store::Error),
    /// TLS could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup,
}

/// Delivers events.
pub struct DeliveryWorker {
    context: DeliveryContext,
    client: GuardedClient,
    options: DeliveryOptions,
    scheduler: DeliveryScheduler<Id>,
    recorder: Recorder,
    held: HeldEndpoints,
    under_way: JoinSet<FinishedAttempt>,
    /// The attempts that have ended and are not recorded yet.
    finished: Vec<FinishedAttempt>,
}

/// The result of a turn, with the time at which the next attempt is due or a lease ends, in milliseconds since 1970.
enum Turn {
    Worked { next_due_ms: Option<i64> },
    Idle { next_due_ms: Option<i64> },
}

impl DeliveryWorker {
    /// Creates a worker. If no other node delivers, what a previous process had under way is due at once. Otherwise it is
    /// due when its lease ends.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(
        context: DeliveryContext,
        egress: &Egress,
        options: DeliveryOptions,
    ) -> std::result::Result<Self, StartError> {
        let client = egress.client(options.timeout).map_err(|_| StartError::Setup)?;
        if !context.store.is_shared() {
            let mut tx = context.store.begin().await?;
            tx.release_leases(context.clock.now_ms()).await?;
            tx.commit().await?;
        }
        Ok(Self {
            scheduler: DeliveryScheduler::new(options.max_in_flight),
            recorder: Recorder::new(context.clone(), options.max_backoff_ms),
            held: HeldEndpoints::default(),
            context,
            client,
            options,
            under_way: JoinSet::new(),
            finished: Vec::new(),
        })
    }

    /// Delivers until nothing is due. Returns the time of the next attempt, in milliseconds since 1970.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn step(&mut self) -> Result<Option<i64>> {
        loop {
            match self.turn().await? {
                Turn::Idle { next_due_ms } if self.under_way.is_empty() => return Ok(next_due_ms),
                _ => self.wait_for_one().await,
            }
        }
    }

    /// Works until `shutdown` completes. Attempts under way then have a few seconds to end. One that does not end is
    /// repeated by the next process.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.context.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, async {
            while !self.under_way.is_empty() {
                self.wait_for_one().await;
            }
        })
        .await;
        if let Err(error) = self.record_remaining().await {
            tracing::warn!(%error, "the last deliveries could not be written down; they will be made again");
        }
    }

    /// Waits until at least one attempt under way has ended, and collects all that have. Nothing is lost if this is dropped.
    async fn wait_for_one(&mut self) {
        if let Some(joined) = self.under_way.join_next_with_id().await {
            self.collect(joined);
        }
        while let Some(joined) = self.under_way.try_join_next_with_id() {
            self.collect(joined);
        }
    }

    fn collect(&mut self, joined: std::result::Result<(Id, FinishedAttempt), JoinError>) {
        let now = self.context.clock.now_ms();
        match joined {
            Ok((id, finished)) => {
                self.scheduler.end(&id, finished.is_success, now);
                self.held.update(&finished, now);
                self.finished.push(finished);
            }
            Err(error) => {
                // Its lease ends, and the delivery is tried again. The message of the panic is not logged: it may repeat
                // what was sent.
                tracing::error!(panicked = error.is_panic(), "an attempt ended badly");
                self.scheduler.end(&error.id(), false, now);
            }
        }
    }

    /// Records what has ended, leases what is due up to the capacity, and sends it. Returns when the next attempt is due
    /// that is not under way.
    async fn turn(&mut self) -> Result<Turn> {
        let store = self.context.store.clone();
        let mut waiting = store.waiting_endpoints().await?;
        let now = self.context.clock.now_ms();
        self.held.delay(&mut waiting, now);
        let allocations = self.scheduler.allocate(&waiting, now);
        let next_due = waiting.iter().map(|one| one.due_at).filter(|due| *due > now).min();
        if allocations.is_empty() && self.finished.is_empty() {
            return Ok(Turn::Idle { next_due_ms: next_due });
        }
        let mut tx = store.begin().await?;
        let next_retry = self.recorder.record(&mut tx, &self.finished).await?;
        let now = self.context.clock.now_ms();
        let leased = lease(&mut tx, allocations, now, self.options.timeout).await?;
        tx.commit().await?;
        if !self.finished.is_empty() {
            kill::reached("deliver.recorded");
            self.finished.clear();
        }
        if !leased.is_empty() {
            kill::reached("deliver.claimed");
            self.send(leased).await?;
        }
        Ok(Turn::Worked { next_due_ms: [next_due, next_retry].into_iter().flatten().min() })
    }

    async fn record_remaining(&mut self) -> Result<()> {
        if self.finished.is_empty() {
            return Ok(());
        }
        let mut tx = self.context.store.begin().await?;
        self.recorder.record(&mut tx, &self.finished).await?;
        tx.commit().await
    }

    /// Begins an attempt of each leased delivery.
    async fn send(&mut self, leased: Vec<LeasedDeliveries>) -> Result<()> {
        let ids: BTreeSet<&EventId> =
            leased.iter().flat_map(|one| &one.leases).map(|lease| &lease.event_id).collect();
        let events = prepare_events(&self.context.store, ids).await?;
        let now = self.context.clock.now_ms();
        for LeasedDeliveries { target, leases } in leased {
            for lease in leases {
                let Some(event) = events.get(&lease.event_id) else { continue };
                let endpoint_id = lease.endpoint_id.clone();
                let span = span(&lease);
                let attempt = attempt(
                    self.context.clone(),
                    self.client.clone(),
                    Arc::clone(&target),
                    Arc::clone(event),
                    lease,
                );
                let id = self.under_way.spawn(attempt.instrument(span)).id();
                self.scheduler.begin(id, endpoint_id, now);
            }
        }
        Ok(())
    }
}

impl Steps for DeliveryWorker {
    async fn next_step(&mut self) -> Progress {
        let next_due_ms = match self.turn().await {
            Ok(Turn::Idle { next_due_ms } | Turn::Worked { next_due_ms }) => next_due_ms,
            Err(error) => {
                tracing::error!(%error, "deliveries can't be read or written");
                None
            }
        };
        Progress::Idle { next_due_ms }
    }

    async fn woken(&mut self) {
        let queued = self.context.store.delivery_signal();
        tokio::select! {
            () = queued.notified() => {}
            () = self.wait_for_one(), if !self.under_way.is_empty() => {}
        }
    }
}
