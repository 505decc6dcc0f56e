//! The errors of the store.

use std::io::ErrorKind;

/// A failed query or an unreadable row.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached. The outcome of a commit may be unknown.
    #[error("database: {}", reason(.0))]
    Database(sqlx::Error),
    /// A migration could not be applied, or the database is newer than this program.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A setting on which durability or privacy rests is not what it must be.
    #[error("database setting {name} is {found:?}, it must be {expected:?}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// The value that the connection returned.
        found: String,
        /// The value that it must have.
        expected: &'static str,
    },
    /// A row holds what this program can't read: damage, or a value of a newer release.
    #[error("{table} {id}: unreadable {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The column.
        column: &'static str,
    },
    /// An update that must touch exactly one row touched another number: another writer was faster.
    #[error("{what} was changed by another writer")]
    Conflict {
        /// The record that was to be changed.
        what: &'static str,
    },
    /// The database to copy into holds something.
    #[error("the target is not empty: there are rows in {table}")]
    NotEmpty {
        /// The first table with rows.
        table: &'static str,
    },
    /// Not all rows that were read arrived.
    #[error("{table}: {read} rows were read, and {written} arrived")]
    Miscounted {
        /// The table.
        table: &'static str,
        /// The number of rows that the source holds.
        read: i64,
        /// The number of rows that the target holds.
        written: i64,
    },
    /// A sealed value does not open: another master key, or damage.
    #[error("a sealed value does not open: is this the master key that it was sealed with?")]
    Unsealed,
    /// The master key is of the wrong form or the data directory's file can't be used.
    #[error("master key: {0}")]
    MasterKey(String),
}

/// The message of the pooler PgBouncer about a parameter that it does not know.
const UNKNOWN_TO_POOLER: &str = "unsupported startup parameter";

/// PostgreSQL's codes have five characters, SQLite's fewer.
const SQLSTATE_LENGTH: usize = 5;

/// Returns the database's own reason, once: no source follows that would repeat it.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Database(error) if error.message().starts_with(UNKNOWN_TO_POOLER) => {
            format!("the pooler refuses: {}; name it in its ignore_startup_parameters", error.message())
        }
        sqlx::Error::Database(error) => match error.code() {
            Some(state) if state.len() == SQLSTATE_LENGTH => {
                format!("{} (SQLSTATE {state})", error.message())
            }
            _ => error.to_string(),
        },
        other => other.to_string(),
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Error::Database(error)
    }
}

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

/// The number of times that a transaction is run if the database undoes it each time.
const ATTEMPTS: u32 = 5;
/// Deadlock and serialization failure on PostgreSQL; on SQLite, that what was read is no longer the newest. A file that is
/// merely busy was waited for already.
const UNDONE: [&str; 3] = ["40P01", "40001", "517"];

/// Why the database does not do what it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// It has no room.
    Full,
    /// It can't be written: the file system or the server is read-only.
    ReadOnly,
    /// It can't be reached.
    Unreachable,
    /// It answers with another failure.
    Failing,
}

impl Unavailable {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Unavailable::Full => "disk_full",
            Unavailable::ReadOnly => "read_only",
            Unavailable::Unreachable => "unreachable",
            Unavailable::Failing => "failing",
        }
    }

    pub(crate) fn by(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => match error.code().as_deref() {
                Some("13" | "53100") => Unavailable::Full,
                Some("25006") => Unavailable::ReadOnly,
                // SQLite's codes have the kind in their low byte.
                Some(code)
                    if code.len() < SQLSTATE_LENGTH
                        && code.parse::<u32>().is_ok_and(|code| code & 0xff == 8) =>
                {
                    Unavailable::ReadOnly
                }
                _ => Unavailable::Failing,
            },
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::StorageFull => Unavailable::Full,
                ErrorKind::ReadOnlyFilesystem => Unavailable::ReadOnly,
                _ => Unavailable::Unreachable,
            },
            sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) => {
                Unavailable::Unreachable
            }
            _ => Unavailable::Failing,
        }
    }
}

impl Error {
    /// Returns why the database does not do what it is asked.
    pub fn unavailable(&self) -> Unavailable {
        match self {
            Error::Database(error) => Unavailable::by(error),
            _ => Unavailable::Failing,
        }
    }

    /// Returns whether the database undid the transaction in favor of another: nothing of it happened, and it can be run again.
    pub fn is_undone(&self) -> bool {
        let Error::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| UNDONE.contains(&&*code))
    }
}

/// Counts how often a transaction was run.
#[derive(Debug, Default)]
pub struct Attempts(u32);

impl Attempts {
    /// Returns whether the transaction that failed with this error is to be run once more.
    pub fn again_after(&mut self, error: &Error) -> bool {
        self.0 = self.0.saturating_add(1);
        error.is_undone() && self.0 < ATTEMPTS
    }
}
