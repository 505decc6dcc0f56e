//! The beginning and the end of transactions.
//!
//! Invariant: a connection goes back to the pool only if no transaction is open on it and it may write. One whose BEGIN,
//! COMMIT or ROLLBACK failed is closed, unless it is certain that nothing is open.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Executor as _};
use tokio::runtime::Handle;
use tokio::sync::{OwnedMutexGuard, OwnedSemaphorePermit};
use tokio::time::timeout;

use crate::database::connections::ConnectionPool;
use crate::database::dialect::Dialect;
use crate::error::Result;

/// The longest time that undoing a transaction may take.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// The turns that a writer waited for. They are given back once its transaction has ended.
pub(crate) struct Turns {
    pub(crate) _writer: OwnedSemaphorePermit,
    pub(crate) _tenant: Option<OwnedMutexGuard<()>>,
}

/// A transaction, and its connection. Dropped without [`OpenTransaction::commit`], it is undone.
pub(crate) struct OpenTransaction {
    /// Absent once the transaction has ended.
    connection: Option<PoolConnection<Any>>,
    connections: ConnectionPool,
    turns: Option<Turns>,
    /// Whether what is known of the connection is not enough to use it again.
    is_spoiled: bool,
}

impl OpenTransaction {
    /// Begins a transaction by this statement.
    ///
    /// # Errors
    /// If there is no connection, or the database refuses.
    pub(crate) async fn begin(
        connections: &ConnectionPool,
        statement: &'static str,
        turns: Option<Turns>,
    ) -> Result<Self> {
        let connection = connections.acquire().await?;
        // Undone if this future is dropped half-way.
        let mut begun =
            Self { connection: Some(connection), connections: connections.clone(), turns, is_spoiled: false };
        begun.run(statement).await?;
        Ok(begun)
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// If the database refuses, or the outcome is unknown.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.run("COMMIT").await?;
        self.connection = None;
        Ok(())
    }

    async fn run(&mut self, statement: &'static str) -> Result<()> {
        let outcome = self.connection().execute(statement).await;
        if let Err(error) = &outcome {
            self.is_spoiled = self.connections.dialect().is_spoiled_by(error);
            self.connections.record_write(false);
        }
        outcome?;
        Ok(())
    }

    /// Returns the connection.
    #[expect(clippy::expect_used, reason = "it is taken where the transaction ends, and nowhere else")]
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        self.connection.as_mut().expect("the transaction is open")
    }
}

impl Drop for OpenTransaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let (connections, turns, is_spoiled) = (self.connections.clone(), self.turns.take(), self.is_spoiled);
        match Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    undo(connection, &connections, is_spoiled).await;
                    drop(turns);
                });
            }
            // Nothing runs any more. The end of the connection undoes it.
            Err(_) => drop(connection.detach()),
        }
    }
}

/// Undoes a transaction, and gives its connection back if it is certain that none is open on it.
async fn undo(mut connection: PoolConnection<Any>, connections: &ConnectionPool, is_spoiled: bool) {
    let is_clean = !is_spoiled
        && match timeout(ROLLBACK_TIMEOUT, connection.execute("ROLLBACK")).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => {
                // SQLite undoes by itself what it had no room for.
                connections.record_write(false);
                connections.dialect() == Dialect::Sqlite && is_nothing_open(&error)
            }
            Err(_) => false,
        };
    if !is_clean {
        ConnectionPool::discard(connection).await;
    }
}

/// Returns whether SQLite refused because there is no transaction to undo.
fn is_nothing_open(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| error.message().contains("no transaction is active"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::TempDir;

    use crate::database::dialect::Dialect;
    use crate::database::sqlite;
    use crate::database::store::Store;
    use crate::error::Unavailable;
    use crate::seal::MasterKey;
    use crate::settings::Setting;

    /// Opens a database over a single connection, so that each use meets what was done to it.
    async fn open(directory: &TempDir) -> Store {
        let (file, master) = (directory.path().join("a.db"), MasterKey::from_bytes([7; 32]));
        Store::open_sqlite(&file, &master).await.unwrap().close().await;
        Store::over(sqlite::open(&file, 1).await.unwrap(), Dialect::Sqlite, &master)
    }

    async fn set(store: &Store, pragma: &'static str) {
        sqlx::query(pragma).execute(&store.pool).await.unwrap();
    }

    async fn write(store: &Store, length: usize) -> crate::error::Result<()> {
        let mut tx = store.begin().await?;
        tx.put_setting(Setting::PublicUrl, &"x".repeat(length)).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn what_had_no_room_leaves_every_connection_usable() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        write(&store, 1).await.unwrap();
        set(&store, "PRAGMA max_page_count = 1").await;
        for _ in 0..20 {
            let error = write(&store, 100_000).await.unwrap_err();
            assert_eq!(error.unavailable(), Unavailable::Full, "{error}");
            assert!(store.find_setting(Setting::PublicUrl).await.unwrap().is_some());
        }
        set(&store, "PRAGMA max_page_count = 1000000").await;
        for length in 1..20 {
            write(&store, length * 10_000).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_connection_that_cannot_write_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        write(&store, 1).await.unwrap();
        set(&store, "PRAGMA query_only = ON").await;
        let error = write(&store, 1).await.unwrap_err();
        assert_eq!(error.unavailable(), Unavailable::ReadOnly, "{error}");
        // It is closed in a task of its own.
        let recovered = async {
            while write(&store, 2).await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), recovered).await.unwrap();
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_half_way_leaves_nothing_open() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        for _ in 0..20 {
            let begun = tokio::time::timeout(Duration::ZERO, store.begin()).await;
            drop(begun);
            write(&store, 1).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_write_is_proven_and_leaves_no_row() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let rows = store.rows("settings").await.unwrap().len();
        store.prove_write().await.unwrap();
        assert!(store.pool.has_written_within(Duration::from_secs(60)));
        assert_eq!(store.rows("settings").await.unwrap().len(), rows);
        store.pool.record_write(false);
        set(&store, "PRAGMA query_only = ON").await;
        assert_eq!(store.prove_write().await.unwrap_err().unavailable(), Unavailable::ReadOnly);
    }
}
