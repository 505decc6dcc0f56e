//! SQLite: its file, one connection that writes and some that read. Statements run where they are called: one takes
//! microseconds, less than handing it to another thread. What waits for the disk, and what reads much, runs beside.

mod file;
mod migrate;
mod readers;
mod statement;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use tokio::task::spawn_blocking;

pub(crate) use file::SqliteFile;
pub(crate) use readers::Snapshot;
pub(crate) use writer::WriteSession;

use crate::database::failure::{DatabaseError, SqliteError};
use crate::database::sql::{Kept, Outcome, Statement};
use crate::database::sqlite::readers::{KEPT_IDLE, Readers};
use crate::database::sqlite::writer::Writers;
use crate::error::Result;

/// The most connections that are kept: those that read, and the one that writes. More are closed once they are in no use.
pub(crate) const KEPT_CONNECTIONS: u32 = KEPT_IDLE + 1;
/// The time that cutting the log waits for readers and for other processes' writers. It is short, since no one can write
/// meanwhile.
const SCRUB_TIMEOUT: Duration = Duration::from_millis(100);

/// An open SQLite database. Cheap to clone.
#[derive(Clone)]
pub(crate) struct SqliteDatabase {
    file: Arc<SqliteFile>,
    readers: Arc<Readers>,
    writers: Arc<Writers>,
}

impl SqliteDatabase {
    /// Opens (and if need be makes) the file.
    ///
    /// # Errors
    /// If it can't be opened, or a setting does not hold.
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let file = Arc::new(SqliteFile::new(file.to_owned()));
        let readers = Readers::new(Arc::clone(&file));
        let writers = Writers::new(Arc::clone(&file), file.open_checked()?);
        Ok(Self { file, readers: Arc::new(readers), writers: Arc::new(writers) })
    }

    /// Applies the migrations that are missing.
    ///
    /// # Errors
    /// If the file was made by a newer program, or a migration fails.
    pub(crate) async fn migrate(&self, all: Migrator) -> Result<()> {
        // A failure is reported as it is; the connection may well be sound.
        self.writers.alone(move |connection| Ok(migrate::migrate(connection, &all))).await?
    }

    /// Runs a statement that reads, outside a transaction.
    pub(crate) async fn read(
        &self,
        statement: Statement<'_>,
        kept: Kept,
    ) -> std::result::Result<Outcome, DatabaseError> {
        if !statement.is_long {
            // A caller that reads much, in many statements, leaves others their turn.
            tokio::task::consume_budget().await;
            return self.readers.run(&statement, kept);
        }
        let (readers, statement) = (Arc::clone(&self.readers), statement.into_owned());
        let _permit = self.readers.long_permit().await?;
        spawn_blocking(move || readers.run(&statement, kept)).await.map_err(|_| DatabaseError::Closed)?
    }

    /// Begins a transaction that writes.
    pub(crate) async fn begin(&self) -> std::result::Result<WriteSession, DatabaseError> {
        Writers::begin(&self.writers).await
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) fn begin_snapshot(&self) -> std::result::Result<Snapshot, DatabaseError> {
        self.readers.begin()
    }

    /// Folds the write-ahead log into the main file and cuts it to nothing. Returns whether it could: a reader that holds
    /// an old state keeps both as they are.
    pub(crate) async fn scrub(&self) -> std::result::Result<bool, DatabaseError> {
        let cut = |connection: &rusqlite::Connection| {
            connection.busy_timeout(SCRUB_TIMEOUT)?;
            let was_held =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            connection.busy_timeout(Duration::ZERO)?;
            Ok::<_, rusqlite::Error>(was_held? == 0)
        };
        let done = self.writers.alone(move |connection| cut(connection).map_err(SqliteError::from)).await?;
        self.readers.renew();
        self.writers.renew().await?;
        Ok(done)
    }

    /// Runs texts on a connection of their own, which no other statement uses.
    pub(crate) async fn run_apart(&self, sql: String) -> std::result::Result<(), DatabaseError> {
        let file = Arc::clone(&self.file);
        let running = spawn_blocking(move || Ok(file.open()?.execute_batch(&sql)?));
        running.await.map_err(|_| DatabaseError::Closed)?
    }

    /// Returns how many connections are open, and how many of them are in no use.
    pub(crate) fn size(&self) -> (u32, u32) {
        let (open, idle) = self.readers.size();
        (open.saturating_add(1), idle.saturating_add(u32::from(self.writers.is_idle())))
    }

    /// Closes every connection once it is in no use. SQLite then folds its log into the main file.
    pub(crate) async fn close(&self) {
        self.writers.close().await;
        self.readers.close().await;
    }

    /// Runs a text on the connection that writes.
    #[cfg(test)]
    pub(crate) async fn run_on_writer(&self, sql: &'static str) -> std::result::Result<(), DatabaseError> {
        self.writers.alone(move |connection| connection.execute_batch(sql).map_err(SqliteError::from)).await
    }
}
