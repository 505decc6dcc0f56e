//! The connections of a process to its database.
//!
//! A connection is checked before it is used: its settings hold, and it may write. While none can be made, every request
//! for one fails at once with the database's own reason, and from time to time one of these requests looks whether the
//! database is back.

use std::fmt;
use std::io;
use std::pin::pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection as _, Postgres};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::database::failure::{self, DatabaseError, Unavailable};
use crate::database::location::PostgresUrl;
use crate::database::postgres::running_time;
use crate::database::postgres::session::{assert_sessions, prepare};
use crate::database::postgres::statement;
use crate::database::sql::{Kept, Outcome, Statement};
use crate::error::Result;

/// The most connections that a process holds.
pub(crate) const MAX_CONNECTIONS: u32 = 16;
/// The longest time that a request waits for a connection of a database that answers: all others are in use.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(30);
/// The time after which a request for a connection looks whether the database answers at all.
const PATIENCE: Duration = Duration::from_millis(250);
/// The longest time that making one connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest time that the first connection of a process may take.
const FIRST_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The time for which it holds that a connection could be made.
const REACHED_FOR: Duration = Duration::from_secs(5);
/// The interval at which an outage is looked at.
const RETRY_INTERVAL: Duration = Duration::from_millis(250);
/// The longest time that closing a connection may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PostgresConnections {
    pool: PgPool,
    shared: Arc<Shared>,
}

struct Shared {
    options: PgConnectOptions,
    /// The reason why no connection can be made.
    outage: Arc<watch::Sender<Option<Reason>>>,
    /// When a connection was last tried beside the pool, and whether it could be made. Held while that is done.
    tried: tokio::sync::Mutex<Option<Tried>>,
}

#[derive(Clone, Copy)]
struct Tried {
    at: Instant,
    done: bool,
}

impl PostgresConnections {
    /// Opens the database. It is asked at once, and not again: an operator is to read why it can't be used.
    pub(crate) async fn open(url: &PostgresUrl) -> Result<Self> {
        let options = options(url)?;
        let mut first = connect(&options, FIRST_CONNECT_TIMEOUT).await?;
        let mut second = connect(&options, FIRST_CONNECT_TIMEOUT).await?;
        assert_sessions(&mut first, &mut second).await?;
        second.close().await?;
        first.close().await?;
        let outage = Arc::new(watch::Sender::new(None));
        let reporting = Arc::clone(&outage);
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                let reporting = Arc::clone(&reporting);
                Box::pin(async move {
                    let prepared = prepare(connection).await;
                    if let Err(error) = &prepared {
                        // The pool would try until its time is over.
                        reporting.send_replace(Some(Reason::of(error)));
                    }
                    prepared
                })
            })
            .connect_lazy_with(options.clone());
        let shared = Shared { options, outage, tried: tokio::sync::Mutex::default() };
        Ok(Self { pool, shared: Arc::new(shared) })
    }

    /// Returns a connection that may write.
    ///
    /// # Errors
    /// If the database can't be used: with its own reason, at once if that is known.
    pub(crate) async fn acquire(&self) -> sqlx::Result<PoolConnection<Postgres>> {
        let mut outage = self.shared.outage.subscribe();
        if outage.borrow_and_update().is_some() && !self.pool.is_closed() {
            self.look_at_outage().await?;
        }
        let mut acquiring = pin!(self.pool.acquire());
        loop {
            tokio::select! {
                biased;
                acquired = &mut acquiring => {
                    if let Err(error) = &acquired && is_unreachable(error) {
                        self.shared.outage.send_replace(Some(Reason::of(error)));
                    }
                    return acquired;
                }
                reason = begun(&mut outage) => return Err(reason.error()),
                () = tokio::time::sleep(PATIENCE) => self.check_reachable().await?,
            }
        }
    }

    /// Checks that the database answers, if that is not known.
    async fn check_reachable(&self) -> sqlx::Result<()> {
        let mut tried = self.shared.tried.lock().await;
        if let Some(reason) = &*self.shared.outage.borrow() {
            return Err(reason.error());
        }
        match *tried {
            Some(Tried { at, done: true }) if at.elapsed() < REACHED_FOR => Ok(()),
            _ => self.try_to_connect(&mut tried).await,
        }
    }

    /// Looks whether an outage has ended, unless that was done just now or is being done.
    async fn look_at_outage(&self) -> sqlx::Result<()> {
        let known = || self.shared.outage.borrow().as_ref().map_or(Ok(()), |reason| Err(reason.error()));
        let Ok(mut tried) = self.shared.tried.try_lock() else { return known() };
        match *tried {
            Some(Tried { at, done: false }) if at.elapsed() < RETRY_INTERVAL => known(),
            _ => self.try_to_connect(&mut tried).await,
        }
    }

    /// Makes a connection beside the pool, and records whether that worked.
    async fn try_to_connect(&self, tried: &mut Option<Tried>) -> sqlx::Result<()> {
        let outcome = match connect(&self.shared.options, CONNECT_TIMEOUT).await {
            Ok(connection) => {
                let _ = timeout(CLOSE_TIMEOUT, connection.close()).await;
                Ok(())
            }
            // It answers, and those that are connected go on.
            Err(error) if failure::is_full(&error) => Ok(()),
            Err(error) => Err(error),
        };
        *tried = Some(Tried { at: Instant::now(), done: outcome.is_ok() });
        self.shared.outage.send_replace(outcome.as_ref().err().map(Reason::of));
        outcome
    }

    /// Closes a connection whose state is not known, or that is of no use.
    pub(crate) async fn discard(connection: PoolConnection<Postgres>) {
        let _ = timeout(CLOSE_TIMEOUT, connection.close()).await;
    }

    /// Returns how many are open, and how many of them are in no use.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.pool.size(), u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX))
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs a statement outside a transaction. A connection that it finds to be of no use is closed.
    pub(crate) async fn run(
        &self,
        statement: &Statement<'_>,
        kept: Kept,
    ) -> std::result::Result<Outcome, DatabaseError> {
        let mut connection = self.acquire().await?;
        let outcome = statement::run(&mut connection, statement, kept).await;
        if let Err(DatabaseError::Postgres(error)) = &outcome
            && failure::spoils(error)
        {
            Self::discard(connection).await;
        }
        outcome
    }
}

/// Returns how a connection is made.
pub(super) fn options(url: &PostgresUrl) -> sqlx::Result<PgConnectOptions> {
    // No number here has a fraction, and poolers refuse a setting that they do not know.
    Ok(PgConnectOptions::from_str(url.expose())?.extra_float_digits(None))
}

/// Makes a connection and prepares it.
async fn connect(options: &PgConnectOptions, limit: Duration) -> sqlx::Result<PgConnection> {
    let connecting = async {
        let mut connection = PgConnection::connect_with(options).await?;
        prepare(&mut connection).await?;
        Ok(connection)
    };
    running_time::within(limit, connecting).await.unwrap_or_else(|| {
        let reason = format!("it does not answer within {} s", limit.as_secs());
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason)))
    })
}

/// Completes when an outage is known.
async fn begun(outage: &mut watch::Receiver<Option<Reason>>) -> Reason {
    let found = outage.wait_for(Option::is_some).await.ok().and_then(|found| found.clone());
    match found {
        Some(reason) => reason,
        // No connection is made any more that could report one.
        None => std::future::pending().await,
    }
}

/// Returns whether the pool could not connect, rather than being closed or in use.
fn is_unreachable(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut)
}

/// Why no connection can be made, for each of those that ask.
#[derive(Clone)]
struct Reason {
    kind: io::ErrorKind,
    text: Arc<str>,
}

impl Reason {
    fn of(error: &sqlx::Error) -> Self {
        let kind = match failure::unavailable(error) {
            Unavailable::ReadOnly => io::ErrorKind::ReadOnlyFilesystem,
            Unavailable::Full => io::ErrorKind::StorageFull,
            Unavailable::Unreachable | Unavailable::Failing => io::ErrorKind::NotConnected,
        };
        let text = match error {
            sqlx::Error::Io(error) => error.to_string(),
            other => other.to_string(),
        };
        Self { kind, text: text.into() }
    }

    fn error(&self) -> sqlx::Error {
        sqlx::Error::Io(io::Error::new(self.kind, &*self.text))
    }
}

impl fmt::Debug for PostgresConnections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The options hold a password.
        f.debug_struct("PostgresConnections").finish_non_exhaustive()
    }
}
