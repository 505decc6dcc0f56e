//! A transaction on either database.

use crate::database::failure::DatabaseError;
use crate::database::postgres::PostgresTransaction;
use crate::database::sql::{Executor, Insertion, Kept, Outcome, Statement};
use crate::database::sqlite::{Snapshot, WriteSession};

/// A transaction. Dropped without [`OpenTransaction::commit`], it is undone.
pub(crate) enum OpenTransaction {
    Sqlite(WriteSession),
    SqliteSnapshot(Box<Snapshot>),
    Postgres(PostgresTransaction),
}

impl OpenTransaction {
    /// Makes what was written durable.
    ///
    /// # Errors
    /// If the database refuses, or the outcome is unknown.
    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(session) => session.commit().await,
            // Nothing was written.
            Self::SqliteSnapshot(_) => Ok(()),
            Self::Postgres(transaction) => Box::pin(transaction.commit()).await,
        }
    }
}

impl OpenTransaction {
    /// Inserts rows.
    pub(crate) async fn insert(&mut self, rows: Insertion<'_>) -> Result<(), DatabaseError> {
        match self {
            Self::Sqlite(session) => session.insert(&rows),
            Self::SqliteSnapshot(_) | Self::Postgres(_) => {
                for statement in rows.statements() {
                    Box::pin(self.run(statement, Kept::None)).await?;
                }
                Ok(())
            }
        }
    }
}

impl Executor for &mut OpenTransaction {
    async fn run(self, statement: Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        match self {
            OpenTransaction::Sqlite(session) => session.run(&statement, kept),
            OpenTransaction::SqliteSnapshot(snapshot) => snapshot.run(&statement, kept),
            OpenTransaction::Postgres(transaction) => Box::pin(transaction.run(statement, kept)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;
    use tempfile::TempDir;
    use tokio::task::JoinHandle;

    use crate::database::failure::Unavailable;
    use crate::database::sql;
    use crate::database::store::Store;
    use crate::error::Result;
    use crate::seal::MasterKey;
    use crate::settings::Setting;

    async fn open(directory: &TempDir) -> Store {
        Store::open_sqlite(&directory.path().join("a.db"), &MasterKey::from_bytes([7; 32])).await.unwrap()
    }

    /// Sets something on the connection that writes.
    async fn set(store: &Store, pragma: &'static str) {
        store.pool.sqlite().unwrap().run_on_writer(pragma).await.unwrap();
    }

    async fn write(store: &Store, length: usize) -> Result<()> {
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

    /// Begins transactions, in this order, that each write one row: while the first one is open the others wait.
    async fn begin_together(store: &Store, names: &[&'static str]) -> Vec<JoinHandle<Result<()>>> {
        let first = store.begin().await.unwrap();
        let mut waiting = Vec::new();
        for name in names {
            let (store, name) = (store.clone(), *name);
            waiting.push(tokio::spawn(async move {
                let mut tx = store.begin().await?;
                sql::query("INSERT INTO settings (name, value) VALUES ($1, '')")
                    .bind(name)
                    .execute(tx.connection())
                    .await?;
                tx.commit().await
            }));
            tokio::task::yield_now().await;
        }
        drop(first);
        waiting
    }

    #[tokio::test]
    async fn of_transactions_that_are_committed_together_one_that_fails_takes_no_other_along() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let waiting = begin_together(&store, &["a", "b", "a", "c"]).await;
        let outcomes: Vec<bool> =
            join_all(waiting).await.into_iter().map(|outcome| outcome.unwrap().is_ok()).collect();
        assert_eq!(outcomes, [true, true, false, true]);
        assert_eq!(store.rows("settings").await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn one_that_is_given_up_while_it_waits_holds_no_other_up() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let mut waiting = begin_together(&store, &["a", "b", "c"]).await;
        waiting.remove(1).abort();
        for outcome in join_all(waiting).await {
            outcome.unwrap().unwrap();
        }
        assert!(store.rows("settings").await.unwrap().len() >= 2);
    }

    #[tokio::test]
    async fn what_is_not_committed_yet_is_read_by_nobody_else() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let mut tx = store.begin().await.unwrap();
        tx.put_setting(Setting::PublicUrl, "https://a").await.unwrap();
        assert_eq!(store.find_setting(Setting::PublicUrl).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert!(store.find_setting(Setting::PublicUrl).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn nothing_is_written_outside_a_transaction() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let written = sql::query("DELETE FROM settings").execute(&store.pool).await.unwrap_err();
        assert_eq!(written.unavailable(), Unavailable::ReadOnly);
    }

    #[tokio::test]
    async fn the_end_of_another_process_s_transaction_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        let other = rusqlite::Connection::open(directory.path().join("a.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let writing = tokio::spawn({
            let store = store.clone();
            async move { write(&store, 1).await }
        });
        tokio::task::yield_now().await;
        // Others read meanwhile.
        assert_eq!(store.find_setting(Setting::PublicUrl).await.unwrap(), None);
        other.execute_batch("COMMIT").unwrap();
        writing.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn of_a_closed_store_nothing_is_open() {
        let directory = tempfile::tempdir().unwrap();
        let store = open(&directory).await;
        write(&store, 1).await.unwrap();
        store.close().await;
        assert_eq!(write(&store, 1).await.unwrap_err().unavailable(), Unavailable::Unreachable);
        assert!(store.find_setting(Setting::PublicUrl).await.is_err());
        // The last connection folds the log into the main file.
        assert!(!directory.path().join("a.db-wal").exists());
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
