//! The file of a SQLite database, and what is set on each connection to it.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::database::failure::SqliteError;
use crate::error::{Error, Result};

/// The time that one process waits for another (a command beside the server) to finish its transaction.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// The statements that a connection remembers.
const REMEMBERED_STATEMENTS: usize = 256;

/// Set on every connection, and asserted afterwards: with WAL only `synchronous=FULL` makes a commit survive power loss,
/// and only `secure_delete` takes what was erased off the disk.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("journal_mode", "PRAGMA journal_mode = WAL", "wal"),
    ("synchronous", "PRAGMA synchronous = FULL", "2"),
    ("foreign_keys", "PRAGMA foreign_keys = ON", "1"),
    ("secure_delete", "PRAGMA secure_delete = ON", "1"),
    ("trusted_schema", "PRAGMA trusted_schema = OFF", "0"),
];

/// The file.
#[derive(Debug)]
pub(crate) struct SqliteFile(PathBuf);

impl SqliteFile {
    /// Names the file.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Opens a connection, with the settings of durability. The file is created if there is none.
    pub(crate) fn open(&self) -> std::result::Result<Connection, SqliteError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            // A connection is used by one thread at a time.
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.0, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(REMEMBERED_STATEMENTS);
        // A remembered statement stays as it was prepared. Without this, one whose parameter a partial index could fit is prepared anew
        // each time it is run.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        for (_, statement, _) in SETTINGS {
            connection.execute_batch(statement)?;
        }
        Ok(connection)
    }

    /// Opens a connection, and asserts that its settings hold.
    ///
    /// # Errors
    /// [`Error::Setting`] if one does not, and if the file can't be opened.
    pub(crate) fn open_checked(&self) -> Result<Connection> {
        let connection = self.open().map_err(|error| Error::Database(error.into()))?;
        for (name, _, expected) in SETTINGS {
            let found = setting(&connection, name).map_err(|error| Error::Database(error.into()))?;
            if found != *expected {
                return Err(Error::Setting { name, found, expected });
            }
        }
        Ok(connection)
    }
}

fn setting(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| {
        row.get::<_, String>(0).or_else(|_| row.get::<_, i64>(0).map(|number| number.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_is_durable_and_erases_what_it_deletes() {
        let directory = tempfile::tempdir().unwrap();
        let file = SqliteFile::new(directory.path().join("with space & sign?#%.db"));
        for _ in 0..4 {
            let connection = file.open().unwrap();
            for (name, _, expected) in SETTINGS {
                assert_eq!(setting(&connection, name).unwrap(), *expected, "{name}");
            }
        }
        assert!(directory.path().join("with space & sign?#%.db").exists());
    }
}
