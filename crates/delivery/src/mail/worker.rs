//! The worker that sends mails, a few at a time.
//!
//! A turn is one transaction, which leases the mails that are due (`lease`). Each is then sent by an attempt of its own
//! (`attempt`), which records its outcome (`record`). If the mail server can't be reached, the worker pauses
//! (`circuit_breaker`).

mod attempt;
mod circuit_breaker;
mod context;
mod lease;
mod record;
mod retry;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use learncoin_store::{Result, kill};
use learncoin_worker_loop::{Progress, Steps, run_until};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use self::attempt::{ServerContact, attempt, span};
use self::circuit_breaker::CircuitBreaker;
pub use self::context::{MailContext, MailOptions};
use self::lease::{Before, UncertainLeases, lease};
use super::badge::Badges;
pub use super::transport::MailTransport;

/// The time for which attempts under way may delay a process that was asked to end.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends mails.
pub struct MailWorker {
    context: Arc<MailContext>,
    badges: Arc<Badges>,
    options: MailOptions,
    under_way: JoinSet<ServerContact>,
    circuit_breaker: CircuitBreaker,
    uncertain: UncertainLeases,
}

/// The result of a turn, with the time at which the next mail is due or a lease ends, in milliseconds since 1970.
enum Turn {
    Worked { next_due_ms: Option<i64> },
    Idle { next_due_ms: Option<i64> },
}

impl MailWorker {
    /// Creates a worker. If no other node sends mails, the mails that a previous process had under way are released: the
    /// outcome of one that it was transmitting is unknown, and the others are due at once. Otherwise that happens when
    /// their leases end.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn start(context: MailContext, options: MailOptions) -> Result<Self> {
        if !context.store.is_shared() {
            let mut tx = context.store.begin().await?;
            tx.release_mail_leases(context.clock.now_ms()).await?;
            tx.commit().await?;
        }
        Ok(Self {
            circuit_breaker: CircuitBreaker::new(options.max_backoff_ms),
            context: Arc::new(context),
            badges: Arc::default(),
            options,
            under_way: JoinSet::new(),
            uncertain: Vec::new(),
        })
    }

    /// Sends until nothing is due. Returns the time of the next attempt, in milliseconds since 1970.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn step(&mut self) -> Result<Option<i64>> {
        loop {
            match self.turn().await? {
                Turn::Idle { next_due_ms } if self.under_way.is_empty() => {
                    self.context.transport.close_idle().await;
                    return Ok(next_due_ms);
                }
                _ => self.wait_for_one().await,
            }
        }
    }

    /// Works until `shutdown` completes. Attempts under way then have a few seconds to end. One that does not end is
    /// repeated by the next process, unless its mail was being transmitted: the outcome of that is unknown.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.context.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, async {
            while !self.under_way.is_empty() {
                self.wait_for_one().await;
            }
            self.context.transport.close_idle().await;
        })
        .await;
    }

    /// Waits until at least one attempt under way has ended, and handles all that have. Nothing is lost if this is dropped.
    async fn wait_for_one(&mut self) {
        if let Some(joined) = self.under_way.join_next().await {
            self.handle(joined);
        }
        while let Some(joined) = self.under_way.try_join_next() {
            self.handle(joined);
        }
    }

    fn handle(&mut self, joined: std::result::Result<ServerContact, JoinError>) {
        match joined {
            Ok(ServerContact::Reached) => self.circuit_breaker.close(),
            Ok(ServerContact::NotTried) => {}
            Ok(ServerContact::Unreachable) => self.circuit_breaker.open(self.context.clock.now_ms()),
            // Its lease ends, and the mail continues from its state in the store. The message of the panic is not logged: it
            // may repeat what was sent.
            Err(error) => {
                tracing::error!(panicked = error.is_panic(), "an attempt at a mail ended badly");
            }
        }
    }

    /// Takes over the mails whose leases have ended, releases those that were postponed, leases what is due up to the capacity, and
    /// sends it.
    async fn turn(&mut self) -> Result<Turn> {
        let due = self.context.store.mails_due().await?;
        let now = self.context.clock.now_ms();
        let capacity = self.options.max_in_flight.saturating_sub(self.under_way.len());
        let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        let open_until = self.circuit_breaker.open_until_ms(now);
        let may_lease = capacity > 0 && is_due(due.next_attempt) && open_until.is_none();
        let next_attempt = due.next_attempt.map(|at| open_until.map_or(at, |until| at.max(until)));
        let next = [next_attempt, due.next_lease_end, due.next_release].into_iter().flatten();
        let next_due_ms = next.filter(|at| *at > now).min();
        let before = Before { expire: is_due(due.next_lease_end), release: is_due(due.next_release) };
        if !may_lease && !before.expire && !before.release && self.uncertain.is_empty() {
            return Ok(Turn::Idle { next_due_ms });
        }
        let count = if may_lease { capacity } else { 0 };
        let leases = lease(&self.context, now, count, before, &mut self.uncertain).await?;
        if !leases.is_empty() {
            kill::reached("mail.leased");
        }
        for lease in leases {
            let span = span(&lease);
            let (context, badges) = (Arc::clone(&self.context), Arc::clone(&self.badges));
            let attempt = attempt(context, badges, self.options.clone(), lease);
            self.under_way.spawn(attempt.instrument(span));
        }
        Ok(Turn::Worked { next_due_ms })
    }
}

impl Steps for MailWorker {
    async fn next_step(&mut self) -> Progress {
        let next_due_ms = match self.turn().await {
            Ok(Turn::Worked { next_due_ms }) => next_due_ms,
            Ok(Turn::Idle { next_due_ms }) => {
                if self.under_way.is_empty() {
                    self.context.transport.close_idle().await;
                }
                next_due_ms
            }
            Err(error) => {
                tracing::error!(%error, "mails can't be read or written");
                None
            }
        };
        Progress::Idle { next_due_ms }
    }

    async fn woken(&mut self) {
        let queued = self.context.store.mail_signal();
        tokio::select! {
            () = queued.notified() => {}
            () = self.wait_for_one(), if !self.under_way.is_empty() => {}
        }
    }
}
