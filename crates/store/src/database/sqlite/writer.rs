//! The one connection that writes, and the transactions that wait for it.
//!
//! Transactions that wait at the same moment are committed together, by one wait for the disk: each is a savepoint of one
//! transaction of the file, so that one that fails takes no other along. They take turns, in the order in which they
//! came. The one that begins such a group also queues its end, which so comes after all that waited then.
//!
//! - Invariant: a transaction is reported as committed only when the group's COMMIT is durable.
//! - Invariant: a statement runs only while its group is open. SQLite may undo a whole transaction by itself (no room, a
//!   fault of the disk); then all of the group fail.
//! - Invariant: those that wait for another process wait for it together, not one after the other. Once it has written for
//!   longer than [`BUSY_TIMEOUT`], transactions fail at once until it has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::task::spawn_blocking;

use crate::database::failure::{DatabaseError, SqliteError};
use crate::database::sql::{Insertion, Kept, Outcome, Statement};
use crate::database::sqlite::file::{BUSY_TIMEOUT, SqliteFile};
use crate::database::sqlite::statement;

/// The interval at which it is looked whether another process has ended its transaction. Under load a process leaves others
/// short gaps, which are met only by looking often.
const BUSY_INTERVAL: Duration = Duration::from_micros(500);

/// The queue of the transactions, and the connection that they write on.
pub(crate) struct Writers {
    file: Arc<SqliteFile>,
    turn: Arc<Mutex<Writer>>,
    is_closed: AtomicBool,
}

/// The connection, and what is open on it.
struct Writer {
    /// Absent if it was of no use any more.
    connection: Option<Connection>,
    group: Option<Group>,
    /// Another process that was in a transaction at the last look.
    other: Option<OtherWriter>,
}

/// Another process in a transaction that writes.
#[derive(Clone, Copy)]
struct OtherWriter {
    /// When it was first seen.
    since: Instant,
    /// When it was last seen.
    seen: Instant,
}

impl OtherWriter {
    /// Returns what is known after it was seen at `now`. One that was not looked for in a long time may be another one.
    fn seen_at(known: Option<Self>, now: Instant) -> Self {
        let since = known.filter(|known| now.duration_since(known.seen) < BUSY_TIMEOUT);
        Self { since: since.map_or(now, |known| known.since), seen: now }
    }

    /// Returns whether it may still end within the time that it is given.
    fn is_waited_for(&self) -> bool {
        self.seen.duration_since(self.since) < BUSY_TIMEOUT
    }
}

/// Transactions that are committed together.
struct Group {
    /// Whether one of them is complete.
    has_complete: bool,
    outcome: watch::Sender<Option<Result<(), SqliteError>>>,
}

impl Writers {
    /// Creates the queue over a connection.
    pub(crate) fn new(file: Arc<SqliteFile>, connection: Connection) -> Self {
        let writer = Writer { connection: Some(connection), group: None, other: None };
        Self { file, turn: Arc::new(Mutex::new(writer)), is_closed: AtomicBool::new(false) }
    }

    /// Waits for its turn, and begins a transaction.
    pub(crate) async fn begin(writers: &Arc<Self>) -> Result<WriteSession, DatabaseError> {
        let mut writer = writers.turn().await?;
        if writer.group.is_none() {
            // Queued first: whatever becomes of this future, what was begun is ended.
            tokio::spawn(end_group(Arc::clone(writers)));
            writer = begin_group(Arc::clone(&writers.file), writer).await?;
        }
        let mut session = WriteSession { writer: Some(writer) };
        session.run_plain("SAVEPOINT one")?;
        Ok(session)
    }

    /// Runs something on the connection while nothing is open on it, off the async threads.
    pub(crate) async fn alone<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Connection) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let mut writer = self.turn().await?;
        let file = Arc::clone(&self.file);
        let running = spawn_blocking(move || {
            writer.end_group();
            let ran = writer.open(&file).and_then(run);
            if ran.as_ref().is_err_and(SqliteError::spoils) {
                writer.connection = None;
            }
            ran
        });
        Ok(running.await.map_err(|_| DatabaseError::Closed)??)
    }

    /// Opens another connection in place of the one that is open, once no transaction is: that one has pages and rows in memory that
    /// it read and wrote. It is closed last, so that the log stays where it is.
    pub(crate) async fn renew(&self) -> Result<(), DatabaseError> {
        let mut writer = self.turn().await?;
        let file = Arc::clone(&self.file);
        let renewing = spawn_blocking(move || {
            writer.end_group();
            writer.connection = Some(file.open()?);
            Ok::<_, SqliteError>(())
        });
        Ok(renewing.await.map_err(|_| DatabaseError::Closed)??)
    }

    /// Returns whether no transaction is open.
    pub(crate) fn is_idle(&self) -> bool {
        self.turn.try_lock().is_ok_and(|writer| writer.group.is_none())
    }

    /// Closes the connection once no transaction is open.
    pub(crate) async fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
        let mut writer = Arc::clone(&self.turn).lock_owned().await;
        // Folding the log into the main file waits for the disk. If that panics there is nothing left to close.
        let _ = spawn_blocking(move || {
            writer.end_group();
            writer.connection = None;
        })
        .await;
    }

    async fn turn(&self) -> Result<OwnedMutexGuard<Writer>, DatabaseError> {
        let writer = Arc::clone(&self.turn).lock_owned().await;
        if self.is_closed.load(Ordering::SeqCst) { Err(DatabaseError::Closed) } else { Ok(writer) }
    }
}

/// Begins the transaction of the file. If another process writes, it is waited for off the async threads.
async fn begin_group(
    file: Arc<SqliteFile>,
    mut writer: OwnedMutexGuard<Writer>,
) -> Result<OwnedMutexGuard<Writer>, DatabaseError> {
    match writer.begin_group(&file) {
        Ok(()) => return Ok(writer),
        Err(error) if error.is_busy() => {}
        Err(error) => return Err(error.into()),
    }
    let waiting = spawn_blocking(move || {
        loop {
            match writer.begin_group(&file) {
                Err(error) if error.is_busy() && writer.waits_for_other() => thread::sleep(BUSY_INTERVAL),
                begun => return begun.map(|()| writer),
            }
        }
    });
    Ok(waiting.await.map_err(|_| DatabaseError::Closed)??)
}

/// Ends the group that is open once this has its turn, if there is one.
async fn end_group(writers: Arc<Writers>) {
    let mut writer = Arc::clone(&writers.turn).lock_owned().await;
    if writer.group.is_some() {
        // Its panic drops what is to be reported, and all of the group fail.
        let _ = spawn_blocking(move || writer.end_group()).await;
    }
}

impl Writer {
    /// Returns the connection, opened if there is none.
    fn open(&mut self, file: &SqliteFile) -> Result<&Connection, SqliteError> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => file.open()?,
        };
        Ok(self.connection.insert(connection))
    }

    fn begin_group(&mut self, file: &SqliteFile) -> Result<(), SqliteError> {
        let begin = |connection: &Connection| {
            // It would sleep on a thread that others need.
            connection.busy_timeout(Duration::ZERO)?;
            // Takes the write lock at once, so that it can't fail half-way.
            connection.execute_batch("BEGIN IMMEDIATE")
        };
        let begun = self.open(file).and_then(|connection| begin(connection).map_err(SqliteError::from));
        match begun {
            Ok(()) => {
                self.other = None;
                self.group = Some(Group { has_complete: false, outcome: watch::Sender::new(None) });
                Ok(())
            }
            Err(error) => {
                if error.is_busy() {
                    self.other = Some(OtherWriter::seen_at(self.other, Instant::now()));
                }
                if error.spoils() {
                    self.connection = None;
                }
                Err(error)
            }
        }
    }

    fn waits_for_other(&self) -> bool {
        self.other.is_some_and(|other| other.is_waited_for())
    }

    /// Commits the group, or undoes it if none of it is complete. Reports the outcome.
    fn end_group(&mut self) {
        let Some(group) = self.group.take() else { return };
        let Some(connection) = &self.connection else { return };
        if !group.has_complete {
            self.undo();
            return;
        }
        let ended = connection.execute_batch("COMMIT").map_err(SqliteError::from);
        if ended.is_err() {
            self.undo();
        }
        group.outcome.send_replace(Some(ended));
    }

    /// Fails all of the group, and undoes what they wrote.
    fn fail_group(&mut self, error: &SqliteError) {
        if let Some(group) = self.group.take() {
            group.outcome.send_replace(Some(Err(error.clone())));
        }
        self.undo();
    }

    /// Undoes what is open. If that is not certain, the end of the connection does.
    fn undo(&mut self) {
        let is_undone = self.connection.as_ref().is_some_and(|connection| {
            connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok()
        });
        if !is_undone {
            self.connection = None;
        }
    }
}

/// A transaction that writes. Dropped without [`WriteSession::commit`], it is undone.
pub(crate) struct WriteSession {
    /// Absent once it has ended.
    writer: Option<OwnedMutexGuard<Writer>>,
}

impl WriteSession {
    /// Runs a statement.
    pub(crate) fn run(&mut self, statement: &Statement<'_>, kept: Kept) -> Result<Outcome, DatabaseError> {
        self.on_connection(|connection| statement::run(connection, statement, kept))
    }

    /// Inserts rows.
    pub(crate) fn insert(&mut self, rows: &Insertion<'_>) -> Result<(), DatabaseError> {
        self.on_connection(|connection| statement::insert(connection, rows))
    }

    /// Completes the transaction, and waits until it is durable.
    ///
    /// # Errors
    /// If the database refuses; then nothing of it is stored, nor of those that were to be committed with it.
    pub(crate) async fn commit(mut self) -> Result<(), DatabaseError> {
        self.run_plain("RELEASE one")?;
        let mut writer = self.writer.take().ok_or(DatabaseError::Closed)?;
        let group = writer.group.as_mut().ok_or(DatabaseError::Closed)?;
        group.has_complete = true;
        let mut outcome = group.outcome.subscribe();
        drop(writer);
        let outcome = outcome.wait_for(Option::is_some).await.map_err(|_| DatabaseError::Closed)?;
        match &*outcome {
            Some(Err(error)) => Err(error.clone().into()),
            Some(Ok(())) => Ok(()),
            None => Err(DatabaseError::Closed),
        }
    }

    fn run_plain(&mut self, sql: &'static str) -> Result<(), DatabaseError> {
        self.on_connection(|connection| {
            connection.prepare_cached(sql)?.execute([])?;
            Ok(())
        })
    }

    /// Runs something on the connection, if the group is still open.
    fn on_connection<T>(
        &mut self,
        run: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        let writer = self.writer.as_mut().ok_or(DatabaseError::Closed)?;
        let connection = writer.connection.as_ref().filter(|_| writer.group.is_some());
        let connection = connection.ok_or(DatabaseError::Undone)?;
        let ran = run(connection);
        if let Err(DatabaseError::Sqlite(error)) = &ran
            && (error.spoils() || connection.is_autocommit())
        {
            writer.fail_group(error);
        }
        ran
    }
}

impl Drop for WriteSession {
    fn drop(&mut self) {
        if self.writer.as_ref().is_none_or(|writer| writer.group.is_none()) {
            return;
        }
        let undone = self.run_plain("ROLLBACK TO one").and_then(|()| self.run_plain("RELEASE one"));
        if let Err(DatabaseError::Sqlite(error)) = undone
            && let Some(writer) = &mut self.writer
        {
            writer.fail_group(&error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_process_is_waited_for_once_and_not_by_each_transaction_anew() {
        let begun = Instant::now();
        let second = Duration::from_secs(1);
        let mut other = OtherWriter::seen_at(None, begun);
        for seconds in 1..10 {
            assert!(other.is_waited_for(), "after {seconds} s");
            other = OtherWriter::seen_at(Some(other), begun + second * seconds);
        }
        for seconds in [10, 11, 20, 29] {
            other = OtherWriter::seen_at(Some(other), begun + second * seconds);
            assert!(!other.is_waited_for(), "after {seconds} s");
        }
        let much_later = OtherWriter::seen_at(Some(other), begun + second * 60);
        assert!(much_later.is_waited_for(), "it is another one");
    }
}
