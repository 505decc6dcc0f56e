//! The connections of a process to its database, whichever it is.
//!
//! The futures that wait for PostgreSQL are on the heap: they are large, and on SQLite every future around them would be moved with
//! them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::database::failure::DatabaseError;
use crate::database::postgres::{
    BEGIN_SNAPSHOT, BEGIN_WRITE, MAX_CONNECTIONS, PostgresConnections, PostgresTransaction, WriterQueues,
};
use crate::database::sql::{Executor, Kept, Outcome, Statement};
use crate::database::sqlite::{KEPT_CONNECTIONS, SqliteDatabase};
use crate::database::transaction::OpenTransaction;
use crate::id::TenantId;

/// The state of the connections to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// The number that are open.
    pub open: u32,
    /// The number of these that are idle.
    pub idle: u32,
    /// The most that there may be; on SQLite, that are kept.
    pub limit: u32,
}

/// The connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ConnectionPool {
    database: Database,
    /// When a write was last proven.
    proven_at: Arc<Mutex<Option<Instant>>>,
}

#[derive(Clone)]
enum Database {
    Sqlite(SqliteDatabase),
    Postgres(PostgresConnections, WriterQueues),
}

impl From<SqliteDatabase> for ConnectionPool {
    fn from(database: SqliteDatabase) -> Self {
        Self { database: Database::Sqlite(database), proven_at: Arc::default() }
    }
}

impl From<PostgresConnections> for ConnectionPool {
    fn from(connections: PostgresConnections) -> Self {
        Self { database: Database::Postgres(connections, WriterQueues::new()), proven_at: Arc::default() }
    }
}

impl ConnectionPool {
    /// Begins a transaction that writes: after all others that write for this tenant, if one is named.
    pub(crate) async fn begin(&self, tenant_id: Option<&TenantId>) -> Result<OpenTransaction, DatabaseError> {
        let begun = match &self.database {
            // One transaction at a time writes, of whatever tenant.
            Database::Sqlite(database) => database.begin().await.map(OpenTransaction::Sqlite),
            Database::Postgres(connections, queues) => {
                let begun = Box::pin(async {
                    let turns = queues.turns(tenant_id).await?;
                    PostgresTransaction::begin(connections, BEGIN_WRITE, Some(turns)).await
                });
                begun.await.map(OpenTransaction::Postgres)
            }
        };
        if begun.is_err() {
            self.record_write(false);
        }
        begun
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) async fn begin_snapshot(&self) -> Result<OpenTransaction, DatabaseError> {
        match &self.database {
            Database::Sqlite(database) => {
                database.begin_snapshot().map(Box::new).map(OpenTransaction::SqliteSnapshot)
            }
            Database::Postgres(connections, _) => {
                let begun = Box::pin(PostgresTransaction::begin(connections, BEGIN_SNAPSHOT, None));
                begun.await.map(OpenTransaction::Postgres)
            }
        }
    }

    /// Commits a transaction.
    pub(crate) async fn commit(&self, transaction: OpenTransaction) -> Result<(), DatabaseError> {
        let committed = transaction.commit().await;
        if committed.is_err() {
            self.record_write(false);
        }
        committed
    }

    /// Records whether a write became durable.
    pub(crate) fn record_write(&self, done: bool) {
        let proven_at = done.then(Instant::now);
        *self.proven_at.lock().unwrap_or_else(PoisonError::into_inner) = proven_at;
    }

    /// Returns whether a write became durable within this time, and none failed since.
    pub(crate) fn has_written_within(&self, time: Duration) -> bool {
        let proven_at = *self.proven_at.lock().unwrap_or_else(PoisonError::into_inner);
        proven_at.is_some_and(|at| at.elapsed() < time)
    }

    /// Returns the SQLite database, if it is one.
    pub(crate) fn sqlite(&self) -> Option<&SqliteDatabase> {
        match &self.database {
            Database::Sqlite(database) => Some(database),
            Database::Postgres(..) => None,
        }
    }

    /// Returns the state of the connections.
    pub(crate) fn state(&self) -> Connections {
        let ((open, idle), limit) = match &self.database {
            Database::Sqlite(database) => (database.size(), KEPT_CONNECTIONS),
            Database::Postgres(connections, _) => (connections.size(), MAX_CONNECTIONS),
        };
        Connections { open, idle, limit }
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match &self.database {
            Database::Sqlite(database) => database.close().await,
            Database::Postgres(connections, _) => connections.close().await,
        }
    }
}

impl Executor for &ConnectionPool {
    async fn run(self, statement: Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        match &self.database {
            Database::Sqlite(database) => database.read(statement, kept).await,
            Database::Postgres(connections, _) => Box::pin(connections.run(&statement, kept)).await,
        }
    }
}

impl Executor for &PostgresConnections {
    async fn run(self, statement: Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        PostgresConnections::run(self, &statement, kept).await
    }
}
