//! The connections of a process to its database.
//!
//! A connection is checked before it is used: its settings hold, and it may write. While none can be made, every request
//! for one fails at once with the database's own reason, and from time to time one of these requests looks whether the
//! database is back.

use std::fmt;
use std::io;
use std::pin::pin;
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Either, Execute, Executor, SqlStr};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::database::dialect::Dialect;
use crate::database::session::{assert_sessions, prepare};
use crate::error::{Result, Unavailable};

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
pub(crate) struct ConnectionPool {
    pool: AnyPool,
    shared: Arc<Shared>,
}

struct Shared {
    dialect: Dialect,
    options: AnyConnectOptions,
    /// The reason why no connection can be made.
    outage: Arc<watch::Sender<Option<Reason>>>,
    /// When a connection was last tried beside the pool, and whether it could be made. Held while that is done.
    tried: tokio::sync::Mutex<Option<Tried>>,
    /// When a write was last proven.
    proven_at: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy)]
struct Tried {
    at: Instant,
    done: bool,
}

impl ConnectionPool {
    /// Opens the database. It is asked at once, and not again: an operator is to read why it can't be used.
    pub(crate) async fn open(url: &str, dialect: Dialect, max_connections: u32) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let options = AnyConnectOptions::from_str(url)?;
        let mut first = connect(dialect, &options, FIRST_CONNECT_TIMEOUT).await?;
        if dialect == Dialect::Postgres {
            let mut second = connect(dialect, &options, FIRST_CONNECT_TIMEOUT).await?;
            assert_sessions(&mut first, &mut second).await?;
            second.close().await?;
        }
        first.close().await?;
        let outage = Arc::new(watch::Sender::new(None));
        let reporting = Arc::clone(&outage);
        let pool = AnyPoolOptions::new()
            .max_connections(max_connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                let reporting = Arc::clone(&reporting);
                Box::pin(async move {
                    let prepared = prepare(dialect, connection).await;
                    if let Err(error) = &prepared {
                        // The pool would try until its time is over.
                        reporting.send_replace(Some(Reason::of(error)));
                    }
                    prepared
                })
            })
            .connect_lazy_with(options.clone());
        let shared = Shared {
            dialect,
            options,
            outage,
            tried: tokio::sync::Mutex::default(),
            proven_at: Mutex::default(),
        };
        Ok(Self { pool, shared: Arc::new(shared) })
    }

    /// Returns a connection that may write.
    ///
    /// # Errors
    /// If the database can't be used: with its own reason, at once if that is known.
    pub(crate) async fn acquire(&self) -> sqlx::Result<PoolConnection<Any>> {
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
        let outcome = match connect(self.shared.dialect, &self.shared.options, CONNECT_TIMEOUT).await {
            Ok(connection) => {
                let _ = timeout(CLOSE_TIMEOUT, connection.close()).await;
                Ok(())
            }
            // It answers, and those that are connected go on.
            Err(error) if self.shared.dialect.is_full(&error) => Ok(()),
            Err(error) => Err(error),
        };
        *tried = Some(Tried { at: Instant::now(), done: outcome.is_ok() });
        self.shared.outage.send_replace(outcome.as_ref().err().map(Reason::of));
        outcome
    }

    /// Closes a connection whose state is not known, or that is of no use.
    pub(crate) async fn discard(connection: PoolConnection<Any>) {
        let _ = timeout(CLOSE_TIMEOUT, connection.close()).await;
    }

    /// Returns the dialect.
    pub(crate) fn dialect(&self) -> Dialect {
        self.shared.dialect
    }

    /// Records whether a write became durable.
    pub(crate) fn record_write(&self, done: bool) {
        let proven_at = done.then(Instant::now);
        *self.shared.proven_at.lock().unwrap_or_else(PoisonError::into_inner) = proven_at;
    }

    /// Returns whether a write became durable within this time, and none failed since.
    pub(crate) fn has_written_within(&self, time: Duration) -> bool {
        let proven_at = *self.shared.proven_at.lock().unwrap_or_else(PoisonError::into_inner);
        proven_at.is_some_and(|at| at.elapsed() < time)
    }

    pub(crate) fn size(&self) -> u32 {
        self.pool.size()
    }

    pub(crate) fn num_idle(&self) -> usize {
        self.pool.num_idle()
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Closes a connection that a statement outside a transaction found to be of no use; returns another one to the pool.
    async fn give_back<T>(&self, connection: PoolConnection<Any>, outcome: &sqlx::Result<T>) {
        if let Err(error) = outcome
            && self.shared.dialect.is_spoiled_by(error)
        {
            Self::discard(connection).await;
        }
    }
}

/// Makes a connection and prepares it.
async fn connect(
    dialect: Dialect,
    options: &AnyConnectOptions,
    within: Duration,
) -> sqlx::Result<AnyConnection> {
    let connecting = async {
        let mut connection = AnyConnection::connect_with(options).await?;
        prepare(dialect, &mut connection).await?;
        Ok(connection)
    };
    timeout(within, connecting).await.unwrap_or_else(|_| {
        let reason = format!("it does not answer within {} s", within.as_secs());
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
        let kind = match Unavailable::by(error) {
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

impl fmt::Debug for ConnectionPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The options hold a password.
        f.debug_struct("ConnectionPool").finish_non_exhaustive()
    }
}

impl<'p> Executor<'p> for &'p ConnectionPool {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, sqlx::Result<Either<AnyQueryResult, AnyRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let connections = self.clone();
        // What is read outside a transaction fits into memory; so the connection is free before the rows are looked at.
        let reading = async move {
            let mut connection = connections.acquire().await?;
            let outcome: sqlx::Result<Vec<_>> = (&mut *connection).fetch_many(query).try_collect().await;
            connections.give_back(connection, &outcome).await;
            Ok::<_, sqlx::Error>(stream::iter(outcome?).map(Ok))
        };
        stream::once(reading).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, sqlx::Result<Option<AnyRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let connections = self.clone();
        Box::pin(async move {
            let mut connection = connections.acquire().await?;
            let outcome = (&mut *connection).fetch_optional(query).await;
            connections.give_back(connection, &outcome).await;
            outcome
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, sqlx::Result<AnyStatement>>
    where
        'p: 'e,
    {
        let connections = self.clone();
        Box::pin(async move { (&mut *connections.acquire().await?).prepare_with(sql, parameters).await })
    }
}
