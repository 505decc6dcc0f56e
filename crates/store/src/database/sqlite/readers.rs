//! The connections that read. One is in use while a statement runs on it, so there are as many as threads that read at a
//! time.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::database::failure::{DatabaseError, SqliteError};
use crate::database::sql::{Kept, Outcome, Statement};
use crate::database::sqlite::file::SqliteFile;
use crate::database::sqlite::statement;

/// The most connections that are kept while they are in no use.
const KEPT_IDLE: usize = 8;
/// The most statements that read much at a time.
const LONG_AT_A_TIME: usize = 4;

/// The connections.
pub(crate) struct Readers {
    file: Arc<SqliteFile>,
    state: Mutex<State>,
    given_back: Notify,
    long: Semaphore,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    in_use: u32,
    is_closed: bool,
}

impl Readers {
    /// Creates none yet.
    pub(crate) fn new(file: Arc<SqliteFile>) -> Self {
        Self {
            file,
            state: Mutex::default(),
            given_back: Notify::new(),
            long: Semaphore::new(LONG_AT_A_TIME),
        }
    }

    /// Runs a statement outside a transaction.
    pub(crate) fn run(&self, statement: &Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        let taken = self.take()?;
        statement::run(taken.connection()?, statement, kept).inspect_err(|error| taken.judge(error))
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) fn begin(readers: &Arc<Self>) -> Result<Snapshot, DatabaseError> {
        let connection = readers.take()?.keep()?;
        let begun = Snapshot { readers: Arc::clone(readers), connection: Some(connection) };
        begun.connection()?.execute_batch("BEGIN")?;
        Ok(begun)
    }

    /// Waits for the turn of a statement that reads much.
    pub(crate) async fn long_permit(&self) -> Result<SemaphorePermit<'_>, DatabaseError> {
        self.long.acquire().await.map_err(|_| DatabaseError::Closed)
    }

    /// Returns how many are open, and how many of them are in no use.
    pub(crate) fn size(&self) -> (u32, u32) {
        let state = self.state();
        let idle = u32::try_from(state.idle.len()).unwrap_or(u32::MAX);
        (state.in_use.saturating_add(idle), idle)
    }

    /// Closes them, once they are in no use.
    pub(crate) async fn close(&self) {
        loop {
            let given_back = self.given_back.notified();
            {
                let mut state = self.state();
                state.is_closed = true;
                state.idle.clear();
                if state.in_use == 0 {
                    return;
                }
            }
            given_back.await;
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<Taken<'_>, DatabaseError> {
        let idle = {
            let mut state = self.state();
            if state.is_closed {
                return Err(DatabaseError::Closed);
            }
            state.in_use = state.in_use.saturating_add(1);
            state.idle.pop()
        };
        // Counted already, so that whatever happens now it is given back.
        let mut taken = Taken { readers: self, connection: idle, is_spoiled: false.into() };
        if taken.connection.is_none() {
            taken.connection = Some(self.open()?);
        }
        Ok(taken)
    }

    fn open(&self) -> Result<Connection, SqliteError> {
        let connection = self.file.open()?;
        // What writes goes by the one connection that writes.
        connection.execute_batch("PRAGMA query_only = ON")?;
        Ok(connection)
    }

    fn give_back(&self, connection: Option<Connection>) {
        let mut state = self.state();
        state.in_use = state.in_use.saturating_sub(1);
        let is_kept = !state.is_closed && state.idle.len() < KEPT_IDLE;
        state.idle.extend(connection.filter(|connection| is_kept && connection.is_autocommit()));
        drop(state);
        self.given_back.notify_waiters();
    }
}

/// A connection that is in use. It is given back at the end.
struct Taken<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
    is_spoiled: std::cell::Cell<bool>,
}

impl Taken<'_> {
    fn connection(&self) -> Result<&Connection, DatabaseError> {
        self.connection.as_ref().ok_or(DatabaseError::Closed)
    }

    /// Decides by a failure whether the connection is of further use.
    fn judge(&self, error: &DatabaseError) {
        if matches!(error, DatabaseError::Sqlite(error) if error.spoils()) {
            self.is_spoiled.set(true);
        }
    }

    /// Takes the connection out; it is still counted.
    fn keep(mut self) -> Result<Connection, DatabaseError> {
        let connection = self.connection.take().ok_or(DatabaseError::Closed)?;
        let mut state = self.readers.state();
        state.in_use = state.in_use.saturating_add(1);
        Ok(connection)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let connection = self.connection.take().filter(|_| !self.is_spoiled.get());
        self.readers.give_back(connection);
    }
}

/// A transaction that reads everything as of one moment. It ends when it is dropped.
pub(crate) struct Snapshot {
    readers: Arc<Readers>,
    connection: Option<Connection>,
}

impl Snapshot {
    /// Runs a statement.
    pub(crate) fn run(&mut self, statement: &Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        statement::run(self.connection()?, statement, kept)
    }

    fn connection(&self) -> Result<&Connection, DatabaseError> {
        self.connection.as_ref().ok_or(DatabaseError::Closed)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let connection = self.connection.take();
        let ended = connection.filter(|connection| connection.execute_batch("ROLLBACK").is_ok());
        self.readers.give_back(ended);
    }
}
