//! The worker: sends the mails that are due, a few at a time, and writes down what became of each.
//!
//! An attempt reads the credential anew, leads the mail server up to its "go on", notes that the mail is handed over,
//! writes it, and notes the answer. `store::mails` says why in this order.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::mails::{MailLease, MailOutcome};
use learncoin_store::{Error as StoreError, Result, Store, kill};
use learncoin_worker_loop::{Progress, Steps, run_until};
use tokio::task::{JoinError, JoinSet};
use tracing::Instrument as _;

use super::Sender;
use super::answer;
use super::compose::{ComposeError, compose, envelope};
use super::folder::MailFolder;
use super::letter::{self, Letter, LetterError};
use super::smtp::{Refusal, Session, Smtp, Verdict};
use crate::metrics;
use crate::schedule::{PAUSES_MS, next_attempt_at};

/// How much longer than what it is for a lease lasts, in milliseconds: time to write down what became of it.
const LEASE_MARGIN_MS: i64 = 20_000;
/// The longest pause after the mail server was not to be had, in milliseconds.
const LONGEST_RECESS_MS: i64 = 60_000;
/// How long attempts under way may hold up a process that was asked to end.
const LAST_ATTEMPTS_TAKE_AT_MOST: Duration = Duration::from_secs(5);
/// How long a file may take to be written.
const FILE_TAKES_AT_MOST: Duration = Duration::from_secs(30);

/// Where mails go.
#[derive(Clone)]
pub enum Transport {
    /// Into files.
    Files(MailFolder),
    /// To a mail server.
    Smtp(Arc<Smtp>),
}

/// What the worker is given.
#[derive(Clone)]
pub struct MailContext {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for jitter.
    pub entropy: Arc<dyn Entropy>,
    /// Who mails are from.
    pub sender: Sender,
    /// Where they go.
    pub transport: Transport,
}

/// How much is done at once, and how patiently.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// How many mails may be under way.
    pub max_in_flight: usize,
    /// The longest pause between two attempts at a mail, in milliseconds.
    pub max_backoff_ms: i64,
    /// After how long a mail is given up, in milliseconds.
    pub give_up_after_ms: i64,
}

impl Default for MailOptions {
    fn default() -> Self {
        Self {
            max_in_flight: 4,
            max_backoff_ms: 6 * 60 * 60 * 1000,
            give_up_after_ms: 5 * 24 * 60 * 60 * 1000,
        }
    }
}

/// Sends mails.
pub struct Worker {
    context: Arc<MailContext>,
    options: MailOptions,
    under_way: JoinSet<Ended>,
    /// How often in a row the mail server was not to be had, and until when it is left alone.
    recess: CircuitBreaker,
}

#[derive(Default)]
struct CircuitBreaker {
    failures: u32,
    until_ms: i64,
}

/// What an attempt says of the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// It answered.
    Reached,
    /// It was not to be had.
    Unreachable,
    /// Nothing: it was not asked.
    NotAsked,
}

/// What a turn came to, and when the next mail or lease is due, in milliseconds since 1970.
enum Turn {
    Worked { next_due_ms: Option<i64> },
    Idle { next_due_ms: Option<i64> },
}

impl Worker {
    /// A worker over this context. Where no other node sends mails, what a process before it was at is tried again, but
    /// for what it had handed over, which is unsure; where others may, that happens when its leases end.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn start(context: MailContext, options: MailOptions) -> Result<Self> {
        if !context.store.is_shared() {
            let mut tx = context.store.begin().await?;
            tx.release_mail_leases(context.clock.now_ms()).await?;
            tx.commit().await?;
        }
        let (under_way, recess) = (JoinSet::new(), CircuitBreaker::default());
        Ok(Self { context: Arc::new(context), options, under_way, recess })
    }

    /// Sends what is due until nothing is, and gives when the next attempt is, in milliseconds since 1970.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn step(&mut self) -> Result<Option<i64>> {
        loop {
            match self.turn().await? {
                Turn::Idle { next_due_ms } if self.under_way.is_empty() => {
                    self.context.rest().await;
                    return Ok(next_due_ms);
                }
                _ => self.wait_for_one().await,
            }
        }
    }

    /// Works until `shutdown` completes. Attempts under way then have a few seconds to end. One that does not, and was not
    /// handed over, is made again by the next process; of one that was, nobody knows.
    pub async fn run(mut self, shutdown: impl Future<Output = ()> + Send) {
        let clock = Arc::clone(&self.context.clock);
        run_until(shutdown, || clock.now_ms(), &mut self).await;
        let _ = tokio::time::timeout(LAST_ATTEMPTS_TAKE_AT_MOST, async {
            while !self.under_way.is_empty() {
                self.wait_for_one().await;
            }
            self.context.rest().await;
        })
        .await;
    }

    async fn wait_for_one(&mut self) {
        if let Some(ended) = self.under_way.join_next().await {
            self.note(ended);
        }
        while let Some(ended) = self.under_way.try_join_next() {
            self.note(ended);
        }
    }

    /// After an attempt that found no server the others wait too, longer each time, or a queue of thousands would knock at
    /// a closed door without end.
    fn note(&mut self, ended: std::result::Result<Ended, JoinError>) {
        match ended {
            Ok(Ended::Reached) => self.recess = CircuitBreaker::default(),
            Ok(Ended::NotAsked) => {}
            Ok(Ended::Unreachable) => {
                let now = self.context.clock.now_ms();
                if self.recess.until_ms <= now {
                    self.recess.failures = self.recess.failures.saturating_add(1);
                    let doubled =
                        500_i64.saturating_mul(1_i64.checked_shl(self.recess.failures).unwrap_or(i64::MAX));
                    let pause = doubled.clamp(1, LONGEST_RECESS_MS.min(self.options.max_backoff_ms.max(20)));
                    self.recess.until_ms = now.saturating_add(pause);
                }
            }
            // Its lease ends, and what the store says of it then holds.
            Err(error) => {
                // What it panicked with may repeat what it was sending.
                tracing::error!(panicked = error.is_panic(), "an attempt at a mail ended badly");
            }
        }
    }

    /// Takes back what nobody is at any more, leases what is due as far as there is room, and sends it.
    async fn turn(&mut self) -> Result<Turn> {
        let store = self.context.store.clone();
        let due = store.mails_due().await?;
        let now = self.context.clock.now_ms();
        let room = self.options.max_in_flight.saturating_sub(self.under_way.len());
        let is_due = |at: Option<i64>| at.is_some_and(|at| at <= now);
        let may_lease = room > 0 && is_due(due.next_attempt) && self.recess.until_ms <= now;
        let next_attempt = due.next_attempt.map(|at| at.max(self.recess.until_ms));
        let next_due_ms =
            [next_attempt, due.next_lease_end].into_iter().flatten().filter(|at| *at > now).min();
        if !may_lease && !is_due(due.next_lease_end) {
            return Ok(Turn::Idle { next_due_ms });
        }
        let mut tx = store.begin().await?;
        if is_due(due.next_lease_end) {
            tx.expire_mail_leases(now).await?;
        }
        let leases = match may_lease {
            true => tx.lease_mails(now, self.context.lease_until(now), room).await?,
            false => Vec::new(),
        };
        tx.commit().await?;
        if !leases.is_empty() {
            kill::reached("mail.leased");
        }
        for lease in leases {
            let number = lease.attempts.saturating_add(1);
            let span = tracing::info_span!(
                "mail attempt",
                otel.kind = "client",
                number,
                outcome = tracing::field::Empty,
            );
            let attempt = attempt(Arc::clone(&self.context), self.options.clone(), lease);
            self.under_way.spawn(attempt.instrument(span));
        }
        Ok(Turn::Worked { next_due_ms })
    }
}

impl Steps for Worker {
    async fn next_step(&mut self) -> Progress {
        let next_due_ms = match self.turn().await {
            Ok(Turn::Worked { next_due_ms }) => next_due_ms,
            Ok(Turn::Idle { next_due_ms }) => {
                if self.under_way.is_empty() {
                    self.context.rest().await;
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

impl MailContext {
    fn lease_until(&self, now_ms: i64) -> i64 {
        self.after(now_ms, |smtp| smtp.beginning_takes_at_most())
    }

    fn transmission_lease_end(&self, now_ms: i64) -> i64 {
        self.after(now_ms, |smtp| smtp.ending_takes_at_most())
    }

    fn after(&self, now_ms: i64, takes: impl Fn(&Smtp) -> Duration) -> i64 {
        let takes = match &self.transport {
            Transport::Files(_) => FILE_TAKES_AT_MOST,
            Transport::Smtp(smtp) => takes(smtp),
        };
        let takes = i64::try_from(takes.as_millis()).unwrap_or(i64::MAX);
        now_ms.saturating_add(kill::lease_ms(takes.saturating_add(LEASE_MARGIN_MS)))
    }

    async fn rest(&self) {
        if let Transport::Smtp(smtp) = &self.transport {
            smtp.rest().await;
        }
    }
}

/// A way that waits for the mail.
enum Open<'m> {
    Files(&'m MailFolder),
    Smtp(&'m Smtp, Box<Session>),
}

/// Why an attempt came to nothing before the mail was written.
enum Stopped {
    Refused(Refusal),
    Unfit(ComposeError),
}

async fn attempt(context: Arc<MailContext>, options: MailOptions, lease: MailLease) -> Ended {
    let attempt = Attempt { context: &context, options: &options, lease };
    match attempt.make().await {
        Ok(ended) => ended,
        Err(error) => {
            tracing::error!(%error, "a mail can't be read or written");
            Ended::NotAsked
        }
    }
}

struct Attempt<'m> {
    context: &'m MailContext,
    options: &'m MailOptions,
    lease: MailLease,
}

impl<'m> Attempt<'m> {
    async fn make(mut self) -> Result<Ended> {
        let letter = match letter::read(&self.context.store, &self.lease).await {
            Ok(Some(letter)) => letter,
            Ok(None) => {
                self.settle(MailOutcome::Cancelled, None).await?;
                return Ok(Ended::NotAsked);
            }
            Err(LetterError::Store(error)) if !matches!(error, StoreError::Inconsistent { .. }) => {
                return Err(error);
            }
            Err(error) => {
                tracing::error!(%error, mail.token = %self.lease.token, "a mail can't be made");
                self.settle(MailOutcome::Failed, Some("what is stored of the credential can't be read"))
                    .await?;
                return Ok(Ended::NotAsked);
            }
        };
        let open = match self.open(&letter).await {
            Ok(open) => open,
            Err(stopped) => return self.stopped(&letter, stopped).await,
        };
        let now = self.context.clock.now_ms();
        let mail = match compose(&letter, &self.context.sender, now) {
            Ok(mail) => mail,
            Err(error) => return self.stopped(&letter, Stopped::Unfit(error)).await,
        };
        if !self.hand(now).await? {
            return Ok(Ended::NotAsked);
        }
        kill::reached("mail.transmitting");
        let verdict = self.write(open, mail).await;
        kill::reached("mail.sent");
        let (outcome, words) = match verdict {
            Verdict::Taken(words) => (MailOutcome::Sent, words),
            Verdict::Later(words) => (self.later(), words),
            Verdict::Never(words) => (MailOutcome::Failed, words),
            Verdict::Unknown(words) => (MailOutcome::Unknown, words),
        };
        self.settle(outcome, Some(&answer::kept(&words, &letter.address))).await?;
        self.remove_what_was_erased().await?;
        Ok(Ended::Reached)
    }

    /// Leads the mail server up to its "go on".
    async fn open(&self, letter: &Letter) -> std::result::Result<Open<'m>, Stopped> {
        let context = self.context;
        let envelope = envelope(letter, &context.sender).map_err(Stopped::Unfit)?;
        match &context.transport {
            Transport::Files(folder) => Ok(Open::Files(folder)),
            Transport::Smtp(smtp) => {
                let begun = smtp.begin(&envelope, context.clock.now_ms()).await;
                Ok(Open::Smtp(smtp, Box::new(begun.map_err(Stopped::Refused)?)))
            }
        }
    }

    /// Records that the mail is about to be written. Returns whether it may be: nobody else has it, and there still is
    /// somebody to tell.
    async fn hand(&mut self, now: i64) -> Result<bool> {
        let mut tx = self.context.store.begin().await?;
        let transmitting =
            tx.mark_mail_transmitting(&self.lease, now, self.context.transmission_lease_end(now)).await?;
        tx.commit().await?;
        match transmitting {
            Some(lease) => {
                self.lease = lease;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    async fn write(&self, open: Open<'_>, mail: Vec<u8>) -> Verdict {
        match open {
            Open::Files(folder) => match folder.write(&self.lease.token, mail).await {
                Ok(()) => Verdict::Taken("written to a file".to_owned()),
                // A file is there as a whole or not at all, and may be written again in any case.
                Err(error) => Verdict::Later(error.to_string()),
            },
            Open::Smtp(smtp, session) => smtp.end(*session, &mail, self.context.clock.now_ms()).await,
        }
    }

    async fn stopped(&self, letter: &Letter, stopped: Stopped) -> Result<Ended> {
        let (outcome, words, ended) = match stopped {
            Stopped::Refused(Refusal::Server(words)) => (self.later(), words, Ended::Unreachable),
            Stopped::Refused(Refusal::Later(words)) => (self.later(), words, Ended::Reached),
            Stopped::Refused(Refusal::Never(words)) => (MailOutcome::Failed, words, Ended::Reached),
            Stopped::Unfit(error) => (MailOutcome::Failed, error.to_string(), Ended::NotAsked),
        };
        let words = answer::kept(&words, &letter.address);
        if ended == Ended::Unreachable {
            metrics::mail_server_unreachable();
            tracing::warn!(words, "the mail server is not to be had");
        }
        self.settle(outcome, Some(&words)).await?;
        Ok(ended)
    }

    /// When it is tried again: as a webhook's delivery at first, then at the longest pause until it is given up.
    fn later(&self) -> MailOutcome {
        let now = self.context.clock.now_ms();
        if now.saturating_sub(self.lease.queued_at) >= self.options.give_up_after_ms {
            return MailOutcome::Failed;
        }
        let last = u64::try_from(PAUSES_MS.len()).unwrap_or(u64::MAX);
        let attempts = self.lease.attempts.saturating_add(1).min(last);
        let random = u64::from_be_bytes(random_bytes(&*self.context.entropy));
        match next_attempt_at(attempts, now, self.options.max_backoff_ms, random) {
            Some(at) => MailOutcome::Later(at),
            None => MailOutcome::Failed,
        }
    }

    async fn settle(&self, outcome: MailOutcome, words: Option<&str>) -> Result<()> {
        let now = self.context.clock.now_ms();
        let mut tx = self.context.store.begin().await?;
        let held = tx.settle_mail(&self.lease, outcome, words, now).await?;
        tx.commit().await?;
        if held {
            metrics::settled(outcome);
            tracing::Span::current().record("outcome", tracing::field::debug(outcome));
        }
        if held && matches!(outcome, MailOutcome::Failed | MailOutcome::Unknown) {
            tracing::warn!(?outcome, "a mail was not sent, or nobody knows; `learncoin mail list` shows it");
        }
        Ok(())
    }

    /// An erasure that was committed while the file was being written has found none to remove.
    async fn remove_what_was_erased(&self) -> Result<()> {
        let Transport::Files(folder) = &self.context.transport else { return Ok(()) };
        let credential = self.context.store.credential_by_id(&self.lease.credential_id).await?;
        if credential.is_none_or(|credential| credential.erased_at.is_some())
            && let Err(error) = folder.remove(&self.lease.token).await
        {
            tracing::error!(%error, "the mail of an erased credential can't be removed; the next start tries again");
        }
        Ok(())
    }
}
