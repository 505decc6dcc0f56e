//! The beginning and the end of transactions on PostgreSQL.
//!
//! Invariant: a connection goes back to the pool only if no transaction is open on it and it may write. One whose BEGIN,
//! COMMIT or ROLLBACK failed is closed, unless it is certain that nothing is open.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Executor as _, Postgres};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::database::failure::{self, DatabaseError};
use crate::database::postgres::connections::PostgresConnections;
use crate::database::postgres::statement;
use crate::database::postgres::turns::Turns;
use crate::database::sql::{Executor, Kept, Outcome, Statement};

/// The longest time that undoing a transaction may take.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// Begins a transaction that will write, whatever the server's default is.
pub(crate) const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
/// Begins a transaction that reads everything as of one moment.
pub(crate) const BEGIN_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A transaction, and its connection. Dropped without [`PostgresTransaction::commit`], it is undone.
pub(crate) struct PostgresTransaction {
    /// Absent once the transaction has ended.
    connection: Option<PoolConnection<Postgres>>,
    turns: Option<Turns>,
    /// Whether what is known of the connection is not enough to use it again.
    is_spoiled: bool,
}

impl PostgresTransaction {
    /// Begins a transaction by this statement.
    ///
    /// # Errors
    /// If there is no connection, or the database refuses.
    pub(crate) async fn begin(
        connections: &PostgresConnections,
        statement: &'static str,
        turns: Option<Turns>,
    ) -> Result<Self, DatabaseError> {
        let connection = connections.acquire().await?;
        // Undone if this future is dropped half-way.
        let mut begun = Self { connection: Some(connection), turns, is_spoiled: false };
        begun.run_plain(statement).await?;
        Ok(begun)
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// If the database refuses, or the outcome is unknown.
    pub(crate) async fn commit(mut self) -> Result<(), DatabaseError> {
        self.run_plain("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    async fn run_plain(&mut self, statement: &'static str) -> Result<(), DatabaseError> {
        let outcome = self.connection().execute(statement).await;
        if let Err(error) = &outcome {
            self.is_spoiled = failure::spoils(error);
        }
        outcome?;
        Ok(())
    }

    #[expect(clippy::expect_used, reason = "it is taken where the transaction ends, and nowhere else")]
    fn connection(&mut self) -> &mut PoolConnection<Postgres> {
        self.connection.as_mut().expect("the transaction is open")
    }
}

impl Executor for &mut PostgresTransaction {
    async fn run(self, statement: Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        statement::run(self.connection(), &statement, kept).await
    }
}

impl Drop for PostgresTransaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let (turns, is_spoiled) = (self.turns.take(), self.is_spoiled);
        match Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    undo(connection, is_spoiled).await;
                    drop(turns);
                });
            }
            // Nothing runs any more. The end of the connection undoes it.
            Err(_) => drop(connection.detach()),
        }
    }
}

/// Undoes a transaction, and gives its connection back if it is certain that none is open on it.
async fn undo(mut connection: PoolConnection<Postgres>, is_spoiled: bool) {
    let is_clean =
        !is_spoiled && matches!(timeout(ROLLBACK_TIMEOUT, connection.execute("ROLLBACK")).await, Ok(Ok(_)));
    if !is_clean {
        PostgresConnections::discard(connection).await;
    }
}
