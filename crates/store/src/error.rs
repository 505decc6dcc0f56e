//! The errors of the store.

use crate::database::failure::{DatabaseError, Unavailable};

/// A failed query or an unreadable row.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached. The outcome of a commit may be unknown.
    #[error("database: {0}")]
    Database(DatabaseError),
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

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        Error::Database(error)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Error::Database(error.into())
    }
}

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

/// The number of times that a transaction is run if the database undoes it each time.
const ATTEMPTS: u32 = 5;

impl Error {
    /// Returns why the database does not do what it is asked.
    pub fn unavailable(&self) -> Unavailable {
        match self {
            Error::Database(error) => error.unavailable(),
            _ => Unavailable::Failing,
        }
    }

    /// Returns whether the database undid the transaction in favor of another: nothing of it happened, and it can be run again.
    pub fn is_undone(&self) -> bool {
        matches!(self, Error::Database(error) if error.is_undone())
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
