//! The worker: sends what is due, and writes down what became of it.
//!
//! A turn is one transaction: it records all attempts that have ended since the last one and leases all that may begin.
//! So a thousand deliveries a second cost some dozens of commits, and what is sent was leased before it is sent.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use learncoin_http_client::{Egress, GuardedClient, TargetError};
use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::id::{EventId, RequestId, WebhookId};
use learncoin_store::webhooks::{AttemptOutcome, AttemptRow, Attempted, Lease, OutgoingEvent, Target};
use learncoin_store::{Result, Store, WriteTx, kill};
use learncoin_worker_loop::{Progress, Steps, run_until};
use tokio::task::{Id, JoinError, JoinSet};
use tracing::Instrument as _;
use url::Url;

use crate::event;
use crate::metrics;
use crate::schedule::next_attempt_at;
use crate::scheduler::DeliveryScheduler;
use crate::webhook::{self, Attempt, AttemptError, EndpointResponse, deliver};

/// How much longer than an attempt a lease lasts, in milliseconds: time to write down what became of it.
const LEASE_MARGIN_MS: i64 = 20_000;
/// How long attempts under way may hold up a process that was asked to end.
const LAST_ATTEMPTS_TAKE_AT_MOST: Duration = Duration::from_secs(5);
/// After how long without a single success an endpoint is turned off, in milliseconds.
const GIVE_UP_AFTER_MS: i64 = 5 * 24 * 60 * 60 * 1000;
/// The status by which an endpoint says that it is gone for good.
const GONE: u16 = 410;

/// What the worker is given.
#[derive(Clone)]
pub struct DeliveryContext {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids and jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// How much is done at once, and how patiently.
#[derive(Debug, Clone)]
pub struct DeliveryOptions {
    /// How many attempts may be under way at endpoints that answer in time; at those that don't, see `scheduler`.
    pub max_in_flight: usize,
    /// The longest pause between two attempts of a delivery, in milliseconds.
    pub max_backoff_ms: i64,
    /// How long an endpoint may take to answer.
    pub timeout: Duration,
}

impl Default for DeliveryOptions {
    fn default() -> Self {
        Self { max_in_flight: 128, max_backoff_ms: 6 * 60 * 60 * 1000, timeout: webhook::TIMEOUT }
    }
}

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
pub struct Worker {
    context: DeliveryContext,
    client: GuardedClient,
    options: DeliveryOptions,
    scheduler: DeliveryScheduler<Id>,
    under_way: JoinSet<Ended>,
    ended: Vec<Ended>,
    /// The endpoints that this worker has marked as failing, so that those that never did need no marking.
    failing: HashSet<WebhookId>,
}

/// What a turn came to, and when the next attempt is due, in milliseconds since 1970; or when a lease ends.
enum Turn {
    Worked { next_due_ms: Option<i64> },
    Idle { next_due_ms: Option<i64> },
}

/// An attempt that ended.
struct Ended {
    lease: Lease,
    row: AttemptRow,
    is_success: bool,
    was_failing: bool,
    is_about_credential: bool,
}

/// An event that is ready to be sent.
struct Ready {
    body: String,
    is_about_credential: bool,
}

/// What one endpoint's attempts of a turn say of it.
#[derive(Default)]
struct Health {
    succeeded: bool,
    was_failing: bool,
    is_gone: bool,
}

impl Health {
    fn note(&mut self, ended: &Ended) {
        self.succeeded |= ended.is_success;
        self.was_failing |= ended.was_failing;
        self.is_gone |= ended.row.status_code == Some(GONE);
    }
}

impl Worker {
    /// A worker over this context. Where no other node delivers, what a process before it had under way is due at once;
    /// where others may, when its lease ends.
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
        let scheduler = DeliveryScheduler::new(options.max_in_flight);
        Ok(Self {
            context,
            client,
            options,
            scheduler,
            under_way: JoinSet::new(),
            ended: Vec::new(),
            failing: HashSet::new(),
        })
    }

    /// Sends what is due until nothing is, and gives when the next attempt is, in milliseconds since 1970.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn step(&mut self) -> Result<Option<i64>> {
        loop {
            match self.turn().await? {
                Turn::Idle { next_due_ms } if self.under_way.is_empty() => return Ok(next_due_ms),
                _ => self.wait_for_one().await,
            }
        }
    }

    /// Works until `shutdown` completes. Attempts under way then have a few seconds to end; one that does not is
    /// made again by the next process.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.context.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
        let _ = tokio::time::timeout(LAST_ATTEMPTS_TAKE_AT_MOST, async {
            while !self.under_way.is_empty() {
                self.wait_for_one().await;
            }
        })
        .await;
        if let Err(error) = self.record_the_last().await {
            tracing::warn!(%error, "the last deliveries could not be written down; they will be made again");
        }
    }

    /// Waits until at least one attempt that is under way has ended, and takes all that have. Nothing is lost where this is dropped.
    async fn wait_for_one(&mut self) {
        if let Some(ended) = self.under_way.join_next_with_id().await {
            self.note(ended);
        }
        while let Some(ended) = self.under_way.try_join_next_with_id() {
            self.note(ended);
        }
    }

    fn note(&mut self, ended: std::result::Result<(Id, Ended), JoinError>) {
        let now = self.context.clock.now_ms();
        match ended {
            Ok((id, ended)) => {
                self.scheduler.end(&id, ended.is_success, now);
                self.ended.push(ended);
            }
            Err(error) => {
                // Its lease ends, and it is tried again.
                // What it panicked with may repeat what it was sending.
                tracing::error!(panicked = error.is_panic(), "an attempt ended badly");
                self.scheduler.end(&error.id(), false, now);
            }
        }
    }
}

impl Worker {
    /// Records what has ended, leases what is due as far as there is room, and sends it. Gives when the next attempt
    /// is due that is not under way.
    async fn turn(&mut self) -> Result<Turn> {
        let store = self.context.store.clone();
        let waiting = store.waiting_endpoints().await?;
        let now = self.context.clock.now_ms();
        let shares = self.scheduler.share(&waiting, now);
        let next_due = waiting.iter().map(|one| one.due_at).filter(|due| *due > now).min();
        if shares.is_empty() && self.ended.is_empty() {
            return Ok(Turn::Idle { next_due_ms: next_due });
        }
        let mut tx = store.begin().await?;
        let next_retry = self.record(&mut tx).await?;
        let leased = self.lease(&mut tx, shares).await?;
        tx.commit().await?;
        if !self.ended.is_empty() {
            kill::reached("deliver.recorded");
            self.ended.clear();
        }
        if !leased.is_empty() {
            kill::reached("deliver.claimed");
            self.send(leased).await?;
        }
        Ok(Turn::Worked { next_due_ms: [next_due, next_retry].into_iter().flatten().min() })
    }

    async fn record_the_last(&mut self) -> Result<()> {
        if self.ended.is_empty() {
            return Ok(());
        }
        let store = self.context.store.clone();
        let mut tx = store.begin().await?;
        self.record(&mut tx).await?;
        tx.commit().await
    }

    /// Writes down what has ended, and gives when the first of it is due again.
    async fn record(&mut self, tx: &mut WriteTx) -> Result<Option<i64>> {
        if self.ended.is_empty() {
            return Ok(None);
        }
        let now = self.context.clock.now_ms();
        let mut attempted = Vec::with_capacity(self.ended.len());
        for ended in &self.ended {
            let outcome = self.judge(ended, now);
            let mut row = ended.row.clone();
            if let AttemptOutcome::Retry(at) = outcome {
                row.next_attempt_at = Some(at);
            }
            // An answer may repeat what it answers to, and the person may have been erased since that was sent.
            if ended.is_about_credential && tx.is_about_erased(&row.event_id).await? {
                row.answer = None;
            }
            attempted.push(Attempted { lease: ended.lease.clone(), row, outcome });
        }
        let held = tx.record_attempts(&attempted).await?;
        let held: HashSet<usize> = held.into_iter().collect();
        let mut endpoints: BTreeMap<WebhookId, Health> = BTreeMap::new();
        let mut next_retry = None;
        for (index, (one, ended)) in attempted.iter().zip(&self.ended).enumerate() {
            if held.contains(&index) {
                metrics::attempted(one.outcome, one.row.duration_ms);
                endpoints.entry(one.row.endpoint_id.clone()).or_default().note(ended);
                next_retry = [next_retry, one.row.next_attempt_at].into_iter().flatten().min();
            }
        }
        self.mark_endpoints(tx, endpoints, now).await?;
        Ok(next_retry)
    }

    fn judge(&self, ended: &Ended, now: i64) -> AttemptOutcome {
        if ended.is_success {
            return AttemptOutcome::Delivered;
        }
        if ended.row.status_code == Some(GONE) {
            return AttemptOutcome::Failed;
        }
        let random = u64::from_be_bytes(random_bytes(&*self.context.entropy));
        match next_attempt_at(ended.row.number, now, self.options.max_backoff_ms, random) {
            Some(at) => AttemptOutcome::Retry(at),
            None => {
                tracing::warn!(webhook.id = %ended.row.endpoint_id, event.id = %ended.row.event_id, "an event was not delivered, and is not tried again");
                AttemptOutcome::Failed
            }
        }
    }

    /// Turns off the endpoints that say that they are gone, or have not taken anything for too long.
    async fn mark_endpoints(
        &mut self,
        tx: &mut WriteTx,
        endpoints: BTreeMap<WebhookId, Health>,
        now: i64,
    ) -> Result<()> {
        for (id, health) in endpoints {
            if health.is_gone {
                tracing::warn!(webhook.id = %id, "the endpoint answered that it is gone, and is turned off");
                tx.disable_webhook(&id, now).await?;
            } else if health.succeeded {
                if self.failing.remove(&id) || health.was_failing {
                    tx.mark_webhook_well(&id).await?;
                }
            } else if let Some(since) = tx.mark_webhook_failing(&id, now).await? {
                if now.saturating_sub(since) >= GIVE_UP_AFTER_MS {
                    tracing::warn!(webhook.id = %id, "the endpoint took nothing for five days, and is turned off");
                    tx.disable_webhook(&id, now).await?;
                }
                self.failing.insert(id);
            }
        }
        Ok(())
    }

    async fn lease(
        &self,
        tx: &mut WriteTx,
        shares: Vec<(WebhookId, usize)>,
    ) -> Result<Vec<(Arc<Target>, Vec<Lease>)>> {
        let now = self.context.clock.now_ms();
        let timeout = i64::try_from(self.options.timeout.as_millis()).unwrap_or(i64::MAX);
        let until = now.saturating_add(kill::lease_ms(timeout.saturating_add(LEASE_MARGIN_MS)));
        let mut leased = Vec::with_capacity(shares.len());
        for (endpoint_id, share) in shares {
            let leases = tx.lease_deliveries(&endpoint_id, now, until, share).await?;
            if !leases.is_empty() {
                leased.push((endpoint_id, leases));
            }
        }
        let ids: Vec<&WebhookId> = leased.iter().map(|(id, _)| id).collect();
        let mut targets: HashMap<WebhookId, Target> = tx.list_targets(&ids, now).await?.into_iter().collect();
        let with_target = |(id, leases)| Some((Arc::new(targets.remove(&id)?), leases));
        Ok(leased.into_iter().filter_map(with_target).collect())
    }

    async fn send(&mut self, leased: Vec<(Arc<Target>, Vec<Lease>)>) -> Result<()> {
        let ids: BTreeSet<&EventId> =
            leased.iter().flat_map(|(_, leases)| leases).map(|lease| &lease.event_id).collect();
        let ids: Vec<&EventId> = ids.into_iter().collect();
        let events = self.context.store.outgoing_events(&ids).await?;
        let ready: HashMap<EventId, Arc<Ready>> = events.into_iter().map(ready).collect();
        let now = self.context.clock.now_ms();
        for (target, leases) in leased {
            for lease in leases {
                let Some(event) = ready.get(&lease.event_id) else { continue };
                let endpoint_id = lease.endpoint_id.clone();
                let span = tracing::info_span!(
                    "delivery attempt",
                    otel.kind = "client",
                    webhook.id = %endpoint_id,
                    event.id = %lease.event_id,
                    number = lease.attempts.saturating_add(1),
                    http.response.status_code = tracing::field::Empty,
                    otel.status_code = tracing::field::Empty,
                );
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

impl Steps for Worker {
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

fn ready(outgoing: OutgoingEvent) -> (EventId, Arc<Ready>) {
    let is_about_credential = outgoing.event.event_type.starts_with("credential.");
    let ready = Ready { body: event::body(&outgoing), is_about_credential };
    (outgoing.event.id, Arc::new(ready))
}

async fn attempt(
    context: DeliveryContext,
    client: GuardedClient,
    target: Arc<Target>,
    event: Arc<Ready>,
    lease: Lease,
) -> Ended {
    let began = context.clock.now_ms();
    let request_id = RequestId::generate(&*context.clock, &*context.entropy);
    let number = lease.attempts.saturating_add(1);
    let answer = call(&client, &target, &event, &lease, &request_id, number, began).await;
    kill::reached("deliver.sent");
    let ended = context.clock.now_ms();
    let (is_success, status_code, error, excerpt) = match answer {
        Ok(answer) => (answer.is_success(), Some(answer.status), None, answer.excerpt),
        Err(error) => (false, None, Some(error.to_string()), None),
    };
    let span = tracing::Span::current();
    if let Some(status) = status_code {
        span.record("http.response.status_code", status);
    }
    if !is_success {
        span.record("otel.status_code", "ERROR");
    }
    let row = AttemptRow {
        endpoint_id: lease.endpoint_id.clone(),
        event_id: lease.event_id.clone(),
        request_id,
        number,
        at: began,
        duration_ms: u64::try_from(ended.saturating_sub(began)).unwrap_or(0),
        status_code,
        error,
        answer: excerpt,
        next_attempt_at: None,
    };
    Ended {
        lease,
        row,
        is_success,
        was_failing: target.is_failing,
        is_about_credential: event.is_about_credential,
    }
}

async fn call(
    client: &GuardedClient,
    target: &Target,
    event: &Ready,
    lease: &Lease,
    request_id: &RequestId,
    number: u64,
    now_ms: i64,
) -> std::result::Result<EndpointResponse, AttemptError> {
    let url = Url::parse(&target.url).map_err(|_| TargetError::NoHost)?;
    let attempt = Attempt {
        url: &url,
        secrets: &target.secrets,
        event_id: lease.event_id.as_str(),
        request_id: request_id.as_str(),
        number,
        unix_seconds: now_ms.div_euclid(1_000),
        body: &event.body,
    };
    deliver(client, attempt).await
}
