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
pub(super) const KEPT_IDLE: u32 = 7;
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
    /// The number of renewals so far.
    renewals: u64,
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
    pub(crate) fn run(
        self: &Arc<Self>,
        statement: &Statement<'_>,
        kept: Kept,
    ) -> Result<Outcome, DatabaseError> {
        self.take()?.run(statement, kept)
    }

    /// Begins a transaction that reads everything as of one moment.
    pub(crate) fn begin(self: &Arc<Self>) -> Result<Snapshot, DatabaseError> {
        let taken = self.take()?;
        taken.connection()?.execute_batch("BEGIN")?;
        Ok(Snapshot(taken))
    }

    /// Closes the connections that are open, those in use once they are in no use: each has pages and rows in memory that it read.
    /// Further ones are opened when they are needed.
    pub(crate) fn renew(&self) {
        let mut state = self.state();
        state.renewals = state.renewals.wrapping_add(1);
        state.idle.clear();
    }

    /// Waits for the turn of a statement that reads much.
    pub(crate) async fn long_permit(&self) -> Result<SemaphorePermit<'_>, DatabaseError> {
        self.long.acquire().await.map_err(|_| DatabaseError::Closed)
    }

    /// Returns how many are open, and how many of them are in no use.
    pub(crate) fn size(&self) -> (u32, u32) {
        let state = self.state();
        (state.in_use.saturating_add(idle(&state)), idle(&state))
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

    fn take(self: &Arc<Self>) -> Result<Taken, DatabaseError> {
        let (idle, renewals) = {
            let mut state = self.state();
            if state.is_closed {
                return Err(DatabaseError::Closed);
            }
            state.in_use = state.in_use.saturating_add(1);
            (state.idle.pop(), state.renewals)
        };
        // Counted already, so that whatever happens now it is given back.
        let mut taken = Taken { readers: Arc::clone(self), connection: idle, renewals };
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

    fn give_back(&self, connection: Option<Connection>, renewals: u64) {
        let mut state = self.state();
        state.in_use = state.in_use.saturating_sub(1);
        let is_kept = !state.is_closed && renewals == state.renewals && idle(&state) < KEPT_IDLE;
        state.idle.extend(connection.filter(|connection| is_kept && connection.is_autocommit()));
        drop(state);
        self.given_back.notify_waiters();
    }
}

fn idle(state: &State) -> u32 {
    u32::try_from(state.idle.len()).unwrap_or(u32::MAX)
}

/// A connection that is in use. It is given back at the end, unless a transaction is open on it.
struct Taken {
    readers: Arc<Readers>,
    /// Absent if it is of no further use.
    connection: Option<Connection>,
    /// The number of renewals when it was taken.
    renewals: u64,
}

impl Taken {
    fn connection(&self) -> Result<&Connection, DatabaseError> {
        self.connection.as_ref().ok_or(DatabaseError::Closed)
    }

    fn run(&mut self, statement: &Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        let ran = statement::run(self.connection()?, statement, kept);
        if matches!(&ran, Err(DatabaseError::Sqlite(error)) if error.spoils()) {
            self.connection = None;
        }
        ran
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.readers.give_back(self.connection.take(), self.renewals);
    }
}

/// A transaction that reads everything as of one moment. It ends when it is dropped.
pub(crate) struct Snapshot(Taken);

impl Snapshot {
    /// Runs a statement.
    pub(crate) fn run(&mut self, statement: &Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        self.0.run(statement, kept)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // If it can't be ended, its connection is closed, which ends it.
        let _ = self.0.connection().map(|connection| connection.execute_batch("ROLLBACK"));
    }
}
