//! Why a statement failed, on either database.

use std::fmt;
use std::io::ErrorKind;

/// The message of the pooler PgBouncer about a parameter that it does not know.
const UNKNOWN_TO_POOLER: &str = "unsupported startup parameter";
/// PostgreSQL's refusals of a write, and of its BEGIN: the server is a standby, or in recovery.
const READ_ONLY: [&str; 2] = ["25006", "0A000"];
/// Deadlock and serialization failure on PostgreSQL.
const UNDONE: [&str; 2] = ["40P01", "40001"];
/// PostgreSQL's refusal of one more connection.
const TOO_MANY_CONNECTIONS: &str = "53300";
/// On SQLite, that what was read is no longer the newest.
const BUSY_SNAPSHOT: i32 = 517;

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
}

/// A statement failed, or there was no connection to run it on.
#[derive(Debug)]
pub enum DatabaseError {
    /// SQLite refused.
    Sqlite(SqliteError),
    /// PostgreSQL refused, or could not be reached.
    Postgres(sqlx::Error),
    /// The store is closed.
    Closed,
    /// The transaction was undone by a fault before this statement.
    Undone,
    /// There is no row where one must be.
    NoRow,
    /// There is no column with this name, or its value is of another type.
    Column(String),
}

/// SQLite's refusal. Cheap to clone: transactions that are committed together share one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqliteError {
    /// The extended result code.
    pub(crate) code: i32,
    pub(crate) message: String,
}

impl SqliteError {
    /// Returns the primary result code, which is the kind.
    pub(crate) fn kind(&self) -> i32 {
        self.code & 0xff
    }

    /// Returns whether a connection is of no use after this: a file that can't be written, read, opened, or is no database any
    /// more.
    pub(crate) fn spoils(&self) -> bool {
        matches!(self.kind(), 0 | 8 | 10 | 11 | 14 | 26)
    }

    /// Returns whether another process writes.
    pub(crate) fn is_busy(&self) -> bool {
        self.kind() == 5
    }
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                Self { code: failure.extended_code, message: message.unwrap_or_else(|| failure.to_string()) }
            }
            rusqlite::Error::SqlInputError { error, msg, .. } => {
                Self { code: error.extended_code, message: msg }
            }
            // Of the driver: a text that is not in UTF-8, a file name that SQLite can't take.
            other => Self { code: 1, message: other.to_string() },
        }
    }
}

impl DatabaseError {
    pub(crate) fn column(name: &str) -> Self {
        Self::Column(name.to_owned())
    }

    /// Returns why the database does not do what it is asked.
    pub(crate) fn unavailable(&self) -> Unavailable {
        match self {
            Self::Sqlite(error) => match error.kind() {
                13 => Unavailable::Full,
                8 => Unavailable::ReadOnly,
                _ => Unavailable::Failing,
            },
            Self::Postgres(error) => unavailable(error),
            Self::Closed => Unavailable::Unreachable,
            Self::Undone | Self::NoRow | Self::Column(_) => Unavailable::Failing,
        }
    }

    /// Returns whether the database undid the transaction in favor of another.
    pub(crate) fn is_undone(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.code == BUSY_SNAPSHOT,
            Self::Postgres(error) => state(error).is_some_and(|state| UNDONE.contains(&&*state)),
            Self::Closed | Self::Undone | Self::NoRow | Self::Column(_) => false,
        }
    }
}

/// Returns why PostgreSQL does not do what it is asked.
pub(crate) fn unavailable(error: &sqlx::Error) -> Unavailable {
    match error {
        sqlx::Error::Database(_) => match state(error).as_deref() {
            Some("53100") => Unavailable::Full,
            Some("25006") => Unavailable::ReadOnly,
            _ => Unavailable::Failing,
        },
        sqlx::Error::Io(error) => match error.kind() {
            ErrorKind::StorageFull => Unavailable::Full,
            ErrorKind::ReadOnlyFilesystem => Unavailable::ReadOnly,
            _ => Unavailable::Unreachable,
        },
        sqlx::Error::PoolClosed | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_) => Unavailable::Unreachable,
        _ => Unavailable::Failing,
    }
}

/// Returns whether a connection to PostgreSQL is of no use after this failure of a BEGIN, a COMMIT, or a statement outside a
/// transaction: its state is unknown, or it can't write. What the server undid in favor of another, or had no room for, ends in
/// order.
pub(crate) fn spoils(error: &sqlx::Error) -> bool {
    use sqlx::Error::{BeginFailed, Io, Protocol, Tls, WorkerCrashed};

    match state(error) {
        // Read-only; a server that is ending or in recovery. Others leave the connection usable.
        Some(state) => READ_ONLY.contains(&&*state) || state.starts_with("57P") || state.starts_with("08"),
        None => matches!(error, BeginFailed | Io(_) | Protocol(_) | Tls(_) | WorkerCrashed),
    }
}

/// Returns whether PostgreSQL refuses further connections, and serves those that it has.
pub(crate) fn is_full(error: &sqlx::Error) -> bool {
    state(error).as_deref() == Some(TOO_MANY_CONNECTIONS)
}

/// Returns the SQLSTATE.
fn state(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

impl From<SqliteError> for DatabaseError {
    fn from(error: SqliteError) -> Self {
        Self::Sqlite(error)
    }
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        Self::Postgres(error)
    }
}

impl fmt::Display for DatabaseError {
    /// Writes the database's own reason, once: no source follows that would repeat it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => write!(f, "(code: {}) {}", error.code, error.message),
            Self::Postgres(sqlx::Error::Io(error)) => error.fmt(f),
            Self::Postgres(sqlx::Error::Database(error))
                if error.message().starts_with(UNKNOWN_TO_POOLER) =>
            {
                write!(f, "the pooler refuses: {}; name it in its ignore_startup_parameters", error.message())
            }
            Self::Postgres(sqlx::Error::Database(error)) => match error.code() {
                Some(state) => write!(f, "{} (SQLSTATE {state})", error.message()),
                None => error.fmt(f),
            },
            Self::Postgres(other) => other.fmt(f),
            Self::Closed => f.write_str("it is closed"),
            Self::Undone => f.write_str("the transaction was undone by a fault before this statement"),
            Self::NoRow => f.write_str("there is no row where one must be"),
            Self::Column(name) => write!(f, "there is no column {name} of this type"),
        }
    }
}
